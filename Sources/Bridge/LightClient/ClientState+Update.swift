internal import Finality
internal import Keys
internal import MerkleMountainRange
internal import Primitives

extension ClientState {
  /// Checks a certificate and, if it holds, takes its height.
  ///
  /// In order: the client is usable; the chain is the right one; the set is known; the time is neither ahead of the
  /// clock nor outside the trusting period; a handover leaf is there exactly when it is needed; a quorum of the set
  /// signed. What then contradicts an accepted commitment freezes the client, before anything is overwritten. A newer
  /// height advances the client; an older one of a known set fills a gap.
  /// - Returns: What became of it. `refused` and `known` changed nothing.
  /// - Throws: When the store fails; the client is then not to be kept.
  public mutating func update<Store: ClientStore>(
    _ update: ClientUpdate, host: HostMoment, store: inout Store
  ) throws(Store.Failure) -> UpdateOutcome {
    if let refusal = unusable(at: host.now) { return .refused(refusal) }
    let commitment = update.certificate.commitment
    let place = try self.place(of: commitment, store: store)
    if case .known = place { return .known(number: commitment.blockNumber) }
    let set: ValidatorSetSummary
    switch try signingSet(of: commitment, now: host.now, store: store) {
    case .success(let found): set = found
    case .failure(let refusal): return .refused(refusal)
    }
    // A retired set may fill gaps of its own session and be evidence; it never says what is newest.
    if case .newest = place, set.id < current.id {
      return .refused(anchor(.wrongSet(found: set.id, expected: [current.id, next.id])))
    }
    if let refusal = timeRefusal(commitment, now: host.now) { return .refused(refusal) }
    let takesOver = commitment.blockNumber > number && set.id == next.id
    if takesOver != (update.handover != nil) {
      return .refused(takesOver ? .handoverMissing(set: set.id) : .handoverUnexpected)
    }
    if case .gap(let neighbours) = place, let refusal = try gapRefusal(commitment, neighbours, store: store) {
      return .refused(refusal)
    }
    if let refusal = signatureRefusal(update.certificate, set: set) { return .refused(refusal) }
    switch place {
    case .contradicts(let reason):
      status = .frozen
      return .frozen(reason)
    case .newest:
      return try advance(to: commitment, handover: update.handover, host: host, store: &store)
    case .gap:
      try keep(commitment, host: host, store: &store)
      return .filled(number: commitment.blockNumber)
    case .known:
      return .known(number: commitment.blockNumber)
    }
  }

  private mutating func advance<Store: ClientStore>(
    to commitment: Commitment, handover: Handover?, host: HostMoment, store: inout Store
  ) throws(Store.Failure) -> UpdateOutcome {
    if let handover {
      if let refusal = handoverRefusal(handover, in: commitment) { return .refused(refusal) }
      try rotate(to: handover.leaf.nextSet, host: host, store: &store)
    }
    number = commitment.blockNumber
    headerHash = commitment.headerHash
    mmrRoot = commitment.mmrRoot
    timestamp = commitment.timestamp
    try keep(commitment, host: host, store: &store)
    return .advanced(number: number, handover: handover != nil)
  }

  private func gapRefusal<Store: ClientStore>(
    _ commitment: Commitment, _ neighbours: Neighbours, store: Store
  ) throws(Store.Failure) -> ClientRefusal? {
    let height = commitment.blockNumber
    let set = commitment.validatorSetID
    guard neighbours.lower.map({ $0.setID <= set }) ?? true, neighbours.upper.map({ $0.setID >= set }) ?? true else {
      return .setOutOfOrder(set: set, number: height)
    }
    let heights = try store.retention().heights
    guard heights.count >= ClientState.retainedHeights, let oldest = heights.first, height < oldest else { return nil }
    return .heightPruned(number: height, oldest: oldest)
  }

  private func timeRefusal(_ commitment: Commitment, now: Milliseconds) -> ClientRefusal? {
    let latest = now.addingSaturating(maximumDrift)
    guard commitment.timestamp < latest else {
      return .aheadOfClock(timestamp: commitment.timestamp, latest: latest)
    }
    guard now < commitment.timestamp.addingSaturating(trustingPeriod) else {
      return .outsideTrustingPeriod(
        timestamp: commitment.timestamp, earliest: now.subtractingSaturating(trustingPeriod))
    }
    return nil
  }

  private func handoverRefusal(_ handover: Handover, in commitment: Commitment) -> ClientRefusal? {
    let set = handover.leaf.nextSet
    guard set.id > next.id, set.id - next.id == 1 else { return .handoverToWrongSet(found: set.id, after: next.id) }
    guard set.isPlausible else {
      return .verification(StepFailure(step: .validatorSet, reason: .implausibleSet(set)))
    }
    return commitment.leafFailure(handover.leaf, proof: handover.proof).map {
      .verification(StepFailure(step: .mmrLeaf, reason: $0))
    }
  }
}

extension ClientState {
  /// Why the client cannot be used now; `nil` when it can.
  func unusable(at now: Milliseconds) -> ClientRefusal? {
    let status = status(at: now)
    return status == .active ? nil : .notActive(status)
  }

  /// Why a certificate does not hold for a set; `nil` when it does.
  func signatureRefusal(_ certificate: Certificate, set: ValidatorSetSummary) -> ClientRefusal? {
    certificate.proof.verify(addresses: certificate.addresses, set: set, genesisHash: genesisHash).failure
      .map { .verification($0) }
  }

  /// The set that may have signed a commitment: the current one, the next one for what is newer or evidence, or, for
  /// gaps and evidence only, one that retired within the trusting period.
  func signingSet<Store: ClientStore>(
    of commitment: Commitment, now: Milliseconds, store: Store
  ) throws(Store.Failure) -> Result<ValidatorSetSummary, ClientRefusal> {
    guard commitment.genesisHash == genesisHash else {
      return .failure(anchor(.wrongGenesis(found: commitment.genesisHash, expected: genesisHash)))
    }
    let id = commitment.validatorSetID
    if id == current.id { return .success(current) }
    if id == next.id { return .success(next) }
    let known = try store.knownSet(id)
    if let known, let retired = known.retiredAt, now < retired.addingSaturating(trustingPeriod) {
      return .success(known.summary)
    }
    return .failure(anchor(.wrongSet(found: id, expected: [current.id, next.id])))
  }

  private func anchor(_ reason: VerificationFailure) -> ClientRefusal {
    .verification(StepFailure(step: .trustAnchor, reason: reason))
  }
}
