internal import Hashing
internal import Lanes
public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import StateTrie

extension Messages {
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Messages.Call
    public typealias Event = Messages.Event
    public typealias Failure = Messages.Failure

    public static var name: String { "Messages" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] {
      [
        channels.entry, laneByPara.entry, outboundLanes.entry, inboundLanes.entry, outbound.entry, receipts.entry, receiptCounts.entry,
        sentHashes.entry, receivedHashes.entry,
      ]
    }

    /// Messages decide the weight: each runs a program of up to a few milliseconds; proofs cost by their nodes.
    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .openLane, .pauseLane, .resumeLane, .drainLane, .closeLane: DispatchInfo(.of(micros: 50, reads: 4, writes: 4))
      case .deliver(_, _, _, .empty, let proof, _):
        DispatchInfo(weight(proof).adding(.of(micros: 50, reads: 6, writes: 4)).adding(pruning))
      case .deliver(_, _, _, let range, let proof, _):
        // Of each message's share a tenth is for the two receipts that it may prune.
        DispatchInfo(
          weight(proof).adding(.of(micros: 50, reads: 6, writes: 4))
            .adding(Weight(refTime: 5_000_000_000, proofSize: 4096).multiplied(by: UInt64(range.nonces?.count ?? 1))))
      case .confirm(_, _, _, let nonces, let proof):
        DispatchInfo(
          weight(proof).adding(Weight(refTime: 400_000_000, proofSize: 4096).multiplied(by: UInt64(nonces.count))).adding(
            .of(micros: 50, reads: 6, writes: 4)))
      case .timeout(_, _, _, _, let proof): DispatchInfo(weight(proof).adding(.of(micros: 500, reads: 10, writes: 8)))
      }
    }

    private static func weight(_ proof: [[UInt8]]) -> Weight { Weight(refTime: 3_000_000).multiplied(by: UInt64(proof.count)) }

    private static var pruning: Weight { .of(reads: UInt64(LaneLimits.pruneSteps), writes: UInt64(LaneLimits.pruneSteps)) }

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .openLane(let client, let counterparty, let mode):
        try origin.ensureRoot()
        try open(client, counterparty, mode, in: context)
      case .deliver(let lane, let height, let header, let range, let proof, let relayer):
        _ = try origin.signer()
        try deliver(Evidence(lane: lane, height: height, header: header, proof: proof), range, relayer: relayer, in: context)
      case .confirm(let lane, let height, let header, let nonces, let proof):
        _ = try origin.signer()
        try confirm(Evidence(lane: lane, height: height, header: header, proof: proof), nonces, in: context)
      case .timeout(let lane, let height, let header, let nonce, let proof):
        _ = try origin.signer()
        try timeout(Evidence(lane: lane, height: height, header: header, proof: proof), nonce, in: context)
      case .pauseLane(let lane):
        try origin.ensureRoot()
        try change(lane, in: context) { (rows: inout LaneRows) throws(LaneError) in try Lane.pause(lane, in: &rows) }
      case .resumeLane(let lane):
        try origin.ensureRoot()
        try change(lane, in: context) { (rows: inout LaneRows) throws(LaneError) in try Lane.resume(lane, in: &rows) }
      case .drainLane(let lane):
        try origin.ensureRoot()
        try change(lane, in: context) { (rows: inout LaneRows) throws(LaneError) in try Lane.drain(lane, in: &rows) }
      case .closeLane(let lane):
        try origin.ensureRoot()
        try change(lane, in: context) { (rows: inout LaneRows) throws(LaneError) in try Lane.close(lane, in: &rows) }
      }
    }

    /// Forgets the hashes of the block before.
    public static func onInitialize(in context: ExecutionContext) throws(DispatchError) {
      sentHashes.remove(in: context)
      receivedHashes.remove(in: context)
    }

    // MARK: Lanes

    private static func open(_ client: UInt32, _ counterparty: LaneEnd, _ mode: LaneMode, in context: ExecutionContext)
      throws(DispatchError)
    {
      let known = try C.Headers.latest(of: client, in: context)
      let here = try C.localEnd(in: context)
      guard known.genesisHash == counterparty.genesisHash, counterparty != here else { throw failure(.invalidLane) }
      let lane = laneID(here, counterparty)
      // A closed lane may open again; another chain under the same number may not take its place.
      let taken = try laneByPara.get(counterparty.paraId, in: context)
      guard taken == nil || taken == lane else { throw failure(.laneExists) }
      var rows = LaneRows(context: context)
      try lanes { () throws(LaneError) in try Lane.open(lane, mode: mode, in: &rows) }
      channels.set(lane, to: Channel(clientId: client, counterparty: counterparty, mode: mode), in: context)
      laneByPara.set(counterparty.paraId, to: lane, in: context)
      if taken == nil { try C.Handler.laneOpened(to: counterparty, in: context) }
      deposit(.laneOpened(lane: lane, clientId: client, paraId: counterparty.paraId), in: context)
    }

    private static func change(_ lane: H256, in context: ExecutionContext, _ body: (inout LaneRows) throws(LaneError) -> Void)
      throws(DispatchError)
    {
      var rows = LaneRows(context: context)
      try lanes { () throws(LaneError) in try body(&rows) }
      guard let state = try outboundLanes.get(lane, in: context) else { throw failure(.unknownLane) }
      deposit(.laneStatus(lane: lane, status: state.status), in: context)
    }

    // MARK: Sending

    /// Puts a message on the lane to a chain.
    ///
    /// - Parameter timeout: Milliseconds from now after which the destination must refuse it,
    ///   1...``Messages/maximumTimeout``.
    /// - Returns: The lane and the nonce.
    /// - Throws: ``Messages/Failure/unknownLane``, `wrongStatus`, `messageOverLimits`, `congested`.
    public static func send(
      _ payload: [UInt8], topic: H256, to paraId: UInt32, timeout: Milliseconds, fee: Balance, refund: [UInt8], in context: ExecutionContext
    ) throws(DispatchError) -> (lane: H256, nonce: UInt64) {
      guard let lane = try laneByPara.get(paraId, in: context), let channel = try channels.get(lane, in: context) else {
        throw failure(.unknownLane)
      }
      guard (1...maximumTimeout).contains(timeout) else { throw failure(.messageOverLimits) }
      let seen = try C.Headers.latest(of: channel.clientId, in: context)
      // The destination's clock decides. It is at least at what its client has shown; heights are bounded by one
      // block in ten milliseconds.
      let start = max(try C.Clock.now(in: context), seen.timestamp)
      let blocks = BlockNumber(clamping: timeout / 10)
      let message = OutboundMessage(
        payload: payload, topic: topic, timeoutHeight: seen.height.addingSaturating(max(blocks, 1)),
        timeoutAt: start.addingSaturating(timeout), fee: fee,
        refund: refund, sentAt: try C.Clock.blockNumber(in: context))
      var rows = LaneRows(context: context)
      let nonce = try lanes { () throws(LaneError) in
        try Lane.send(message, on: lane, seen: DestinationClock(height: seen.height, time: seen.timestamp), in: &rows)
      }
      try append(Hash.keccak256(lane.bytes + MessageKey(lane, nonce).encoded().suffix(8) + message.encoded()), to: sentHashes, in: context)
      deposit(.accepted(lane: lane, nonce: nonce, topic: topic), topics: [topic], in: context)
      return (lane, nonce)
    }

    private static func append(_ hash: H256, to list: StorageValue<[H256]>, in context: ExecutionContext) throws(DispatchError) {
      try list.mutate(in: context) { $0.append(hash) }
    }

    /// Hashes of the messages that this block has sent, in order: the leaves of the outbound root.
    public static func outboundHashes(in context: ExecutionContext) throws(DispatchError) -> [H256] { try sentHashes.get(in: context) }

    /// Hashes of the receipts that this block has written, in order: the leaves of the receipt root.
    public static func receiptHashes(in context: ExecutionContext) throws(DispatchError) -> [H256] { try receivedHashes.get(in: context) }

    // MARK: Receiving

    private static func deliver(_ evidence: Evidence, _ range: NonceRange, relayer: AccountID, in context: ExecutionContext)
      throws(DispatchError)
    {
      let lane = evidence.lane
      guard let channel = try channels.get(lane, in: context) else { throw failure(.unknownLane) }
      guard range == .empty || range.nonces != nil else { throw failure(.invalidRange) }
      let nonces = range.nonces.map(Array.init) ?? []
      // The source's lane state is part of every delivery: it shows what may be pruned here.
      let keys = nonces.map { outbound.key(MessageKey(lane, $0)) } + [outboundLanes.key(lane)]
      let answers = try prove(evidence, channel, keys, in: context).answers
      var messages: [OutboundMessage] = []
      for answer in answers.dropLast() { messages.append(try row(answer)) }
      let source: OutboundLane = try row(answers[answers.count - 1])
      var rows = LaneRows(context: context)
      let clock = DestinationClock(height: try C.Clock.blockNumber(in: context), time: try C.Clock.now(in: context))
      // Settled receipts make room first.
      let limit = nonces.isEmpty ? LaneLimits.pruneSteps : 2 * nonces.count
      let hasPruned = try prune(lane, source, limit: limit, in: &rows)
      guard !nonces.isEmpty else {
        guard hasPruned else { throw failure(.nothingNew) }
        return
      }
      let delivery = try lanes { () throws(LaneError) in
        try Lane.accept(messages, of: range, on: lane, at: clock, relayer: relayer, in: &rows)
      }
      // Receipts stand before anything runs, so a message can never run twice.
      for arrival in delivery.toExecute {
        let outcome = receive(arrival, lane, from: channel.counterparty, in: context)
        try lanes { () throws(LaneError) in try Lane.finish(lane, nonce: arrival.nonce, outcome: outcome, in: &rows) }
      }
      for (nonce, message) in zip(nonces, messages) where !delivery.known.contains(nonce) && !delivery.late.contains(nonce) {
        guard let receipt = try receipts.get(MessageKey(lane, nonce), in: context) else { throw .corruption }
        try append(Hash.keccak256(MessageKey(lane, nonce).encoded() + receipt.encoded()), to: receivedHashes, in: context)
        deposit(
          .received(lane: lane, nonce: nonce, topic: message.topic, outcome: receipt.outcome), topics: [message.topic], in: context)
      }
    }

    /// Removes receipts that the source has settled.
    /// - Returns: Whether there was anything to do.
    private static func prune(
      _ lane: H256, _ source: OutboundLane, limit: Int, in rows: inout LaneRows
    ) throws(DispatchError) -> Bool {
      let below = try lanes { () throws(LaneError) in
        let before = try rows.inboundLane(lane)?.prunedBelow
        try Lane.prune(lane, source: source, limit: limit, in: &rows)
        let after = try rows.inboundLane(lane)?.prunedBelow
        return after == before ? nil : after
      }
      guard let below else { return false }
      deposit(.pruned(lane: lane, below: below), in: rows.context)
      return true
    }

    /// Runs a message; one that is to be refunded at its source has no effect here, whatever the handler did.
    private static func receive(
      _ arrival: Delivery.Arrival, _ lane: H256, from counterparty: LaneEnd, in context: ExecutionContext
    ) -> DeliveryOutcome {
      let mark = context.begin()
      let outcome = C.Handler.receive(arrival.message, from: counterparty, lane: lane, nonce: arrival.nonce, in: context)
      if outcome.isRefunded { context.rollback(to: mark) } else { context.commit() }
      return outcome
    }

    // MARK: Settling

    private static func confirm(_ evidence: Evidence, _ nonces: [UInt64], in context: ExecutionContext) throws(DispatchError) {
      let lane = evidence.lane
      guard let channel = try channels.get(lane, in: context) else { throw failure(.unknownLane) }
      guard !nonces.isEmpty, nonces.count <= LaneLimits.batch, zip(nonces, nonces.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw failure(.invalidRange)
      }
      let answers = try prove(evidence, channel, nonces.map { receipts.key(MessageKey(lane, $0)) }, in: context).answers
      var proven: [(nonce: Nonce, receipt: Receipt)] = []
      for (nonce, answer) in zip(nonces, answers) { proven.append((nonce, try row(answer))) }
      var rows = LaneRows(context: context)
      let settlements = try lanes { () throws(LaneError) in try Lane.confirm(proven, on: lane, in: &rows) }
      var rewards: [(relayer: AccountID, amount: Balance)] = []
      for settlement in settlements {
        try finish(settlement, lane, in: context)
        guard let relayer = settlement.rewarded, settlement.message.fee > 0 else { continue }
        if let index = rewards.firstIndex(where: { $0.relayer == relayer }) {
          rewards[index].amount = rewards[index].amount.addingSaturating(settlement.message.fee)
        } else {
          rewards.append((relayer, settlement.message.fee))
        }
      }
      for (relayer, amount) in rewards { try reward(relayer, amount, in: context) }
    }

    private static func timeout(_ evidence: Evidence, _ nonce: UInt64, in context: ExecutionContext) throws(DispatchError) {
      let lane = evidence.lane
      guard let channel = try channels.get(lane, in: context) else { throw failure(.unknownLane) }
      var keys = [receipts.key(MessageKey(lane, nonce))]
      // An ordered lane also shows that it has not moved past the nonce.
      if channel.mode == .ordered { keys.append(inboundLanes.key(lane)) }
      let (answers, timestamp) = try prove(evidence, channel, keys, in: context)
      guard answers[0] == .absent else { throw failure(.wasReceived) }
      var inbound: InboundLane?
      if channel.mode == .ordered, answers[1] != .absent {
        // Named, for what is assigned to an optional would be decoded as one.
        let state: InboundLane = try row(answers[1])
        inbound = state
      }
      let absence = AbsenceEvidence(clock: DestinationClock(height: evidence.height, time: timestamp), inbound: inbound)
      var rows = LaneRows(context: context)
      let settlement = try lanes { () throws(LaneError) in try Lane.timeout(nonce, on: lane, evidence: absence, in: &rows) }
      try finish(settlement, lane, in: context)
    }

    /// Ends a message whose row is already gone: its refund, or the end of its claim to one.
    private static func finish(_ settlement: Settlement, _ lane: H256, in context: ExecutionContext) throws(DispatchError) {
      let ending: Ending
      switch settlement.ending {
      case .confirmed(let receipt): ending = .confirmed(outcome: receipt.outcome)
      case .timedOut: ending = .timedOut
      }
      // Before the refund: whom the fee belongs to may be known only as long as the message is awaited.
      if settlement.rewarded == nil { try returnFee(of: settlement, lane, in: context) }
      if settlement.isRefunded {
        try C.Handler.refund(lane: lane, nonce: settlement.nonce, in: context)
      } else if case .confirmed(let outcome) = ending {
        C.Handler.settled(lane: lane, nonce: settlement.nonce, outcome: outcome, in: context)
      }
      let topic = settlement.message.topic
      deposit(.settled(lane: lane, nonce: settlement.nonce, topic: topic, ending: ending), topics: [topic], in: context)
    }

    /// Pays a relayer. One whose account cannot take the amount forgoes it; the messages are settled all the same.
    private static func reward(_ relayer: AccountID, _ amount: Balance, in context: ExecutionContext) throws(DispatchError) {
      guard try pay(amount, to: relayer, in: context) else { return }
      deposit(.rewarded(relayer: relayer, amount: amount), in: context)
    }

    /// Returns the fee that no relayer earned, if its payer's account can take it.
    private static func returnFee(
      of settlement: Settlement, _ lane: H256, in context: ExecutionContext
    ) throws(DispatchError) {
      let fee = settlement.message.fee
      guard fee > 0, let payer = C.Handler.feePayer(of: settlement.message, in: context) else { return }
      guard try pay(fee, to: payer, in: context) else { return }
      deposit(.feeReturned(lane: lane, nonce: settlement.nonce, account: payer, amount: fee), in: context)
    }

    /// Pays from the pot, which stays alive: emptied below the existential deposit it would lose other messages' fees.
    /// - Returns: Whether the account took it; an amount too small for a new account, for one, it does not.
    private static func pay(_ amount: Balance, to account: AccountID, in context: ExecutionContext) throws(DispatchError) -> Bool {
      do throws(DispatchError) {
        try context.transactional { () throws(DispatchError) in
          try C.Currency.transfer(amount, from: C.relayerPot, to: account, .preserve, in: context)
        }
        return true
      } catch .token {
        return false
      }
    }

    // MARK: Proofs

    /// Proves keys of the counterparty's state: the header by the light client, the keys by a strict storage proof.
    private static func prove(
      _ evidence: Evidence, _ channel: Channel, _ keys: [[UInt8]], in context: ExecutionContext
    ) throws(DispatchError) -> (answers: [ProofAnswer], timestamp: Milliseconds) {
      let (root, timestamp) = try C.Headers.verifyHeader(evidence.header, at: evidence.height, of: channel.clientId, in: context)
      let answers: [ProofAnswer]
      do throws(TrieProofError) {
        answers = try StorageProof(nodes: evidence.proof).answers(root: root, keys: keys)
      } catch { throw failure(.invalidProof) }
      guard !answers.contains(.incomplete) else { throw failure(.missingFromProof) }
      return (answers, timestamp)
    }

    private static func row<T: ScaleDecodable>(_ answer: ProofAnswer) throws(DispatchError) -> T {
      guard case .value(let bytes) = answer else { throw failure(.missingFromProof) }
      do throws(ScaleError) { return try T(decoding: bytes) } catch { throw failure(.invalidRow) }
    }

    private static func lanes<R>(_ body: () throws(LaneError) -> R) throws(DispatchError) -> R {
      do throws(LaneError) { return try body() } catch { throw named(error) }
    }

    private static func named(_ error: LaneError) -> DispatchError {
      switch error {
      case .unknownLane: failure(.unknownLane)
      case .alreadyOpen: failure(.laneExists)
      case .wrongStatus: failure(.wrongStatus)
      case .modeMismatch: failure(.modeMismatch)
      case .notDrained: failure(.notDrained)
      case .congested: failure(.congested)
      case .messageOverLimits, .expiredWhenSent: failure(.messageOverLimits)
      case .invalidBatch: failure(.invalidRange)
      case .outOfOrder: failure(.outOfOrder)
      case .nothingNew: failure(.nothingNew)
      case .tooLate: failure(.tooLate)
      case .tooManyReceipts: failure(.tooManyReceipts)
      case .tooManyRelayers: failure(.tooManyRelayers)
      case .neverSent: failure(.neverSent)
      case .alreadySettled: failure(.alreadySettled)
      case .receiptOfAnotherMessage: failure(.wrongReceipt)
      case .notYetExpired: failure(.notYetExpired)
      case .alreadyReceived: failure(.wasReceived)
      case .notReceived, .outcomeFixed, .invalidLaneState, .exhausted: failure(.invalidLane)
      case .corruptState: .corruption
      }
    }
  }

  /// A proof of another chain's state as a relayer hands it in.
  struct Evidence {
    var lane: H256
    var height: BlockNumber
    var header: [UInt8]
    var proof: [[UInt8]]
  }
}
