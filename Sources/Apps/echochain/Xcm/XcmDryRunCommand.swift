import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// `echochain xcm dry-run`
struct XcmDryRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dry-run", abstract: "Try a program or a call, and show every step of it on every chain.",
    discussion: """
      Runs with the state of now and leaves nothing behind. Shows for each instruction its weight, holding before and \
      after, and the balances that change; says where it stops, why, and what to do. Messages are followed to the chains \
      of the running network. Exit code 6 when it would stop, 7 when the way is not known to its end. Examples:

        echochain xcm dry-run 0x0514… --chain hub --as alice
        echochain xcm dry-run program.json --chain market --origin hub
        echochain xcm dry-run - --chain hub --origin '../Parachain(2000)/AccountId32(bob)' --only < program.hex
        echochain xcm dry-run --call Balances.burn --args '{"value":"1","keep_alive":true}' --chain hub --as alice
      """)

  @Argument(help: "The program: hexadecimal text, a file with it, its bytes or its JSON form, or - for standard input.")
  var program: String?
  @Option(help: "A call to try instead: pallet and call, such as XcmPallet.execute.") var call: String?
  @Option(help: "JSON object with the call's arguments.") var args: String?
  @Option(help: "Chain that it would run on, by name or para id.") var chain: String
  @Option(name: .customLong("as"), help: "Account that acts; alice unless given.") var account: String?
  @Option(help: "Who acts instead, as the chain sees it: another chain's name, or a path such as '../Parachain(2000)'.")
  var origin: String?
  @Flag(help: "Try it on this chain only; follow no message.") var only = false
  @OptionGroup var network: NetworkOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    if (program == nil) == (call == nil) { throw ValidationError("give a program, or a call with --call") }
    if args != nil, call == nil { throw ValidationError("--args goes with --call") }
    if account != nil, origin != nil { throw ValidationError("--as and --origin exclude each other") }
    if call != nil, origin != nil { throw ValidationError("a call is signed by an account: use --as") }
  }

  func run() async throws {
    var linked = try network.unconnected()
    let trial = try await trial(in: &linked)
    await linked.close()
    print.output.json(trial.json)
    TrialText(trial: trial, output: print.output).show()
    try trial.check()
  }

  private func trial(in linked: inout LinkedNetwork) async throws -> NetworkTrial {
    let client = try await linked.connected(chain)
    let development = try await keys.allowsDevelopment(on: client)
    let store = keys.keystore
    let reader: (String) -> AccountID? = { try? AccountText.parse($0, development: development, keystore: store) }
    if let call {
      let bytes = try CallText.encode(call, args: args ?? "{}") { text in
        try? AccountText.parse(text, development: development, keystore: store).bytes
      }
      let signer = try await keys.account(account ?? "alice", on: client)
      return try await NetworkTrial.of(
        try RuntimeCall(decoding: bytes), by: signer, on: chain, in: &linked, follows: !only)
    }
    let program = try XcmSource.program(program ?? "-")
    let location: Location
    if let origin {
      let chains = linked.file.chains
      do throws(XcmTextError) {
        location = try LocationText.parse(origin, account: reader) { name in chains.first { $0.name == name }?.paraId }
      } catch { throw Complaint.usage("--origin '\(origin)' is no location: \(error)") }
    } else {
      location = .account(try await keys.account(account ?? "alice", on: client))
    }
    return try await NetworkTrial.of(program, from: location, on: chain, in: &linked, follows: !only)
  }
}

extension NetworkTrial {
  /// Everything that the chains said, with the sentences.
  var json: JSON {
    let unknown: [JSON] = unknown.map { message, sender, reason in
      [
        "message": .hash(message.topic), "sender": JSON(sender),
        "destination": .string(hops[sender].names.text(message.destination)),
        "reason": .string(reason),
      ]
    }
    return ["complete": JSON(isComplete), "hops": .array(hops.map(\.json)), "unknown": .array(unknown)]
  }

  /// - Throws: A ``Complaint`` when something would stop, or when the way is not known to its end.
  func check() throws(Complaint) {
    if let (hop, text) = failure { throw .refused("it would stop on \(hop.chain): \(text)") }
    if let (_, _, reason) = unknown.first { throw .partial("the way is not known to its end: \(reason)") }
  }
}

extension TrialHop {
  fileprivate var json: JSON {
    [
      "chain": .string(chain), "paraId": JSON(paraId), "sender": sender.map { JSON($0) } ?? .null,
      "message": message.map { .hash($0.topic) } ?? .null, "origin": .string("\(origin)"), "complete": JSON(isComplete),
      "undone": JSON(isUndone), "failure": failure.map { .string($0) } ?? .null, "failed": failedStep?.json ?? .null,
      "trace": trace,
    ]
  }

  /// As the chain answered; as its bytes when JSON has no room for so deep a value.
  private var trace: JSON {
    switch cause {
    case .call(let trace): (try? ScaleJSON.decode(XcmCallTrace.self, bytes: trace.encoded())) ?? .hex(trace.encoded())
    case .program(_, let run): (try? ScaleJSON.decode(XcmProgramRun.self, bytes: run.encoded())) ?? .hex(run.encoded())
    }
  }
}

extension XcmStepTrace {
  /// Where and why it failed.
  fileprivate var json: JSON {
    [
      "index": JSON(index), "instruction": .string(instruction.name), "error": error.map { .string($0.name) } ?? .null,
    ]
  }
}

extension XcmSource {
  /// A program: as ``bytes(_:)`` reads it, or its JSON form out of a file or standard input.
  /// - Throws: A ``Complaint`` of usage that says what is wrong and where.
  static func program(_ argument: String) throws -> VersionedXcm {
    let isContent = argument == "-" || FileManager.default.fileExists(atPath: argument)
    let content = isContent ? try content(argument) : Array(argument.utf8)
    let isJSON = content.first { !$0.isWhitespace } == UInt8(ascii: "{")
    let read = try document(XcmKind.program.rawValue) { () throws(XcmTextError) in
      if isJSON { return try XcmDocument(try XcmJSON.parse(content), as: .program) }
      return try XcmDocument(
        decoding: isContent ? try XcmInput.bytes(ofFile: content) : try XcmInput.bytes(ofHex: content), as: .program)
    }
    guard case .program(let program) = read else { throw Complaint.usage("'\(argument)' is no program") }
    return program
  }
}

extension UInt8 {
  fileprivate var isWhitespace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
