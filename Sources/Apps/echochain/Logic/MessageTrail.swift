import ChainClient
import EchoRuntime
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import XCM
import XcmTools

/// One crossing of a lane.
struct MessageHop: Hashable, Sendable {
  /// Names of the two chains.
  var from: String
  var to: String
  var lane: H256
  var nonce: UInt64
  /// Height and time (milliseconds since 1970) on the sending chain.
  var sentAt: BlockNumber
  var sentTime: Milliseconds
  /// Height and time on the receiving chain.
  var receivedAt: BlockNumber?
  var receivedTime: Milliseconds?
  var outcome: DeliveryOutcome?
  /// Whether the sending chain has settled it.
  var isSettled = false
}

/// How a message ended, as far as it was followed.
enum MessageEnding: Hashable, Sendable {
  /// It is on its way.
  case pending
  /// Its program ran to the end on the last chain.
  case executed
  /// A program failed on that chain; what it held is trapped there for its owner.
  case failed(chain: String, reason: String)
  /// It had no effect beyond that chain, which gave the assets back.
  case refunded(chain: String)

  var name: String {
    switch self {
    case .pending: "pending"
    case .executed: "executed"
    case .failed: "failed"
    case .refunded: "refunded"
    }
  }
}

/// Something that happened to a message.
enum MessageStep: Sendable {
  case sent(chain: String, block: BlockNumber, lane: H256, nonce: UInt64)
  case received(chain: String, block: BlockNumber, outcome: DeliveryOutcome)
  case timedOut(chain: String, block: BlockNumber)
  case refunded(chain: String, block: BlockNumber)

  /// A line for people.
  var text: String {
    switch self {
    case .sent(let chain, let block, let lane, let nonce): "\(chain) #\(block)  sent, lane \(Spoken.short(lane.hex)) nonce \(nonce)"
    case .received(let chain, let block, let outcome): "\(chain) #\(block)  received: \(outcome.text)"
    case .timedOut(let chain, let block): "\(chain) #\(block)  timed out by proof"
    case .refunded(let chain, let block): "\(chain) #\(block)  assets given back"
    }
  }
}

extension DeliveryOutcome {
  /// Words for people.
  var text: String {
    switch self {
    case .pending: "pending"
    case .executed: "executed"
    case .executedWithError(let index, let error): "failed at instruction \(index): \(Self.reason(error))"
    case .rejected(let error): "not executed: \(Self.reason(error))"
    case .expired: "too late"
    }
  }

  /// The name of an XCM error by its number.
  static func reason(_ number: UInt8) -> String {
    number == .max ? "over the limits" : XcmError.name(ofNumber: number)
  }
}

/// Follows one message by its topic through the finalised blocks of all chains of a network.
///
/// The topic stays the same over all hops. Reads every block once; a block is looked at only when it is final.
struct MessageTrail {
  private(set) var hops: [MessageHop] = []
  private(set) var ending = MessageEnding.pending
  private var topic = H256.zero
  /// Arrivals that were read before the sending chain's block was.
  private var early: [(event: RuntimeEvent, block: BlockRef, chain: ChainClient)] = []
  /// The next block to read, by para id.
  private var next: [UInt32: BlockNumber]
  /// Lanes by id: the para ids at their two ends.
  private let counterparties: [UInt32: [H256: UInt32]]

  /// The pause between looks at chains that had nothing new.
  static let pause = Duration.milliseconds(100)

  /// Notes where every chain stands now, so that nothing that happens later is missed.
  static func begin(on network: LinkedNetwork) async throws -> MessageTrail {
    var next: [UInt32: BlockNumber] = [:]
    var counterparties: [UInt32: [H256: UInt32]] = [:]
    for chain in network.chains {
      next[chain.info.paraId] = try await chain.finalized().number.addingSaturating(1)
      let channels = try await chain.rows(Messages.channels.prefix, skip: 0, key: H256.self, value: Messages.Channel.self, at: nil)
      counterparties[chain.info.paraId] = Dictionary(channels.map { ($0.key, $0.value.counterparty.paraId) }) { first, _ in first }
    }
    return MessageTrail(next: next, counterparties: counterparties)
  }

  /// A trail from given heights on.
  private init(next: [UInt32: BlockNumber], counterparties: [UInt32: [H256: UInt32]]) {
    self.next = next
    self.counterparties = counterparties
  }

  /// Names the message and the block in which it left its first chain.
  mutating func start(_ topic: H256, at block: BlockRef, on chain: ChainClient) {
    self.topic = topic
    next[chain.info.paraId] = block.number
  }

  /// Reads blocks until the message has ended or time is over.
  mutating func follow(
    until deadline: ContinuousClock.Instant, network: LinkedNetwork, progress: @Sendable (MessageStep) -> Void
  ) async throws {
    while ending == .pending, ContinuousClock.now < deadline {
      var moved = false
      for chain in network.chains where ending == .pending {
        if try await advance(chain, network, progress) { moved = true }
      }
      if !moved { try await Task.sleep(for: Self.pause) }
    }
  }

  /// Reads the new blocks of one chain.
  /// - Returns: Whether there were any.
  private mutating func advance(
    _ chain: ChainClient, _ network: LinkedNetwork, _ progress: (MessageStep) -> Void
  ) async throws -> Bool {
    let head = try await chain.finalized().number
    guard var number = next[chain.info.paraId], number <= head, head < .max else { return false }
    while number <= head, ending == .pending {
      guard let (_, hash) = try await chain.header(at: number) else { return false }
      let events = try await chain.events(at: hash).filter { $0.topics.contains(topic) }
      if !events.isEmpty {
        let block = BlockRef(number: number, hash: hash, timestamp: try await chain.timestamp(at: hash))
        for event in events { note(event.event, in: block, on: chain, network, progress) }
        for late in early.indices.reversed() where knows(early[late].event, on: early[late].chain) {
          let (event, block, chain) = early.remove(at: late)
          note(event, in: block, on: chain, network, progress)
        }
      }
      number += 1
      next[chain.info.paraId] = number
    }
    return true
  }

  /// Whether the hop that an arrival belongs to has been seen.
  private func knows(_ event: RuntimeEvent, on chain: ChainClient) -> Bool {
    guard case .messages(.received(let lane, let nonce, _, _)) = event else { return true }
    return hops.contains { $0.lane == lane && $0.nonce == nonce && $0.to == chain.info.name }
  }

  private mutating func note(
    _ event: RuntimeEvent, in block: BlockRef, on chain: ChainClient, _ network: LinkedNetwork, _ progress: (MessageStep) -> Void
  ) {
    let name = chain.info.name
    switch event {
    case .messages(.accepted(let lane, let nonce, _)):
      let target = counterparties[chain.info.paraId]?[lane].map { network.name(of: $0) } ?? "?"
      hops.append(MessageHop(from: name, to: target, lane: lane, nonce: nonce, sentAt: block.number, sentTime: block.timestamp))
      if hops.count > 1 { progress(.sent(chain: name, block: block.number, lane: lane, nonce: nonce)) }
    case .messages(.received(let lane, let nonce, _, let outcome)):
      guard let index = hops.firstIndex(where: { $0.lane == lane && $0.nonce == nonce && $0.to == name }) else {
        early.append((event, block, chain))
        return
      }
      hops[index].receivedAt = block.number
      hops[index].receivedTime = block.timestamp
      hops[index].outcome = outcome
      progress(.received(chain: name, block: block.number, outcome: outcome))
      arrived(outcome, at: name)
    case .messages(.settled(let lane, let nonce, _, let ending)):
      guard let index = hops.firstIndex(where: { $0.lane == lane && $0.nonce == nonce && $0.from == name }) else { return }
      hops[index].isSettled = true
      switch ending {
      case .timedOut:
        progress(.timedOut(chain: name, block: block.number))
        self.ending = .refunded(chain: name)
      case .confirmed(let outcome): if outcome.isRefunded { self.ending = .refunded(chain: name) }
      }
    case .xcmPallet(.refunded): progress(.refunded(chain: name, block: block.number))
    default: break
    }
  }

  /// A hop that ran sends the next one in the same block, before its own arrival is noted.
  private mutating func arrived(_ outcome: DeliveryOutcome, at chain: String) {
    switch outcome {
    case .executed:
      if hops.allSatisfy({ $0.receivedAt != nil }) { ending = .executed }
    case .executedWithError: ending = .failed(chain: chain, reason: outcome.text)
    // The sending chain gives the assets back; that is the end.
    case .rejected, .expired, .pending: break
    }
  }
}
