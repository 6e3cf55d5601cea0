import Hashing
import PalletMarketplace
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
    let isOpen = try isOpen.get(in: context)
    guard received >= minimum, target != blocked || isOpen else { throw .token(.belowMinimum) }
    guard source != target else { return }
    if left == 0 { balances.remove(asset, source, in: context) } else { balances.set(asset, source, to: left, in: context) }
    balances.set(asset, target, to: received, in: context)
  }

  static let unknown = Location.sibling(9)
  /// Can receive nothing until ``isOpen`` says so.
  static let blocked = AccountID.test(66)
  static let isOpen = StorageValue<Bool>("Test", "IsOpen", default: false)
}

/// Holds on the native asset of ``TestBook``: what is held is no balance until it is released.
enum TestCurrency: NativeCurrency {
  static let held = StorageDoubleMap<AccountID, UInt8, Balance>("Test", "Held", hashers: (.twox64Concat, .twox64Concat))
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
  { throw .unavailable }
  static func mint(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError) { throw .unavailable }
  static func held(_ account: AccountID, _ reason: UInt8, in context: ExecutionContext) throws(DispatchError) -> Balance {
    try held.get(account, reason, in: context) ?? 0
  }
  static func hold(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError) {
    let free = try freeBalance(of: account, in: context)
    guard free >= amount + existentialDeposit else { throw .token(.fundsUnavailable) }
    TestBook.balances.set(here, account, to: free - amount, in: context)
    held.set(account, reason.reason, to: try held(account, reason.reason, in: context) + amount, in: context)
  }
  static func release(_ amount: Balance, of account: AccountID, reason: HoldReason, in context: ExecutionContext) throws(DispatchError) {
    let has = try held(account, reason.reason, in: context)
    guard has >= amount else { throw .token(.fundsUnavailable) }
    held.set(account, reason.reason, to: has - amount, in: context)
    TestBook.balances.set(here, account, to: try freeBalance(of: account, in: context) + amount, in: context)
  }
}

enum TestClock: ChainClock {
  static let height = StorageValue<BlockNumber>("Test", "Height", default: 1)
  static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber { try height.get(in: context) }
  static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds { 0 }
}

/// Works with the stack and the owner that a test says, and what was credited to them and owed to others.
enum TestRoyaltyBook: RoyaltyBook {
  static let pot = AccountID.test(103)
  static let stacks = StorageMap<H256, UInt32>("Test", "Stacks", hasher: .twox64Concat, default: 0)
  static let owners = OptionalStorageMap<H256, AccountID>("Test", "Owners", hasher: .twox64Concat)
  static let credited = StorageDoubleMap<H256, Location, Balance>("Test", "Credited", hashers: (.twox64Concat, .twox64Concat))
  static let owed = StorageDoubleMap<Location, Location, Balance>("Test", "Owed", hashers: (.twox64Concat, .twox64Concat))
  static let accepted = StorageMap<Location, Bool>("Test", "Accepted", hasher: .twox64Concat, default: false)
  /// Whether splits have income in as many assets as they may: nothing more is taken.
  static let isFull = StorageValue<Bool>("Test", "IsFull", default: false)

  static func stack(of work: H256, in context: ExecutionContext) throws(DispatchError) -> UInt32 { try stacks.get(work, in: context) }
  static func owner(of work: H256, in context: ExecutionContext) throws(DispatchError) -> AccountID {
    guard let owner = try owners.get(work, in: context) else { throw .other }
    return owner
  }
  static func credit(
    work: H256, asset: Location, amount: Balance, from payer: AccountID, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    let isFull = try isFull.get(in: context)
    guard amount > 0, !isFull else { throw .other }
    try TestBook.transfer(amount, of: asset, from: payer, to: pot, .expendable, in: context)
    credited.set(work, asset, to: try (credited.get(work, asset, in: context) ?? 0) + amount, in: context)
  }
  static let reserved = StorageDoubleMap<H256, Location, Bool>("Test", "Reserved", hashers: (.twox64Concat, .twox64Concat))
  static func reserve(_ asset: Location, for work: H256, in context: ExecutionContext) throws(DispatchError) {
    let isFull = try isFull.get(in: context)
    guard !isFull else { throw .other }
    reserved.set(work, asset, to: true, in: context)
  }
  static func owe(
    _ party: Location, asset: Location, amount: Balance, from payer: AccountID, reference: H256, in context: ExecutionContext
  ) throws(DispatchError) {
    let isFull = try isFull.get(in: context)
    guard amount > 0, !isFull else { throw .other }
    try TestBook.transfer(amount, of: asset, from: payer, to: pot, .expendable, in: context)
    owed.set(party, asset, to: try (owed.get(party, asset, in: context) ?? 0) + amount, in: context)
  }
  static func accepts(_ asset: Location, in context: ExecutionContext) throws(DispatchError) -> Bool {
    try accepted.get(asset, in: context)
  }
  static func accept(_ asset: Location, from payer: AccountID, in context: ExecutionContext) throws(DispatchError) {
    try TestBook.transfer(TestBook.minimum, of: asset, from: payer, to: pot, .expendable, in: context)
    accepted.set(asset, to: true, in: context)
  }
}

/// Takes a purchase's money away, to another chain as it were; tests bring it back.
enum TestRemote: RemoteMarkets {
  static let elsewhere = AccountID.test(200)
  static let chainID: UInt32 = 77
  static let sent = StorageValue<UInt64>("Test", "Sent", default: 0)
  /// The orders that went, by message.
  static let orders = OptionalStorageMap<H256, H256>("Test", "RemoteOrders", hasher: .twox64Concat)
  /// The calls that went, by message.
  static let acts = OptionalStorageMap<H256, Marketplace.Call>("Test", "Acts", hasher: .twox64Concat)

  /// The account of this chain, 2001, as other chains see it.
  static func location(of account: AccountID) -> Location { Location(parents: 1, .para(2001), .account(account)) }
  static func message(_ number: UInt64) -> H256 { H256(words: Words32(number, 0, 0, 8)) }

  static func identity(
    of account: AccountID, at market: Location, in context: ExecutionContext
  ) throws(DispatchError) -> (buyer: Location, chainID: UInt32) { (location(of: account), chainID) }
  static func purchase(
    _ purchase: Marketplace.RemotePurchase, order: H256, nonce: UInt64, at market: Location, by account: AccountID,
    in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let id = try send(purchase.maxPrice + purchase.fees, of: purchase.asset, by: account, in: context)
    orders.set(id, to: order, in: context)
    return id
  }
  static func act(
    _ call: Marketplace.Call, _ act: Marketplace.RemoteAct, at market: Location, by account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let id = try send(act.deposit + act.fees, of: act.asset, by: account, in: context)
    acts.set(id, to: call, in: context)
    return id
  }
  private static func send(
    _ amount: Balance, of asset: Location, by account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let number = try sent.get(in: context) + 1
    sent.set(number, in: context)
    try TestBook.transfer(amount, of: asset, from: account, to: elsewhere, .expendable, in: context)
    return message(number)
  }
}
