import PalletBalances
import PalletSupport
import PalletSystem
import PalletTransactionPayment
import Primitives
import RuntimeKit

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

/// Two units for a picosecond of weight, three for a byte; account 9 receives them, if `Recipient` says so.
enum PaymentConfig<Recipient: FeeRecipient>: TransactionPayment.Config {
  typealias Currency = TestBalances
  static var palletIndex: UInt8 { 11 }
  static var weightToFee: FeePolynomial { .linear(integer: 2) }
  static var lengthToFee: FeePolynomial { .linear(integer: 3) }
  static func baseWeight(of class: DispatchClass) -> Weight { Weight(refTime: 5) }
  static var maximumWeight: Weight { SystemConfig.blockWeights.maxBlock }
  static var operationalFeeMultiplier: UInt8 { 5 }
  static func feeRecipient(in context: ExecutionContext) throws(DispatchError) -> AccountID? { Recipient.account }
}

protocol FeeRecipient {
  static var account: AccountID? { get }
}
enum Author: FeeRecipient { static let account: AccountID? = .test(9) }
enum Nobody: FeeRecipient { static let account: AccountID? = nil }

typealias TestPayment = TransactionPayment.Pallet<PaymentConfig<Author>>
typealias BurningPayment = TransactionPayment.Pallet<PaymentConfig<Nobody>>

let payer = AccountID.test(1)

/// A chain where the payer has 10_000 and the author 100, without events.
func endowed() throws -> ExecutionContext {
  let context = ExecutionContext.onEmptyState()
  try TestBalances.buildGenesis(balances: [(payer, 10_000), (.test(9), 100)], in: context)
  context.clearEvents()
  return context
}
