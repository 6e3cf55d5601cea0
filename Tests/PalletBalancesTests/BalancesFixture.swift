import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit

/// System at index 0.
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

/// Balances at index 10, with an existential deposit of 10 and two holds for each account.
enum BalancesConfig: Balances.Config {
  typealias Accounts = TestSystem
  static let palletIndex: UInt8 = 10
  static let existentialDeposit: Balance = 10
  static let maximumHolds = 2
}

typealias TestSystem = System.Pallet<SystemConfig>
typealias TestBalances = Balances.Pallet<BalancesConfig>

let alice = AccountID.test(1)
let bob = AccountID.test(2)
let carol = AccountID.test(3)
let escrow = HoldReason(pallet: 50, reason: 0)
let bond = HoldReason(pallet: 50, reason: 1)
let vote = HoldReason(pallet: 51, reason: 0)

/// A chain whose genesis gives alice 1000 and bob 500, without events.
func endowed() throws -> ExecutionContext {
  let context = ExecutionContext.onEmptyState()
  try TestBalances.buildGenesis(balances: [(alice, 1000), (bob, 500)], in: context)
  context.clearEvents()
  return context
}

func free(_ account: AccountID, _ context: ExecutionContext) throws -> Balance {
  try TestBalances.freeBalance(of: account, in: context)
}

func issuance(_ context: ExecutionContext) throws -> Balance { try TestBalances.totalIssuance(in: context) }

/// Free and held units of all accounts, and whether every account's holds add up to what it has reserved.
func audit(_ context: ExecutionContext) throws -> (sum: Balance, holdsMatch: Bool) {
  var sum: Balance = 0
  var holdsMatch = true
  for (account, info) in try System.account.rows(in: context, limit: 1000) {
    sum += info.data.free + info.data.reserved
    let held = try Balances.holds.get(account, in: context).reduce(Balance(0)) { $0 + $1.amount }
    holdsMatch = holdsMatch && held == info.data.reserved
  }
  return (sum, holdsMatch)
}
