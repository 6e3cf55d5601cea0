import ChainClient
import EchoRuntime
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import XCM
import XcmTools

/// What happened to one message on all chains, from the blocks that are there.
///
/// Every hop of a message carries the same topic, and every event about it has that topic.
struct MessageHistory: Sendable {
  /// Something that happened.
  struct Entry: Sendable {
    var chain: String
    var block: BlockNumber
    /// Milliseconds since 1970.
    var time: Milliseconds
    /// The place among the block's events.
    var place: Int
    var text: String
  }

  let topic: H256
  /// In the order of time.
  private(set) var entries: [Entry] = []
  /// Messages that were sent and of which nothing further is known, with what they wait for.
  private(set) var waiting: [String] = []
  /// Whether something failed on the way.
  private(set) var hasFailed = false

  /// One end of a lane, seen from a chain: who is at the other one.
  private typealias Lanes = [H256: UInt32]

  /// A crossing, as far as it was seen.
  private struct Crossing: Hashable {
    var from: UInt32
    var to: UInt32
    var lane: H256
    var nonce: UInt64
  }

  /// An event about the message, and the chain that deposited it.
  private struct Found {
    var block: BlockRef
    var place: Int
    var event: RuntimeEvent
    var client: ChainClient
    var names: XcmNames
    var lanes: Lanes
  }

  /// Reads the newest blocks of all connected chains.
  /// - Parameter depth: Blocks to read of each chain.
  static func read(_ topic: H256, on network: LinkedNetwork, depth: UInt32) async throws -> MessageHistory {
    var found: [Found] = []
    for client in network.chains {
      let names = try await client.names(in: network.file)
      let rows = try await client.rows(
        Messages.channels.prefix, skip: 0, key: H256.self, value: Messages.Channel.self, at: nil)
      let lanes = Lanes(rows.map { ($0.key, $0.value.counterparty.paraId) }) { first, _ in first }
      for (block, place, event) in try await client.events(about: topic, depth: depth) {
        found.append(Found(block: block, place: place, event: event, client: client, names: names, lanes: lanes))
      }
    }
    found.sort { ($0.block.timestamp, $0.place) < ($1.block.timestamp, $1.place) }
    var history = MessageHistory(topic: topic)
    for item in found { history.note(item, network) }
    history.waiting = waiting(found, network)
    return history
  }

  private mutating func note(_ found: Found, _ network: LinkedNetwork) {
    let text: String
    switch found.event {
    case .messages(.accepted(let lane, let nonce, _)):
      text = "sent to \(Self.target(lane, found, network)), lane \(Spoken.short(lane.hex)) nonce \(nonce)"
    case .messages(.received(_, _, _, let outcome)):
      if outcome != .executed { hasFailed = true }
      text = "received: \(outcome.text)"
    case .messages(.settled(let lane, _, _, .timedOut)):
      hasFailed = true
      text = "settled: \(Self.target(lane, found, network)) did not take it in time, by proof"
    case .messages(.settled(let lane, _, _, .confirmed)): text = "settled: \(Self.target(lane, found, network)) has it"
    case .xcmPallet(let event):
      guard let words = Self.text(event, names: found.names) else { return }
      if case .processXcmError = event { hasFailed = true }
      text = words
    default: return
    }
    entries.append(
      Entry(
        chain: found.client.info.name, block: found.block.number, time: found.block.timestamp, place: found.place,
        text: text))
  }

  private static func target(_ lane: H256, _ found: Found, _ network: LinkedNetwork) -> String {
    found.lanes[lane].map { network.name(of: $0) } ?? "an unknown chain"
  }

  /// What every crossing that is not settled waits for.
  private static func waiting(_ found: [Found], _ network: LinkedNetwork) -> [String] {
    var sent: [Crossing] = []
    var received: Set<Crossing> = []
    var settled: Set<Crossing> = []
    for item in found {
      let here = item.client.info.paraId
      switch item.event {
      case .messages(.accepted(let lane, let nonce, _)):
        if let there = item.lanes[lane] { sent.append(Crossing(from: here, to: there, lane: lane, nonce: nonce)) }
      case .messages(.received(let lane, let nonce, _, _)):
        if let there = item.lanes[lane] { received.insert(Crossing(from: there, to: here, lane: lane, nonce: nonce)) }
      case .messages(.settled(let lane, let nonce, _, _)):
        if let there = item.lanes[lane] { settled.insert(Crossing(from: here, to: there, lane: lane, nonce: nonce)) }
      default: break
      }
    }
    return sent.filter { !settled.contains($0) }.map { crossing in
      let (from, to) = (network.name(of: crossing.from), network.name(of: crossing.to))
      if received.contains(crossing) { return "\(from) waits for the relayer to bring the receipt from \(to)" }
      return network.chain(paraId: crossing.to) == nil
        ? "\(to) does not answer, so it is not known whether the message from \(from) has come there"
        : "\(to) waits for the relayer to bring the message from \(from)"
    }
  }

  /// What an event of the XCM pallet says about a message; `nil` for what other lines say already.
  private static func text(_ event: XcmPallet.Event, names: XcmNames) -> String? {
    switch event {
    case .processXcmError(_, let error, _, let index): "instruction \(index) failed: \(error.name), \(error.plainText)"
    case .assetsTrapped(_, let claimer, let assets):
      "trapped for \(names.text(claimer)): \(names.text((try? assets.latest().items) ?? [])); 'echochain xcm claim' takes it back"
    case .refunded(let beneficiary, let assets, _):
      "given back to \(names.text(beneficiary)): \(names.text(assets.items))"
    case .refundOverdue(_, _, let beneficiary, _):
      "owed to \(names.text(beneficiary)); XcmPallet.retry_refund gives it back"
    default: nil
    }
  }
}

extension XcmError {
  /// The description without the name of its room.
  fileprivate var plainText: String { "\(self)".hasPrefix("xcm: ") ? String("\(self)".dropFirst(5)) : "\(self)" }
}

extension ChainClient {
  /// Blocks asked for at the same time.
  private static let readsAtOnce: UInt32 = 16

  /// Events with a topic in the newest finalised blocks, in order.
  fileprivate func events(about topic: H256, depth: UInt32) async throws -> [(
    block: BlockRef, place: Int, event: RuntimeEvent
  )] {
    let head = try await finalized().number
    var found: [(block: BlockRef, place: Int, event: RuntimeEvent)] = []
    var next = head.subtractingSaturating(depth == 0 ? 0 : depth - 1)
    while next <= head {
      let last = min(head, next.addingSaturating(Self.readsAtOnce - 1))
      found += try await withThrowingTaskGroup(of: [(block: BlockRef, place: Int, event: RuntimeEvent)].self) { group in
        for number in next...last {
          group.addTask {
            guard let (_, hash) = try await self.header(at: number) else { return [] }
            let records = try await self.events(at: hash).enumerated().filter { $0.element.topics.contains(topic) }
            guard !records.isEmpty else { return [] }
            let block = BlockRef(number: number, hash: hash, timestamp: try await self.timestamp(at: hash))
            return records.map { (block, $0.offset, $0.element.event) }
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      guard last < head else { break }
      next = last + 1
    }
    return found.sorted { ($0.block.number, $0.place) < ($1.block.number, $1.place) }
  }
}
