import EchoRuntime
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Versions") struct VersionTests {
  private let hub: TestChain
  private let market: TestChain
  private let remote = Location.sibling(TestChain.market)
  private let home = Location.sibling(TestChain.hub)
  private let xcm = XcmContext(origin: nil, messageID: .zero)

  init() throws { (hub, market, _) = try TestChain.network() }

  private func wrapped(_ destination: Location? = nil) throws -> UInt32 {
    try XcmPalletPallet.wrapVersion(of: destination ?? remote, in: hub.context)
  }

  @Test("what is known decides, else the safe version, else nothing is sent") func wrapping() throws {
    #expect(try wrapped() == 5)
    #expect(hub.force(.forceDefaultXcmVersion(maybeXcmVersion: 4)) == nil)
    #expect(try wrapped() == 4)
    #expect(hub.force(.forceXcmVersion(location: remote, version: 3)) == nil)
    #expect(hub.events.last == .supportedVersionChanged(location: remote, version: 3))
    #expect(try wrapped() == 3)
    #expect(try wrapped(.sibling(TestChain.studio)) == 4)
    #expect(hub.force(.forceXcmVersion(location: remote, version: 7)) == nil)
    #expect(try wrapped() == 5, "a version that this chain does not write")
    #expect(hub.force(.forceDefaultXcmVersion(maybeXcmVersion: nil)) == nil)
    #expect(try wrapped() == 5)
    #expect(throws: XcmError.destinationUnsupported) { try wrapped(.sibling(TestChain.studio)) }
    hub.expectRefusal(.sendFailure, .send(dest: .v5(.sibling(TestChain.studio)), message: .v5([.clearOrigin])))
  }

  @Test("chains learn each other's version and are told no more when they ask for that") func subscription() throws {
    #expect(hub.force(.forceSubscribeVersionNotify(location: .v5(remote))) == nil)
    let message = try hub.message(to: market, nonce: 1)
    #expect(
      try hub.program(to: market, nonce: 1) == [
        .subscribeVersion(queryId: Compact(0), maxResponseWeight: .zero), .setTopic(message.topic),
      ])
    #expect(hub.events.contains { if case .versionNotifyRequested(remote, _, message.topic) = $0 { true } else { false } })
    #expect(try XcmPallet.queries.get(0, in: hub.context) == .versionNotifier(origin: .v5(remote), isActive: false))
    hub.expectRefusal(.alreadySubscribed, .forceSubscribeVersionNotify(location: .v5(remote)), asRoot: true)
    hub.expectRefusal(.unknownQuery, .closeQuery(queryId: 0))

    #expect(try hub.deliver(1, to: market).failure == nil)
    #expect(XcmPalletPallet.isSubscribed(home, in: market.context))
    let reply = try market.message(to: hub, nonce: 1)
    #expect(market.events.contains { if case .versionNotifyStarted(home, _, reply.topic) = $0 { true } else { false } })
    #expect(try market.deliver(1, to: hub).failure == nil)
    #expect(hub.events.contains(.supportedVersionChanged(location: remote, version: 5)))
    #expect(try XcmPallet.queries.get(0, in: hub.context) == .versionNotifier(origin: .v5(remote), isActive: true))
    #expect(try XcmPallet.supportedVersion.get(5, .v5(remote), in: hub.context) == 5)

    #expect(hub.force(.forceUnsubscribeVersionNotify(location: .v5(remote))) == nil)
    #expect(try hub.deliver(2, to: market).failure == nil)
    #expect(!XcmPalletPallet.isSubscribed(home, in: market.context))
    #expect(try XcmPallet.queries.get(0, in: hub.context) == nil)
    hub.expectRefusal(.noSubscription, .forceUnsubscribeVersionNotify(location: .v5(remote)), asRoot: true)
    #expect(try wrapped() == 5, "what was told stays known")
  }

  @Test("the treasury pays for what the chain sends, or nobody is promised a reward") func fee() throws {
    let pot = try hub.balance(EchoRuntime.relayerPot)
    let treasury = try hub.balance(EchoRuntime.treasury)
    #expect(hub.force(.forceSubscribeVersionNotify(location: .v5(remote))) == nil)
    let fee = try hub.message(to: market, nonce: 1).fee
    #expect(try hub.balance(EchoRuntime.relayerPot) == pot + fee)
    #expect(try hub.balance(EchoRuntime.treasury) == treasury - fee)
    guard case .versionNotifyRequested(_, let cost, _)? = hub.events.last else {
      Issue.record("no event")
      return
    }
    #expect(cost.first?.amount ?? 0 == fee)
  }

  @Test("only the location that was asked tells its version, and none that cannot be written") func answers() throws {
    #expect(hub.force(.forceSubscribeVersionNotify(location: .v5(remote))) == nil)
    func respond(_ response: Response, from origin: Location) -> XcmPallet.Event? {
      _ = XcmPalletPallet.onResponse(
        response, from: origin, queryID: 0, querier: nil, maxWeight: .zero, context: xcm, in: hub.context)
      return hub.events.last
    }
    let stranger = Location.sibling(TestChain.studio)
    #expect(!XcmPalletPallet.isExpecting(stranger, queryID: 0, querier: nil, in: hub.context))
    #expect(respond(.version(4), from: stranger) == .invalidResponder(origin: stranger, queryId: 0, expectedLocation: remote))
    #expect(respond(.null, from: remote) == .unexpectedResponse(origin: remote, queryId: 0))
    #expect(respond(.version(2), from: remote) == .unexpectedResponse(origin: remote, queryId: 0))
    #expect(try XcmPallet.supportedVersion.get(5, .v5(remote), in: hub.context) == nil)
    for version in [4, 5, 3] as [UInt32] {
      #expect(XcmPalletPallet.isExpecting(remote, queryID: 0, querier: nil, in: hub.context))
      #expect(respond(.version(version), from: remote) == .supportedVersionChanged(location: remote, version: version))
      #expect(try wrapped() == version)
    }
  }

  @Test("nobody is subscribed twice, and ending what never began is nothing") func startAndStop() throws {
    try XcmPalletPallet.start(remote, queryID: 8, maxWeight: .zero, context: xcm, in: hub.context)
    #expect(throws: XcmError.invalidLocation) {
      try XcmPalletPallet.start(remote, queryID: 9, maxWeight: .zero, context: xcm, in: hub.context)
    }
    #expect(throws: XcmError.unroutable) {
      try XcmPalletPallet.start(.account(bob), queryID: 9, maxWeight: .zero, context: xcm, in: hub.context)
    }
    XcmPalletPallet.stop(remote, context: xcm, in: hub.context)
    XcmPalletPallet.stop(remote, context: xcm, in: hub.context)
    #expect(!XcmPalletPallet.isSubscribed(remote, in: hub.context))
  }

  @Test("a new version is told to all subscribers, a few in each block; who cannot be told is dropped") func migration() throws {
    try XcmPalletPallet.start(remote, queryID: 8, maxWeight: .zero, context: xcm, in: hub.context)
    let unreachable = (0..<11).map { Location.sibling(300 + UInt32($0)) }
    var old = try #require(try XcmPallet.versionNotifyTargets.get(5, .v5(remote), in: hub.context))
    old.version = 4
    for location in [remote] + unreachable { XcmPallet.versionNotifyTargets.set(5, .v5(location), to: old, in: hub.context) }
    try XcmPalletPallet.onInitialize(in: hub.context)
    #expect(try XcmPallet.versionNotifyTargets.rows(5, in: hub.context, limit: 99).count == 12, "there is nothing new")
    XcmPallet.announcedVersion.set(4, in: hub.context)
    try XcmPalletPallet.onInitialize(in: hub.context)
    #expect(try XcmPallet.announcedVersion.get(in: hub.context) == 4)
    try XcmPalletPallet.onInitialize(in: hub.context)
    #expect(try XcmPallet.announcedVersion.get(in: hub.context) == 5)
    #expect(hub.events.last == .versionMigrationFinished(version: 5))
    let left = try XcmPallet.versionNotifyTargets.rows(5, in: hub.context, limit: 99)
    #expect(left.map(\.key) == [.v5(remote)] && left.map(\.value.version) == [5])
    let dropped = hub.events.count { if case .notifyTargetSendFail(_, 8, .unroutable) = $0 { true } else { false } }
    #expect(dropped == 11)
    #expect(hub.events.contains { if case .versionChangeNotified(remote, 5, _, _) = $0 { true } else { false } })
    let count = hub.events.count
    try XcmPalletPallet.onInitialize(in: hub.context)
    #expect(hub.events.count == count)
  }
}
