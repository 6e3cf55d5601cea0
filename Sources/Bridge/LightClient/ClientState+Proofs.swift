public import Finality
public import MerkleMountainRange
public import Primitives

extension ClientState {
  /// An accepted height that proofs may use now.
  ///
  /// The client must be active, the height kept, and the update delay over.
  public func consensusState<Store: ClientStore>(
    at height: BlockNumber, host: HostMoment, store: Store
  ) throws(Store.Failure) -> Result<ConsensusState, ClientRefusal> {
    if let refusal = unusable(at: host.now) { return .failure(refusal) }
    guard let state = try store.consensusState(at: height) else { return .failure(.unknownHeight(height)) }
    let usableFrom = state.acceptedAt.addingSaturating(updateDelay)
    return host.now >= usableFrom ? .success(state) : .failure(.tooEarly(usableFrom: usableFrom))
  }

  /// Checks the header of an accepted height against its hash.
  /// - Parameter bytes: The header's encoding, untrusted.
  /// - Returns: The header; its state root is where storage proofs start.
  public func verifyHeader<Store: ClientStore>(
    _ bytes: [UInt8], at height: BlockNumber, host: HostMoment, store: Store
  ) throws(Store.Failure) -> Result<Header, ClientRefusal> {
    try consensusState(at: height, host: host, store: store).flatMap { state in
      Header.verified(bytes, hash: state.headerHash, number: height).mapError {
        .verification(StepFailure(step: .header, reason: $0))
      }
    }
  }

  /// Checks a leaf against the MMR root of an accepted height.
  ///
  /// The leaf leads to the header of its parent block and to the messages of its own.
  public func verifyLeaf<Store: ClientStore>(
    _ leaf: MmrLeaf, proof: LeafProof, at height: BlockNumber, host: HostMoment, store: Store
  ) throws(Store.Failure) -> Result<MmrLeaf, ClientRefusal> {
    try consensusState(at: height, host: host, store: store).flatMap { state in
      if let reason = leaf.failure(proof: proof, root: state.mmrRoot, blockNumber: height) {
        return .failure(.verification(StepFailure(step: .mmrLeaf, reason: reason)))
      }
      return .success(leaf)
    }
  }

  /// Checks the header of a block below an accepted height, by the leaf of the block after it.
  ///
  /// Makes every block provable from the newest height, long after its own row has been pruned.
  public func verifyAncestor<Store: ClientStore>(
    _ bytes: [UInt8], by handover: Handover, at height: BlockNumber, host: HostMoment, store: Store
  ) throws(Store.Failure) -> Result<Header, ClientRefusal> {
    try verifyLeaf(handover.leaf, proof: handover.proof, at: height, host: host, store: store).flatMap { leaf in
      Header.verified(bytes, hash: leaf.parentHash, number: leaf.parentNumber).mapError {
        .verification(StepFailure(step: .header, reason: $0))
      }
    }
  }
}
