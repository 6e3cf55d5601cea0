import ChainClient
import EchoRuntime
import Finality
import Lanes
import LightClient
import PalletMessages
import PalletSupport
import Primitives
import Proofs
import ScaleCodec
import StateTrie

/// What a proof is to show.
enum ProofSubject: Hashable, Sendable {
  /// The message with that id, as it stands on its source.
  case message(H256)
  /// The receipt of the message with that id, as it stands on its destination.
  case receipt(H256)
  /// Rows of a lane by their nonces.
  case rows(MessageRows, lane: LaneID, NonceRange)
  /// Storage rows by their whole keys.
  case storage([[UInt8]])
}

/// A proof to be made from a node's data.
struct ProofRequest: Hashable, Sendable {
  var subject: ProofSubject
  /// The block whose state is shown; `nil` for the newest, or for a message the block that has it.
  var block: BlockNumber?
  /// The block whose certificate is used; `nil` for the shown block's own.
  var certifiedBy: BlockNumber?
  /// The validator set that the verifier knows: the proof follows all handovers from it on.
  var fromSet: UInt64 = 0
  var note: String?
  /// How many blocks to look back for a message.
  var depth: BlockNumber = 2400
}

/// Makes a portable proof of a part of a chain's state.
///
/// Trusts the node for nothing: a wrong answer gives a bundle that does not verify. Checks the bundle before it is
/// handed out.
func exportProof(_ request: ProofRequest, from chain: ChainClient) async throws -> ProofBundle {
  let (block, claim) = try await locate(request, on: chain)
  guard let (header, hash) = try await chain.header(at: block) else {
    throw Complaint.refused("\(chain.info.name) has no block #\(block)")
  }
  let storageKeys: [[UInt8]]
  if case .storage(let keys) = request.subject {
    storageKeys = Array(Set(keys)).sorted { $0.lexicographicallyPrecedes($1) }
  } else {
    storageKeys = []
  }
  let values = try await chain.storages(storageKeys, at: hash)
  let claims = zip(storageKeys, values).map { StorageClaim(key: $0, value: $1 == nil ? .absent : .present) }
  let keys = storageKeys + (claim?.keys ?? [])
  let nodes = try await chain.readProof(keys, at: hash)

  let signedBlock = request.certifiedBy ?? block
  guard signedBlock >= block else { throw Complaint.usage("block #\(signedBlock) is older than #\(block), whose state is shown") }
  guard let certified = try await chain.finalityProof(at: signedBlock) else {
    throw Complaint.refused("\(chain.info.name) has no finality proof of block #\(signedBlock)")
  }
  var ancestor: Handover?
  if signedBlock > block {
    let proven = try await chain.mmrProof(leafIndices: [UInt64(block)], leafCount: UInt64(signedBlock))
    ancestor = proven.leaves.first.map { Handover(leaf: $0, proof: proven.proof) }
  }
  let (anchor, handovers) = try await followSets(from: request.fromSet, to: certified, on: chain)
  guard
    let chainClaim = ChainClaim(
      chain: chain.info.name, network: chain.info.network, genesisHash: chain.info.genesisHash, note: request.note)
  else { throw Complaint.usage("the note is longer than \(ChainClaim.maximumNoteBytes) bytes or has control characters") }
  let bundle = ProofBundle(
    claim: chainClaim, anchor: anchor, handovers: handovers, certificate: certified.certificate, ancestor: ancestor,
    header: header.encoded(), storage: StorageProof(nodes: nodes), claims: claims, messages: claim)
  if let failure = bundle.examine(anchor: nil).report.failure {
    throw Complaint.proofInvalid("what \(chain.info.name) answered makes no valid proof: \(failure)")
  }
  return bundle
}

/// The anchor set and every handover from it to the set that signed.
private func followSets(
  from first: UInt64, to certified: CertifiedBlock, on chain: ChainClient
) async throws -> (ValidatorSetSummary, [SetHandover]) {
  guard first <= certified.setID else {
    throw Complaint.usage("the certificate is signed by set \(certified.setID), before set \(first)")
  }
  guard certified.setID - first <= UInt64(ProofBundle.maximumHandovers) else {
    throw Complaint.usage("\(certified.setID - first) handovers are too many for one proof; start from a later set with --from-set")
  }
  var anchor = ValidatorSetSummary(id: certified.setID, addresses: certified.addresses)
  var handovers: [SetHandover] = []
  for id in first..<certified.setID {
    guard let start = try await chain.firstOfSet(id) else {
      throw Complaint.refused("\(chain.info.name) has no first block of set \(id)")
    }
    if id == first { anchor = ValidatorSetSummary(id: id, addresses: start.addresses) }
    let height = UInt64(start.number)
    guard height > 0 else { throw Complaint.network("\(chain.info.name) says that set \(id) began with its genesis") }
    let proven = try await chain.mmrProof(leafIndices: [height - 1], leafCount: height)
    guard let leaf = proven.leaves.first else { throw Complaint.refused("\(chain.info.name) has no MMR leaf \(height - 1)") }
    handovers.append(SetHandover(certificate: start.certificate, handover: Handover(leaf: leaf, proof: proven.proof)))
  }
  return (anchor, handovers)
}

/// Finds the block to show and what to claim of a lane.
private func locate(_ request: ProofRequest, on chain: ChainClient) async throws -> (BlockNumber, MessageClaim?) {
  let head = try await chain.finalized().number
  switch request.subject {
  case .storage: return (request.block ?? head, nil)
  case .rows(let rows, let lane, let nonces):
    guard nonces.nonces != nil else {
      throw Complaint.usage("nonces \(nonces.begin) to \(nonces.end) are no range of 1 to \(LaneLimits.batch)")
    }
    return (request.block ?? head, MessageClaim(rows: rows, lane: lane, nonces: nonces))
  case .message(let topic):
    let found = try await findMessage(topic, sent: true, on: chain, head: head, depth: request.depth)
    return (request.block ?? found.block, MessageClaim(rows: .outbound, lane: found.lane, nonces: NonceRange(found.nonce, found.nonce)))
  case .receipt(let topic):
    let found = try await findMessage(topic, sent: false, on: chain, head: head, depth: request.depth)
    return (request.block ?? found.block, MessageClaim(rows: .receipts, lane: found.lane, nonces: NonceRange(found.nonce, found.nonce)))
  }
}

/// Looks for a message's departure or arrival in the newest blocks, newest first.
/// - Returns: The block, and the message's place on its lane.
func findMessage(
  _ topic: H256, sent: Bool, on chain: ChainClient, head: BlockNumber, depth: BlockNumber
) async throws -> (block: BlockNumber, lane: LaneID, nonce: Nonce) {
  var number = head
  while number > 0, head - number < depth {
    guard let (_, hash) = try await chain.header(at: number) else { break }
    for record in try await chain.events(at: hash) {
      switch record.event {
      case .messages(.accepted(let lane, let nonce, topic)) where sent: return (number, lane, nonce)
      case .messages(.received(let lane, let nonce, topic, _)) where !sent: return (number, lane, nonce)
      default: break
      }
    }
    number -= 1
  }
  let what = sent ? "was not sent from" : "was not received on"
  throw Complaint.refused(
    "message \(topic) \(what) \(chain.info.name) in its newest \(min(depth, head)) blocks; --depth looks further back")
}
