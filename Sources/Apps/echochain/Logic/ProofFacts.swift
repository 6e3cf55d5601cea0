import Finality
import Lanes
import LightClient
import Primitives
import Proofs
import RPC
import ScaleCodec
import StateTrie
import XCM

// What a proof says, for people and for programs.

extension ProofBundle {
  /// Height of the block whose state is shown, as the proof claims it.
  var shownBlock: BlockNumber { ancestor?.leaf.parentNumber ?? certificate.commitment.blockNumber }

  /// What a person wants to know first.
  var facts: [(name: String, value: String)] {
    let commitment = certificate.commitment
    let signatures = certificate.proof.signed.signatures
    var facts: [(name: String, value: String)] = [
      ("proof", "\(claim.chain) of \(claim.network), \(Spoken.bytes(encodedSize))"), ("genesis", claim.genesisHash.hex),
      (
        "block", "#\(shownBlock)\(ancestor == nil ? "" : ", certified by #\(commitment.blockNumber)")  \(Spoken.time(commitment.timestamp))"
      ),
      ("signatures", "\(signatures.count) of \(signatures.validatorCount), set \(commitment.validatorSetID)"),
      ("anchor", "set \(anchor.id) of \(anchor.length), \(handovers.count) handovers"),
      ("storage", "\(storage.nodes.count) nodes, \(Spoken.bytes(storage.encodedSize))"),
    ]
    if !claims.isEmpty { facts.append(("claims", "\(claims.count) storage rows")) }
    if let messages {
      facts.append(("messages", "\(messages.rows), lane \(messages.lane), nonces \(messages.nonces.begin) to \(messages.nonces.end)"))
    }
    if let note = claim.note { facts.append(("note", note)) }
    return facts
  }

  /// The same for programs.
  var summary: JSON {
    let signatures = certificate.proof.signed.signatures
    var members: [String: JSON] = [
      "chain": .string(claim.chain), "network": .string(claim.network), "genesisHash": .hash(claim.genesisHash), "bytes": JSON(encodedSize),
      "block": JSON(shownBlock), "certifiedBy": JSON(certificate.commitment.blockNumber),
      "timestamp": JSON(certificate.commitment.timestamp),
      "setId": JSON(certificate.commitment.validatorSetID), "signatures": JSON(signatures.count),
      "validators": JSON(signatures.validatorCount),
      "anchorSet": JSON(anchor.id), "handovers": JSON(handovers.count), "nodes": JSON(storage.nodes.count), "claims": JSON(claims.count),
    ]
    if let messages {
      members["lane"] = .hash(messages.lane)
      members["nonces"] = [JSON(messages.nonces.begin), JSON(messages.nonces.end)]
      members["rowKind"] = .string("\(messages.rows)")
    }
    if let note = claim.note { members["note"] = .string(note) }
    return .object(members)
  }
}

extension ProofAnswer {
  /// The value in hexadecimal; null for an absent key.
  var json: JSON {
    switch self {
    case .value(let bytes): .hex(bytes)
    case .absent, .incomplete: .null
    }
  }
}

extension ProvenMessage {
  var json: JSON {
    var members: [String: JSON] = ["lane": .hash(lane), "nonce": JSON(nonce)]
    switch row {
    case .outbound(let message):
      members["topic"] = .hash(message.topic)
      members["timeoutAt"] = JSON(message.timeoutAt)
      members["timeoutHeight"] = JSON(message.timeoutHeight)
      members["fee"] = .decimal(message.fee)
      members["sentAt"] = JSON(message.sentAt)
      members["payload"] = .hex(message.payload)
    case .receipt(let receipt):
      members["outcome"] = .string(receipt.outcome.text)
      members["relayer"] = .hex(receipt.relayer.bytes)
      members["receivedAt"] = JSON(receipt.receivedAt)
      members["messageHash"] = .hash(receipt.messageHash)
    case .noReceipt: members["outcome"] = .string("not received")
    }
    return .object(members)
  }

  /// The message's program one instruction a line, or its receipt.
  var lines: [String] {
    switch row {
    case .outbound(let message):
      let head = [
        "message \(message.topic)",
        "  nonce \(nonce), sent in #\(message.sentAt), expires \(Spoken.time(message.timeoutAt)) or at #\(message.timeoutHeight)",
      ]
      guard let program = try? VersionedXcm(decoding: message.payload).latest() else {
        return head + ["  payload \(Hex.encode(message.payload))"]
      }
      return head + program.description.split(separator: "\n").map { "    \($0)" }
    case .receipt(let receipt):
      return ["receipt of nonce \(nonce): \(receipt.outcome.text), received in #\(receipt.receivedAt), message hash \(receipt.messageHash)"]
    case .noReceipt: return ["nonce \(nonce) was not received"]
    }
  }
}
