import BlockExecution
import EchoRuntime
import Finality
import Hashing
import Keys
import Node
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import StateTrie
import Testing

/// A node with a few blocks behind its states in memory, transfers among them.
private func archive(
  blocks: Int = 6, differenceBlocks: UInt32 = 1024, differenceKeys: Int = 16_384, _ body: (TestNode, RPCClient) async throws -> Void
) async throws {
  var limits = ModernLimits()
  limits.pageRows = 3
  limits.differenceBlocks = differenceBlocks
  limits.differenceKeys = differenceKeys
  limits.archiveQueries = 2
  let node = try TestNode(modernLimits: limits)
  for nonce in 0..<blocks {
    _ = try await node.service.submit(node.transfer(nonce: UInt32(nonce)))
    try await node.service.seal()
  }
  try await node.serving { client async throws in try await body(node, client) }
}

/// All events of a storage request, the last one included.
private func events(
  _ client: RPCClient, _ params: [JSON], diff: Bool = false
) async throws -> [JSON] {
  let name = diff ? "storageDiff" : "storage"
  let stream = try await client.subscribe(
    "archive_v1_\(name)", params, unsubscribe: diff ? "archive_v1_stopStorageDiff" : "archive_v1_stopStorage", buffer: 100_000)
  var iterator = stream.makeAsyncIterator()
  var events: [JSON] = []
  while let event = try await iterator.next() {
    events.append(event)
    if event["event"] == .string(name + "Done") || event["event"] == .string(name + "Error") { break }
  }
  return events
}

@Suite("The archive") struct ModernArchiveTests {
  @Test("heights, hashes, headers and bodies since genesis") func blocks() async throws {
    try await archive { node, client async throws in
      #expect(try await client.call("archive_v1_genesisHash") == .hash(node.chain.genesisHash))
      #expect(try await client.call("archive_v1_finalizedHeight") == 6)
      for height in 0...6 {
        let number = BlockNumber(height)
        let hash = JSON.hash(try #require(try node.chain.hash(at: number)))
        #expect(try await client.call("archive_v1_hashByHeight", [JSON(height)]) == [hash])
        #expect(try await client.call("archive_v1_header", [hash]) == .hex(try #require(try node.chain.header(at: number)).encoded()))
        #expect(
          try await client.call("archive_v1_body", [hash])
            == .array(try #require(try node.chain.body(at: number)).map { .hex($0) }))
      }
      for height in [7, 0xffff_ffff, 0x1_0000_0000] as [JSON] {
        #expect(try await client.call("archive_v1_hashByHeight", [height]) == [])
      }
      #expect(try await client.call("archive_v1_header", [nowhere]).isNull)
      #expect(try await client.call("archive_v1_body", [nowhere]).isNull)
      await refused(client, "archive_v1_hashByHeight", [-1], code: -32602)
      await refused(client, "archive_v1_header", ["0x12"], code: -32602)
      await refused(client, "archive_v1_body", [], code: -32602)
    }
  }

  @Test("runtime calls at any block") func calls() async throws {
    try await archive { node, client async throws in
      let account = JSON.hex(DevelopmentKey.alice.account.bytes)
      for number in 0...6 {
        let hash = JSON.hash(try #require(try node.chain.hash(at: BlockNumber(number))))
        #expect(
          try await client.call("archive_v1_call", [hash, "AccountNonceApi_account_nonce", account])
            == ["success": true, "value": .hex([UInt8(number), 0, 0, 0])])
      }
      let best = JSON.hash(node.chain.best.hash)
      for (function, data) in [("No_such", "0x"), ("AccountNonceApi_account_nonce", "0x00")] {
        let answer = try await client.call("archive_v1_call", [best, .string(function), .string(data)])
        #expect(answer["success"] == false && answer["error"]?.asString?.isEmpty == false)
      }
      #expect(try await client.call("archive_v1_call", [nowhere, "Core_version", "0x"]).isNull)
      await refused(client, "archive_v1_call", [best, "Core_version"], code: -32602)
    }
  }

  @Test("storage of every kind, at every block, with a place to go on from", arguments: [0, 3, 80])
  func storage(height: Int) async throws {
    // Far enough back that the state is not in memory.
    try await archive(blocks: height == 80 ? 90 : 6) { node, client async throws in
      let state = try #require(try node.chain.state(at: BlockNumber(height == 80 ? 5 : height)))
      let hash = JSON.hash(state.hash)
      let key = System.account.key(DevelopmentKey.alice.account)
      let prefix = Array(key.prefix(32))
      let all = rows(of: state, under: prefix)
      let value = try #require(state.value(for: key))
      let trie = StateTrie(entries: rows(of: state))
      let queries: [JSON] = [
        item(key, "value"), item(key, "hash"), item(prefix, "closestDescendantMerkleValue"), item([1], "value"),
        item(prefix, "descendantsValues"), item(prefix, "descendantsHashes", after: all[0].key),
      ]
      var expected: [JSON] = [
        ["event": "storage", "key": .hex(key), "value": .hex(value)],
        ["event": "storage", "key": .hex(key), "hash": .hash(Hash.blake2b256(value))],
        [
          "event": "storage", "key": .hex(prefix),
          "closestDescendantMerkleValue": .hex(try #require(trie.merkleValue(closestTo: prefix))),
        ],
      ]
      expected += all.map { ["event": "storage", "key": .hex($0.key), "value": .hex($0.value)] }
      expected += all.dropFirst().map { ["event": "storage", "key": .hex($0.key), "hash": .hash(Hash.blake2b256($0.value))] }
      #expect(try await events(client, [hash, .array(queries), .null]) == expected + [["event": "storageDone"]])
      #expect(try await events(client, [hash, .array(queries), "0x01"]) == [["event": "storageDone"]])
    }
  }

  @Test("requests that cannot be served") func refusals() async throws {
    try await archive { node, client async throws in
      let best = JSON.hash(node.chain.best.hash)
      for params in [
        [], [best], ["0x12", []], [best, [["key": "0x"]]], [best, [["key": "0x", "type": "size"]]],
        [best, [["key": "0x", "type": "value", "paginationStartKey": "0x00"]]],
        [best, [["key": "0x", "type": "descendantsValues", "paginationStartKey": "xyz"]]],
      ] as [[JSON]] {
        await refused(client, "archive_v1_storage", params, code: -32602)
      }
      let many = JSON.array((0...4096).map { item([UInt8($0 & 255)], "value") })
      let long = JSON.array((0..<260).map { item([UInt8](repeating: UInt8($0 & 255), count: 1024), "value") })
      for items in [many, long] { await refused(client, "archive_v1_storage", [best, items], code: -32602) }
      for params in [[], ["0x12"], [best, "0x"], [best, [["key": "0x"]]], [best, [["returnType": "size"]]], [best, .null, 1]] as [[JSON]] {
        await refused(client, "archive_v1_storageDiff", params, code: -32602)
      }
      #expect(try await events(client, [nowhere, []]).map { $0["event"] } == ["storageError"])
      for params in [[nowhere], [.hash(node.chain.genesisHash)], [best, .null, nowhere], [best, .null, best]] as [[JSON]] {
        #expect(try await events(client, params, diff: true).map { $0["event"] } == ["storageDiffError"], "\(params)")
      }
      for method in ["archive_v1_stopStorage", "archive_v1_stopStorageDiff"] {
        #expect(try await client.call(method, ["none"]).isNull)
        await refused(client, method, [], code: -32602)
      }
    }
  }

  @Test("a connection has a bounded number of storage requests, together") func limit() async throws {
    try await archive { node, client async throws in
      let best = JSON.hash(node.chain.best.hash)
      // None of a batch starts before the whole batch is answered.
      let answers = await client.batch([
        RPCCall("archive_v1_storage", [best, []]), RPCCall("archive_v1_storageDiff", [best]), RPCCall("archive_v1_storage", [best, []]),
      ])
      #expect(try answers[0].get().asString != nil)
      #expect(try answers[1].get().asString != nil)
      #expect(throws: RPCClientError.rpc(.tooManySubscriptions(limit: 2))) { try answers[2].get() }
      try await eventually("there is room again") {
        if case .success = await client.batch([RPCCall("archive_v1_storage", [best, []])])[0] { true } else { false }
      }
    }
  }

  @Test("the node has a bounded number of them too") func nodeLimit() async throws {
    var limits = ModernLimits()
    limits.allArchiveQueries = 1
    let node = try TestNode(modernLimits: limits)
    try await node.serving { client async throws in
      let best = JSON.hash(node.chain.best.hash)
      let answers = await client.batch([RPCCall("archive_v1_storage", [best, []]), RPCCall("archive_v1_storage", [best, []])])
      #expect(try answers[0].get().asString != nil)
      #expect(throws: RPCClientError.rpc(.serverBusy)) { try answers[1].get() }
    }
  }

  @Test(
    "differences agree with both states, however far apart and whichever way they are found",
    arguments: [(1024, 16_384), (0, 16_384), (1024, 3)] as [(UInt32, Int)])
  func differences(differenceBlocks: UInt32, differenceKeys: Int) async throws {
    try await archive(differenceBlocks: differenceBlocks, differenceKeys: differenceKeys) { node, client async throws in
      for (old, new) in [(5, 6), (0, 6), (2, 4), (0, 1)] as [(BlockNumber, BlockNumber)] {
        let before = try #require(try node.chain.state(at: old))
        let after = try #require(try node.chain.state(at: new))
        for prefix in [[], Array(System.account.key(DevelopmentKey.alice.account).prefix(32)), [0xee]] as [[UInt8]] {
          let expected = difference(before, after, prefix) { ["value": .hex($0)] }
          let items: JSON = [["key": .hex(prefix), "returnType": "value"]]
          let found = try await events(client, [.hash(after.hash), items, .hash(before.hash)], diff: true)
          #expect(found == expected + [["event": "storageDiffDone"]], "\(old) to \(new)")
          #expect(prefix != [] || expected.count > 5)
        }
      }
      // Without more, a block is compared with its parent, all of it, by hashes.
      let best = node.chain.best
      let parent = try #require(try node.chain.state(at: best.number - 1))
      let expected = difference(parent, best, []) { ["hash": .hash(Hash.blake2b256($0))] }
      #expect(try await events(client, [.hash(best.hash)], diff: true) == expected + [["event": "storageDiffDone"]])
      let child: JSON = [["returnType": "hash", "childTrieKey": "0x01"]]
      #expect(try await events(client, [.hash(best.hash), child], diff: true) == [["event": "storageDiffDone"]])
    }
  }

  /// The events for two states, found by comparing all their keys.
  private func difference(_ old: StateView, _ new: StateView, _ prefix: [UInt8], _ form: ([UInt8]) -> [String: JSON]) -> [JSON] {
    let keys = Set(old.keys(prefix: prefix, after: nil, limit: .max) + new.keys(prefix: prefix, after: nil, limit: .max))
    return keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { key in
      let (before, after) = (old.value(for: key), new.value(for: key))
      guard before != after, let shown = after ?? before else { return nil }
      let type: JSON = before == nil ? "added" : after == nil ? "deleted" : "modified"
      return .object(form(shown).merging(["event": "storageDiff", "key": .hex(key), "type": type]) { first, _ in first })
    }
  }

  @Test("a long listing can be stopped") func stopping() async throws {
    try await archive { node, client async throws in
      let stream = try await client.subscribe(
        "archive_v1_storage", [.hash(node.chain.best.hash), .array((0..<500).map { _ in item([], "descendantsValues") })],
        unsubscribe: "archive_v1_stopStorage", buffer: 200_000)
      var iterator = stream.makeAsyncIterator()
      #expect(try await iterator.next()?["event"] == "storage")
      #expect(try await client.call("archive_v1_stopStorage", [.string(stream.id)]).isNull)
      #expect(try await client.call("archive_v1_stopStorage", [.string(stream.id)]).isNull)
    }
  }
}

@Suite("The chain's specification") struct ModernChainSpecTests {
  @Test("name, genesis and properties, as the older methods give them") func values() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let name = try await client.call("system_chain")
      #expect(try await client.call("chainSpec_v1_chainName") == name)
      #expect(try await client.call("chainSpec_v1_genesisHash") == .hash(node.chain.genesisHash))
      let properties = try await client.call("chainSpec_v1_properties")
      let older = try await client.call("system_properties")
      #expect(properties == older)
      #expect(properties["tokenSymbol"] == "TEST" && properties["ss58Format"] == 42)
    }
  }

  @Test("the groups are whole, as clients expect of any group that is listed") func groups() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let listed = Set(try #require(try await client.call("rpc_methods")["methods"]?.asArray).compactMap(\.asString))
      let groups = [
        "chainSpec_v1": ["chainName", "genesisHash", "properties"],
        "chainHead_v1": ["body", "call", "continue", "follow", "header", "stopOperation", "storage", "unfollow", "unpin"],
        "transaction_v1": ["broadcast", "stop"], "transactionWatch_v1": ["submitAndWatch", "unwatch"],
        "archive_v1": [
          "body", "call", "finalizedHeight", "genesisHash", "hashByHeight", "header", "stopStorage", "stopStorageDiff", "storage",
          "storageDiff",
        ],
      ]
      for (group, names) in groups {
        #expect(listed.filter { $0.hasPrefix(group + "_") } == Set(names.map { group + "_" + $0 }))
      }
    }
  }
}
