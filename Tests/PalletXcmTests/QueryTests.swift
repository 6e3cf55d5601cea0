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

@Suite("Queries") struct QueryTests {
  private let hub: TestChain
  private let market: TestChain
  private let remote = Location.sibling(TestChain.market)
  private let answer = Response.executionResult(nil)
  private let xcm = XcmContext(origin: nil, messageID: H256(words: Words32(1, 1, 1, 1)))

  init() throws { (hub, market, _) = try TestChain.network() }

  private func ask(_ program: Xcm = [.clearOrigin], until timeout: BlockNumber = 10) -> XcmPallet.Call {
    .sendWithReport(dest: .v5(remote), message: .v5(program), timeout: timeout)
  }

  private func isExpecting(_ query: UInt64 = 0, from origin: Location? = nil, for querier: Location? = .account(alice)) -> Bool {
    XcmPalletPallet.isExpecting(origin ?? remote, queryID: query, querier: querier, in: hub.context)
  }

  @discardableResult
  private func respond(
    _ response: Response? = nil, _ query: UInt64 = 0, from origin: Location? = nil, for querier: Location? = .account(alice)
  ) -> XcmPallet.Event? {
    let weight = XcmPalletPallet.onResponse(
      response ?? answer, from: origin ?? remote, queryID: query, querier: querier, maxWeight: .zero, context: xcm, in: hub.context)
    #expect(weight == .zero)
    return hub.events.last
  }

  private func status(_ query: UInt64 = 0) throws -> XcmPallet.QueryStatus? { try XcmPallet.queries.get(query, in: hub.context) }
  private func openQueries() throws -> UInt32 { try XcmPallet.openQueries.get(alice, in: hub.context) }

  @Test("the report stands behind the payment, and an appendix of the program's own takes it over") func program() throws {
    let report = QueryResponseInfo(destination: .sibling(TestChain.hub), queryId: 0, maxWeight: .zero)
    let one = Asset(.here, amount: unit)
    #expect(
      hub.call(ask([.withdrawAsset(assets(one)), .payFees(asset: one), .setAppendix([.refundSurplus]), .trap(Compact(1))])) == nil)
    let message = try hub.message(to: market, nonce: 1)
    #expect(
      try hub.program(to: market, nonce: 1) == [
        .descendOrigin(Junctions(.account(alice))), .withdrawAsset(assets(one)), .payFees(asset: one),
        .setAppendix([.reportError(report)]), .setAppendix([.reportError(report), .refundSurplus]), .trap(Compact(1)),
        .setTopic(message.topic),
      ])
    let pending = XcmPallet.QueryStatus.pending(
      responder: .v5(remote), maybeMatchQuerier: .v5(.account(alice)), maybeNotify: nil, timeout: 10)
    #expect(try status() == pending)
    #expect(
      hub.events.last
        == .queryOpened(queryId: 0, querier: .account(alice), responder: remote, timeout: 10, messageId: message.topic))
    #expect(hub.call(ask()) == nil)
    let next = QueryResponseInfo(destination: .sibling(TestChain.hub), queryId: 1, maxWeight: .zero)
    #expect(try hub.program(to: market, nonce: 2).instructions[1] == .setAppendix([.reportError(next)]))
    #expect(try openQueries() == 2)
  }

  @Test("a program reports how it ended", arguments: [false, true]) func endToEnd(fails: Bool) throws {
    let own = try #require(EchoRuntime.account(of: Location(parents: 1, .para(TestChain.hub), .account(alice))))
    let fund: Xcm = [
      .withdrawAsset(assets(Asset(.here, amount: 5 * unit))), .depositAsset(assets: .wild(.all), beneficiary: .account(own)),
    ]
    #expect(market.call(.execute(message: .v5(fund), maxWeight: .max)) == nil)
    let one = Asset(.here, amount: unit)
    let tail: [Instruction] = fails ? [.trap(Compact(7))] : [.clearTopic]
    #expect(hub.call(ask(Xcm([.withdrawAsset(assets(one)), .payFees(asset: one)] + tail))) == nil)
    let outcome = try hub.deliver(1, to: market)
    #expect(outcome.failure == (fails ? InstructionError(index: 4, error: .trap(7)) : nil))
    let reply = try market.program(to: hub, nonce: 1)
    let expected = Response.executionResult(fails ? Pair(4, .trap(7)) : nil)
    #expect(
      reply.instructions.first
        == .queryResponse(queryId: Compact(0), response: expected, maxWeight: .zero, querier: .account(alice)))
    #expect(try market.deliver(1, to: hub).failure == nil)
    #expect(try status() == .ready(response: .v5(expected), at: 1))
    #expect(hub.events.contains(.responseReady(queryId: 0, response: expected)))
    #expect(hub.call(.closeQuery(queryId: 0)) == nil)
    #expect(hub.events.last == .responseTaken(queryId: 0))
    #expect(try status() == nil && openQueries() == 0)
    #expect(try XcmPallet.queryOwners.get(0, in: hub.context) == nil)
  }

  @Test("only who was asked answers, to whom it was asked for, once, in time") func answers() throws {
    #expect(hub.call(ask()) == nil)
    let pending = try status()
    #expect(isExpecting())
    let stranger = Location.sibling(TestChain.studio)
    #expect(!isExpecting(from: stranger) && !isExpecting(for: .account(bob)) && !isExpecting(for: nil) && !isExpecting(1))
    #expect(respond(from: stranger) == .invalidResponder(origin: stranger, queryId: 0, expectedLocation: remote))
    for querier in [Location.account(bob), nil] {
      #expect(
        respond(for: querier)
          == .invalidQuerier(origin: remote, queryId: 0, expectedQuerier: .account(alice), maybeActualQuerier: querier))
    }
    #expect(respond(answer, 1) == .unexpectedResponse(origin: remote, queryId: 1))
    #expect(try status() == pending, "a wrong answer changed the query")
    #expect(respond() == .responseReady(queryId: 0, response: answer))
    #expect(!isExpecting())
    #expect(respond(.null) == .unexpectedResponse(origin: remote, queryId: 0))
    #expect(try status() == .ready(response: .v5(answer), at: 1))
  }

  @Test("from the timeout on no answer counts, and anybody closes the query") func timeout() throws {
    #expect(hub.call(ask(until: 10)) == nil)
    hub.advance(to: 9)
    #expect(isExpecting())
    hub.expectRefusal(.queryPending, .closeQuery(queryId: 0))
    hub.expectRefusal(.queryPending, .closeQuery(queryId: 0), by: bob)
    hub.advance(to: 10)
    #expect(!isExpecting())
    #expect(respond() == .unexpectedResponse(origin: remote, queryId: 0))
    #expect(hub.call(.closeQuery(queryId: 0), by: bob) == nil)
    #expect(hub.events.last == .queryTimedOut(queryId: 0))
    #expect(try status() == nil && openQueries() == 0)
    hub.expectRefusal(.unknownQuery, .closeQuery(queryId: 0))
  }

  @Test("an answer is its owner's until the timeout") func ownership() throws {
    #expect(hub.call(ask(until: 10)) == nil)
    respond()
    hub.expectRefusal(.queryPending, .closeQuery(queryId: 0), by: bob)
    hub.advance(to: 10)
    #expect(hub.call(.closeQuery(queryId: 0), by: bob) == nil)
  }

  @Test("a refused message opens no query, and an account has so many and no more") func bound() throws {
    for query in 0..<XcmPallet.maximumQueries { #expect(hub.call(ask(), by: alice) == nil, "query \(query)") }
    hub.expectRefusal(.tooManyQueries, ask())
    #expect(hub.call(ask(), by: bob) == nil)
    respond()
    #expect(hub.call(.closeQuery(queryId: 0)) == nil)
    #expect(hub.call(ask()) == nil)
    hub.expectRefusal(.feesNotMet, ask(), by: .test(9))
  }
}
