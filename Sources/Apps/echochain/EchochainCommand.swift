import ArgumentParser
import Foundation

/// The command line of Echochain.
@main
struct EchochainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echochain",
    abstract: "Linked blockchains with relayed messages and proofs that need no trust.",
    discussion: """
      Start a network of three linked chains, move an asset over two hops and prove it:

        echochain network up
        echochain xcm quote --from market --to studio --asset ECHO --amount 2 --recipient bob
        echochain send --from market --to studio --asset ECHO --amount 2 --recipient bob --sender alice --wait
        echochain trace 0x5c1e…
        echochain proof export --chain hub --message 0x5c1e… --out proof.json
        echochain proof verify proof.json --spec hub
        echochain audit supply

      Every command takes --json. Exit codes: 0 done, 2 usage, 3 configuration, 4 network, 5 a proof does not hold, \
      6 refused by the chain, 7 partial or out of balance.
      """,
    version: "echochain 0.1.0",
    subcommands: [
      DemoCommand.self,
      NetworkCommand.self,
      NodeCommand.self,
      KeyCommand.self,
      TxCommand.self,
      QueryCommand.self,
      SendCommand.self,
      MarketCommand.self,
      TraceCommand.self,
      XcmCommand.self,
      RoyaltyCommand.self,
      PathCommand.self,
      ProofCommand.self,
      AuditCommand.self,
      ConformanceCommand.self,
      BenchmarkCommand.self,
    ])

  /// Parses, runs, and ends the process with the exit code of what went wrong.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Prints what is wrong and exits. Help and version go to standard output with exit code 0.
  private static func end(with error: any Error) -> Never {
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    if let complaint = error as? Complaint { complaint.end() }
    let isParser = error is CleanExit || error is ValidationError || isUsageError(error)
    guard isParser else { Complaint(error).end() }
    if exitCode(for: error) == .success {
      StandardStream.write(fullMessage(for: error) + "\n", to: .standardOutput)
      Foundation.exit(ExitClass.done.rawValue)
    }
    Complaint.usage(usageSentence(error)).end()
  }

  /// What the parser complains about and where help is, in one sentence.
  private static func usageSentence(_ error: any Error) -> String {
    let what = message(for: error)
    let hint = fullMessage(for: error).split(separator: "\n").last { $0.contains("--help") }?.split(separator: "'").dropFirst().first
    return "\(what.prefix(1).lowercased())\(what.dropFirst()); '\(hint ?? "echochain --help")' explains"
  }

  /// The parser's own errors are internal types; it gives them the exit code of `EX_USAGE`, or 0 for help.
  private static func isUsageError(_ error: any Error) -> Bool {
    let code = exitCode(for: error)
    return code == .validationFailure || code == .success
  }
}
