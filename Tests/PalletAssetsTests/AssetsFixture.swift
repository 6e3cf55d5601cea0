import PalletAssets
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec

enum SystemConfig: System.Config {
  typealias RuntimeEvent = System.Event
  static let palletIndex: UInt8 = 0
  static let version = RuntimeVersion(
    specName: "test", implName: "test", authoringVersion: 1, specVersion: 1, implVersion: 1, apis: [],
    transactionVersion: 1, stateVersion: 1)
  static let ss58Prefix: UInt16 = 42
  static let blockWeights = BlockWeights.standard(maxBlock: Weight(refTime: 1_000_000, proofSize: 1_000_000))
  static let blockLength = BlockLength.standard(bytes: 1_000_000)
  static let blockHashCount: BlockNumber = 2400
}
typealias TestSystem = System.Pallet<SystemConfig>

enum BalancesConfig: Balances.Config {
  typealias Accounts = TestSystem
  static let palletIndex: UInt8 = 10
  static let existentialDeposit: Balance = 10
  static let maximumHolds = 2
}
typealias TestBalances = Balances.Pallet<BalancesConfig>

/// Assets by number.
enum AssetsConfig: Assets.Config {
  typealias AssetID = UInt32
  typealias AssetIDParameter = Compact<UInt32>
  typealias Currency = TestBalances
  typealias Accounts = TestSystem
  static let palletIndex: UInt8 = 12
  static let store = Assets.Store<UInt32>(name: "Assets")
  static let assetDeposit: Balance = 100
  static let metadataDepositBase: Balance = 20
  static let metadataDepositPerByte: Balance = 2
  static let stringLimit: UInt32 = 8
}
typealias TestAssets = Assets.Pallet<AssetsConfig>

/// Assets by a name of four bytes, which only root creates.
enum ForeignConfig: Assets.Config {
  typealias AssetID = FixedBytes<4>
  typealias AssetIDParameter = FixedBytes<4>
  typealias Currency = TestBalances
  typealias Accounts = TestSystem
  static let palletIndex: UInt8 = 13
  static let store = Assets.Store<FixedBytes<4>>(name: "ForeignAssets")
  static let assetDeposit: Balance = 0
  static let metadataDepositBase: Balance = 0
  static let metadataDepositPerByte: Balance = 0
  static func creator(of id: FixedBytes<4>, origin: Origin) throws(DispatchError) -> AccountID { throw .badOrigin }
}
typealias TestForeign = Assets.Pallet<ForeignConfig>

let alice = AccountID.test(1)
let bob = AccountID.test(2)
let newcomer = AccountID.test(8)
let deposit = HoldReason(pallet: 12, reason: 0)

/// A chain where alice and bob have 1000 native units; asset 1 (plain) and asset 2 (sufficient), both with minimum 10,
/// belong to alice, who has 500 of each. Without events.
func endowed() throws -> ExecutionContext {
  let context = ExecutionContext.onEmptyState()
  try TestBalances.buildGenesis(balances: [(alice, 1000), (bob, 1000)], in: context)
  let metadata = Assets.AssetMetadata(name: [65], symbol: [66], decimals: 3)
  let balances: [(account: AccountID, amount: Balance)] = [(alice, 500)]
  try TestAssets.buildGenesis(
    assets: [
      .init(id: 1, owner: alice, isSufficient: false, minBalance: 10, metadata: metadata, balances: balances),
      .init(id: 2, owner: alice, isSufficient: true, minBalance: 10, metadata: metadata, balances: balances),
    ], in: context)
  context.clearEvents()
  return context
}

func balance(_ id: UInt32, _ who: AccountID, _ context: ExecutionContext) throws -> Balance {
  try TestAssets.balance(of: id, who: who, in: context)
}
