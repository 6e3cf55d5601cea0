import Keys
import Logging
import Primitives
import RelayerCore
import Testing

@Suite("Configuration") struct ConfigurationTests {
  static let chains = """
    development = true
    [[chains]]
    name = "hub"
    url = "ws://127.0.0.1:9944"
    key = "//Alice"
    [[chains]]
    name = "market"
    url = "http://127.0.0.1:9945"
    key = "//Bob"
    payout = "0x0101010101010101010101010101010101010101010101010101010101010101"

    """
  static let path = "[[paths]]\na = \"hub\"\nb = \"market\"\n"

  @Test("a full file is read") func reads() throws {
    let head =
      "log_level = \"debug\"\npoll_interval_ms = 250\nmetrics_port = 0\nstall_after_s = 5\nsubmission_timeout_s = 7\n"
    let limits = "[limits]\nmessages_per_batch = 10\ntimeout_margin_ms = 0\n"
    let configuration = try RelayerConfiguration(toml: head + Self.chains + Self.path + limits)
    #expect(configuration.logLevel == .debug)
    #expect(configuration.pollInterval == .milliseconds(250))
    #expect(configuration.metrics?.host == "127.0.0.1" && configuration.metrics?.port == 0)
    #expect(configuration.stallAfter == .seconds(5) && configuration.submissionTimeout == .seconds(7))
    #expect(configuration.limits.messages == 10 && configuration.limits.timeoutMargin == 0)
    #expect(configuration.paths == [RelayerConfiguration.Path(a: "hub", b: "market")])
    let alice = DevelopmentKey.alice.secretKey.publicKey.accountID
    #expect(configuration.chains[0].payout == alice)
    #expect(configuration.chains[1].payout == AccountID([UInt8](repeating: 1, count: 32)))
  }

  @Test("the example is valid") func example() throws {
    let configuration = try RelayerConfiguration.load("relayer/relayer.example.toml")
    #expect(configuration.chains.map(\.name) == ["hub", "market", "studio"])
    #expect(configuration.paths.count == 3)
    #expect(configuration.limits == BatchLimits())
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var error: ConfigurationError
    var testDescription: String { error.description }
  }

  static let cases: [Case] = [
    Case(text: chains, error: .missingKey("paths")),
    Case(text: "development = true\n" + path, error: .missingKey("chains")),
    Case(text: "pol_interval_ms = 1\n" + chains + path, error: .unknownKey("pol_interval_ms")),
    Case(text: chains + path + "c = 1\n", error: .unknownKey("paths[0].c")),
    Case(text: chains + path + "[limits]\nmessages = 1\n", error: .unknownKey("limits.messages")),
    Case(text: chains.replacing("key = \"//Bob\"", with: "keys = 1") + path, error: .unknownKey("chains[1].keys")),
    Case(text: chains.replacing("key = \"//Bob\"\n", with: "") + path, error: .missingKey("chains[1].key_file")),
    Case(text: chains.replacing("name = \"hub\"\n", with: "") + path, error: .missingKey("chains[0].name")),
    Case(text: chains + "[[paths]]\na = \"hub\"\n", error: .missingKey("paths[0].b")),
    Case(text: chains.replacing("true", with: "false") + path, error: .developmentKey(key: "chains[0].key")),
    Case(
      text: chains.replacing("true", with: "\"yes\"") + path,
      error: .wrongType(key: "development", expected: "true or false")),
    Case(
      text: "poll_interval_ms = \"1\"\n" + chains + path,
      error: .wrongType(key: "poll_interval_ms", expected: "a whole number")),
    Case(
      text: "poll_interval_ms = 1\n" + chains + path,
      error: .invalidValue(key: "poll_interval_ms", reason: "takes 50 to 3600000")),
    Case(text: "metrics_host = \"::1\"\n" + chains + path, error: .missingKey("metrics_port")),
    Case(
      text: "log_level = \"loud\"\n" + chains + path,
      error: .invalidValue(key: "log_level", reason: "takes trace, debug, info, notice, warning, error or critical")),
    Case(
      text: chains.replacing("\"market\"", with: "\"hub\"") + path,
      error: .duplicate(key: "chains[1].name", value: "hub")),
    Case(
      text: chains + path + "[[paths]]\na = \"market\"\nb = \"hub\"\n",
      error: .duplicate(key: "paths[1].a", value: "market-hub")),
    Case(
      text: chains + path.replacing("\"market\"", with: "\"hub\""),
      error: .invalidValue(key: "paths[0].b", reason: "both ends are hub")),
    Case(text: chains + path.replacing("market", with: "moon"), error: .unknownChain(key: "paths[0].b", name: "moon")),
    Case(
      text: chains.replacing("ws://", with: "wss://") + path,
      error: .invalidValue(key: "chains[0].url", reason: "takes ws://host:port")),
    Case(
      text: chains.replacing("0x0101", with: "0x01") + path,
      error: .invalidValue(key: "chains[1].payout", reason: "is neither an SS58 address nor 32 bytes in hexadecimal")),
    Case(
      text: chains.replacing("//Bob", with: "0x" + String(repeating: "11", count: 32)) + path,
      error: .invalidValue(key: "chains[1].key", reason: "holds a secret; keep it in a key_file")),
    Case(
      text: chains.replacing("key = \"//Bob\"", with: "key = \"//Bob\"\nkey_file = \"x\"") + path,
      error: .invalidValue(key: "chains[1].key", reason: "key and key_file exclude each other")),
  ]

  @Test("a wrong file is refused by its key", arguments: cases) func refuses(_ wrong: Case) {
    #expect(throws: wrong.error) { try RelayerConfiguration(toml: wrong.text) }
  }

  @Test("a syntax error names its line") func syntax() {
    let error = #expect(throws: ConfigurationError.self) {
      try RelayerConfiguration(toml: "development = true\nlog_level = = 1\n")
    }
    guard case .syntax(_, line: 2) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("a missing file is named") func missing() {
    let error = #expect(throws: ConfigurationError.self) { try RelayerConfiguration.load("relayer/no-such-file.toml") }
    guard case .unreadable(let path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path.hasSuffix("relayer/no-such-file.toml"))
  }
}
