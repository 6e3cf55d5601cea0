import PalletSupport
import PalletSystem
import PalletUtility
import Primitives
import ScaleCodec

enum SystemConfig: System.Config {
  typealias RuntimeEvent = System.Event
  static let palletIndex: UInt8 = 0
  static let version = RuntimeVersion(
    specName: "test", implName: "test", authoringVersion: 1, specVersion: 1, implVersion: 1, apis: [],
    transactionVersion: 1, stateVersion: 1)
  static let ss58Prefix: UInt16 = 42
  static let blockWeights = BlockWeights.standard(maxBlock: Weight(refTime: 1_000_000_000_000, proofSize: 1_000_000))
  static let blockLength = BlockLength.standard(bytes: 1_000_000)
  static let blockHashCount: BlockNumber = 2400
}
typealias TestSystem = System.Pallet<SystemConfig>

@ScaleCodable(path: "test::RawOrigin")
enum TestOrigin: Hashable, Sendable {
  @ScaleIndex(0) case root
  @ScaleIndex(1) case signed(AccountID)
}

typealias UtilityCall = Utility.Call<RuntimeCall, TestOrigin>

/// Two pallets: System at 0 and Utility at 21.
@ScaleCodable(path: "test::RuntimeCall")
indirect enum RuntimeCall: RuntimeDispatchable {
  @ScaleIndex(0) case system(System.Call)
  @ScaleIndex(21) case utility(Utility.Call<RuntimeCall, TestOrigin>)

  var info: DispatchInfo {
    switch self {
    case .system(let call): TestSystem.info(of: call)
    case .utility(let call): TestUtility.info(of: call)
    }
  }

  func dispatch(origin: Origin, in context: ExecutionContext) throws(DispatchError) {
    switch self {
    case .system(let call): try TestSystem.dispatch(call, origin: origin, in: context)
    case .utility(let call): try TestUtility.dispatch(call, origin: origin, in: context)
    }
  }
}

enum UtilityConfig: Utility.Config {
  typealias RuntimeCall = PalletUtilityTests.RuntimeCall
  typealias PalletsOrigin = TestOrigin
  static let palletIndex: UInt8 = 21
  static func origin(_ value: TestOrigin) -> Origin {
    switch value {
    case .root: .root
    case .signed(let account): .signed(account)
    }
  }
  static func own(_ call: RuntimeCall) -> UtilityCall? {
    if case .utility(let call) = call { call } else { nil }
  }
  static var callFiltered: DispatchError { TestSystem.failure(.callFiltered) }
}
typealias TestUtility = Utility.Pallet<UtilityConfig>
