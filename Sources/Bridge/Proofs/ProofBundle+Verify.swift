public import Finality
internal import Lanes
internal import LightClient
internal import Primitives
internal import ScaleCodec
public import StateTrie

/// What the check of a bundle brought to light. Nothing in it counts unless ``report`` is valid.
public struct BundleFindings: Sendable {
  /// The steps, up to the first that failed.
  public internal(set) var report = VerificationReport()
  /// The proven header.
  public internal(set) var header: Header?
  /// The answers to ``ProofBundle/claims``, in order.
  public internal(set) var answers: [ProofAnswer] = []
  /// What is proven of the message lane, by nonce.
  public internal(set) var messages: [ProvenMessage] = []
}

/// Checks a bundle and says what each step found.
/// - Parameter anchor: What the caller trusts. Without it the bundle's own anchor is taken, which only shows that the
///   bundle agrees with itself; the report says so.
public func verify(_ bundle: ProofBundle, anchor: TrustAnchor?) -> VerificationReport {
  bundle.examine(anchor: anchor).report
}

extension ProofBundle {
  /// Checks the bundle and gives back what it proves.
  ///
  /// Needs no network and no clock. That the anchor is still to be trusted today is the caller's judgement.
  /// - Parameter anchor: As for ``verify(_:anchor:)``.
  /// - Complexity: One key recovery for each signature; hashes every node, leaf and address once.
  public func examine(anchor: TrustAnchor?) -> BundleFindings {
    var findings = BundleFindings()
    do throws(StepFailure) {
      try checkAnchor(anchor, &findings.report)
      let set = try followHandovers(&findings.report)
      try checkCertificate(set, &findings.report)
      let header = try checkHeader(&findings.report)
      try checkStorage(header, &findings)
      findings.header = header
    } catch {
      findings.report.fail(error.step, error.reason)
      findings.answers = []
      findings.messages = []
    }
    return findings
  }

  private func checkAnchor(_ known: TrustAnchor?, _ report: inout VerificationReport) throws(StepFailure) {
    func fail(_ reason: VerificationFailure) -> StepFailure { StepFailure(step: .trustAnchor, reason: reason) }
    guard anchor.isPlausible else { throw fail(.implausibleSet(anchor)) }
    guard let known else {
      report.pass(
        .trustAnchor,
        "genesis \(claim.genesisHash), set \(anchor.id): claimed by the bundle itself, compared with nothing")
      return
    }
    guard claim.genesisHash == known.genesisHash else {
      throw fail(.wrongGenesis(found: claim.genesisHash, expected: known.genesisHash))
    }
    guard anchor.id == known.setID else { throw fail(.wrongSet(found: anchor.id, expected: [known.setID])) }
    guard anchor.root == known.setRoot else {
      throw fail(.wrongSetRoot(computed: anchor.root, expected: known.setRoot))
    }
    report.pass(
      .trustAnchor, "genesis \(claim.genesisHash), set \(anchor.id) with root \(anchor.root): as you trust them")
  }

  /// Walks from the anchor's set to the one that signs.
  private func followHandovers(_ report: inout VerificationReport) throws(StepFailure) -> ValidatorSetSummary {
    var set = anchor
    var last: Commitment?
    for step in handovers {
      try check(step.certificate, set: set, after: last)
      let commitment = step.certificate.commitment
      let next = step.handover.leaf.nextSet
      guard set.id < .max, next.id == set.id + 1 else {
        throw StepFailure(step: .validatorSet, reason: .refusal(.handoverToWrongSet(found: next.id, after: set.id)))
      }
      guard next.isPlausible else { throw StepFailure(step: .validatorSet, reason: .implausibleSet(next)) }
      if let reason = commitment.leafFailure(step.handover.leaf, proof: step.handover.proof) {
        throw StepFailure(step: .mmrLeaf, reason: reason)
      }
      report.pass(
        .validatorSet, "set \(set.id) hands over to set \(next.id), certified at block \(commitment.blockNumber)")
      set = next
      last = commitment
    }
    try checkRising(certificate.commitment, after: last)
    return set
  }

  private func checkCertificate(
    _ set: ValidatorSetSummary, _ report: inout VerificationReport
  ) throws(StepFailure) {
    let checked = certificate.proof.verify(addresses: certificate.addresses, set: set, genesisHash: claim.genesisHash)
    if let failure = checked.failure { throw failure }
    // The anchor was noted above; only what follows from it is new.
    for entry in checked.entries {
      if entry.step != .trustAnchor, case .passed(let fact) = entry.outcome { report.pass(entry.step, fact) }
    }
  }

  private func check(
    _ certificate: Certificate, set: ValidatorSetSummary, after last: Commitment?
  ) throws(StepFailure) {
    try checkRising(certificate.commitment, after: last)
    let report = certificate.proof.verify(
      addresses: certificate.addresses, set: set, genesisHash: claim.genesisHash)
    if let failure = report.failure { throw failure }
  }

  private func checkRising(_ commitment: Commitment, after last: Commitment?) throws(StepFailure) {
    guard let last else { return }
    let number = commitment.blockNumber
    guard number > last.blockNumber else {
      throw StepFailure(step: .validatorSet, reason: .refusal(.heightNotRising(found: number, after: last.blockNumber)))
    }
    guard commitment.timestamp > last.timestamp else {
      let reason = ProofRefusal.timeNotRising(found: commitment.timestamp, after: last.timestamp)
      throw StepFailure(step: .validatorSet, reason: .refusal(reason))
    }
  }

  private func checkHeader(_ report: inout VerificationReport) throws(StepFailure) -> Header {
    let commitment = certificate.commitment
    var hash = commitment.headerHash
    var number = commitment.blockNumber
    if let ancestor {
      if let reason = commitment.leafFailure(ancestor.leaf, proof: ancestor.proof) {
        throw StepFailure(step: .mmrLeaf, reason: reason)
      }
      hash = ancestor.leaf.parentHash
      number = ancestor.leaf.parentNumber
      report.pass(.mmrLeaf, "leaf \(number) of \(commitment.blockNumber) names block \(number)")
    } else {
      report.pass(.mmrLeaf, "not needed: block \(number) is certified itself")
    }
    switch Header.verified(header, hash: hash, number: number) {
    case .failure(let reason): throw StepFailure(step: .header, reason: reason)
    case .success(let header):
      report.pass(.header, "block \(number), hash \(hash)")
      report.pass(.stateRoot, "\(header.stateRoot)")
      return header
    }
  }
}

extension ProofBundle {
  private func checkStorage(_ header: Header, _ findings: inout BundleFindings) throws(StepFailure) {
    func fail(_ refusal: ProofRefusal) -> StepFailure { StepFailure(step: .storageProof, reason: .refusal(refusal)) }
    for index in claims.indices.dropFirst() where !claims[index - 1].key.lexicographicallyPrecedes(claims[index].key) {
      throw fail(.claimsNotAscending(index: index))
    }
    let messageKeys = try self.messageKeys()
    let keys = claims.map(\.key) + messageKeys
    let answers = try answers(keys, root: header.stateRoot)
    for (index, claim) in claims.enumerated() {
      if let refusal = claim.refusal(answers[index], index: index) { throw fail(refusal) }
    }
    for index in claims.count..<keys.count where answers[index] == .incomplete { throw fail(.incomplete(index: index)) }
    findings.answers = Array(answers.prefix(claims.count))
    findings.report.pass(
      .storageProof, "\(keys.count) keys, \(storage.nodes.count) nodes of \(storage.encodedSize) bytes, none to spare")
    guard let messages else { return }
    do throws(ProofRefusal) {
      findings.messages = try messages.messages(answers.dropFirst(claims.count))
    } catch {
      throw StepFailure(step: .message, reason: .refusal(error))
    }
    findings.report.pass(.message, messages.fact(findings.messages))
  }

  private func messageKeys() throws(StepFailure) -> [[UInt8]] {
    guard let messages else { return [] }
    guard let keys = messages.keys else {
      let reason = ProofRefusal.badNonceRange(begin: messages.nonces.begin, end: messages.nonces.end)
      throw StepFailure(step: .message, reason: .refusal(reason))
    }
    return keys
  }

  private func answers(_ keys: [[UInt8]], root: H256) throws(StepFailure) -> [ProofAnswer] {
    guard !keys.isEmpty || storage.nodes.isEmpty else {
      throw StepFailure(step: .storageProof, reason: .refusal(.nodesWithoutClaims(count: storage.nodes.count)))
    }
    do throws(TrieProofError) { return try storage.answers(root: root, keys: keys, layout: .v1, strict: true) } catch {
      throw StepFailure(step: .storageProof, reason: .other("\(error)"))
    }
  }
}
