import ChainClient
import EchoRuntime
import Foundation
import PalletSupport
import Primitives
import ScaleCodec
import XCM
import XcmTools

/// What one chain would do with a call, or with a message that reaches it.
struct TrialHop: Sendable {
  /// What the chain was given.
  enum Cause: Sendable {
    case call(XcmCallTrace)
    /// A program, in the version that it came in.
    case program(VersionedXcm, XcmProgramRun)
  }

  /// The chain's name.
  var chain: String
  var paraId: UInt32
  /// The place among the hops that sent the message; `nil` for the first.
  var sender: Int?
  /// The message that brought the program; `nil` for the first.
  var message: XcmForwardedMessage?
  /// Who acts, as seen from the chain.
  var origin: Location
  var cause: Cause
  /// Writes as the chain sees things.
  var printer: XcmPrinter
}

extension TrialHop {
  /// What things are called there.
  var names: XcmNames { printer.names }

  var run: XcmRunTrace {
    switch cause {
    case .call(let trace): trace.run
    case .program(_, let program): program.run
    }
  }

  /// Whether everything succeeded here.
  var isComplete: Bool { failure == nil }

  /// The step that everything failed at; `nil` when nothing failed, or not within a program.
  var failedStep: XcmStepTrace? {
    guard hasFailed else { return nil }
    return run.programs.lazy.filter { $0.depth == 0 }.compactMap(\.failedStep).first
  }

  /// Why it did not, in a line.
  var failure: String? {
    guard hasFailed else { return nil }
    if let failedStep { return failedStep.sentence(names) }
    if let refusal = run.programs.first(where: { $0.depth == 0 })?.refusal { return Self.refused(refusal, names) }
    switch cause {
    case .call(let trace):
      guard case .err(let error) = trace.result else { return nil }
      // What the call itself demands, its error says best.
      guard let problem = trace.problem, problem.requirement != .call else { return spell(error) }
      return FailureSentence(problem, names: names).text
    case .program(_, let run):
      return run.problem.map { Self.refused($0, names) } ?? run.outcome.failure?.error.name
    }
  }

  /// Whether a failure took everything back. A program from another chain that fails after its assets came in leaves
  /// them trapped instead.
  var isUndone: Bool {
    guard hasFailed else { return false }
    switch cause {
    case .call: return true
    case .program(_, let run):
      if case .error = run.outcome { return true }
      // An account's program is a call: it fails as a whole.
      return origin.parents == 0
    }
  }

  private static func refused(_ detail: XcmFailureDetail, _ names: XcmNames) -> String {
    "the program is refused: \(FailureSentence(detail, names: names).text)"
  }

  private var hasFailed: Bool {
    switch cause {
    case .call(let trace): trace.result != .ok(Unit())
    case .program(_, let run): run.outcome.failure != nil
    }
  }
}

extension XcmProgramTrace {
  /// The step whose error stands at the end.
  var failedStep: XcmStepTrace? {
    guard outcome.failure != nil else { return nil }
    return steps.last { $0.error != nil && $0.level == 1 }
  }
}

extension XcmStepTrace {
  /// Which instruction failed, why, and what to do.
  func sentence(_ names: XcmNames) -> String {
    let place =
      switch phase {
      case .program: "instruction \(index)"
      case .errorHandler: "error handler, instruction \(index)"
      case .appendix: "appendix, instruction \(index)"
      }
    let error = error?.name ?? "no error"
    return "\(place) (\(instruction.name)) fails with \(error)"
      + (detail.map { ": \(FailureSentence($0, names: names).text)" } ?? "")
  }
}

/// What a call or a program would do on all chains that its messages reach.
struct NetworkTrial: Sendable {
  /// In the order in which messages would arrive; the first is where it begins.
  private(set) var hops: [TrialHop] = []
  /// Messages whose further way is not known, with the reason.
  private(set) var unknown: [(message: XcmForwardedMessage, sender: Int, reason: String)] = []

  /// Hops at which a trial stops: a program may send its like for ever.
  static let maximumHops = 32

  /// Whether everything succeeds everywhere, and everything is known.
  var isComplete: Bool { unknown.isEmpty && hops.allSatisfy(\.isComplete) }

  /// The first failure, with its chain.
  var failure: (hop: TrialHop, text: String)? {
    for hop in hops { if let text = hop.failure { return (hop, text) } }
    return nil
  }

  /// Tries a call, as an account signs it.
  /// - Parameter follows: Whether messages are handed to their receivers.
  static func of(
    _ call: RuntimeCall, by account: AccountID, on chain: String, in network: inout LinkedNetwork, follows: Bool = true
  ) async throws -> NetworkTrial {
    let client = try await network.connected(chain)
    let answer = try await client.trace(call, as: .system(.signed(account)))
    guard case .ok(let trace) = answer else {
      throw Complaint.refused("\(client.info.name) does not try the call out: a version is not known")
    }
    var trial = NetworkTrial()
    trial.hops.append(
      TrialHop(
        chain: client.info.name, paraId: client.info.paraId, origin: .account(account), cause: .call(trace),
        printer: try await XcmView(node: client, file: network.file).printer))
    if follows { await trial.followMessages(in: &network) }
    return trial
  }

  /// Tries a program, as if it came from `origin`.
  /// - Parameter follows: Whether messages are handed to their receivers.
  static func of(
    _ program: VersionedXcm, from origin: Location, on chain: String, in network: inout LinkedNetwork,
    follows: Bool = true
  ) async throws -> NetworkTrial {
    let client = try await network.connected(chain)
    var trial = NetworkTrial()
    trial.hops.append(try await hop(program, from: origin, on: client, in: network))
    if follows { await trial.followMessages(in: &network) }
    return trial
  }

  private static func hop(
    _ program: VersionedXcm, from origin: Location, on client: ChainClient, in network: LinkedNetwork
  ) async throws -> TrialHop {
    let answer = try await client.trace(program, from: origin)
    guard case .ok(let run) = answer else {
      throw Complaint.refused("\(client.info.name) does not try the program out: version 5 cannot express it")
    }
    return TrialHop(
      chain: client.info.name, paraId: client.info.paraId, origin: origin, cause: .program(program, run),
      printer: try await XcmView(node: client, file: network.file).printer)
  }

  /// Hands every message to its receiver, and theirs to theirs.
  private mutating func followMessages(in network: inout LinkedNetwork) async {
    var next = 0
    while next < hops.count {
      for message in hops[next].isUndone ? [] : hops[next].run.forwarded {
        do {
          guard hops.count < Self.maximumHops else { throw Complaint.partial("more than \(Self.maximumHops) hops") }
          guard let paraId = message.destination.siblingParaID,
            let entry = network.file.chains.first(where: { $0.paraId == paraId })
          else {
            throw Complaint.network(
              "\(hops[next].names.text(message.destination)) is no chain of network \(network.name)")
          }
          let client = try await network.connected(entry.name)
          let program = try VersionedXcm(decoding: message.payload)
          var hop = try await Self.hop(program, from: .sibling(hops[next].paraId), on: client, in: network)
          hop.sender = next
          hop.message = message
          hops.append(hop)
        } catch { unknown.append((message, next, Complaint(error).sentence)) }
      }
      next += 1
    }
  }
}

extension LinkedNetwork {
  /// The chain of that name or para id, connected now if it was not.
  mutating func connected(_ name: String) async throws -> ChainClient {
    try await connect([try file.chain(name)])
    return try chain(name)
  }
}

extension ChainClient {
  /// What things are called on this chain.
  func names(in file: NetworkFile?) async throws -> XcmNames {
    var names = XcmNames()
    names.ss58Prefix = info.ss58Prefix
    for asset in try await knownAssets() {
      names.name(asset: asset.location, XcmNames.Unit(symbol: asset.symbol, decimals: asset.decimals))
    }
    for entry in file?.chains ?? [] {
      names.name(chain: entry.paraId, entry.name)
      if let account = EchoRuntime.account(of: .sibling(entry.paraId)) {
        names.name(account: account, "\(entry.name)'s account")
      }
    }
    for (account, name) in AccountText.developmentNames { names.name(account: account, name) }
    names.name(account: EchoRuntime.treasury, "treasury")
    names.name(account: EchoRuntime.relayerPot, "relayers' pot")
    return names
  }
}
