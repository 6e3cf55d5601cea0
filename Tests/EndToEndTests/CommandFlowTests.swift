import Foundation
import Testing

/// What a person does with the command line, from a new key to a proof of a transfer.
@Suite("Command flow") struct CommandFlowTests {
  @Test("a new key signs, and only for its message") func keys() async throws {
    let desk = try Desk()
    let made = try await desk.run(["key", "generate", "--name", "carol", "--json"], with: .keys)
    #expect(made.code == 0, "\(made.text)")
    let address = try made.value("address", as: String.self)
    #expect(try made.value("phrase", as: String.self).split(separator: " ").count == 12)
    let inspected = try await desk.run(["key", "inspect", "carol", "--json"], with: .keys)
    #expect(try inspected.value("address", as: String.self) == address)
    #expect(try inspected.value("publicKey", as: String.self) == made.value("publicKey", as: String.self))
    let signed = try await desk.run(["key", "sign", "--key", "carol", "--message", "I am carol", "--json"], with: .keys)
    let signature = try signed.value("signature", as: String.self)
    let checks: [(message: String, signer: String, code: Int32)] = [
      ("I am carol", "carol", 0), ("I am carol", address, 0), ("I am dave", "carol", 5), ("I am carol", "alice", 5),
    ]
    for (message, signer, code) in checks {
      let verified = try await desk.run(
        ["key", "verify", "--dev", "--signer", signer, "--message", message, "--signature", signature], with: .keys)
      #expect(verified.code == code, "\(verified.text)")
    }
    let again = try await desk.run(["key", "generate", "--name", "carol"], with: .keys)
    #expect(again.code == 3, "\(again.text)")
    try Data("wrong".utf8).write(to: desk.password)
    let closed = try await desk.run(["key", "sign", "--key", "carol", "--message", "I am carol"], with: .keys)
    #expect(closed.code == 3 && !closed.output.contains("0x"), "\(closed.text)")
  }

  @Test("a transfer is sent, followed, proven and refused when altered", .timeLimit(.minutes(5))) func transfers() async throws {
    let network = try await RunningNetwork.up()
    let desk = try Desk(network: network.basePath)
    _ = try await desk.run(["key", "generate", "--name", "carol", "--quiet"], with: .keys)
    let funded = try await desk.run(
      ["tx", "transfer", "--chain", "hub", "--from", "alice", "--to", "carol", "--amount", "12.5", "--json"], with: .both)
    #expect(try funded.code == 0 && funded.value("success"), "\(funded.text)")
    let account = try await desk.run(["query", "account", "carol", "--chain", "hub", "--json"], with: .both)
    #expect(try account.value("balances", 0, "free", as: String.self) == "12500000000000", "\(account.text)")
    let order = ["--from", "hub", "--to", "market", "--asset", "ECHO", "--amount", "3", "--recipient", "bob", "--sender", "carol"]
    let sent = try await desk.run(["send"] + order + ["--wait", "--json"], with: .both)
    #expect(try sent.code == 0 && sent.value("status", as: String.self) == "executed", "\(sent.text)")
    let message = try sent.value("messageId", as: String.self)
    let paths = try await desk.run(["path", "list", "--json"], with: .network)
    #expect(try paths.value(0, "chain", as: String.self) == "hub" && paths.value(0, "sent", as: Int.self) == 1, "\(paths.text)")
    #expect(try paths.value(1, "highestReceived", as: Int.self) == 1, "\(paths.text)")

    let bundle = desk.folder.url.appending(path: "message.json")
    let exported = try await desk.run(["proof", "export", "--chain", "hub", "--message", message, "--out", bundle.path], with: .network)
    #expect(exported.code == 0, "\(exported.text)")
    let logs = try await desk.run(["network", "logs", "relayer"], with: .network)
    #expect(logs.code == 0 && logs.output.contains("delivered"), "\(logs.text)")
    let down = try await desk.run(["network", "down"], with: .network)
    #expect(down.code == 0 && ["hub", "market", "relayer"].allSatisfy { down.output.contains($0) }, "\(down.text)")

    // Proofs need no network.
    let good = try await desk.run(["proof", "verify", bundle.path, "--spec", "hub"])
    #expect(good.code == 0, "\(good.text)")
    let foreign = try await desk.run(["proof", "verify", bundle.path, "--spec", "market"])
    #expect(foreign.code == 5, "\(foreign.text)")
    try desk.alter(bundle)
    let bad = try await desk.run(["proof", "verify", bundle.path, "--spec", "hub"])
    #expect(bad.code == 5 && bad.errors.contains("error:"), "\(bad.text)")
    let after = try await desk.run(["query", "account", "bob", "--chain", "hub"], with: .network)
    #expect(after.code != 0, "\(after.text)")
  }
}

/// A person's own files, and the options that name them.
private struct Desk {
  /// What a command works with.
  enum Tools { case nothing, keys, network, both }

  let folder: TemporaryFolder
  let password: URL
  private let network: String?

  init(network: String? = nil) throws {
    folder = try TemporaryFolder()
    password = folder.url.appending(path: "password")
    try Data("correct horse\n".utf8).write(to: password)
    self.network = network
  }

  func run(_ arguments: [String], with tools: Tools = .nothing) async throws -> Programs.Ended {
    var arguments = arguments
    if tools == .keys || tools == .both {
      arguments += ["--keystore", folder.url.appending(path: "keys").path, "--password-file", password.path]
    }
    if let network, tools == .network || tools == .both { arguments += ["--base-path", network] }
    return try await Programs.run(arguments)
  }

  /// Changes one digit in the middle of a bundle's bytes.
  func alter(_ file: URL) throws {
    var text = try String(contentsOf: file, encoding: .utf8)
    let runs = text.ranges(of: /0x[0-9a-f]+/)
    guard let longest = runs.max(by: { text[$0].count < text[$1].count }) else { throw HarnessError("no bytes in \(file.path)") }
    let middle = text.index(longest.lowerBound, offsetBy: text[longest].count / 2)
    text.replaceSubrange(middle...middle, with: text[middle] == "0" ? "1" : "0")
    try text.write(to: file, atomically: true, encoding: .utf8)
  }
}
