internal import Finality
internal import MerkleMountainRange
internal import Primitives

extension ClientState {
  /// Checks evidence and freezes the client when it holds.
  ///
  /// Evidence counts against expired clients too; a frozen client stays frozen, and an inert one has promised nothing.
  public mutating func report<Store: ClientStore>(
    _ evidence: Misbehaviour, host: HostMoment, store: Store
  ) throws(Store.Failure) -> MisbehaviourOutcome {
    guard status == .active || status == .expired else { return .refused(.notActive(status)) }
    switch try judge(evidence, host: host, store: store) {
    case .success(let reason):
      status = .frozen
      return .frozen(reason)
    case .failure(let refusal):
      return .refused(refusal)
    }
  }

  /// What the evidence shows. Looks at the signatures last: they cost most.
  private func judge<Store: ClientStore>(
    _ evidence: Misbehaviour, host: HostMoment, store: Store
  ) throws(Store.Failure) -> Result<FreezeReason, ClientRefusal> {
    let reason: FreezeReason
    let certificates: [Certificate]
    switch evidence {
    case .certificates(let one, let other):
      guard let fault = ClientState.contradiction(one.commitment, other.commitment) else {
        return .failure(.noMisbehaviour)
      }
      (reason, certificates) = (fault, [one, other])
    case .header(let certificate, let leaf, let acceptedNumber):
      let commitment = certificate.commitment
      guard let accepted = try store.consensusState(at: acceptedNumber) else {
        return .failure(.unknownHeight(acceptedNumber))
      }
      if let failure = leaf.leaf.failure(proof: leaf.proof, root: accepted.mmrRoot, blockNumber: acceptedNumber) {
        return .failure(.verification(StepFailure(step: .mmrLeaf, reason: failure)))
      }
      guard leaf.leaf.parentNumber == commitment.blockNumber, leaf.leaf.parentHash != commitment.headerHash else {
        return .failure(.noMisbehaviour)
      }
      (reason, certificates) = (.contradictedHeader(number: commitment.blockNumber), [certificate])
    }
    for certificate in certificates {
      switch try signingSet(of: certificate.commitment, now: host.now, store: store) {
      case .success(let set):
        if let refusal = signatureRefusal(certificate, set: set) { return .failure(refusal) }
      case .failure(let refusal):
        return .failure(refusal)
      }
    }
    return .success(reason)
  }

  /// Why two commitments of one chain cannot both be honest; `nil` when they can.
  private static func contradiction(_ one: Commitment, _ other: Commitment) -> FreezeReason? {
    if one.blockNumber == other.blockNumber {
      return one.digest == other.digest ? nil : .conflictingCommitments(number: one.blockNumber)
    }
    let (lower, higher) = one.blockNumber < other.blockNumber ? (one, other) : (other, one)
    guard lower.timestamp >= higher.timestamp else { return nil }
    return .timeNotRising(lower: lower.blockNumber, higher: higher.blockNumber)
  }
}
