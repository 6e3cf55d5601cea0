import ChainClient
import Primitives
import RPC
import Synchronization
import Testing

/// A node that says what a test wants.
private func withNode(
  info changes: [String: JSON] = [:], pages: [[JSON]] = [], _ body: (String) async throws -> Void
) async throws {
  let hash = JSON.hash(H256.zero)
  var info: [String: JSON] = [
    "name": "hub", "network": "echo-dev", "paraId": 1000, "genesisHash": hash, "tokenSymbol": "ECHO",
    "tokenDecimals": 12, "ss58Format": 42, "existentialDeposit": "1000000", "specVersion": 1, "transactionVersion": 1,
    "sessionLength": 600, "finalized": ["number": 7, "hash": hash, "timestamp": 7000],
  ]
  info.merge(changes) { $1 }
  let answer = JSON.object(info)
  let asked = Mutex(0)
  var methods = RPCMethods()
  methods.method("echo_chainInfo") { _ in answer }
  // The last page again and again: a node that does not want to come to an end.
  methods.method("state_getKeysPaged") { _ in
    let number = asked.withLock { count in
      defer { count += 1 }
      return count
    }
    return .array(pages[min(number, pages.count - 1)])
  }
  let server = try await RPCServer.start(RPCServerConfiguration(port: 0), methods: methods)
  do { try await body("ws://127.0.0.1:\(server.port)") } catch {
    await server.shutdown(grace: .zero)
    throw error
  }
  await server.shutdown(grace: .zero)
}

/// Keys `0x01` with two more bytes that count up.
private func page(_ numbers: Range<Int>) -> [JSON] { numbers.map { .hex([1, UInt8($0 >> 8 & 0xff), UInt8($0 & 0xff)]) } }

@Suite("A node that cannot be trusted") struct HostileNodeTests {
  @Test(
    "what a node says about its chain is taken up to its bounds",
    arguments: [
      ["ss58Format": 16_383], ["ss58Format": 0], ["tokenDecimals": 38], ["sessionLength": 1], ["paraId": 4_294_967_295],
    ] as [[String: JSON]])
  func bounds(changes: [String: JSON]) async throws {
    try await withNode(info: changes) { url in
      let client = try await ChainClient.connect(url)
      #expect(client.info.name == "hub")
      await client.close()
    }
  }

  @Test(
    "numbers out of bounds are refused by name",
    arguments: [
      ("ss58Format", 16_384), ("ss58Format", 20_000), ("ss58Format", 70_000), ("ss58Format", -1), ("ss58Format", .null),
      ("tokenDecimals", 39), ("tokenDecimals", 256), ("sessionLength", 0), ("sessionLength", 4_294_967_296),
      ("paraId", "many"), ("specVersion", 4_294_967_296), ("transactionVersion", 1.5),
      ("existentialDeposit", "340282366920938463463374607431768211456"), ("genesisHash", "0x00"), ("name", 5),
    ] as [(String, JSON)])
  func beyond(name: String, value: JSON) async throws {
    try await withNode(info: [name: value]) { url in
      do {
        _ = try await ChainClient.connect(url)
        Issue.record("\(name) \(value) was taken")
      } catch ChainClientError.malformed(let method, let reason) {
        #expect(method == "echo_chainInfo" && reason.contains(name), "\(reason)")
      }
    }
  }

  @Test("pages of keys are read to the end") func pages() async throws {
    try await withNode(pages: [page(0..<1000), page(1000..<1003)]) { url in
      let client = try await ChainClient.connect(url)
      let keys = try await client.keys(prefix: [1], at: nil)
      #expect(keys.count == 1003 && keys.last == [1, 3, 0xea])
      await client.close()
    }
  }

  @Test(
    "pages that do not end, turn back, leave the prefix or are too many are refused",
    arguments: [
      ([page(0..<1000)], "do not rise"),
      ([page(0..<1000), page(999..<1001)], "do not rise"),
      ([[.hex([1, 2]), .hex([1, 1])]], "do not rise"),
      ([[.hex([1, 2]), .hex([2, 0])]], "outside the prefix"),
      ([[.hex([])]], "outside the prefix"),
      ([page(0..<1001)], "more than 1000 keys"),
      ([page(0..<1000), page(1000..<2000), page(2000..<3000)], "more than 2500 keys"),
      ([["no bytes"]], "not bytes"),
    ] as [([[JSON]], String)])
  func refusedPages(pages: [[JSON]], reason: String) async throws {
    try await withNode(pages: pages) { url in
      let client = try await ChainClient.connect(url)
      do {
        _ = try await client.keys(prefix: [1], at: nil, limit: 2500)
        Issue.record("taken, though: \(reason)")
      } catch ChainClientError.malformed(let method, let text) {
        #expect(method == "state_getKeysPaged" && text.contains(reason), "\(text)")
      }
      await client.close()
    }
  }
}
