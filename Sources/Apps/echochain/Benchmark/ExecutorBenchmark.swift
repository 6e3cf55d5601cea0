import BlockExecution
import EchoRuntime
import Finality
import Keys
import Lanes
import LightClient
import PalletLightClients
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import Proofs
import RPC
import ScaleCodec
import XCM
import XcmTools

/// What instructions cost.
struct ExecutorCosts: Sendable {
  struct Row: Sendable {
    enum Outcome: Sendable {
      /// Nanoseconds.
      case cost(Double)
      /// The error that it ends in here.
      case refused(String)
    }
    var name: String
    var outcome: Outcome

    var json: JSON {
      switch outcome {
      case .cost(let nanoseconds): ["instruction": .string(name), "nanoseconds": .double(nanoseconds.rounded())]
      case .refused(let error): ["instruction": .string(name), "error": .string(error)]
      }
    }
  }

  /// Nanoseconds that a program without instructions takes: barrier, weigher and the end.
  var empty: Double
  var rows: [Row]
}

/// Executes instructions on the built-in runtime, on a state in memory.
///
/// The cost of an instruction is the difference between two programs that hold it a different number of times, divided
/// by that number: what goes before and after it is in both. Each run is rolled back.
struct ExecutorBenchmark {
  private let state: ExecutionContext
  private static let all = Weight(refTime: .max, proofSize: .max)

  init() throws { state = try Self.state() }

  func run(seconds: Double) throws -> ExecutorCosts {
    let cases = InstructionCase.all
    let stopwatch = Stopwatch(seconds: seconds / Double(cases.count + 1), rounds: 15)
    let empty = stopwatch.measure { execute(Xcm(), InstructionCase.alice) }.median
    var rows: [ExecutorCosts.Row] = []
    for item in cases {
      if let error = failure(of: item) {
        rows.append(ExecutorCosts.Row(name: item.instruction.name, outcome: .refused(error.name)))
        continue
      }
      let (few, many) = (item.program(item.few), item.program(item.many))
      let difference = stopwatch.measureDifference({ execute(few, item.origin) }, { execute(many, item.origin) })
      let cost = difference / Double(item.many - item.few)
      rows.append(ExecutorCosts.Row(name: item.instruction.name, outcome: .cost(max(cost, 0))))
    }
    return ExecutorCosts(empty: empty, rows: rows)
  }

  /// Executes a program and forgets what it did.
  private func execute(_ program: Xcm, _ origin: Location) {
    let mark = state.begin()
    keep(Self.outcome(of: program, origin, in: state))
    state.rollback(to: mark)
  }

  /// Why the instruction itself fails; `nil` when its programs complete.
  private func failure(of item: InstructionCase) -> XcmError? {
    for count in [item.few, item.many] {
      let mark = state.begin()
      let outcome = Self.outcome(of: item.program(count), item.origin, in: state)
      state.rollback(to: mark)
      if let failure = outcome.failure { return failure.error }
    }
    return nil
  }

  private static func outcome(of program: Xcm, _ origin: Location, in state: ExecutionContext) -> Outcome {
    var id = H256.zero
    return XcmExecutor<XcmSettings>.prepareAndExecute(
      program, origin: origin, id: &id, weightLimit: all, weightCredit: all, in: state)
  }

  // MARK: The chain

  /// The built-in hub as it is at genesis, with a lane to the market and what the cases need.
  static func state() throws -> ExecutionContext {
    guard let hub = BuiltInChain.spec(named: "hub"), let market = BuiltInChain.spec(named: "market") else {
      throw Complaint.configuration("the built-in chains are not known")
    }
    let state: ExecutionContext
    do throws(ChainError) { state = try Chain.genesis(of: hub).context() } catch {
      throw Complaint.configuration("the spec of \(hub.name) makes no chain: \(error)")
    }
    // The lane needs a client that is there; nothing is proved to it.
    let anchor = try SpecAnchor.anchor(of: market)
    let trusted = Commitment(
      headerHash: anchor.genesisHash, genesisHash: anchor.genesisHash, mmrRoot: anchor.genesisHash, timestamp: 1,
      blockNumber: 1, validatorSetID: 0)
    let length = UInt32(clamping: market.authorities.count)
    let setup = LightClients.Setup(
      trusted: trusted, current: ValidatorSetSummary(id: anchor.setID, length: length, root: anchor.setRoot),
      next: ValidatorSetSummary(id: anchor.setID + 1, length: length, root: anchor.setRoot), trustingPeriod: 86_400_000)
    let calls: [RuntimeCall] = [
      .lightClients(.create(clientId: market.paraId, setup: setup)),
      .messages(
        .openLane(
          clientId: market.paraId,
          counterparty: Messages.LaneEnd(genesisHash: anchor.genesisHash, paraId: market.paraId),
          mode: .unordered)),
    ]
    for call in calls {
      do throws(DispatchError) { try call.dispatch(origin: .root, in: state) } catch {
        throw Complaint.configuration("the chain for the measurement cannot be set up: \(error)")
      }
    }
    for (origin, program) in InstructionCase.preparation {
      if let failure = outcome(of: program, origin, in: state).failure {
        throw Complaint.configuration(
          "the chain for the measurement cannot be set up: instruction \(failure.index) ends in \(failure.error.name)"
        )
      }
    }
    // A lock can be changed again when the market has received the note of it.
    for record in state.events {
      guard case .messages(.accepted(let lane, let nonce, _))? = try? RuntimeEvent(decoding: record.event) else { continue }
      XcmPalletPallet.settled(lane: lane, nonce: nonce, ending: .executed, in: state)
    }
    state.clearEvents()
    return state
  }
}
