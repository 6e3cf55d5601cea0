import Foundation
import TestKit
import Testing

@Suite("Command line") struct CommandLineTests {
  @Test("a second network, a taken port and a locked database are told apart", .timeLimit(.minutes(3))) func conflicts() async throws {
    let network = try await RunningNetwork.up()
    let again = try await Programs.run(["network", "up", "--detach", "--base-path", network.basePath])
    #expect(
      (again.output + again.errors).contains("runs already") || (again.output + again.errors).contains("already run"),
      "\(again.output)\(again.errors)")
    let port = network.endpoints["hub"]?.split(separator: ":").last.map(String.init) ?? ""
    let other = try TemporaryFolder()
    let taken = try await Programs.run(["node", "run", "--chain", "hub", "--dev", "--base-path", other.url.path, "--rpc-port", port])
    #expect(taken.code != 0 && taken.errors.contains(port), "\(taken.output)\(taken.errors)")
    let pid = network.pids["hub"] ?? 0
    let locked = try await Programs.run([
      "node", "run", "--chain", "hub", "--dev", "--base-path", network.basePath + "/chains/hub", "--rpc-port", "0",
    ])
    #expect(locked.code != 0 && locked.errors.contains("\(pid)"), "\(locked.output)\(locked.errors)")
    let status = try await Programs.run(["network", "status", "--base-path", network.basePath, "--json"])
    #expect(status.code == 0 && status.output.contains("\"hub\""), "\(status.output)\(status.errors)")
    try await network.down()
    let gone = try await Programs.run(["network", "status", "--base-path", network.basePath])
    #expect(gone.code != 0 || !gone.output.contains("running"))
  }

  @Test(
    "wrong input ends with its exit code and one sentence",
    arguments: [
      (["frobnicate"], 2), (["send", "--amount"], 2),
      (["node", "run", "--dev", "--rpc-methods", "unsafe", "--rpc-host", "0.0.0.0"], 2),
      (["node", "run", "--dev", "--rpc-cors", "example.org"], 2), (["node", "run", "--dev", "--rpc-max-connections", "0"], 2),
      (["node", "run", "--chain", "/nowhere/spec.toml", "--base-path", "/nowhere", "--dev"], 3),
      (["query", "block", "--url", "ws://127.0.0.1:1"], 4), (["proof", "verify", "/nowhere/proof.json"], 3),
      (["conformance", "/nowhere"], 3),
    ] as [([String], Int32)])
  func wrongInput(arguments: [String], code: Int32) async throws {
    let ended = try await Programs.run(arguments)
    #expect(ended.code == code, "\(arguments): \(ended.output)\(ended.errors)")
    #expect(!ended.errors.isEmpty && !ended.errors.contains("Fatal error"))
  }

  @Test(
    "every command explains itself with an example",
    arguments: [
      ["network", "up"], ["node", "run"], ["send"], ["key", "generate"], ["key", "sign"], ["tx", "transfer"], ["tx", "call"],
      ["query", "storage"], ["query", "metadata"], ["query", "constants"],
      ["path", "list"], ["proof", "export"], ["proof", "verify"], ["audit", "supply"], ["conformance"],
      ["trace"], ["xcm", "decode"], ["xcm", "encode"], ["xcm", "weigh"], ["xcm", "sovereign"], ["xcm", "dry-run"], ["xcm", "quote"],
      ["xcm", "traps"], ["xcm", "claim"], ["market"], ["market", "list"], ["market", "show"], ["market", "sell"], ["market", "buy"],
      ["market", "deliver"], ["market", "fetch"], ["market", "confirm"], ["market", "complain"], ["market", "settle"], ["market", "bid"],
      ["market", "review"], ["market", "orders"], ["royalty"], ["royalty", "work"], ["royalty", "split"], ["royalty", "pay"],
      ["royalty", "claim"], ["royalty", "payout"], ["royalty", "statement"], ["royalty", "verify"],
    ])
  func help(command: [String]) async throws {
    let ended = try await Programs.run(command + ["--help"])
    #expect(ended.code == 0 && ended.output.contains("echochain \(command.joined(separator: " "))"), "\(ended.output)")
  }

  /// A command as `--experimental-dump-help` describes it.
  private struct Described: Decodable {
    struct Tool: Decodable { var command: Described }
    var commandName: String
    var discussion: String?
    var subcommands: [Described]?
  }

  @Test("every command of the market and of royalties has an example in its help, which is understood") func examples() async throws {
    let dumped = try await Programs.run(["--experimental-dump-help"])
    var rest =
      try JSONDecoder().decode(Described.Tool.self, from: Data(dumped.output.utf8)).command.subcommands?
      .filter { ["market", "royalty"].contains($0.commandName) }.map { (path: "echochain \($0.commandName)", command: $0) } ?? []
    #expect(rest.count == 2)
    while let (path, command) = rest.popLast() {
      let text = command.discussion?.replacing("\\\n", with: " ").replacing("0x5c1e…", with: unknownHash) ?? ""
      let examples = text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("echochain ") }
      #expect(examples.contains { $0.hasPrefix("\(path) ") }, "\(path)")
      for example in examples {
        // Quoted words are every second part.
        let parts = example.split(separator: "\"", omittingEmptySubsequences: false)
        let words = parts.enumerated().flatMap { $0.offset.isMultiple(of: 2) ? $0.element.split(separator: " ") : [$0.element] }
        let place = example.hasPrefix("echochain royalty verify") ? [] : ["--base-path", "/nowhere"]
        let ended = try await Programs.run(words.dropFirst().map(String.init) + place)
        // There is neither a network nor a file.
        #expect(ended.code == 3, "\(example): exit \(ended.code): \(ended.errors)")
      }
      rest += (command.subcommands ?? []).map { ("\(path) \($0.commandName)", $0) }
    }
  }

  @Test("real proofs of Polkadot verify, altered ones do not") func foreign() async throws {
    let beefy = Fixture.folder.appending(path: "beefy/mainnet_submit_final.json")
    let good = try await Programs.run(["proof", "verify", "--beefy", beefy.path])
    #expect(good.code == 0, "\(good.output)\(good.errors)")
    var text = try String(contentsOf: beefy, encoding: .utf8)
    // One digit of a signature's r.
    let range = try #require(text.range(of: "\"r\": \"0x") ?? text.range(of: "\"r\":\"0x"))
    let digit = text.index(range.upperBound, offsetBy: 5)
    text.replaceSubrange(digit...digit, with: text[digit] == "a" ? "b" : "a")
    let altered = try TemporaryFolder.file()
    try text.write(to: altered, atomically: true, encoding: .utf8)
    let bad = try await Programs.run(["proof", "verify", "--beefy", altered.path])
    #expect(bad.code == 5, "\(bad.output)\(bad.errors)")
  }

  @Test("the committed vectors conform") func conformance() async throws {
    let ended = try await Programs.run(["conformance", Fixture.folder.path])
    #expect(ended.code == 0, "\(ended.output)\(ended.errors)")
  }
}
