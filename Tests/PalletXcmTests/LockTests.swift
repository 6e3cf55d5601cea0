import EchoRuntime
import Lanes
import PalletBalances
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Locks") struct LockTests {
  private let hub: TestChain
  private let market = Location.sibling(TestChain.market)
  private let studio = Location.sibling(TestChain.studio)
  private let owner = Location.account(alice)

  init() throws { hub = try TestChain(TestChain.hub, links: [TestChain.market, TestChain.studio]) }

  private func native(_ units: Balance) -> Asset { Asset(.here, amount: units * unit) }

  private func lock(_ asset: Asset, owner: Location? = nil, for unlocker: Location? = nil) throws {
    try XcmPalletPallet.lock(asset, owner: owner ?? self.owner, unlocker: unlocker ?? market, in: hub.context)
  }
  private func unlock(_ asset: Asset, by unlocker: Location? = nil) throws {
    try XcmPalletPallet.unlock(asset, owner: owner, unlocker: unlocker ?? market, in: hub.context)
  }
  private func note(_ asset: Asset, owner: Location? = nil, by locker: Location? = nil) throws {
    try XcmPalletPallet.noteUnlockable(asset, owner: owner ?? self.owner, locker: locker ?? market, in: hub.context)
  }
  private func reduce(_ asset: Asset, owner: Location? = nil, by locker: Location? = nil) throws {
    try XcmPalletPallet.reduceUnlockable(asset, owner: owner ?? self.owner, locker: locker ?? market, in: hub.context)
  }
  private func held() throws -> Balance {
    try BalancesPallet.heldBalance(
      of: alice, reason: HoldReason(pallet: XcmPalletPallet.index, reason: 1), in: hub.context)
  }

  private func expectLockError(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
    let before = hub.context.trace
    #expect(throws: XcmError.lockError, sourceLocation: sourceLocation) { try body() }
    hub.expectUnchanged(since: before, sourceLocation: sourceLocation)
  }

  @Test("locked units cannot be spent until they are unlocked") func spending() throws {
    try lock(native(900))
    #expect(try held() == 900 * unit)
    let spend = XcmPallet.Call.execute(
      message: .v5([.withdrawAsset(assets(native(200))), .depositAsset(assets: .wild(.all), beneficiary: .account(bob))]), maxWeight: .max)
    hub.expectRefusal(.localExecutionIncompleteWithError, spend)
    try unlock(native(300))
    #expect(try held() == 600 * unit)
    #expect(hub.call(spend) == nil)
    try unlock(native(600))
    #expect(try held() == 0)
    #expect(try XcmPallet.lockedFungibles.get(alice, in: hub.context).isEmpty)
  }

  @Test("of several unlockers the largest lock counts, not the sum") func several() throws {
    try lock(native(5))
    try lock(native(8), for: studio)
    #expect(try held() == 8 * unit)
    try lock(native(3))
    #expect(try held() == 8 * unit)
    #expect(try XcmPallet.lockedFungibles.get(alice, in: hub.context) == [Pair(5 * unit, .v5(market)), Pair(8 * unit, .v5(studio))])
    try unlock(native(8), by: studio)
    #expect(try held() == 5 * unit)
    expectLockError { try unlock(native(1), by: studio) }
  }

  @Test("what cannot be locked or unlocked leaves no trace") func refusals() throws {
    try lock(native(5))
    expectLockError { try unlock(native(1), by: studio) }
    expectLockError { try unlock(native(6)) }
    expectLockError { try lock(native(1_000)) }
    expectLockError { try lock(Asset(TestChain.token, amount: 10)) }
    expectLockError { try lock(native(1), owner: Location(.generalIndex(1))) }
    expectLockError { try lock(Asset(.here, instance: .undefined)) }
    for index in 1..<UInt32(XcmPallet.maximumLockers) { try lock(native(1), for: .sibling(index)) }
    expectLockError { try lock(native(1), for: .sibling(99)) }
    try lock(native(6))
    #expect(try held() == 6 * unit)
  }

  @Test("locks elsewhere are noted by the reserve alone, and taken back by part") func elsewhere() throws {
    func noted() throws -> Balance? {
      try XcmPallet.remoteLockedFungibles.get(alice, .v5(AssetID(market)), in: hub.context)?.amount
    }
    try note(Asset(market, amount: 50))
    try note(Asset(market, amount: 30), owner: .account(alice, network: .polkadot))
    #expect(try noted() == 50)
    try note(Asset(market, amount: 80))
    #expect(try noted() == 80)
    expectLockError { try note(Asset(market, amount: 5), by: studio) }
    expectLockError { try note(native(5)) }
    expectLockError { try note(Asset(market, amount: 5), owner: Location(.generalIndex(1))) }
    expectLockError { try reduce(Asset(market, amount: 81)) }
    expectLockError { try reduce(Asset(market, amount: 1), by: studio) }
    expectLockError { try reduce(Asset(market, amount: 1), owner: .account(bob)) }
    expectLockError { try reduce(Asset(studio, amount: 1), by: studio) }
    try reduce(Asset(market, amount: 30))
    #expect(try noted() == 50)
    try reduce(Asset(market, amount: 50))
    #expect(try noted() == nil)
  }

  /// A call of Alice that locks units for market.
  private func lockCall(_ units: Balance) -> XcmPallet.Call {
    .execute(
      message: .v5([.setFeesMode(jitWithdraw: true), .lockAsset(asset: Asset(.here, amount: units * unit), unlocker: market)]),
      maxWeight: .max)
  }
  private func lockedNow(on hub: TestChain) throws -> [Balance] {
    try XcmPallet.lockedFungibles.get(alice, in: hub.context).map(\.first)
  }
  private func settle(_ nonce: UInt64, on hub: TestChain) {
    XcmPalletPallet.settled(lane: hub.lane(to: TestChain.market), nonce: nonce, ending: .executed, in: hub.context)
  }

  @Test("a lock of which the other chain never learns is undone") func undone() throws {
    let (hub, market, _) = try TestChain.network()
    #expect(hub.call(lockCall(5)) == nil)
    let message = try hub.message(to: market, nonce: 1)
    let own = Location(parents: 1, .para(TestChain.hub), .account(alice))
    #expect(
      try hub.program(to: market, nonce: 1) == [
        .noteUnlockable(asset: Asset(.sibling(TestChain.hub), amount: 5 * unit), owner: own), .setTopic(message.topic),
      ])
    settle(1, on: hub)
    #expect(hub.call(lockCall(8)) == nil)
    #expect(try lockedNow(on: hub) == [8 * unit])
    // The second note never arrives; the first did.
    try hub.refund(2, to: market)
    #expect(try lockedNow(on: hub) == [5 * unit])
    try hub.refund(1, to: market)
    #expect(try lockedNow(on: hub) == [5 * unit], "what is settled is not undone")
    #expect(hub.call(lockCall(4)) == nil)
    try hub.refund(3, to: market)
    #expect(try lockedNow(on: hub) == [5 * unit], "the smaller lock changed nothing")
    #expect(try XcmPallet.lockChanges.rows(in: hub.context, limit: 9).isEmpty)
    #expect(try XcmPallet.pendingLocks.rows(alice, in: hub.context, limit: 9).isEmpty)
  }

  @Test("what the other chain has noted stays locked, whichever messages it never gets") func lostInOrder() throws {
    let (hub, market, _) = try TestChain.network()
    #expect(hub.call(lockCall(5)) == nil)
    // A larger lock would be noted although the growth below it was undone: it has to wait for the first.
    hub.expectRefusal(.localExecutionIncompleteWithError, lockCall(8))
    try hub.refund(1, to: market)
    #expect(try lockedNow(on: hub) == [])
    #expect(hub.call(lockCall(8)) == nil)
    #expect(try hub.deliver(2, to: market).failure == nil)
    settle(2, on: hub)
    #expect(try lockedNow(on: hub) == [8 * unit])
  }

  @Test("nothing is unlocked that a note on its way tells of") func unlockedMeanwhile() throws {
    let (hub, market, _) = try TestChain.network()
    func unlock(_ units: Balance) throws {
      try XcmPalletPallet.unlock(native(units), owner: owner, unlocker: self.market, in: hub.context)
    }
    #expect(hub.call(lockCall(10)) == nil)
    #expect(throws: XcmError.lockError) { try unlock(1) }
    settle(1, on: hub)
    #expect(hub.call(lockCall(7)) == nil, "it changes nothing here, but it is told")
    #expect(throws: XcmError.lockError) { try unlock(4) }
    try unlock(3)
    try hub.refund(2, to: market)
    #expect(try lockedNow(on: hub) == [7 * unit])
    try unlock(7)
    #expect(try lockedNow(on: hub) == [])
  }

  @Test("a note that comes while a release is on its way is refused, for both would count") func notedMeanwhile() throws {
    let noted = Asset(market, amount: 50)
    let call = XcmPallet.Call.execute(
      message: .v5([.setFeesMode(jitWithdraw: true), .requestUnlock(asset: Asset(market, amount: 20), locker: market)]), maxWeight: .max)
    try note(noted)
    #expect(hub.call(call) == nil)
    #expect(hub.call(call) == nil, "releases do not hinder one another")
    expectLockError { try note(noted) }
    settle(1, on: hub)
    expectLockError { try note(noted) }
    try XcmPalletPallet.refund(lane: hub.lane(to: TestChain.market), nonce: 2, in: hub.context)
    #expect(try XcmPallet.remoteLockedFungibles.get(alice, .v5(noted.id), in: hub.context)?.amount == 30)
    try note(noted)
    #expect(try XcmPallet.remoteLockedFungibles.get(alice, .v5(noted.id), in: hub.context)?.amount == 50)
    #expect(try XcmPallet.pendingReleases.rows(alice, in: hub.context, limit: 9).isEmpty)
  }

  @Test("a release of which the other chain never learns leaves the note") func releaseUndone() throws {
    let noted = Asset(market, amount: 50)
    let call = XcmPallet.Call.execute(
      message: .v5([.setFeesMode(jitWithdraw: true), .requestUnlock(asset: Asset(market, amount: 20), locker: market)]), maxWeight: .max)
    hub.expectRefusal(.localExecutionIncompleteWithError, call)
    try note(noted)
    func left() throws -> Balance? {
      try XcmPallet.remoteLockedFungibles.get(alice, .v5(noted.id), in: hub.context)?.amount
    }
    #expect(hub.call(call) == nil)
    #expect(try left() == 30)
    try XcmPalletPallet.refund(lane: hub.lane(to: TestChain.market), nonce: 1, in: hub.context)
    #expect(try left() == 50)
  }

  @Test("what is locked in a chain's account stays there though a lane keeps the account alive") func sovereign() throws {
    #expect(hub.call(transfer(assets(native(10)), to: market)) == nil)
    let sovereign = try hub.sovereign(of: TestChain.market)
    try lock(native(4), owner: market)
    #expect(throws: DispatchError.self) { try BalancesPallet.burn(6 * unit, from: sovereign, .expendable, in: hub.context) }
    try BalancesPallet.burn(5 * unit, from: sovereign, .expendable, in: hub.context)
    #expect(try BalancesPallet.totalBalance(of: sovereign, in: hub.context) == 5 * unit)
  }
}
