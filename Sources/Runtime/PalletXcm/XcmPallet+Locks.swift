public import PalletSupport
internal import Primitives
internal import ScaleCodec
public import XCM

extension XcmPallet.Pallet {
  /// Under which native units of an account are held that are locked.
  static var lockReason: HoldReason { HoldReason(pallet: index, reason: 1) }

  // MARK: Locks here

  /// Locks native units in the account of `owner`; only `unlocker` may undo it.
  ///
  /// Several unlockers lock the same units: the largest lock counts, not their sum. A second lock of the same unlocker
  /// raises its first to the larger of the two, once the unlocker has settled the message about the first: were a note
  /// of the larger to arrive without that of the smaller, the undoing of one would take from the other. The existential
  /// deposit cannot be locked.
  /// - Throws: ``XcmError/lockError`` for another asset, an owner without an account here, too little that is free,
  ///   more than ``XcmPallet/maximumLockers`` unlockers, or a lock that this unlocker is still being told of.
  public static func lock(_ asset: Asset, owner: Location, unlocker: Location, in context: ExecutionContext) throws(XcmError) {
    guard let account = C.account(of: owner, in: context), asset.id.location.isHere, let amount = asset.amount, amount > 0
    else { throw .lockError }
    do throws(DispatchError) {
      var locks = try XcmPallet.lockedFungibles.get(account, in: context)
      let before = locks.strongest
      let key = VersionedLocation.v5(unlocker)
      guard !XcmPallet.pendingLocks.exists(account, key, in: context) else { throw failure(.inUse) }
      var growth = amount
      if let index = locks.firstIndex(where: { $0.second == key }) {
        growth = amount.subtractingSaturating(locks[index].first)
        locks[index].first = max(locks[index].first, amount)
      } else {
        guard locks.count < XcmPallet.maximumLockers else { throw failure(.tooManyLocks) }
        locks.append(Pair(amount, key))
      }
      try C.Currency.hold(locks.strongest - before, of: account, reason: lockReason, in: context)
      XcmPallet.lockedFungibles.set(account, to: locks, in: context)
      let change = XcmPallet.LockChange.locked(total: amount, growth: growth, owner: owner, unlocker: unlocker)
      XcmPallet.lastLockChange.set(change, in: context)
    } catch { throw .lockError }
  }

  /// Lifts a lock of `unlocker` from the account of `owner` by the amount of `asset`.
  /// - Throws: ``XcmError/lockError`` when `unlocker` has less locked there, or would have less than it is being told.
  public static func unlock(_ asset: Asset, owner: Location, unlocker: Location, in context: ExecutionContext) throws(XcmError) {
    guard let account = C.account(of: owner, in: context), asset.id.location.isHere, let amount = asset.amount, amount > 0
    else { throw .lockError }
    do throws(DispatchError) {
      let told = try XcmPallet.pendingLocks.get(account, .v5(unlocker), in: context) ?? 0
      var locks = try XcmPallet.lockedFungibles.get(account, in: context)
      let before = locks.strongest
      guard let index = locks.firstIndex(where: { $0.second == .v5(unlocker) }), locks[index].first >= amount else {
        throw failure(.lockNotFound)
      }
      locks[index].first -= amount
      guard locks[index].first >= told else { throw failure(.inUse) }
      if locks[index].first == 0 { locks.remove(at: index) }
      try C.Currency.release(before - locks.strongest, of: account, reason: lockReason, in: context)
      if locks.isEmpty {
        XcmPallet.lockedFungibles.remove(account, in: context)
      } else {
        XcmPallet.lockedFungibles.set(account, to: locks, in: context)
      }
    } catch { throw .lockError }
  }

  // MARK: Locks elsewhere

  /// Notes that `locker` holds `asset` of `owner` locked, and that this chain may have it unlocked.
  ///
  /// Only the reserve of an asset is believed. A second note raises the first to the larger of the two, but not while a
  /// release of the same asset is on its way: should that come back, it would count on top of what the note says.
  /// - Throws: ``XcmError/lockError`` for another locker, an owner without an account here, an asset that another
  ///   location has noted or that is being released, or more than ``XcmPallet/maximumLockers`` assets of one account.
  public static func noteUnlockable(_ asset: Asset, owner: Location, locker: Location, in context: ExecutionContext)
    throws(XcmError)
  {
    guard C.Execution.isReserve(locker, of: asset, in: context), let amount = asset.amount, amount > 0,
      let account = C.account(of: owner.withoutNetwork, in: context)
    else { throw .lockError }
    var record = XcmPallet.RemoteLockedFungible(amount: amount, owner: .v5(owner.withoutNetwork), locker: .v5(locker))
    let key = VersionedAssetID.v5(asset.id)
    do throws(DispatchError) {
      guard !XcmPallet.pendingReleases.exists(account, key, in: context) else { throw failure(.inUse) }
      if let old = try XcmPallet.remoteLockedFungibles.get(account, key, in: context) {
        guard old.locker == record.locker, old.owner == record.owner else { throw failure(.lockNotFound) }
        record.amount = max(record.amount, old.amount)
      } else {
        let count = try XcmPallet.remoteLockedFungibles.rows(account, in: context, limit: XcmPallet.maximumLockers).count
        guard count < XcmPallet.maximumLockers else { throw failure(.tooManyLocks) }
      }
    } catch { throw .lockError }
    XcmPallet.remoteLockedFungibles.set(account, key, to: record, in: context)
  }

  /// Takes back such a note by the amount of `asset`, before `locker` is asked to unlock.
  /// - Throws: ``XcmError/lockError`` when there is no note of so much for this owner and locker.
  public static func reduceUnlockable(_ asset: Asset, owner: Location, locker: Location, in context: ExecutionContext)
    throws(XcmError)
  {
    guard let amount = asset.amount, amount > 0, let account = C.account(of: owner.withoutNetwork, in: context) else {
      throw .lockError
    }
    let key = VersionedAssetID.v5(asset.id)
    do throws(DispatchError) {
      guard var record = try XcmPallet.remoteLockedFungibles.get(account, key, in: context),
        record.locker == .v5(locker), record.owner == .v5(owner.withoutNetwork), record.amount >= amount
      else { throw failure(.lockNotFound) }
      record.amount -= amount
      if record.amount == 0 {
        XcmPallet.remoteLockedFungibles.remove(account, key, in: context)
      } else {
        XcmPallet.remoteLockedFungibles.set(account, key, to: record, in: context)
      }
      XcmPallet.lastLockChange.set(.released(asset: asset, owner: owner, locker: locker), in: context)
    } catch { throw .lockError }
  }

  // MARK: Messages that tell of locks

  /// Keeps what a message tells of a lock until it is settled.
  ///
  /// Without this, a lock whose note is turned away could never be undone: nobody else may unlock it.
  static func rememberLock(_ info: SendInfo, lane: H256, nonce: UInt64, in context: ExecutionContext) throws(XcmError) {
    guard info.reason == .lockAsset || info.reason == .requestUnlock else { return }
    do throws(DispatchError) {
      guard let change = try XcmPallet.lastLockChange.get(in: context) else { return }
      XcmPallet.lastLockChange.remove(in: context)
      XcmPallet.lockChanges.set(Pair(lane, nonce), to: change, in: context)
      switch change {
      case .locked(let total, _, let owner, let unlocker):
        guard let account = C.account(of: owner, in: context) else { return }
        XcmPallet.pendingLocks.set(account, .v5(unlocker), to: total, in: context)
      case .released(let asset, let owner, _):
        guard let account = C.account(of: owner.withoutNetwork, in: context) else { return }
        let key = VersionedAssetID.v5(asset.id)
        let count = try XcmPallet.pendingReleases.get(account, key, in: context) ?? 0
        XcmPallet.pendingReleases.set(account, key, to: count.addingSaturating(1), in: context)
      }
    } catch { throw .lockError }
  }

  /// Forgets that a message is on its way, however it ended.
  /// - Returns: What it told of a lock, if anything.
  static func endLockMessage(lane: H256, nonce: UInt64, in context: ExecutionContext) throws(DispatchError)
    -> XcmPallet.LockChange?
  {
    guard let change = try XcmPallet.lockChanges.get(Pair(lane, nonce), in: context) else { return nil }
    XcmPallet.lockChanges.remove(Pair(lane, nonce), in: context)
    switch change {
    case .locked(_, _, let owner, let unlocker):
      guard let account = C.account(of: owner, in: context) else { return change }
      XcmPallet.pendingLocks.remove(account, .v5(unlocker), in: context)
    case .released(let asset, let owner, _):
      guard let account = C.account(of: owner.withoutNetwork, in: context) else { return change }
      let key = VersionedAssetID.v5(asset.id)
      let count = try XcmPallet.pendingReleases.get(account, key, in: context) ?? 0
      if count > 1 {
        XcmPallet.pendingReleases.set(account, key, to: count - 1, in: context)
      } else {
        XcmPallet.pendingReleases.remove(account, key, in: context)
      }
    }
    return change
  }

  /// Undoes a lock, or the release of one, of which the other chain never learnt.
  static func undoLock(lane: H256, nonce: UInt64, in context: ExecutionContext) throws(DispatchError) {
    guard let change = try endLockMessage(lane: lane, nonce: nonce, in: context) else { return }
    switch change {
    case .locked(_, let growth, let owner, let unlocker):
      guard let account = C.account(of: owner, in: context) else { return }
      let locks = try XcmPallet.lockedFungibles.get(account, in: context)
      // What was unlocked since need not be undone.
      let left = min(growth, locks.first { $0.second == .v5(unlocker) }?.first ?? 0)
      guard left > 0 else { return }
      do throws(XcmError) {
        try unlock(Asset(.here, amount: left), owner: owner, unlocker: unlocker, in: context)
      } catch { throw .corruption }
    case .released(let asset, let owner, let locker):
      guard let account = C.account(of: owner.withoutNetwork, in: context), let amount = asset.amount else { return }
      let key = VersionedAssetID.v5(asset.id)
      var record = XcmPallet.RemoteLockedFungible(amount: 0, owner: .v5(owner.withoutNetwork), locker: .v5(locker))
      if let now = try XcmPallet.remoteLockedFungibles.get(account, key, in: context) { record = now }
      // Another locker has noted the asset since: the two cannot stand beside each other.
      guard record.locker == .v5(locker) else { return }
      record.amount = record.amount.addingSaturating(amount)
      XcmPallet.remoteLockedFungibles.set(account, key, to: record, in: context)
    }
  }
}

extension [Pair<Balance, VersionedLocation>] {
  /// The largest lock: what the account has held.
  fileprivate var strongest: Balance { self.map(\.first).max() ?? 0 }
}

extension Location {
  /// The same location without the networks of its accounts: each is one of this chain's, whatever network is named.
  fileprivate var withoutNetwork: Location { Location(parents: parents, interior: interior.withoutNetworks) }
}
