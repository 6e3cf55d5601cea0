public import Keys
public import MerkleMountainRange
public import Primitives
internal import ScaleCodec

extension FinalityProof {
  /// Checks that a set has finalised the block, given the addresses of all its validators.
  ///
  /// Steps: trust anchor (chain and set id), validator set (size, root, nobody twice), signatures (a quorum; every
  /// signature that is there is its validator's). Recovers each signature once, many of them in parallel.
  /// - Parameters:
  ///   - addresses: The set's addresses in voting order; untrusted, they are checked against the root.
  ///   - set: The set that the caller trusts to sign.
  ///   - genesisHash: The chain that the caller means.
  /// - Complexity: About 2 N hashes and one key recovery for each signature.
  public func verify(
    addresses: [EthereumAddress], set: ValidatorSetSummary, genesisHash: H256
  ) -> VerificationReport {
    var report = VerificationReport()
    if let reason = anchorFailure(set: set, genesisHash: genesisHash) {
      report.fail(.trustAnchor, reason)
      return report
    }
    report.pass(.trustAnchor, "genesis \(genesisHash), set \(set.id)")
    if let reason = setFailure(addresses, set: set) {
      report.fail(.validatorSet, reason)
      return report
    }
    report.pass(.validatorSet, "\(set.length) validators, root \(set.root)")
    if let reason = signatureFailure(addresses) {
      report.fail(.signatures, reason)
      return report
    }
    report.pass(.signatures, "\(signed.signatures.count) of \(set.length) signatures, \(set.quorum) needed")
    return report
  }

  /// Checks that a set has finalised the block, for those who know its keys.
  public func verify(set: ValidatorSet, genesisHash: H256) -> VerificationReport {
    let addresses = set.addresses
    let summary = ValidatorSetSummary(id: set.id, addresses: addresses)
    return verify(addresses: addresses, set: summary, genesisHash: genesisHash)
  }

  private func anchorFailure(set: ValidatorSetSummary, genesisHash: H256) -> VerificationFailure? {
    guard commitment.genesisHash == genesisHash else {
      return .wrongGenesis(found: commitment.genesisHash, expected: genesisHash)
    }
    guard commitment.validatorSetID == set.id else {
      return .wrongSet(found: commitment.validatorSetID, expected: [set.id])
    }
    return set.isPlausible ? nil : .implausibleSet(set)
  }

  private func setFailure(_ addresses: [EthereumAddress], set: ValidatorSetSummary) -> VerificationFailure? {
    let length = Int(set.length)
    guard addresses.count == length else { return .wrongSetSize(found: addresses.count, expected: length) }
    guard signed.signatures.validatorCount == length else {
      return .wrongSetSize(found: signed.signatures.validatorCount, expected: length)
    }
    let root = ValidatorSetSummary.root(of: addresses)
    guard root == set.root else { return .wrongSetRoot(computed: root, expected: set.root) }
    var seen: Set<EthereumAddress> = []
    for (index, address) in addresses.enumerated() where !seen.insert(address).inserted {
      return .repeatedValidator(index: index)
    }
    return nil
  }

  private func signatureFailure(_ addresses: [EthereumAddress]) -> VerificationFailure? {
    let needed = Quorum.threshold(addresses.count)
    let signers = signed.signatures.signers
    guard signers.count >= needed else { return .tooFewSignatures(found: signers.count, needed: needed) }
    let claims = signers.compactMap { index in
      signed.signatures.signatures[index].map { SignatureClaim(index: index, signature: $0, address: addresses[index]) }
    }
    return SignatureClaim.firstFailure(of: claims, digest: commitment.digest)
  }
}

extension MmrLeaf {
  /// Checks that the leaf lies under the MMR root of a commitment, at the place that its contents state.
  ///
  /// One leaf for each block from block 1: the leaf's index is its parent's number, and the range has as many leaves
  /// as the commitment's height. Both are required, so that a proof cannot be read for another shape of the tree.
  /// - Parameters:
  ///   - root: The commitment's MMR root.
  ///   - blockNumber: The commitment's height.
  /// - Returns: `nil` when the leaf is proven.
  public func failure(proof: LeafProof, root: H256, blockNumber: BlockNumber) -> VerificationFailure? {
    let index = UInt64(parentNumber)
    guard proof.leafIndices == [index] else { return .wrongLeafIndex(found: proof.leafIndices, expected: index) }
    let count = UInt64(blockNumber)
    guard proof.leafCount == count else { return .wrongLeafCount(found: proof.leafCount, expected: count) }
    return proof.verify(leaves: [hash], root: root).refusal.map { .merkle($0) }
  }
}

extension Commitment {
  /// Checks a leaf against the commitment: ``MmrLeaf/failure(proof:root:blockNumber:)``.
  public func leafFailure(_ leaf: MmrLeaf, proof: LeafProof) -> VerificationFailure? {
    leaf.failure(proof: proof, root: mmrRoot, blockNumber: blockNumber)
  }
}
