import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit

/// A runtime of one pallet with small limits.
enum TestConfig: System.Config {
  typealias RuntimeEvent = System.Event
  static let palletIndex: UInt8 = 0
  static let version = RuntimeVersion(
    specName: "test", implName: "test", authoringVersion: 1, specVersion: 3, implVersion: 1, apis: [],
    transactionVersion: 1, stateVersion: 1)
  static let ss58Prefix: UInt16 = 42
  static let blockWeights = BlockWeights(
    baseBlock: Weight(refTime: 10), maxBlock: Weight(refTime: 1000, proofSize: 1000),
    perClass: PerDispatchClass(
      normal: WeightsPerClass(
        baseExtrinsic: Weight(refTime: 5), maxExtrinsic: Weight(refTime: 400, proofSize: 1000),
        maxTotal: Weight(refTime: 700, proofSize: 1000), reserved: .zero),
      operational: WeightsPerClass(
        baseExtrinsic: Weight(refTime: 5), maxExtrinsic: nil, maxTotal: nil, reserved: Weight(refTime: 300)),
      mandatory: WeightsPerClass(baseExtrinsic: Weight(refTime: 5), maxExtrinsic: nil, maxTotal: nil, reserved: nil)))
  static let blockLength = BlockLength.standard(bytes: 1000)
  static let blockHashCount: BlockNumber = 3
}

typealias TestSystem = System.Pallet<TestConfig>

func hash(_ byte: UInt8) -> H256 { H256(words: AccountID.test(byte).words) }

/// A call that runs at `refTime`.
func info(_ refTime: UInt64, _ class: DispatchClass = .normal) -> DispatchInfo {
  DispatchInfo(Weight(refTime: refTime), class: `class`)
}
