public import Lanes
public import Primitives
public import ScaleCodec
internal import StateTrie

/// Which rows of a lane a claim is about.
@ScaleCodable(path: "echo_proofs::MessageRows")
public enum MessageRows: Hashable, Sendable {
  /// Messages stand in their source's state: sent and not settled.
  @ScaleIndex(0) case outbound
  /// Receipts stand in the destination's state: received.
  @ScaleIndex(1) case receipts
  /// The destination's state has no receipts: not received, or pruned after settlement.
  @ScaleIndex(2) case noReceipts
}

/// Says that consecutive messages of a lane were sent, received or not received. 49 bytes.
///
/// Carries no message: the keys follow from lane and nonces, and the rows stand in the storage proof once.
@ScaleCodable(path: "echo_proofs::MessageClaim")
public struct MessageClaim: Hashable, Sendable {
  public var rows: MessageRows
  public var lane: LaneID
  /// Both ends included; at most ``LaneLimits/batch`` nonces.
  public var nonces: NonceRange

  public init(rows: MessageRows, lane: LaneID, nonces: NonceRange) {
    self.rows = rows
    self.lane = lane
    self.nonces = nonces
  }

  /// The storage keys, in order of the nonces, which is also their order in the trie.
  /// - Returns: `nil` when the nonces are no batch.
  public var keys: [[UInt8]]? {
    nonces.nonces.map { range in
      range.map { rows == .outbound ? MessageKeys.outbound(lane, $0) : MessageKeys.receipt(lane, $0) }
    }
  }
}

/// What a bundle proves about one nonce of a lane.
public struct ProvenMessage: Hashable, Sendable {
  public var lane: LaneID
  public var nonce: Nonce
  public var row: Row

  public init(lane: LaneID, nonce: Nonce, row: Row) {
    self.lane = lane
    self.nonce = nonce
    self.row = row
  }

  /// What stands in the state.
  public enum Row: Hashable, Sendable {
    /// The message, with its topic, payload, timeout and fee.
    case outbound(OutboundMessage)
    /// The receipt, with what became of the message.
    case receipt(Receipt)
    /// No receipt.
    case noReceipt
  }
}

extension MessageClaim {
  /// Reads what a storage proof answers for the claim's keys.
  /// - Parameter answers: One for each nonce, in order.
  func messages(_ answers: ArraySlice<ProofAnswer>) throws(ProofRefusal) -> [ProvenMessage] {
    guard let range = nonces.nonces else { throw .badNonceRange(begin: nonces.begin, end: nonces.end) }
    var messages: [ProvenMessage] = []
    messages.reserveCapacity(answers.count)
    for (nonce, answer) in zip(range, answers) {
      messages.append(ProvenMessage(lane: lane, nonce: nonce, row: try row(answer, nonce: nonce)))
    }
    return messages
  }

  private func row(_ answer: ProofAnswer, nonce: Nonce) throws(ProofRefusal) -> ProvenMessage.Row {
    guard case .value(let bytes) = answer else {
      guard rows == .noReceipts else { throw .noRow(nonce: nonce) }
      return .noReceipt
    }
    do throws(ScaleError) {
      switch rows {
      case .outbound: return .outbound(try OutboundMessage(decoding: bytes))
      case .receipts: return .receipt(try Receipt(decoding: bytes))
      case .noReceipts: break
      }
    } catch {
      throw .badRow(nonce: nonce, "\(error)")
    }
    throw .hasReceipt(nonce: nonce)
  }

  /// Words for a report.
  func fact(_ messages: [ProvenMessage]) -> String {
    let what =
      switch rows {
      case .outbound: messages.count == 1 ? "message" : "messages"
      case .receipts: messages.count == 1 ? "receipt" : "receipts"
      case .noReceipts: messages.count == 1 ? "missing receipt" : "missing receipts"
      }
    let range = nonces.begin == nonces.end ? "nonce \(nonces.begin)" : "nonces \(nonces.begin) to \(nonces.end)"
    let text = "\(messages.count) \(what), lane \(lane), \(range)"
    guard messages.count == 1, case .outbound(let message) = messages[0].row else { return text }
    return "\(text), topic \(message.topic), payload of \(message.payload.count) bytes"
  }
}
