internal import ChainClient
internal import EchoRuntime
internal import Finality
internal import Lanes
internal import LightClient
internal import PalletLightClients
internal import PalletMessages
internal import PalletSupport
internal import Primitives
internal import ScaleCodec

/// Turns plans into calls: fetches certificates, headers and storage proofs of the other chain.
struct Prover: Sendable {
  let reader: LaneReader
  let snapshot: LaneReader.Snapshot

  /// Something that the other chain's node should have and has not.
  struct Unavailable: Error, CustomStringConvertible {
    var description: String
  }

  /// Handovers of one round; a client that is further behind takes several.
  static let handoverLimit = 16

  /// Light-client updates that lead to a height, set by set.
  /// - Returns: The calls, and whether they reach the height.
  func updates(to number: BlockNumber) async throws -> (calls: [RuntimeCall], isComplete: Bool) {
    guard let newest = try await reader.there.finalityProof(at: number) else {
      throw Unavailable(description: "no finality proof of block \(number)")
    }
    var calls: [RuntimeCall] = []
    var reached: BlockNumber = snapshot.client.number
    var set = snapshot.client.current.id
    while set < newest.setID {
      guard calls.count < Self.handoverLimit else { return (calls, false) }
      set += 1
      guard let first = try await reader.there.firstOfSet(set) else {
        throw Unavailable(description: "no first block of set \(set)")
      }
      calls.append(update(ClientUpdate(certificate: first.certificate, handover: try await handover(first))))
      reached = first.number
    }
    if newest.number > reached { calls.append(update(ClientUpdate(certificate: newest.certificate))) }
    return (calls, true)
  }

  private func update(_ update: ClientUpdate) -> RuntimeCall {
    .lightClients(.update(clientId: snapshot.clientID, update: update))
  }

  /// The block's own leaf under the block's own root: it names the set after the next one.
  private func handover(_ block: CertifiedBlock) async throws -> Handover {
    guard block.number > 0 else { throw Unavailable(description: "block 0 has no leaf") }
    let proven = try await reader.there.mmrProof(
      leafIndices: [UInt64(block.number) - 1], leafCount: UInt64(block.number))
    guard let leaf = proven.leaves.first, proven.leaves.count == 1 else {
      throw Unavailable(description: "no leaf of block \(block.number)")
    }
    return Handover(leaf: leaf, proof: proven.proof)
  }

  /// A block of the other chain in whose state things are proven.
  struct Base: Sendable {
    var number: BlockNumber
    var hash: H256
    var header: [UInt8]
  }

  /// The header at the plan's height.
  func base(_ base: Plan.Base) async throws -> Base {
    let hash: H256
    let number: BlockNumber
    switch base {
    case .known(let height): (number, hash) = (height, snapshot.client.headerHash)
    case .newest(let height): (number, hash) = (height, snapshot.thereBlock.hash)
    }
    guard let found = try await reader.there.header(at: hash), found.hash == hash else {
      throw Unavailable(description: "no header of block \(number)")
    }
    return Base(number: number, hash: hash, header: found.header.encoded())
  }

  func delivery(_ range: NonceRange, base: Base, payout: AccountID) async throws -> RuntimeCall {
    let keys = (range.nonces ?? 1...1).map { Messages.outbound.key(MessageKey(reader.lane, $0)) }
    let proof = try await reader.there.readProof(keys + [Messages.outboundLanes.key(reader.lane)], at: base.hash)
    return .messages(
      .deliver(lane: reader.lane, height: base.number, header: base.header, range: range, proof: proof, relayer: payout)
    )
  }

  func confirmation(_ nonces: [Nonce], base: Base) async throws -> RuntimeCall {
    let proof = try await reader.there.readProof(
      nonces.map { Messages.receipts.key(MessageKey(reader.lane, $0)) }, at: base.hash)
    return .messages(
      .confirm(lane: reader.lane, height: base.number, header: base.header, nonces: nonces, proof: proof))
  }

  func timeout(_ nonce: Nonce, base: Base) async throws -> RuntimeCall {
    var keys = [Messages.receipts.key(MessageKey(reader.lane, nonce))]
    if snapshot.here.outbound.mode == .ordered { keys.append(Messages.inboundLanes.key(reader.lane)) }
    let proof = try await reader.there.readProof(keys, at: base.hash)
    return .messages(.timeout(lane: reader.lane, height: base.number, header: base.header, nonce: nonce, proof: proof))
  }
}
