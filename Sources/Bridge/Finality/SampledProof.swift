public import Keys
public import MerkleMountainRange
public import Primitives
internal import ScaleCodec

/// The validators that a relayer claims have signed, as contracts keep them: words of 256 bits, validator `i` is bit
/// `i mod 256`, least significant first, of word `i / 256`.
///
/// Not the order of ``SignatureList/bits``.
public struct ClaimedSigners: Hashable, Sendable {
  /// The words, each big-endian.
  public var words: [H256]

  public init(words: [H256]) { self.words = words }

  /// The claim that the signatures of a list amount to.
  public init(_ list: SignatureList) { self.init(list.signers, validators: list.validatorCount) }

  /// Claims validators of a set; places outside of the set are left out.
  public init(_ indices: some Sequence<Int>, validators: Int) {
    var bytes = [[UInt8]](repeating: [UInt8](repeating: 0, count: 32), count: (validators + 255) / 256)
    for index in indices where index >= 0 && index < validators {
      bytes[index / 256][31 - index % 256 / 8] |= 1 << UInt8(index % 8)
    }
    words = bytes.compactMap { H256($0) }
  }

  /// Whether a validator is claimed.
  public func contains(_ index: Int) -> Bool {
    guard index >= 0, index / 256 < words.count else { return false }
    return words[index / 256].bytes[31 - index % 256 / 8] >> UInt8(index % 8) & 1 == 1
  }

  /// Number of validators that are claimed.
  public var count: Int {
    words.reduce(0) { $0 + $1.bytes.reduce(0) { $0 + $1.nonzeroBitCount } }
  }

  /// Whether there are as many words as a set needs, and no bit belongs to nobody.
  public func fits(_ validators: Int) -> Bool {
    words.count == (validators + 255) / 256 && !(validators..<words.count * 256).contains(where: contains)
  }
}

/// A validator's signature with the path that shows its membership.
public struct SampledSignature: Hashable, Sendable {
  /// `v` is 0 or 1; contracts write 27 or 28.
  public var signature: RecoverableSignature
  /// The validator's place in the set.
  public var index: UInt32
  /// The validator's address.
  public var account: EthereumAddress
  /// From the address's leaf to the set's root.
  public var siblings: [H256]

  public init(signature: RecoverableSignature, index: UInt32, account: EthereumAddress, siblings: [H256]) {
    self.signature = signature
    self.index = index
    self.account = account
    self.siblings = siblings
  }
}

/// A commitment of any BEEFY chain with a sample of its signatures, as Snowbridge's contract takes it, and a leaf.
///
/// Sound only where the sample was drawn by someone else than the relayer, after the claim was fixed: see
/// Docs/formats/finality.md, section 6.
public struct SampledProof: Sendable {
  public var commitment: BeefyCommitment
  public var claimed: ClaimedSigners
  public var signatures: [SampledSignature]
  /// The leaf's encoding; 113 bytes.
  public var leaf: [UInt8]
  public var leafProof: LinearProof

  public init(
    commitment: BeefyCommitment, claimed: ClaimedSigners, signatures: [SampledSignature], leaf: [UInt8],
    leafProof: LinearProof
  ) {
    self.commitment = commitment
    self.claimed = claimed
    self.signatures = signatures
    self.leaf = leaf
    self.leafProof = leafProof
  }

  /// Checks the sample and the leaf.
  /// - Parameters:
  ///   - set: The set that the caller trusts to sign.
  ///   - required: How many signatures the sample must have; at least one is needed.
  public func verify(set: ValidatorSetSummary, required: Int) -> VerificationReport {
    var report = VerificationReport()
    guard commitment.validatorSetID == set.id else {
      report.fail(.trustAnchor, .wrongSet(found: commitment.validatorSetID, expected: [set.id]))
      return report
    }
    guard set.isPlausible else {
      report.fail(.trustAnchor, .implausibleSet(set))
      return report
    }
    report.pass(.trustAnchor, "set \(set.id), block \(commitment.blockNumber)")
    if let reason = membershipFailure(set) {
      report.fail(.validatorSet, reason)
      return report
    }
    report.pass(
      .validatorSet, "\(claimed.count) of \(set.length) validators claimed, \(signatures.count) with their path")
    if let reason = signatureFailure(required: max(required, 1)) {
      report.fail(.signatures, reason)
      return report
    }
    report.pass(.signatures, "\(signatures.count) signatures, \(max(required, 1)) needed")
    switch commitment.verifyLeaf(leaf, proof: leafProof) {
    case .success(let leaf): report.pass(.mmrLeaf, "leaf of block \(leaf.parentNumber.addingSaturating(1))")
    case .failure(let reason): report.fail(.mmrLeaf, reason)
    }
    return report
  }

  private func membershipFailure(_ set: ValidatorSetSummary) -> VerificationFailure? {
    guard claimed.fits(Int(set.length)) else { return .malformedBitField }
    guard claimed.count >= set.quorum else { return .tooFewSignatures(found: claimed.count, needed: set.quorum) }
    var seen: Set<UInt32> = []
    for entry in signatures {
      let index = Int(entry.index)
      guard claimed.contains(index), seen.insert(entry.index).inserted else { return .unclaimedSigner(index: index) }
      let leaf = ValidatorSetSummary.leaf(of: entry.account)
      let verdict = KeccakTree.verify(
        leaf: leaf, index: entry.index, width: set.length, siblings: entry.siblings, root: set.root)
      if let reason = verdict.refusal { return .notInSet(index: index, reason) }
    }
    return nil
  }

  private func signatureFailure(required: Int) -> VerificationFailure? {
    guard signatures.count >= required else { return .tooFewSignatures(found: signatures.count, needed: required) }
    let claims = signatures.map {
      SignatureClaim(index: Int($0.index), signature: $0.signature, address: $0.account)
    }
    return SignatureClaim.firstFailure(of: claims, digest: commitment.digest)
  }
}

extension BeefyCommitment {
  /// Checks that a leaf lies under the commitment's MMR root.
  ///
  /// Binds the leaf to the root only: a chain whose range starts at a later block has fewer leaves than its height.
  public func verifyLeaf(_ bytes: [UInt8], proof: LinearProof) -> Result<MmrLeaf, VerificationFailure> {
    guard let root = payload.mmrRoot, root != .zero else { return .failure(.noMmrRoot) }
    do throws(ScaleError) {
      let leaf = try MmrLeaf(decoding: bytes)
      if let reason = proof.verify(leaf: leaf.hash, root: root).refusal { return .failure(.merkle(reason)) }
      return .success(leaf)
    } catch {
      return .failure(.malformed(error))
    }
  }
}
