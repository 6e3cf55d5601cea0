public import Finality
internal import Primitives
public import StateTrie

/// A BEEFY commitment of a foreign chain, as Snowbridge's contract takes it: a sample of signatures with the paths of
/// their validators, a claim of who signed, and a leaf under the signed MMR root.
///
/// A sample convinces only when someone else than the sender has drawn it after the claim was fixed
/// (Docs/formats/finality.md, section 6). Recorded samples show that a format is read rightly, and that these
/// validators signed this commitment.
public struct BeefyMainnetProof: Sendable {
  /// Commitment, claim, signatures with paths, leaf with its path.
  public var sample: SampledProof
  /// The signing set as the proof's sender states it.
  public var set: ValidatorSetSummary
  /// The header whose hash the leaf names, and rows of its state, if they are to be shown too.
  public var parent: ParentState?

  /// A header, and what is claimed of its state.
  public struct ParentState: Hashable, Sendable {
    /// Encoding of the header, at most ``Header/maximumEncodedSize``.
    public var header: [UInt8]
    public var storage: StorageProof
    /// In any order; none when only the header is shown.
    public var claims: [StorageClaim]

    public init(header: [UInt8], storage: StorageProof, claims: [StorageClaim]) {
      self.header = header
      self.storage = storage
      self.claims = claims
    }
  }

  public init(sample: SampledProof, set: ValidatorSetSummary, parent: ParentState? = nil) {
    self.sample = sample
    self.set = set
    self.parent = parent
  }

  /// Signatures that Snowbridge's contract asks of a set for a validator's first use in a session:
  /// `min(17 + ⌈log2 N⌉ + 1, N / 3 + 1)`, for the smallest sets all that a quorum has.
  public static func requiredSignatures(setSize: UInt32) -> Int {
    guard setSize > 0 else { return 1 }
    let ceiling = setSize == 1 ? 0 : UInt32.bitWidth - (setSize - 1).leadingZeroBitCount
    return min(17 + ceiling + 1, Int(setSize) / 3 + 1)
  }

  /// Checks set, sample and leaf, and header and rows where they are given.
  /// - Parameters:
  ///   - known: The set that the caller trusts. Without it the stated one is taken, and the report says so.
  ///   - required: Signatures that the sample must have; ``requiredSignatures(setSize:)`` by default.
  public func verify(known: ValidatorSetSummary? = nil, required: Int? = nil) -> VerificationReport {
    var report = VerificationReport()
    if let known, known != set {
      report.fail(
        .trustAnchor,
        known.id == set.id
          ? .wrongSetRoot(computed: set.root, expected: known.root) : .wrongSet(found: set.id, expected: [known.id]))
      return report
    }
    let source = known == nil ? "claimed by the proof itself, compared with nothing" : "as you trust it"
    report.pass(.trustAnchor, "set \(set.id) with root \(set.root): \(source)")
    let needed = required ?? BeefyMainnetProof.requiredSignatures(setSize: set.length)
    report.append(sample.verify(set: set, required: needed))
    if let parent { check(parent, &report) }
    return report
  }

  private func check(_ parent: ParentState, _ report: inout VerificationReport) {
    guard report.failure == nil,
      case .success(let leaf) = sample.commitment.verifyLeaf(sample.leaf, proof: sample.leafProof)
    else { return }
    switch Header.verified(parent.header, hash: leaf.parentHash, number: leaf.parentNumber) {
    case .failure(let reason): report.fail(.header, reason)
    case .success(let header):
      report.pass(.header, "block \(leaf.parentNumber), hash \(leaf.parentHash)")
      report.pass(.stateRoot, "\(header.stateRoot)")
      guard !parent.claims.isEmpty || !parent.storage.nodes.isEmpty else { return }
      let rows = SubstrateStorageProof(root: header.stateRoot, proof: parent.storage, claims: parent.claims)
      rows.checkClaims(strict: true, &report)
    }
  }
}
