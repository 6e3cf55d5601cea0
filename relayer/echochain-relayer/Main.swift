internal import ArgumentParser

@main
struct RelayerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echochain-relayer",
    abstract: "Relays messages between Echochain chains. No chain trusts it: everything it brings is checked.",
    discussion: """
      EXAMPLES
        echochain-relayer check --config relayer.toml
        echochain-relayer run --config relayer.toml
        echochain-relayer once --config relayer.toml --timeout 30
        curl http://127.0.0.1:9950/healthz

      EXIT CODES
        0 done   2 usage   3 configuration   4 network
      """,
    version: "0.1.0", subcommands: [Run.self, Check.self, Once.self])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch {
      // ArgumentParser's own code for wrong usage is 64; ours are by class.
      if exitCode(for: error) == .validationFailure {
        Output.error(fullMessage(for: error))
        exit(withError: ExitCode(2))
      }
      exit(withError: error)
    }
  }
}
