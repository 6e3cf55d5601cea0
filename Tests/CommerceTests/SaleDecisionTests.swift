import Commerce
import EchoRuntime
import Hashing
import PalletMarketplace
import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

@Suite("What following an order comes to") struct SaleGoalTests {
  static let open: [Marketplace.OrderState] = [.funded, .delivered, .challenged(block: 3, bond: 1, remaining: 10), .judging]

  @Test("an order that came to nothing is none that was reached", arguments: SaleGoal.allCases)
  func comesToNothing(goal: SaleGoal) {
    for state in [Marketplace.OrderState.refunded, .cancelled] {
      guard case .nothing(let sentence) = goal.verdict(state) else {
        Issue.record("\(state) passes for \(goal)")
        continue
      }
      #expect(sentence.hasPrefix("the order was"))
    }
  }

  @Test("an order that may still get there is unfinished")
  func isUnfinished() {
    #expect(SaleGoal.delivered.verdict(.funded) == .unfinished)
    for state in Self.open { #expect(SaleGoal.ended.verdict(state) == .unfinished) }
  }

  @Test("what is reached is reached, and so is more")
  func isReached() {
    for state in Self.open { #expect(SaleGoal.placed.verdict(state) == .reached) }
    for state in Self.open.dropFirst() { #expect(SaleGoal.delivered.verdict(state) == .reached) }
    for goal in SaleGoal.allCases {
      for state in [Marketplace.OrderState.released, .split(buyerShare: 300_000)] { #expect(goal.verdict(state) == .reached) }
    }
  }
}

@Suite("Votes of jurors") struct PanelVoteTests {
  private let salt = H256([UInt8](repeating: 1, count: 32)) ?? .zero
  private let other = H256([UInt8](repeating: 2, count: 32)) ?? .zero

  @Test("a vote that is committed again keeps its salt") func keepsItsSalt() throws {
    let kept = try PanelVote(share: 300_000, kept: nil, salt: salt)
    #expect(kept == PanelVote(share: 300_000, salt: salt))
    #expect(try PanelVote(share: 300_000, kept: kept, salt: other) == kept)
  }

  @Test("another share is refused as long as a vote is kept") func refusesAnotherShare() {
    let kept = PanelVote(share: 300_000, salt: salt)
    #expect(throws: PanelVoteChanged(kept: 300_000)) { try PanelVote(share: 300_001, kept: kept, salt: other) }
  }

  @Test("order, juror, share and salt all are in what is committed to") func commits() {
    let juror = AccountID([UInt8](repeating: 3, count: 32)) ?? .zero
    let vote = PanelVote(share: 1, salt: salt)
    let commitment = vote.commitment(order: other, juror: juror)
    #expect(commitment == Hash.blake2b256(other.bytes + juror.bytes + [1, 0, 0, 0] + salt.bytes))
    let others = [
      vote.commitment(order: salt, juror: juror), vote.commitment(order: other, juror: .zero),
      PanelVote(share: 2, salt: salt).commitment(order: other, juror: juror),
      PanelVote(share: 1, salt: other).commitment(order: other, juror: juror),
    ]
    #expect(!others.contains(commitment))
  }
}

@Suite("Assets by symbol") struct AssetSymbolTests {
  private let known: [(symbol: String, location: Location)] = [("MRKT", .here), ("ECHO", .sibling(1000)), ("ECHO", .sibling(2001))]

  @Test("one that has it, none, and several") func matches() {
    #expect(AssetSymbol.match("MRKT", among: known) == .one(0))
    #expect(AssetSymbol.match("echo", among: known) == .none)
    #expect(AssetSymbol.match("ECHO", among: known) == .several([.sibling(1000), .sibling(2001)]))
  }
}

@Suite("Events of a message") struct MessageEventsTests {
  private static let first = Hash.blake2b256([1])
  private static let second = Hash.blake2b256([2])

  private static func record(_ event: RuntimeEvent, _ phase: UInt32, _ topics: [H256]) throws -> DecodedEvent {
    try DecodedEvent(decoding: EventRecord(phase: .applyExtrinsic(phase), event: event.encoded(), topics: topics).encoded())
  }

  private static func event(_ listing: UInt64, _ phase: UInt32) throws -> DecodedEvent {
    try record(.marketplace(.updated(listing: listing)), phase, [])
  }

  /// Stands for what a chain tells last of a message.
  private static func end(_ topic: H256, _ phase: UInt32) throws -> DecodedEvent {
    try record(.marketplace(.parametersSet), phase, [topic])
  }

  private func listings(_ message: H256, _ records: [DecodedEvent]) -> [UInt64] {
    MessageEvents.of(message, in: records) { $0 == .marketplace(.parametersSet) }.compactMap { record in
      if case .marketplace(.updated(let listing)) = record.event { listing } else { nil }
    }
  }

  @Test("calls of others and other messages of the delivery are left out") func leavesOthersOut() throws {
    let records = try [
      Self.event(1, 1), Self.event(2, 2), Self.event(3, 2), Self.end(Self.first, 2), Self.event(4, 2), Self.end(Self.second, 2),
      Self.event(5, 2), Self.event(6, 3),
    ]
    #expect(listings(Self.first, records) == [2, 3])
    #expect(listings(Self.second, records) == [4])
    #expect(listings(Hash.blake2b256([3]), records).isEmpty)
    #expect(listings(Self.first, Array(records.dropFirst())) == [2, 3])
    #expect(listings(Self.first, []).isEmpty)
  }

  @Test("an end without the topic is another message's") func needsTheTopic() throws {
    var records = try [Self.event(1, 1), Self.end(Self.first, 1)]
    #expect(listings(Self.second, records).isEmpty)
    records.append(try Self.event(2, 1))
    #expect(listings(Self.first, records) == [1])
  }
}
