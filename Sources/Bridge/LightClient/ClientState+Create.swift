public import Finality
public import Primitives

/// What a client starts from: values that come from a source its creator trusts.
public struct ClientSetup: Hashable, Sendable {
  /// A commitment of the current set.
  public var trusted: Commitment
  public var genesisHash: H256
  public var current: ValidatorSetSummary
  public var next: ValidatorSetSummary
  /// In milliseconds; at most ``ClientState/maximumTrustingPeriod``.
  public var trustingPeriod: Milliseconds
  /// In milliseconds.
  public var maximumDrift: Milliseconds
  /// In milliseconds.
  public var updateDelay: Milliseconds
  /// Whether the client may be used at once; else it waits for ``ClientState/activate()``.
  public var active: Bool

  public init(
    trusted: Commitment, genesisHash: H256, current: ValidatorSetSummary, next: ValidatorSetSummary,
    trustingPeriod: Milliseconds = ClientState.maximumTrustingPeriod,
    maximumDrift: Milliseconds = ClientState.defaultDrift, updateDelay: Milliseconds = 0, active: Bool
  ) {
    self.trusted = trusted
    self.genesisHash = genesisHash
    self.current = current
    self.next = next
    self.trustingPeriod = trustingPeriod
    self.maximumDrift = maximumDrift
    self.updateDelay = updateDelay
    self.active = active
  }

  private func fault(at now: Milliseconds) -> SetupFault? {
    guard genesisHash != .zero, trusted.genesisHash == genesisHash else { return .genesis }
    guard trusted.blockNumber > 0, trusted.mmrRoot != .zero, trusted.headerHash != .zero else {
      return .emptyCommitment
    }
    guard trusted.validatorSetID == current.id else {
      return .notSignedByCurrentSet(found: trusted.validatorSetID, current: current.id)
    }
    guard next.id > current.id, next.id - current.id == 1 else {
      return .nextSetNotSuccessor(current: current.id, next: next.id)
    }
    for set in [current, next] where !set.isPlausible { return .implausibleSet(set) }
    guard trustingPeriod > 0, trustingPeriod <= ClientState.maximumTrustingPeriod else {
      return .trustingPeriod(trustingPeriod)
    }
    guard maximumDrift < trustingPeriod, updateDelay < trustingPeriod else { return .drift }
    guard trusted.timestamp < now.addingSaturating(maximumDrift) else { return .aheadOfClock }
    return now < trusted.timestamp.addingSaturating(trustingPeriod) ? nil : .tooOld
  }

  /// Creates the client and its first rows.
  /// - Parameter store: Empty rows.
  public func create<Store: ClientStore>(
    host: HostMoment, store: inout Store
  ) throws(Store.Failure) -> Result<ClientState, ClientRefusal> {
    if let fault = fault(at: host.now) { return .failure(.setup(fault)) }
    var client = ClientState(
      genesisHash: genesisHash, current: current, next: next, number: trusted.blockNumber,
      headerHash: trusted.headerHash, mmrRoot: trusted.mmrRoot, timestamp: trusted.timestamp,
      trustingPeriod: trustingPeriod, maximumDrift: maximumDrift, updateDelay: updateDelay,
      status: active ? .active : .inert)
    try store.setRetention(Retention(heights: [], oldestSet: current.id))
    try store.setKnownSet(KnownSet(summary: current, retiredAt: nil, accepted: 0), id: current.id)
    try client.keep(trusted, host: host, store: &store)
    return .success(client)
  }
}
