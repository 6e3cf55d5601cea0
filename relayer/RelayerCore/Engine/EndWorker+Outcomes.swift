internal import ChainClient
internal import EchoRuntime
internal import Lanes
internal import Logging
internal import PalletMessages
internal import PalletSupport
internal import Primitives

/// What became of a round's submissions.
extension EndWorker {
  func outcome(
    of jobs: [(job: Job, sent: Submitter.Sent)], since started: ContinuousClock.Instant, over client: ChainClient
  ) async -> Round {
    var watches: [Int: ExtrinsicWatch] = [:]
    var isBlocked = false
    var hasProgress = false
    for (index, entry) in jobs.enumerated() {
      switch entry.sent {
      case .accepted(let watch): watches[index] = watch
      case .skipped: isBlocked = true
      case .failed(let error):
        isBlocked = refused(entry.job, error) || isBlocked
      }
    }
    for (index, result) in await inclusions(watches, over: client) {
      switch result {
      case .success(let inclusion):
        if let failure = inclusion.failure {
          isBlocked = failed(jobs[index].job, failure, inclusion) || isBlocked
        } else {
          hasProgress = true
          succeeded(jobs[index].job, inclusion, took: started.duration(to: .now))
        }
      case .failure(let error):
        isBlocked = true
        await here.submitter.resynchronise()
        countFailure()
        if Task.isCancelled { continue }
        logger.warning(
          "fate of a submission is unknown",
          metadata: ["chain": "\(hereName)", "what": text(of: jobs[index].job), "reason": "\(error)"])
      }
    }
    if hasProgress { status.update(here: hereName, there: thereName) { $0.lastProgress = RelayerStatus.now } }
    return isBlocked ? .blocked : .worked
  }

  private func inclusions(_ watches: [Int: ExtrinsicWatch], over client: ChainClient) async -> [(
    Int, Result<Inclusion, ChainClientError>
  )] {
    let timeout = configuration.submissionTimeout
    return await withTaskGroup(of: (Int, Result<Inclusion, ChainClientError>).self) { group in
      for (index, watch) in watches {
        group.addTask {
          do throws(ChainClientError) {
            let block = try await watch.block(within: timeout)
            if let inclusion = try await client.inclusion(of: watch.hash) { return (index, .success(inclusion)) }
            return (index, .success(try await client.inclusion(of: watch.hash, in: block)))
          } catch { return (index, .failure(error)) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
    }
  }

  private func countFailure() { status.update(here: hereName, there: thereName) { $0.failures += 1 } }

  /// A call that the node did not take. Returns whether to wait before the next round.
  private func refused(_ job: Job, _ error: ChainClientError) -> Bool {
    countFailure()
    guard case .refused = error, !error.isPaymentRefusal, !error.isNonceRefusal, !error.isAlreadyImported else {
      logger.warning(
        "submission failed", metadata: ["chain": "\(hereName)", "what": text(of: job), "reason": "\(error)"])
      return true
    }
    return triage(job, .refused("\(error)"))
  }

  /// A call that ran and failed. Returns whether to wait before the next round.
  private func failed(_ job: Job, _ failure: DispatchError, _ inclusion: Inclusion) -> Bool {
    countFailure()
    let verdict = Verdict(failure)
    // Races with other relayers are no trouble; the rest is.
    logger.log(
      level: verdict == .obsolete ? job.isUpdate ? .debug : .info : .warning, "submission refused",
      metadata: [
        "chain": "\(hereName)", "what": text(of: job), "block": "\(inclusion.block.number)",
        "reason": "\(describe(failure))", "verdict": "\(verdict)",
      ])
    switch verdict {
    case .obsolete: return false
    case .clientBehind, .notNow: return true
    case .poison: return triage(job, .dispatch(describe(failure)))
    }
  }

  private func triage(_ job: Job, _ reason: FailureReason) -> Bool {
    switch job {
    case .update: return true
    case .delivery(let range): fail(Array(range.begin...range.end), in: \.deliveries, reason)
    case .confirmation(let nonces): fail(nonces, in: \.confirmations, reason)
    case .timeout(let nonce): fail([nonce], in: \.timeouts, reason)
    }
    return false
  }

  private func succeeded(_ job: Job, _ inclusion: Inclusion, took: Duration) {
    var received: UInt64 = 0
    var confirmed: UInt64 = 0
    var timedOut: UInt64 = 0
    for case .messages(let event) in inclusion.events.map(\.event) {
      switch event {
      case .received(_, let nonce, _, let outcome):
        received += 1
        if outcome != .executed {
          logger.notice(
            "message not executed to its end",
            metadata: [
              "direction": inwards, "nonce": "\(nonce)", "outcome": "\(outcome)", "block": "\(inclusion.block.number)",
            ])
        }
      case .settled(_, _, _, .confirmed): confirmed += 1
      case .settled(_, _, _, .timedOut): timedOut += 1
      default: break
      }
    }
    status.update(here: hereName, there: thereName) { [received, confirmed, timedOut] end in
      end.delivered += received
      end.confirmed += confirmed
      end.timedOut += timedOut
    }
    var metadata: Logger.Metadata = [
      "chain": "\(hereName)", "block": "\(inclusion.block.number)", "took": "\(took.milliseconds) ms",
    ]
    switch job {
    case .update:
      logger.debug("client updated", metadata: metadata.merging(["of": "\(thereName)"]) { $1 })
    case .delivery(let range):
      metadata["direction"] = inwards
      metadata["nonces"] = "\(range.begin)...\(range.end)"
      logger.info("delivered \(received)", metadata: metadata)
    case .confirmation(let nonces):
      metadata["direction"] = outwards
      metadata["nonces"] = "\(nonces.first ?? 0)...\(nonces.last ?? 0)"
      logger.info("confirmed \(confirmed)", metadata: metadata)
    case .timeout(let nonce):
      metadata["direction"] = outwards
      metadata["nonces"] = "\(nonce)"
      logger.info("timed out \(timedOut)", metadata: metadata)
    }
  }

  private func text(of job: Job) -> Logger.MetadataValue {
    switch job {
    case .update: "update of the client of \(thereName)"
    case .delivery(let range): "delivery of \(range.begin)...\(range.end)"
    case .confirmation(let nonces): "confirmation of \(nonces.first ?? 0)...\(nonces.last ?? 0)"
    case .timeout(let nonce): "timeout of \(nonce)"
    }
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
