import BlockExecution
import EchoRuntime
import Hashing
import Keys
import Node
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import Testing

/// A node with three blocks, the first of which holds a transfer, whose operator calls it.
private func operated(_ body: (TestNode, RPCClient) async throws -> Void) async throws {
  let node = try TestNode()
  _ = try await node.service.submit(node.transfer(nonce: 0))
  for _ in 0..<3 { try await node.service.seal() }
  try await node.serving(exposure: .unsafe) { client, _ async throws in try await body(node, client) }
}

private let alice = DevelopmentKey.alice.account
private let unknown = JSON.hash(H256(words: Words32(1, 2, 3, 4)))

@Suite("Names and habits of Substrate's older methods") struct LegacyShapeTests {
  @Test(
    "an alias answers as the method does",
    arguments: [
      ("chain_getBlockHash", "chain_getHead", [1]), ("chain_getBlockHash", "chain_getHead", []),
      ("chain_getFinalizedHead", "chain_getFinalisedHead", []),
      ("state_getStorage", "state_getStorageAt", [.hex(System.account.key(alice))]),
      ("state_getStorageHash", "state_getStorageHashAt", [.hex(System.account.key(alice))]),
      ("state_getStorageSize", "state_getStorageSizeAt", [.hex(System.account.key(alice))]),
      ("state_getKeysPaged", "state_getKeysPagedAt", ["0x", 5]), ("state_call", "state_callAt", ["Core_version", "0x"]),
      ("state_getRuntimeVersion", "chain_getRuntimeVersion", []),
      ("system_accountNextIndex", "account_nextIndex", [.string(SS58.encode(alice))]),
    ] as [(String, String, [JSON])])
  func aliases(name: String, alias: String, params: [JSON]) async throws {
    try await operated { _, client async throws in
      let answer = try await client.call(name, params)
      #expect(try await client.call(alias, params) == answer && !answer.isNull)
    }
  }

  @Test(
    "each name of a head subscription, with its notification",
    arguments: [
      ("chain_subscribeNewHeads", "chain_unsubscribeNewHeads", "chain_newHead"),
      ("chain_subscribeNewHead", "chain_unsubscribeNewHead", "chain_newHead"),
      ("subscribe_newHead", "unsubscribe_newHead", "chain_newHead"),
      ("chain_subscribeAllHeads", "chain_unsubscribeAllHeads", "chain_allHead"),
      ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads", "chain_finalizedHead"),
      ("chain_subscribeFinalisedHeads", "chain_unsubscribeFinalisedHeads", "chain_finalizedHead"),
    ]) func heads(subscribe: String, unsubscribe: String, notification: String) async throws
  {
    let node = try TestNode()
    try await node.serving { _, server async throws in
      let client = try await WireClient(port: server.port)
      let answer = try await client.call(subscribe, "null", id: #""s""#)
      let id = try #require(answer["result"]?.asString)
      for number in 0...2 {
        if number > 0 { try await node.service.seal() }
        let message = try await client.next()
        #expect(message["method"] == .string(notification) && message["params"]?["subscription"] == .string(id))
        let result = try #require(message["params"]?["result"])
        #expect(result["number"] == .string("0x\(number)"))
        #expect(try await client.call("chain_getHeader")["result"] == result)
      }
      #expect(try await client.call(unsubscribe, #"["\#(id)"]"#)["result"] == true)
      #expect(try await client.call(unsubscribe, #"["\#(id)"]"#)["result"] == false)
    }
  }

  @Test("subscriptions of state notify under their names and end under theirs") func stateSubscriptions() async throws {
    try await TestNode().serving { _, server async throws in
      let client = try await WireClient(port: server.port)
      for (subscribe, unsubscribe, params, notification) in [
        ("state_subscribeStorage", "state_unsubscribeStorage", #"[["0x01","0x02"]]"#, "state_storage"),
        ("state_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion", "[]", "state_runtimeVersion"),
        ("chain_subscribeRuntimeVersion", "chain_unsubscribeRuntimeVersion", "[]", "state_runtimeVersion"),
      ] {
        let id = try #require(try await client.call(subscribe, params)["result"]?.asString)
        let message = try await client.next()
        #expect(message["method"] == .string(notification) && message["params"]?["subscription"] == .string(id))
        if notification == "state_storage" {
          #expect(message["params"]?["result"]?["changes"] == [["0x01", .null], ["0x02", .null]])
        }
        #expect(try await client.call(unsubscribe, #"["\#(id)"]"#)["result"] == true)
      }
    }
  }

  @Test("many watch the state, and each hears of its own keys, in its own spelling") func watching() async throws {
    let node = try TestNode()
    try await node.serving { client, server async throws in
      let dave = Hex.encode(System.account.key(DevelopmentKey.dave.account), prefix: false).uppercased()
      let number = Hex.encode(System.number.key)
      func watch(_ keys: [String]) async throws -> RPCSubscription.Iterator {
        let keys = JSON.array(keys.map { .string($0) })
        return try await client.subscribe("state_subscribeStorage", [keys], unsubscribe: "state_unsubscribeStorage").makeAsyncIterator()
      }
      var both = try await watch([number, dave, "0x00"])
      var only = try await watch([dave, "00"])
      #expect(try await both.next()?["changes"] == [[.string(number), .null], [.string(dave), .null], ["0x00", .null]])
      #expect(try await only.next()?["changes"] == [[.string(dave), .null], ["00", .null]])
      let first = try await node.service.seal()
      #expect(try await both.next() == ["block": .hash(first.hash), "changes": [[.string(number), "0x01000000"]]])
      _ = try await node.service.submit(node.transfer(nonce: 0))
      let second = try await node.service.seal()
      let value = JSON.hex(try #require(second.value(for: System.account.key(DevelopmentKey.dave.account))))
      #expect(
        try await both.next() == ["block": .hash(second.hash), "changes": [[.string(number), "0x02000000"], [.string(dave), value]]])
      #expect(try await only.next() == ["block": .hash(second.hash), "changes": [[.string(dave), value]]], "nothing of the first block")
      var late = try await watch([dave])
      #expect(try await late.next() == ["block": .hash(second.hash), "changes": [[.string(dave), value]]])
      #expect(server.statistics.subscriptions == 3)
      await node.service.stop()
      while server.statistics.subscriptions > 0 { await Task.yield() }
    }
  }

  @Test(
    "block hashes by number",
    arguments: ["1", #""0x1""#, #""0x01""#, #""1""#, "[1]", #"["0x1"]"#, #"["1"]"#, "99", "4294967296", "18446744073709551615", "[99, 1]"])
  func blockHash(number: String) async throws {
    try await operated { node, client async throws in
      let first = JSON.hash(try #require(try node.chain.hash(at: 1)))
      let expected: JSON =
        switch number {
        case "99", "4294967296", "18446744073709551615": .null
        case "[99, 1]": [.null, first]
        default: number.hasPrefix("[") ? [first] : first
        }
      #expect(try await client.call("chain_getBlockHash", [try JSON(parsing: number)]) == expected)
    }
  }

  @Test("numbers that are none are refused", arguments: ["-1", "1.5", #""0x""#, #""0x-1""#, #""+1""#, #""one""#, "{}", "[null]", "true"])
  func noNumber(number: String) async throws {
    try await operated { _, client async throws in
      await refused(client, "chain_getBlockHash", [try JSON(parsing: number)], code: -32602)
    }
  }

  @Test("hexadecimal of any case, with and without 0x, and trailing nulls") func spellings() async throws {
    try await operated { node, client async throws in
      let key = Hex.encode(System.account.key(alice))
      let best = node.chain.best.hash.hex
      let value = try await client.call("state_getStorage", [.string(key)])
      for key in [key, String(key.dropFirst(2)), "0x" + key.dropFirst(2).uppercased(), key.dropFirst(2).uppercased()] {
        for at in [.null, .string(best), .string(String(best.dropFirst(2))), .string("0x" + best.dropFirst(2).uppercased())] as [JSON] {
          #expect(try await client.call("state_getStorage", [.string(key), at]) == value)
          let changes = try await client.call("state_queryStorageAt", [[.string(key)], at])
          #expect(changes == [["block": .string(best), "changes": [[.string(key), value]]]], "the key comes back as it was spelled")
        }
      }
      #expect(try await client.call("state_call", ["AccountNonceApi_account_nonce", .hex(alice.bytes), .null]) == "0x01000000")
      let bare = JSON.string(Hex.encode(alice.bytes, prefix: false))
      #expect(try await client.call("state_call", ["AccountNonceApi_account_nonce", bare]) == "0x01000000")
      for account in [SS58.encode(alice), alice.hex, String(alice.hex.dropFirst(2)), SS58.encode(alice, prefix: 0)] {
        #expect(try await client.call("system_accountNextIndex", [.string(account)]) == 1, "\(account)")
      }
      await refused(client, "system_accountNextIndex", ["nobody"], code: -32602)
    }
  }

  @Test("ids come back as they were sent, parameters may be absent or null") func ids() async throws {
    try await TestNode().serving { _, server async throws in
      let client = try await WireClient(port: server.port)
      for id in ["0", "-5", "18446744073709551615", #""aB17""#, #""""#, "null"] {
        for params in ["", #","params":null"#, #","params":[]"#, #","params":[null]"#] {
          try await client.send(#"{"id":\#(id),"method":"chain_getHeader","jsonrpc":"2.0"\#(params)}"#)
          let answer = try await client.next()
          #expect(answer["id"] == (try JSON(parsing: id)) && answer["result"]?["number"] == "0x0" && answer["jsonrpc"] == "2.0")
        }
      }
    }
  }

  @Test("pages of keys begin behind the start key, which may be the prefix") func startKey() async throws {
    try await operated { node, client async throws in
      let prefix = JSON.hex(Array(System.account.key(alice).prefix(32)))
      let all = try #require(try await client.call("state_getKeysPaged", [prefix, 1000, .null]).asArray)
      #expect(all.count >= 3 && all.map(\.description).sorted() == all.map(\.description))
      #expect(try await client.call("state_getKeysPaged", [prefix, 1000, prefix]).asArray == all)
      #expect(try await client.call("state_getKeysPaged", [prefix, 1000, all[0]]).asArray == Array(all.dropFirst()))
      #expect(try await client.call("state_getKeysPaged", [prefix, 1000, all[all.count - 1]]) == [])
      #expect(try await client.call("state_getKeysPaged", [all[0], 10, all[0]]) == [], "strictly behind it")
      #expect(try await client.call("state_getKeysPaged", [.null, 2]).asArray?.count == 2)
    }
  }

  @Test("the chain and the node") func system() async throws {
    try await operated { node, client async throws in
      #expect(try await client.call("system_properties") == ["ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "TEST"])
      #expect(try await client.call("system_health") == ["peers": 0, "isSyncing": false, "shouldHavePeers": false])
      #expect(try await client.call("system_chainType") == "Development")
      #expect(try await client.call("system_nodeRoles") == ["Authority"])
      #expect(try await client.call("system_peers") == [])
      #expect(try await client.call("system_localListenAddresses") == [])
      #expect(try await client.call("system_syncState") == ["startingBlock": 0, "currentBlock": 3, "highestBlock": 3])
      #expect(try await client.call("system_name") == "Echochain")
      #expect(try await client.call("system_chain").asString?.isEmpty == false)
      #expect(try await client.call("system_version").asString?.split(separator: ".").count == 3)
    }
    try await TestNode(chainType: "Nightly").serving { client, _ async throws in
      #expect(try await client.call("system_chainType") == ["Custom": "Nightly"])
    }
  }

  @Test("sizes of values, and of all values under a prefix") func sizes() async throws {
    try await operated { node, client async throws in
      let prefix = Array(System.account.key(alice).prefix(32))
      let keys = node.chain.best.keys(prefix: prefix, after: nil, limit: 100)
      let sum = keys.reduce(0) { $0 + (node.chain.best.value(for: $1)?.count ?? 0) }
      #expect(sum > 0 && keys.count > 1)
      #expect(try await client.call("state_getStorageSize", [.hex(prefix)]) == JSON(sum))
      #expect(try await client.call("state_getStorageSize", ["0xffff"]).isNull)
      #expect(try await client.call("state_getStorageHash", ["0xffff"]).isNull)
    }
  }
}

@Suite("The operator's methods") struct OperatorMethodTests {
  @Test("pairs under a prefix") func pairs() async throws {
    try await operated { node, client async throws in
      let prefix = Array(System.account.key(alice).prefix(32))
      let expected = node.chain.best.keys(prefix: prefix, after: nil, limit: 100).map { key -> JSON in
        [.hex(key), .hex(node.chain.best.value(for: key) ?? [])]
      }
      #expect(try await client.call("state_getPairs", [.hex(prefix)]) == .array(expected))
      #expect(try await client.call("state_getPairs", ["0xffff", .hash(node.chain.genesisHash)]) == [])
      await refused(client, "state_getPairs", ["0x", unknown], code: 4003)
    }
  }

  @Test("changes over a range of blocks") func queryStorage() async throws {
    try await operated { node, client async throws in
      let dave = System.account.key(DevelopmentKey.dave.account)
      let genesis = JSON.hash(node.chain.genesisHash)
      let hashes = try (0...3).map { JSON.hash(try #require(try node.chain.hash(at: $0))) }
      let value = JSON.hex(try #require(node.chain.best.value(for: dave)))
      let keys: JSON = [.hex(dave), "00"]
      let answer = try await client.call("state_queryStorage", [keys, genesis])
      #expect(
        answer == [
          ["block": genesis, "changes": [[.hex(dave), .null], ["00", .null]]], ["block": hashes[1], "changes": [[.hex(dave), value]]],
        ])
      let single = try await client.call("state_queryStorage", [keys, hashes[1], hashes[1]])
      #expect(single[0]?["changes"] == [[.hex(dave), value], ["00", .null]])
      #expect(try await client.call("state_queryStorage", [keys, hashes[2], hashes[3]]).asArray?.count == 1)
      for range in [[hashes[2], hashes[1]], [unknown, hashes[1]], [genesis, unknown]] {
        let error = await refused(client, "state_queryStorage", [keys] + range, code: 4001)
        #expect(error?.message.hasPrefix("Cannot resolve a block range ['0x") == true)
      }
      await refused(client, "state_queryStorage", [keys], code: -32602)
      await refused(client, "state_queryStorage", [.array(Array(repeating: "00", count: 1001)), genesis], code: 4002)
    }
  }

  @Test("a range may not be long") func longRange() async throws {
    let node = try TestNode()
    for _ in 0..<1030 { try await node.service.seal() }
    try await node.serving(exposure: .auto) { client, _ async throws in
      await refused(client, "state_queryStorage", [["0x00"], .hash(node.chain.genesisHash)], code: 4001)
      let seventh = JSON.hash(try #require(try node.chain.hash(at: 7)))
      let many = JSON.array((0..<300).map { .hex([0, UInt8($0 >> 8), UInt8($0 & 255)]) })
      await refused(client, "state_queryStorage", [many, seventh], code: 4001)
      // Far behind the states at hand, and still the first value is the one of its block.
      let answer = try await client.call("state_queryStorage", [[.hex(System.number.key)], seventh])
      #expect(answer.asArray?.count == 1024)
      #expect(answer[0]?["changes"]?[0]?[1] == "0x07000000" && answer[1023]?["changes"]?[0]?[1] == "0x06040000")
    }
  }

  @Test("a dry run tells what an extrinsic would come to, and changes nothing") func dryRun() async throws {
    typealias ApplyResult = ScaleResult<ScaleResult<Unit, DispatchError>, TransactionValidityError>
    try await operated { node, client async throws in
      func result(_ bytes: [UInt8], at: JSON = .null, method: String = "system_dryRun") async throws -> ApplyResult {
        try ApplyResult(decoding: try #require(try await client.call(method, [.hex(bytes), at]).asBytes))
      }
      let genesis = JSON.hash(node.chain.genesisHash)
      #expect(try await result(node.transfer(nonce: 1)) == .ok(.ok(Unit())))
      #expect(try await result(node.transfer(nonce: 0), at: genesis, method: "system_dryRunAt") == .ok(.ok(Unit())))
      #expect(try await result(node.transfer(nonce: 0)) == .err(.invalid(.stale)))
      #expect(try await result(node.transfer(nonce: 1, genesis: .zero)) == .err(.invalid(.badProof)))
      guard case .ok(.err(let error)) = try await result(node.transfer(nonce: 1, amount: 5000 * unit)) else {
        Issue.record("a transfer of more than there is does not fail")
        return
      }
      guard case .token = error else { return #expect(Bool(false), "\(error)") }
      #expect(try await client.call("system_accountNextIndex", [.hex(alice.bytes)]) == 1)
      let refusal = await refused(client, "system_dryRun", ["0x0102"], code: 2)
      #expect(refusal?.message == "Unable to dry run extrinsic" && refusal?.data?.asString?.isEmpty == false)
      await refused(client, "system_dryRun", [.hex(node.transfer(nonce: 1)), unknown], code: 4003)
    }
  }
}
