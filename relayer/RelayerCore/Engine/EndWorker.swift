internal import ChainClient
internal import EchoRuntime
internal import Lanes
internal import LightClient
internal import Logging
internal import Primitives
internal import RPC

/// Submits to one chain ("here") all that concerns its lane to another ("there"): deliveries of messages from there,
/// and settlements of messages from here.
///
/// Keeps nothing that matters: everything is read again from both chains before each round, and while a round's
/// submissions are on their way no other round begins.
actor EndWorker {
  /// How a round ended.
  enum Round: Sendable {
    /// A chain is not connected, or there is no lane.
    case unavailable
    case idle
    /// Something came into a block: look again at once.
    case worked
    /// Something failed that a repetition would not mend at once.
    case blocked
  }

  /// What a submitted call does.
  enum Job: Sendable {
    case update
    case delivery(NonceRange)
    case confirmation([Nonce])
    case timeout(Nonce)

    var isUpdate: Bool { if case .update = self { true } else { false } }
  }

  nonisolated let path: RelayerConfiguration.Path
  let here: ChainLink
  let there: ChainLink
  let configuration: RelayerConfiguration
  let status: RelayerStatus
  let logger: Logger
  private var triage = LaneTriage()
  private var incomingFacts: [Nonce: PendingMessage.Facts] = [:]
  private var outgoingFacts: [Nonce: PendingMessage.Facts] = [:]
  private var oldest: (nonce: Nonce, sentAt: Milliseconds)?
  private var reported: String?
  /// This worker's share of a session by which it lets other relayers refresh the client first.
  private let patience = Double.random(in: 0..<0.5)

  /// Rows that one round reads for the first time; a long backlog is planned as it is read.
  private static let factsPerRound = 600

  init(
    path: RelayerConfiguration.Path, here: ChainLink, there: ChainLink, configuration: RelayerConfiguration,
    status: RelayerStatus, logger: Logger
  ) {
    self.path = path
    self.here = here
    self.there = there
    self.configuration = configuration
    self.status = status
    var logger = logger
    logger[metadataKey: "path"] = "\(path)"
    self.logger = logger
  }

  nonisolated var hereName: String { here.chain.name }
  nonisolated var thereName: String { there.chain.name }
  /// The way of messages that are delivered here.
  nonisolated var inwards: Logger.MetadataValue { "\(thereName)->\(hereName)" }
  /// The way of messages that are settled here.
  nonisolated var outwards: Logger.MetadataValue { "\(hereName)->\(thereName)" }

  /// Works whenever woken, until the task is cancelled.
  func run(_ wakes: AsyncStream<Void>) async {
    var backoff = Backoff(initial: .milliseconds(250), maximum: .seconds(20))
    var random = SystemRandomNumberGenerator()
    for await _ in wakes {
      var result = Round.worked
      while case .worked = result, !Task.isCancelled {
        do { result = try await round() } catch {
          note(problem: "\(error)", obstacle: nil)
          result = .blocked
        }
        if case .blocked = result {
          try? await Task.sleep(for: backoff.next(using: &random))
        } else {
          backoff.succeeded()
        }
      }
      if Task.isCancelled { return }
    }
  }

  /// Reads both ends, submits what is missing here and waits for the outcome.
  func round() async throws -> Round {
    guard let hereClient = await here.open, let thereClient = await there.open else { return .unavailable }
    let reader = LaneReader(here: hereClient, there: thereClient)
    let snapshot: LaneReader.Snapshot
    do { snapshot = try await reader.snapshot() } catch let missing as LaneReader.Missing {
      let text = explain(missing)
      note(problem: text, obstacle: text)
      return .unavailable
    }
    let input = try await read(reader, snapshot)
    let plan = Planner.plan(input)
    try await report(plan, snapshot, reader)
    if let obstacle = plan.obstacle {
      if case .client(let state) = obstacle {
        let text = "light client of \(thereName) on \(hereName) is \(state)"
        note(problem: text, obstacle: text)
      }
      return .blocked
    }
    clearProblem()
    if plan.isEmpty { return .idle }
    return try await submit(plan, Prover(reader: reader, snapshot: snapshot), over: hereClient)
  }

  // MARK: Reading

  private func read(_ reader: LaneReader, _ snapshot: LaneReader.Snapshot) async throws -> PlanInput {
    var incoming: [Nonce] = []
    var received: Set<Nonce> = []
    if snapshot.there.outbound.unsettled > 0 {
      incoming = try await reader.pending(on: reader.there, at: snapshot.thereBlock)
      received = Set(try await reader.receipts(on: reader.here, at: snapshot.hereBlock))
    }
    var outgoing: [Nonce] = []
    var receivedThere: Set<Nonce> = []
    if snapshot.here.outbound.unsettled > 0 {
      outgoing = try await reader.pending(on: reader.here, at: snapshot.hereBlock)
      receivedThere = Set(try await reader.receipts(on: reader.there, at: snapshot.thereBlock))
    }
    let undelivered = incoming.filter { !received.contains($0) && $0 >= snapshot.here.inbound.prunedBelow }
    let unreceived = outgoing.filter { !receivedThere.contains($0) }
    forget(undelivered: undelivered, unreceived: unreceived, outgoing: outgoing)
    let newIncoming = undelivered.lazy.filter { [incomingFacts] in incomingFacts[$0] == nil }.prefix(Self.factsPerRound)
    for (nonce, facts) in try await reader.facts(of: Array(newIncoming), on: reader.there, at: snapshot.thereBlock) {
      incomingFacts[nonce] = facts
    }
    let newOutgoing = unreceived.lazy.filter { [outgoingFacts] in outgoingFacts[$0] == nil }.prefix(Self.factsPerRound)
    for (nonce, facts) in try await reader.facts(of: Array(newOutgoing), on: reader.here, at: snapshot.hereBlock) {
      outgoingFacts[nonce] = facts
    }
    return PlanInput(
      here: snapshot.here, there: snapshot.there, client: ClientView(snapshot.client, at: snapshot.here.clock.time),
      incoming: incoming.map { PendingMessage(nonce: $0, facts: incomingFacts[$0]) }, received: received,
      outgoing: outgoing.map { PendingMessage(nonce: $0, facts: outgoingFacts[$0]) }, receivedThere: receivedThere,
      now: RelayerStatus.now, sessionLength: reader.there.info.sessionLength,
      refreshSlack: UInt32(Double(reader.there.info.sessionLength) * patience), limits: configuration.limits,
      triage: triage)
  }

  /// Keeps memory bounded by the messages that are under way.
  private func forget(undelivered: [Nonce], unreceived: [Nonce], outgoing: [Nonce]) {
    if incomingFacts.count > undelivered.count {
      let keep = Set(undelivered)
      incomingFacts = incomingFacts.filter { keep.contains($0.key) }
    }
    if outgoingFacts.count > unreceived.count {
      let keep = Set(unreceived)
      outgoingFacts = outgoingFacts.filter { keep.contains($0.key) }
    }
    triage.deliveries.retain(undelivered)
    triage.confirmations.retain(outgoing)
    triage.timeouts.retain(unreceived)
  }

  // MARK: Submitting

  private func submit(_ plan: Plan, _ prover: Prover, over client: ChainClient) async throws -> Round {
    let started = ContinuousClock.now
    var calls: [RuntimeCall] = []
    var jobs: [Job] = []
    var isComplete = true
    if case .newest(let number) = plan.base {
      (calls, isComplete) = try await prover.updates(to: number)
      jobs = calls.map { _ in .update }
    }
    let required = calls.count
    if isComplete, !(plan.deliveries.isEmpty && plan.confirmations.isEmpty && plan.timeouts.isEmpty) {
      let base = try await prover.base(plan.base)
      for range in plan.deliveries {
        try await prove(Array(range.begin...range.end), in: \.deliveries, .delivery(range), &calls, &jobs) {
          try await prover.delivery(range, base: base, payout: self.there.chain.payout)
        }
      }
      for nonces in plan.confirmations {
        try await prove(nonces, in: \.confirmations, .confirmation(nonces), &calls, &jobs) {
          try await prover.confirmation(nonces, base: base)
        }
      }
      for nonce in plan.timeouts {
        try await prove([nonce], in: \.timeouts, .timeout(nonce), &calls, &jobs) {
          try await prover.timeout(nonce, base: base)
        }
      }
    }
    let sent = await here.submitter.send(calls, required: required, over: client)
    status.update(here: hereName, there: thereName) { $0.submissions += UInt64(sent.count) }
    return await outcome(of: Array(zip(jobs, sent)), since: started, over: client)
  }

  /// Adds a call, or notes that the node cannot prove it. A lost connection ends the round.
  private func prove(
    _ nonces: [Nonce], in triage: WritableKeyPath<LaneTriage, Triage>, _ job: Job, _ calls: inout [RuntimeCall],
    _ jobs: inout [Job],
    _ body: () async throws -> RuntimeCall
  ) async throws {
    do {
      calls.append(try await body())
      jobs.append(job)
    } catch let error as ChainClientError {
      guard case .rpc(.rpc) = error else { throw error }
      fail(nonces, in: triage, .unprovable("\(error)"))
    }
  }

  func fail(_ nonces: [Nonce], in triage: WritableKeyPath<LaneTriage, Triage>, _ reason: FailureReason) {
    self.triage[keyPath: triage].failed(nonces, reason, at: RelayerStatus.now)
    guard nonces.count == 1, let nonce = nonces.first, let letter = self.triage[keyPath: triage].letters[nonce] else {
      return
    }
    logger.error(
      "message set aside",
      metadata: [
        "direction": triage == \LaneTriage.deliveries ? inwards : outwards, "nonce": "\(nonce)", "reason": "\(reason)",
        "attempts": "\(letter.attempts)",
      ])
  }

  // MARK: Reporting

  private func report(_ plan: Plan, _ snapshot: LaneReader.Snapshot, _ reader: LaneReader) async throws {
    if let nonce = plan.oldestWaiting {
      if oldest?.nonce != nonce {
        var sentAt = RelayerStatus.now
        // What the validators signed about the block that sent the message; kept for ever, unlike its state.
        if let block = incomingFacts[nonce]?.sentAt, let certified = try await reader.there.finalityProof(at: block) {
          sentAt = certified.timestamp
        }
        oldest = (nonce, sentAt)
      }
    } else {
      oldest = nil
    }
    let letters = triage.letterCount
    let since = oldest?.sentAt
    status.update(here: hereName, there: thereName) { end in
      end.waiting = plan.waiting
      end.oldestSentAt = since
      end.late = plan.late
      end.deadLetters = letters
      end.clientHeight = snapshot.client.number
      end.clientLag = snapshot.thereBlock.number.subtractingSaturating(snapshot.client.number)
      end.lastRound = RelayerStatus.now
    }
  }

  private func explain(_ missing: LaneReader.Missing) -> String {
    switch missing {
    case .laneHere: "no lane to \(thereName) is open on \(hereName)"
    case .laneThere: "no lane to \(hereName) is open on \(thereName)"
    case .client(let id): "light client \(id) is missing on \(hereName)"
    }
  }

  /// Logs a problem once, until it changes or goes away.
  private func note(problem: String, obstacle: String?) {
    status.update(here: hereName, there: thereName) { $0.obstacle = obstacle }
    guard problem != reported, !Task.isCancelled else { return }
    reported = problem
    logger.warning("cannot relay", metadata: ["direction": inwards, "reason": "\(problem)"])
  }

  private func clearProblem() {
    status.update(here: hereName, there: thereName) { $0.obstacle = nil }
    guard reported != nil else { return }
    reported = nil
    logger.info("relaying again", metadata: ["direction": inwards])
  }
}
