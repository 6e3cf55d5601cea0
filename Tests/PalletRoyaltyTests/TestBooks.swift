import PalletRoyalty
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import XCM

/// Balances by asset and account, as rows of the state, so that a refused call undoes them too.
enum TestBook: AssetBook {
  static let balances = StorageDoubleMap<Location, AccountID, Balance>(
    "Test", "Balances", hashers: (.twox64Concat, .twox64Concat))
  /// Below this a row cannot be.
  static let minimum: Balance = 10

  static func exists(_ asset: Location, in context: ExecutionContext) throws(DispatchError) -> Bool { asset != unknown }
  static func minimumBalance(of asset: Location, in context: ExecutionContext) throws(DispatchError) -> Balance { minimum }
  static func balance(of asset: Location, who: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try balances.get(asset, who, in: context) ?? 0
  }
  static func transfer(
    _ amount: Balance, of asset: Location, from source: AccountID, to target: AccountID, _ preservation: Preservation,
    in context: ExecutionContext
  ) throws(DispatchError) {
    let has = try balance(of: asset, who: source, in: context)
    guard has >= amount else { throw .token(.fundsUnavailable) }
    let left = has - amount
    guard left >= minimum || (left == 0 && preservation == .expendable) else { throw .token(.belowMinimum) }
    let received = try balance(of: asset, who: target, in: context) + amount
    guard received >= minimum, target != blocked else { throw .token(.belowMinimum) }
    guard source != target else { return }
    if left == 0 { balances.remove(asset, source, in: context) } else { balances.set(asset, source, to: left, in: context) }
    balances.set(asset, target, to: received, in: context)
  }

  static let unknown = Location.sibling(9)
  /// Can receive nothing.
  static let blocked = AccountID.test(66)
}

/// Holds, counted and unlimited.
enum TestCurrency: NativeCurrency {
  static let held = StorageMap<AccountID, Balance>("Test", "Held", hasher: .twox64Concat, default: 0)
  static let existentialDeposit = TestBook.minimum
  static func totalIssuance(in context: ExecutionContext) throws(DispatchError) -> Balance { 0 }
  static func freeBalance(of account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try TestBook.balance(of: here, who: account, in: context)
  }
  static func transfer(
    _ amount: Balance, from source: AccountID, to target: AccountID, _ preservation: Preservation, in context: ExecutionContext
  ) throws(DispatchError) {
    try TestBook.transfer(amount, of: here, from: source, to: target, preservation, in: context)
  }
  static func burn(_ amount: Balance, from account: AccountID, _ preservation: Preservation, in context: ExecutionContext)
    throws(DispatchError)
  {}
  static func mint(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError) {}
  static func hold(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError) {
    guard account != .test(99) else { throw .token(.fundsUnavailable) }
    held.set(account, to: try held.get(account, in: context) + amount, in: context)
  }
  static func release(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError) {
    let has = try held.get(account, in: context)
    guard has >= amount else { throw .token(.fundsUnavailable) }
    held.set(account, to: has - amount, in: context)
  }
}

enum TestClock: ChainClock {
  static let height = StorageValue<BlockNumber>("Test", "Height", default: 1)
  static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber { try height.get(in: context) }
  static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds { 0 }
}

/// Takes a payout's assets away, to another chain as it were; tests bring them back.
enum TestSender: PayoutSender {
  /// What is away, by message.
  static let away = OptionalStorageMap<H256, Balance>("Test", "Away", hasher: .twox64Concat)
  static let sent = StorageValue<UInt64>("Test", "Sent", default: 0)
  static let elsewhere = AccountID.test(200)
  static let quote = PayoutQuote(delivery: 1, execution: 2)

  static func quote(_ batch: PayoutBatch, in context: ExecutionContext) throws(DispatchError) -> PayoutQuote { quote }
  static func send(
    _ batch: PayoutBatch, from account: AccountID, payer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let number = try sent.get(in: context) + 1
    sent.set(number, in: context)
    let id = H256(words: Words32(number, 0, 0, 7))
    let total = batch.items.reduce(0) { $0 + $1.amount }
    try TestBook.transfer(total, of: batch.asset, from: account, to: elsewhere, .expendable, in: context)
    away.set(id, to: total, in: context)
    return id
  }
  /// The message has one instruction before the first payment.
  static func paidShares(_ batch: PayoutBatch, failedAt index: UInt32) -> Int? {
    index == 0 ? nil : min(Int(index) - 1, batch.items.count - 1)
  }
  static func recover(
    _ amount: Balance, of asset: Location, on chain: Location, isTrapped: Bool, to account: AccountID, payer: AccountID,
    in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    try TestBook.transfer(amount, of: asset, from: elsewhere, to: account, .expendable, in: context)
    return .zero
  }
}

enum TestLicences: LicenceRegister {
  /// Licence 7 permits `holder` 2 to derive from anything for a tenth, parent by parent; licence 8 in absolute shares.
  static func derivativeTerms(
    of licence: UInt64, work: H256, holder: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> (share: UInt32, mode: Royalty.DerivativeMode)? {
    guard holder == .test(2) else { return nil }
    return licence == 7 ? (100_000, .relative) : licence == 8 ? (100_000, .absolute) : nil
  }
}

enum TestConfig: Royalty.Config {
  typealias Book = TestBook
  typealias Clock = TestClock
  typealias Currency = TestCurrency
  typealias Sender = TestSender
  typealias Licences = TestLicences
  static let palletIndex: UInt8 = 40
  static let pot = AccountID.test(101)
  static let treasury = AccountID.test(102)
  static let notice: BlockNumber = 10
  static let workDeposit: Balance = 100
  static let splitDeposit: Balance = 50
  static let memberDeposit: Balance = 5
  static func localAccount(of location: Location) -> AccountID? {
    guard location.parents == 0, location.interior.count == 1, case .accountId32(_, let id)? = location.interior.first else { return nil }
    return id
  }
  static func keep(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    kept.set(account, to: true, in: context)
  }
  static func release(_ account: AccountID, in context: ExecutionContext) throws(DispatchError) { kept.remove(account, in: context) }
  static let kept = OptionalStorageMap<AccountID, Bool>("Test", "Kept", hasher: .twox64Concat)
}

typealias TestRoyalty = Royalty.Pallet<TestConfig>

let here = Location.here
let gold = Location.sibling(1)
/// Bob on chain 2001.
let remote = Location(parents: 1, .para(2001), .account(.test(2)))
let studio = Location.sibling(2001)

/// A chain with the royalty pallet and rich accounts 1 to 9.
struct TestRoyalties {
  let context = ExecutionContext.onEmptyState()

  init() {
    for asset in [here, gold] {
      for account in UInt8(1)...9 { TestBook.balances.set(asset, .test(account), to: 1_000_000_000_000_000, in: context) }
      TestBook.balances.set(asset, TestConfig.pot, to: TestBook.minimum, in: context)
    }
    TestRoyalty.buildGenesis(native: here, base: TestBook.minimum, in: context)
    Royalty.accepted.set(gold, to: TestBook.minimum, in: context)
  }

  func run(_ call: Royalty.Call, _ origin: Origin = .test(1)) -> DispatchError? {
    attempt(call, of: TestRoyalty.self, origin: origin, in: context)
  }

  /// Makes a split of accounts with their units.
  @discardableResult func split(_ members: [(Royalty.Party, UInt32)], by controller: UInt8 = 1) -> UInt64 {
    let number = (try? Royalty.nextSplit.get(in: context)) ?? 0
    _ = run(.createSplit(members: members.map { Royalty.Share($0.0, units: $0.1) }, isImmutable: false), .test(controller))
    return number
  }

  /// Registers a work of account `owner` whose contributors are `members`.
  @discardableResult func work(
    _ tag: UInt8, owner: UInt8 = 1, royalty: UInt32, members: [(Royalty.Party, UInt32)], parents: [Royalty.ParentLink] = [],
    mode: Royalty.DerivativeMode = .relative
  ) -> H256 {
    let meta = H256(words: Words32(UInt64(tag), 1, 2, 3))
    _ = run(
      .registerWork(
        meta: meta, royalty: royalty, members: members.map { Royalty.Share($0.0, units: $0.1) }, parents: parents, mode: mode,
        isImmutable: false), .test(owner))
    return TestRoyalty.workID(owner: .test(owner), meta: meta)
  }

  func row(_ work: H256) throws -> Royalty.Work {
    guard let row = try Royalty.works.get(work, in: context) else { throw DispatchError.other }
    return row
  }

  func due(_ party: Royalty.Party, _ split: UInt64, _ asset: Location = here) throws -> Balance {
    try TestRoyalty.due(party, split: split, asset: asset, in: context)
  }

  func balance(_ account: UInt8, _ asset: Location = here) throws -> Balance {
    try TestBook.balance(of: asset, who: .test(account), in: context)
  }

  func pass(_ blocks: BlockNumber) throws {
    TestClock.height.set(try TestClock.height.get(in: context) + blocks, in: context)
  }

  /// Brings a payout's assets home, less what the way cost, and tells how its message ended.
  func end(_ message: H256, _ ending: Royalty.PayoutEnding, back: Balance, payout: UInt64, asset: Location = here) throws {
    if back > 0 {
      try TestBook.transfer(
        back, of: asset, from: TestSender.elsewhere, to: TestRoyalty.payoutAccount(payout), .expendable, in: context)
    }
    TestRoyalty.payoutEnded(message: message, by: TestRoyalty.payoutAccount(payout), ending, in: context)
  }
}

func account(_ byte: UInt8) -> Royalty.Party { .account(.test(byte)) }
