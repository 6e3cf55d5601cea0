internal import Finality
internal import MerkleMountainRange
public import Primitives
internal import RPC
internal import ScaleCodec

extension ChainClient {
  /// The finality proof of a block.
  /// - Parameter number: The height; `nil` for the newest one.
  /// - Returns: `nil` for a block that does not exist yet, and for genesis.
  public func finalityProof(at number: BlockNumber?) async throws(ChainClientError) -> CertifiedBlock? {
    try certified(try await answer("echo_finalityProof", number.map { [JSON($0)] } ?? [.null]))
  }

  /// The first block of a session with its proof, for the handover of light clients.
  /// - Returns: `nil` for a session that has not begun.
  public func firstOfSet(_ id: UInt64) async throws(ChainClientError) -> CertifiedBlock? {
    try certified(try await answer("echo_firstOfSet", [JSON(id)]))
  }

  private func certified(_ answer: Answer) throws(ChainClientError) -> CertifiedBlock? {
    answer.value.isNull ? nil : try CertifiedBlock(answer)
  }

  /// MMR leaves and their proof.
  /// - Parameters:
  ///   - leafIndices: Block numbers less one.
  ///   - leafCount: The height whose commitment holds the root; `nil` for the newest one.
  public func mmrProof(leafIndices: [UInt64], leafCount: UInt64?) async throws(ChainClientError) -> ProvenLeaves {
    let answer = try await answer(
      "echo_mmrProof", [.array(leafIndices.map { JSON($0) }), leafCount.map { JSON($0) } ?? .null])
    var leaves: [MmrLeaf] = []
    for element in try answer.member("leaves").elements() { leaves.append(try element.decoded("MMR leaf")) }
    return ProvenLeaves(
      leaves: leaves, proof: try answer.member("proof").decoded("MMR proof"), root: try answer.member("root").hash())
  }
}
