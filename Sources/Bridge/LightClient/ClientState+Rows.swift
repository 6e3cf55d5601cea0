internal import Finality
internal import Primitives

/// The accepted heights right below and above another.
struct Neighbours {
  var lower: ConsensusState?
  var upper: ConsensusState?
}

/// How a commitment stands to those that were accepted, given that its signatures hold.
enum CommitmentPlace {
  /// It was accepted before.
  case known
  /// It cannot be honest beside an accepted one.
  case contradicts(FreezeReason)
  /// It is higher than all.
  case newest
  /// Its height is missing between others.
  case gap(Neighbours)
}

extension ClientState {
  /// Compares a commitment with the accepted ones.
  func place<Store: ClientStore>(of commitment: Commitment, store: Store) throws(Store.Failure) -> CommitmentPlace {
    let height = commitment.blockNumber
    if height > number {
      let rising = commitment.timestamp > timestamp
      return rising ? .newest : .contradicts(.timeNotRising(lower: number, higher: height))
    }
    if let digest = try acceptedDigest(at: height, set: commitment.validatorSetID, store: store) {
      return digest == commitment.digest ? .known : .contradicts(.conflictingCommitments(number: height))
    }
    let heights = try store.retention().heights
    let above = heights.firstIndex { $0 > height } ?? heights.count
    var neighbours = Neighbours()
    if above > 0 {
      neighbours.lower = try store.consensusState(at: heights[above - 1])
      if let lower = neighbours.lower, lower.timestamp >= commitment.timestamp {
        return .contradicts(.timeNotRising(lower: heights[above - 1], higher: height))
      }
    }
    if above < heights.count {
      neighbours.upper = try store.consensusState(at: heights[above])
      if let upper = neighbours.upper, upper.timestamp <= commitment.timestamp {
        return .contradicts(.timeNotRising(lower: height, higher: heights[above]))
      }
    }
    return .gap(neighbours)
  }

  /// The digest accepted for a height: from its row, or from the signing set's ring once the row is pruned.
  private func acceptedDigest<Store: ClientStore>(
    at height: BlockNumber, set: UInt64, store: Store
  ) throws(Store.Failure) -> H256? {
    if let state = try store.consensusState(at: height) { return state.digest }
    guard let known = try store.knownSet(set) else { return nil }
    for slot in 0..<UInt32(min(known.accepted, ClientState.retainedCommitments)) {
      if let row = try store.acceptedCommitment(set: set, slot: slot), row.number == height { return row.digest }
    }
    return nil
  }

  /// Writes the rows of a height that has been accepted, and removes the lowest beyond the limit.
  mutating func keep<Store: ClientStore>(
    _ commitment: Commitment, host: HostMoment, store: inout Store
  ) throws(Store.Failure) {
    let state = ConsensusState(commitment, host: host)
    try store.setConsensusState(state, at: commitment.blockNumber)
    var retention = try store.retention()
    let place = retention.heights.firstIndex { $0 > commitment.blockNumber } ?? retention.heights.count
    retention.heights.insert(commitment.blockNumber, at: place)
    if retention.heights.count > ClientState.retainedHeights {
      try store.setConsensusState(nil, at: retention.heights.removeFirst())
    }
    try store.setRetention(retention)
    guard var known = try store.knownSet(state.setID) else { return }
    let row = AcceptedCommitment(number: commitment.blockNumber, digest: state.digest)
    let slot = UInt32(known.accepted % ClientState.retainedCommitments)
    try store.setAcceptedCommitment(row, set: state.setID, slot: slot)
    known.accepted = known.accepted.addingSaturating(1)
    try store.setKnownSet(known, id: state.setID)
  }

  /// Makes the next set the current one.
  mutating func rotate<Store: ClientStore>(
    to following: ValidatorSetSummary, host: HostMoment, store: inout Store
  ) throws(Store.Failure) {
    if var retired = try store.knownSet(current.id) {
      retired.retiredAt = host.now
      try store.setKnownSet(retired, id: current.id)
    }
    current = next
    next = following
    try store.setKnownSet(KnownSet(summary: current, retiredAt: nil, accepted: 0), id: current.id)
    try dropOldSets(now: host.now, store: &store)
  }

  /// Forgets sets that retired longer ago than the trusting period, and the oldest beyond the limit.
  ///
  /// Each handover adds one set, so looking at two keeps up.
  private func dropOldSets<Store: ClientStore>(now: Milliseconds, store: inout Store) throws(Store.Failure) {
    var retention = try store.retention()
    for _ in 0..<2 where retention.oldestSet < current.id {
      let known = try store.knownSet(retention.oldestSet)
      let timedOut = known?.retiredAt.map { now >= $0.addingSaturating(trustingPeriod) } ?? (known == nil)
      guard timedOut || current.id - retention.oldestSet >= ClientState.retainedSets else { break }
      let rows = min(known?.accepted ?? 0, ClientState.retainedCommitments)
      for slot in 0..<UInt32(rows) { try store.setAcceptedCommitment(nil, set: retention.oldestSet, slot: slot) }
      try store.setKnownSet(nil, id: retention.oldestSet)
      retention.oldestSet += 1
    }
    try store.setRetention(retention)
  }
}
