public import Finality
public import LightClient
public import PalletSupport
public import Primitives
internal import ScaleCodec

extension LightClients {
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = LightClients.Call
    public typealias Event = LightClients.Event
    public typealias Failure = LightClients.Failure

    public static var name: String { "LightClients" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] { [clients.entry, states.entry, retention.entry, sets.entry, accepted.entry] }

    /// Signatures decide the weight: one recovery costs about 70 µs, one address two hashes.
    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .create: DispatchInfo(.of(micros: 100, reads: 2, writes: 5))
      case .update(_, let update): DispatchInfo(weight(update.certificate).adding(.of(micros: 50, reads: 6, writes: 6)))
      case .reportMisbehaviour(_, .certificates(let one, let other)):
        DispatchInfo(weight(one).adding(weight(other)).adding(.of(micros: 50, reads: 8, writes: 2)))
      case .reportMisbehaviour(_, .header(let certificate, _, _)):
        DispatchInfo(weight(certificate).adding(.of(micros: 50, reads: 8, writes: 2)))
      }
    }

    private static func weight(_ certificate: Certificate) -> Weight {
      Weight(refTime: 74_000_000).multiplied(by: UInt64(certificate.addresses.count))
    }

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .create(let id, let setup):
        try origin.ensureRoot()
        try create(id, setup, in: context)
      case .update(let id, let update):
        _ = try origin.signer()
        try self.update(id, update, in: context)
      case .reportMisbehaviour(let id, let evidence):
        _ = try origin.signer()
        try report(id, evidence, in: context)
      }
    }

    private static func create(_ id: ClientID, _ setup: Setup, in context: ExecutionContext) throws(DispatchError) {
      guard !clients.exists(id, in: context) else { throw failure(.clientExists) }
      let request = ClientSetup(
        trusted: setup.trusted, genesisHash: setup.trusted.genesisHash, current: setup.current, next: setup.next,
        trustingPeriod: setup.trustingPeriod.value, active: true)
      var rows = ClientRows(id: id, context: context)
      switch try request.create(host: host(in: context), store: &rows) {
      case .success(let client):
        clients.set(id, to: client, in: context)
        deposit(.created(clientId: id, genesisHash: client.genesisHash, number: client.number), in: context)
      case .failure: throw failure(.invalidSetup)
      }
    }

    private static func update(_ id: ClientID, _ update: ClientUpdate, in context: ExecutionContext) throws(DispatchError) {
      var client = try client(id, in: context)
      var rows = ClientRows(id: id, context: context)
      let outcome = try client.update(update, host: host(in: context), store: &rows)
      switch outcome {
      case .advanced(let number, let handover):
        clients.set(id, to: client, in: context)
        deposit(.updated(clientId: id, number: number, headerHash: update.certificate.commitment.headerHash), in: context)
        if handover { deposit(.handedOver(clientId: id, setId: client.current.id), in: context) }
      case .filled(let number):
        clients.set(id, to: client, in: context)
        deposit(.updated(clientId: id, number: number, headerHash: update.certificate.commitment.headerHash), in: context)
      case .known: throw failure(.alreadyKnown)
      case .frozen(let reason):
        clients.set(id, to: client, in: context)
        deposit(.frozen(clientId: id, reason: reason), in: context)
      case .refused(let refusal): throw failure(named(refusal))
      }
    }

    private static func report(_ id: ClientID, _ evidence: Misbehaviour, in context: ExecutionContext) throws(DispatchError) {
      var client = try client(id, in: context)
      switch try client.report(evidence, host: host(in: context), store: ClientRows(id: id, context: context)) {
      case .frozen(let reason):
        clients.set(id, to: client, in: context)
        deposit(.frozen(clientId: id, reason: reason), in: context)
      case .refused(let refusal): throw failure(named(refusal))
      }
    }

    private static func named(_ refusal: ClientRefusal) -> LightClients.Failure {
      switch refusal {
      case .notActive: .notActive
      case .verification(let step): step.step == .header ? .wrongHeader : .invalidCertificate
      case .aheadOfClock, .outsideTrustingPeriod: .badTime
      case .handoverMissing, .handoverUnexpected, .handoverToWrongSet: .badHandover
      case .heightPruned, .setOutOfOrder: .tooOld
      case .unknownHeight: .unknownHeight
      case .tooEarly: .tooEarly
      case .noMisbehaviour: .noMisbehaviour
      case .setup: .invalidSetup
      }
    }

    private static func host(in context: ExecutionContext) throws(DispatchError) -> HostMoment {
      HostMoment(now: try C.Clock.now(in: context), block: try C.Clock.blockNumber(in: context))
    }

    // MARK: For other pallets and readers

    /// A client's state.
    /// - Throws: ``LightClients/Failure/unknownClient``.
    public static func client(_ id: ClientID, in context: ExecutionContext) throws(DispatchError) -> ClientState {
      guard let client = try clients.get(id, in: context) else { throw failure(.unknownClient) }
      return client
    }

    /// The state of a client that can be relied on now.
    /// - Throws: ``LightClients/Failure/unknownClient``, ``LightClients/Failure/notActive`` for one that is frozen,
    ///   expired or not approved.
    public static func activeClient(_ id: ClientID, in context: ExecutionContext) throws(DispatchError) -> ClientState {
      let client = try client(id, in: context)
      guard client.status(at: try C.Clock.now(in: context)) == .active else { throw failure(.notActive) }
      return client
    }

    /// All clients by number, at most `limit`.
    public static func list(in context: ExecutionContext, limit: Int) throws(DispatchError) -> [(key: ClientID, value: ClientState)] {
      try clients.rows(in: context, limit: limit)
    }

    /// Checks that bytes are the header that a client's chain finalised at a height.
    ///
    /// - Returns: The header and the block's time in milliseconds, which its validators signed.
    /// - Throws: ``LightClients/Failure`` for a client that is not active, a height it was not shown, other bytes.
    public static func verifyHeader(
      _ bytes: [UInt8], at height: BlockNumber, of id: ClientID, in context: ExecutionContext
    ) throws(DispatchError) -> (header: Header, timestamp: Milliseconds) {
      let client = try client(id, in: context)
      let rows = ClientRows(id: id, context: context)
      let host = try host(in: context)
      let state: ConsensusState
      switch try client.consensusState(at: height, host: host, store: rows) {
      case .success(let found): state = found
      case .failure(let refusal): throw failure(named(refusal))
      }
      switch try client.verifyHeader(bytes, at: height, host: host, store: rows) {
      case .success(let header): return (header, state.timestamp)
      case .failure(let refusal): throw failure(named(refusal))
      }
    }
  }
}
