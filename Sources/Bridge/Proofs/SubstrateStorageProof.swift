public import Finality
public import Primitives
public import StateTrie

/// A storage proof of any Substrate chain, as `state_getReadProof` gives it, with a root that the verifier brought.
///
/// Shows what a state holds; that the root is a chain's is for the caller to know.
public struct SubstrateStorageProof: Hashable, Sendable {
  /// The state root that is trusted.
  public var root: H256
  /// Nodes and values, in any order.
  public var proof: StorageProof
  /// What is claimed, in any order.
  public var claims: [StorageClaim]
  /// v1 accepts nodes of both layouts; v0 refuses hashed values.
  public var layout: TrieLayout

  public init(root: H256, proof: StorageProof, claims: [StorageClaim], layout: TrieLayout = .v1) {
    self.root = root
    self.proof = proof
    self.claims = claims
    self.layout = layout
  }

  /// Checks every claim.
  /// - Parameter strict: Refuses nodes that stand there twice or that no claim needs. Proofs of other makers may have
  ///   such nodes, which prove nothing false.
  public func verify(strict: Bool = true) -> VerificationReport {
    var report = VerificationReport()
    report.pass(.stateRoot, "\(root): given by you")
    checkClaims(strict: strict, &report)
    return report
  }

  /// Notes the step of the claims.
  func checkClaims(strict: Bool, _ report: inout VerificationReport) {
    guard !claims.isEmpty else {
      return report.fail(.storageProof, .refusal(.nodesWithoutClaims(count: proof.nodes.count)))
    }
    do throws(TrieProofError) {
      let answers = try answers(strict: strict)
      for (index, claim) in claims.enumerated() {
        guard let refusal = claim.refusal(answers[index], index: index) else { continue }
        return report.fail(.storageProof, .refusal(refusal))
      }
      let spare = strict ? ", none to spare" : ""
      report.pass(.storageProof, "\(claims.count) keys, \(proof.nodes.count) nodes\(spare)")
    } catch {
      report.fail(.storageProof, .other("\(error)"))
    }
  }

  /// What the proof says about each claimed key, in order.
  /// - Throws: ``TrieProofError`` for a malformed proof, and for surplus nodes when strict.
  public func answers(strict: Bool = true) throws(TrieProofError) -> [ProofAnswer] {
    try proof.answers(root: root, keys: claims.map(\.key), layout: layout, strict: strict)
  }
}
