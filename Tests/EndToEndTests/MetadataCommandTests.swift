import Foundation
import Keys
import Metadata
import Primitives
import TestKit
import Testing

/// The commands that know a chain by its metadata only.
@Suite("Commands by metadata", .network("hub")) struct MetadataCommandTests {
  private let aliceText = SS58.encode(DevelopmentKey.alice.secretKey.publicKey.accountID)

  @Test("a file with another chain's metadata") func file() async throws {
    let path = Fixture.folder.appending(path: "metadata/polkadot_v14.scale").path
    let all = try await Programs.run(["query", "metadata", "--file", path, "--json"])
    #expect(all.code == 0, "\(all.errors)")
    #expect(try all.value("version", as: Int.self) == 14)
    #expect(try all.value("types", as: Int.self) == 580)
    #expect(try all.value("pallets", as: [[String: Any]].self).count == 46)
    let one = try await Programs.run(["query", "metadata", "--file", path, "--pallet", "balances"])
    #expect(one.output.contains("transfer_keep_alive(dest: MultiAddress, value: Compact<u128>)"), "\(one.text)")
    #expect(
      one.output.contains("ExistentialDeposit: u128 = \"10000000000\"") || one.output.contains("ExistentialDeposit: u128 = 10000000000"))
    #expect(one.output.contains("InsufficientBalance") && one.output.contains("Account[AccountId32]"))
    let none = try await Programs.run(["query", "metadata", "--file", path, "--pallet", "Nothing"])
    #expect(none.code == 2 && none.errors.contains("Balances"), "\(none.text)")
    let wrong = try await Programs.run(["query", "metadata", "--file", Fixture.folder.appending(path: "metadata/manifest.json").path])
    #expect(wrong.code == 3 && wrong.errors.contains("meta"), "\(wrong.text)")
  }

  @Test("what the node says of itself", arguments: ["14", "15"]) func own(version: String) async throws {
    let network = try SharedNetwork.current()
    let asked = try await network.run(["query", "metadata", "--chain", "hub", "--version", version, "--json"])
    #expect(asked.code == 0, "\(asked.errors)")
    #expect(try asked.value("version", as: Int.self) == Int(version))
    let names = try asked.value("pallets", as: [[String: Any]].self).compactMap { $0["name"] as? String }
    #expect(["System", "Timestamp", "Balances", "Messages"].allSatisfy(names.contains), "\(names)")
    let raw = try TemporaryFolder.file()
    defer { try? FileManager.default.removeItem(at: raw) }
    let command = ["query", "metadata", "--url", network.endpoint("hub"), "--version", version, "--raw"]
    let pid = try Programs.start([Programs.folder.appending(path: "echochain").path] + command, log: raw)
    #expect(await Programs.ending(of: pid) == 0)
    let read = try await Programs.run(["query", "metadata", "--file", raw.path, "--json"])
    #expect(read.code == 0 && read.output == asked.output, "\(read.errors)")
  }

  @Test("constants") func constants() async throws {
    let network = try SharedNetwork.current()
    let one = try await network.run(["query", "constants", "--chain", "hub", "Balances.existentialDeposit", "--json"])
    #expect(one.code == 0, "\(one.errors)")
    #expect(try one.value(0, "name", as: String.self) == "ExistentialDeposit")
    let some = try await network.run(["query", "constants", "--chain", "hub", "System"])
    #expect(some.code == 0 && some.output.contains("System.BlockHashCount") && !some.output.contains("Balances."), "\(some.text)")
  }

  @Test("rows by their names, by their keys, and listed") func storage() async throws {
    let network = try SharedNetwork.current()
    let query = ["query", "storage", "--chain", "hub", "--json"]
    let word = try await network.run(query + ["--item", "System.Account", "alice"])
    #expect(word.code == 0, "\(word.errors)")
    #expect(try word.value("rows", 0, "item", as: String.self) == "System.Account")
    #expect(try word.value("rows", 0, "keys", 0, as: String.self) == aliceText)
    let key = try word.value("rows", 0, "key", as: String.self)
    let free = try word.value("rows", 0, "decoded", "data", "free", as: String.self)
    #expect((Balance(free) ?? 0) > 0)
    let list = try await network.run(query + ["--item", "System.Account", "--args", "[\"\(aliceText)\"]"])
    #expect(try list.value("rows", 0, "key", as: String.self) == key)
    let whole = try await network.run(query + ["--key", key])
    #expect(try whole.value("rows", 0, "keys", 0, as: String.self) == aliceText)
    let rows = try await network.run(query + ["--item", "System.Account", "--prefix", "--limit", "3"])
    #expect(try rows.value("rows", as: [[String: Any]].self).count == 3)
    let map = try await network.run(query + ["--item", "System.Account"])
    #expect(map.code == 2 && map.errors.contains("map"), "\(map.text)")
    let unknown = try await network.run(query + ["--item", "System.Nothing"])
    #expect(unknown.code == 2 && unknown.errors.contains("Account"), "\(unknown.text)")
  }

  @Test("calls of a chain that offers nothing of its own", .timeLimit(.minutes(3)), arguments: [true, false]) func plain(hasVersion15: Bool)
    async throws
  {
    let network = try SharedNetwork.current()
    let node = try await PlainNode.start(before: network.endpoint("hub"), hasVersion15: hasVersion15)
    let call = ["--url", node.url, "--from", "ferdie", "--json"]
    let tried = try await Programs.run(["tx", "call", "System.remark", "--args", #"["0x1234"]"#, "--estimate"] + call)
    #expect(tried.code == 0, "\(tried.errors)")
    let fee = Balance(try tried.value("fee", as: String.self)) ?? 0
    #expect(fee > 0)
    let made = try await Programs.run(["tx", "call", "System.remark", "--args", #"{"remark":"0x1234"}"#] + call)
    #expect(made.code == 0, "\(made.errors)")
    #expect(try made.value("success", as: Bool.self))
    let events = try made.value("events", as: [[String: Any]].self)
    #expect(events.last?["event"] as? String == "ExtrinsicSuccess", "\(made.output)")
    let paid = events.first { $0["event"] as? String == "TransactionFeePaid" }?["fields"] as? [String: Any]
    if let paid { #expect(Balance("\(paid["actual_fee"] ?? "")") == fee) }
    let refused = try await Programs.run(
      ["tx", "call", "Balances.transfer_keep_alive", "--args", #"{"dest":"bob","value":"340282366920938463463374607431768211455"}"#] + call)
    #expect(refused.code == 6 && refused.errors.contains("refused the call: "), "\(refused.text)")
    #expect(try !refused.value("success", as: Bool.self))
    let rows = try await Programs.run(["query", "storage", "--url", node.url, "--item", "System.Number", "--json"])
    #expect(try rows.code == 0 && rows.value("rows", 0, "decoded", as: Int.self) > 0, "\(rows.text)")
    await node.stop()
  }

  @Test("one call in several spellings") func spellings() async throws {
    let network = try SharedNetwork.current()
    let bob = SS58.encode(DevelopmentKey.bob.secretKey.publicKey.accountID)
    let forms: [(call: String, arguments: String)] = [
      ("Balances.transfer_keep_alive", #"{"dest":"bob","value":5}"#), ("balances.transferKeepAlive", #"{"value":"5","dest":"\#(bob)"}"#),
      ("Balances.transfer_keep_alive", #"{"dest":{"Id":"bob"},"value":"5"}"#), ("Balances.transfer_keep_alive", #"["bob",5]"#),
    ]
    var encodings = Set<String>()
    for form in forms {
      let made = try await network.run([
        "tx", "call", form.call, "--args", form.arguments, "--chain", "hub", "--from", "alice", "--dry-run",
      ])
      #expect(made.code == 0, "\(made.text)")
      encodings.insert(made.output)
    }
    #expect(encodings.count == 1, "\(encodings)")
    let wrong = try await network.run([
      "tx", "call", "Balances.transfer_keep_alive", "--args", #"{"dest":{"Id":"0x12"},"value":5}"#, "--chain", "hub", "--from", "alice",
      "--dry-run",
    ])
    #expect(wrong.code == 2 && wrong.errors.contains("call.dest.Id"), "\(wrong.text)")
  }
}
