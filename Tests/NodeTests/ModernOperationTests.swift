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

/// A node with a few accounts and a follow of it; small pages, so that answers have several.
private func following(
  pageRows: Int = 4, _ body: (TestNode, RPCClient, inout FollowedChain, JSON) async throws -> Void
) async throws {
  var limits = ModernLimits()
  limits.pageRows = pageRows
  let node = try TestNode(modernLimits: limits)
  _ = try await node.service.submit(node.transfer(nonce: 0))
  let block = try await node.service.seal()
  try await node.serving { client async throws in
    var follow = try await FollowedChain(client)
    _ = try await follow.initialize()
    try await body(node, client, &follow, .hash(block.hash))
  }
}

@Suite("Operations on pinned blocks", .timeLimit(.minutes(2))) struct ModernOperationTests {
  @Test("body and runtime calls") func bodyAndCall() async throws {
    try await following { node, _, follow, hash async throws in
      let body = try await follow.start("body", hash)
      let value = try #require(try await follow.next("operationBodyDone", of: body)["value"])
      #expect(value == .array(try #require(try node.chain.body(at: 1)).map { .hex($0) }))
      let call = try await follow.start("call", hash, "Core_version", "0x")
      #expect(try await follow.next("operationCallDone", of: call)["output"] == .hex(EchoRuntime.version.encoded()))
      // At the block that is named, not at the best one.
      let genesis = JSON.hash(node.chain.genesisHash)
      let account = JSON.hex(DevelopmentKey.alice.account.bytes)
      for (block, nonce) in [(genesis, [0, 0, 0, 0]), (hash, [1, 0, 0, 0])] as [(JSON, [UInt8])] {
        let call = try await follow.start("call", block, "AccountNonceApi_account_nonce", account)
        #expect(try await follow.next("operationCallDone", of: call)["output"] == .hex(nonce))
      }
      for (function, arguments) in [("No_such", "0x"), ("AccountNonceApi_account_nonce", "0x00")] {
        let call = try await follow.start("call", hash, .string(function), .string(arguments))
        #expect(try await follow.next("operationError", of: call)["error"]?.asString?.isEmpty == false)
      }
      // A block that is unpinned meanwhile is still answered for.
      let late = try await follow.start("body", hash)
      #expect(try await follow.call("unpin", hash).isNull)
      #expect(try await follow.next("operationBodyDone", of: late)["value"] == value)
    }
  }

  @Test("single keys: value, hash and closest Merkle value; what is not there is left out")
  func singleKeys() async throws {
    try await following { node, _, follow, hash async throws in
      let state = node.chain.best
      let key = System.account.key(DevelopmentKey.alice.account)
      let prefix = Array(key.prefix(32))
      let value = try #require(state.value(for: key))
      let trie = StateTrie(entries: rows(of: state))
      #expect(trie.root() == state.header.stateRoot)
      let queries: [JSON] = [
        item(key, "value"), item(key, "hash"), item(key, "closestDescendantMerkleValue"),
        item(prefix, "closestDescendantMerkleValue"), item([], "closestDescendantMerkleValue"),
        item([1, 2, 3], "value"), item([1, 2, 3], "hash"), item([1, 2, 3], "closestDescendantMerkleValue"),
      ]
      let operation = try await follow.start("storage", hash, .array(queries), .null)
      let (items, pauses) = try await follow.items(of: operation)
      #expect(pauses == 0)
      #expect(
        items == [
          ["key": .hex(key), "value": .hex(value)], ["key": .hex(key), "hash": .hash(Hash.blake2b256(value))],
          ["key": .hex(key), "closestDescendantMerkleValue": .hex(try #require(trie.merkleValue(closestTo: key)))],
          ["key": .hex(prefix), "closestDescendantMerkleValue": .hex(try #require(trie.merkleValue(closestTo: prefix)))],
          ["key": "0x", "closestDescendantMerkleValue": .hash(state.header.stateRoot)],
        ])
    }
  }

  @Test("descendants come page by page", arguments: ["descendantsValues", "descendantsHashes"])
  func descendants(type: String) async throws {
    try await following { node, _, follow, hash async throws in
      let state = node.chain.best
      let prefix = Array(System.account.key(DevelopmentKey.alice.account).prefix(32))
      for prefix in [prefix, [], Array(prefix.prefix(16)), [0xff, 0xee]] as [[UInt8]] {
        let expected = rows(of: state, under: prefix)
        let operation = try await follow.start("storage", hash, [item(prefix, type)], .null)
        let (items, pauses) = try await follow.items(of: operation)
        #expect(
          items
            == expected.map { row in
              type == "descendantsValues"
                ? ["key": .hex(row.key), "value": .hex(row.value)] : ["key": .hex(row.key), "hash": .hash(Hash.blake2b256(row.value))]
            })
        // The last page does not ask.
        #expect(pauses == max(0, (expected.count + 3) / 4 - 1), "\(expected.count) rows")
      }
    }
  }

  @Test("several listings in one operation follow each other, behind the single keys")
  func mixed() async throws {
    try await following(pageRows: 2) { node, _, follow, hash async throws in
      let state = node.chain.best
      let key = System.account.key(DevelopmentKey.bob.account)
      let prefix = Array(key.prefix(32))
      let operation = try await follow.start(
        "storage", hash, [item(prefix, "descendantsHashes"), item(key, "value"), item(key, "descendantsValues")], .null)
      let (items, _) = try await follow.items(of: operation)
      let value = JSON.hex(try #require(state.value(for: key)))
      let hashes = rows(of: state, under: prefix).map { JSON.object(["key": .hex($0.key), "hash": .hash(Hash.blake2b256($0.value))]) }
      #expect(items == [["key": .hex(key), "value": value]] + hashes + [["key": .hex(key), "value": value]])
    }
  }

  @Test("this chain has no child tries: nothing is found there") func childTrie() async throws {
    try await following { _, _, follow, hash async throws in
      let queries = ["value", "hash", "closestDescendantMerkleValue", "descendantsValues", "descendantsHashes"].map { item([], $0) }
      let operation = try await follow.start("storage", hash, .array(queries), "0x1234")
      #expect(try await follow.next()["event"] == "operationStorageDone", "operation \(operation)")
    }
  }

  @Test("an operation that is stopped is silent, and its room is free")
  func stopping() async throws {
    try await following(pageRows: 1) { _, _, follow, hash async throws in
      var waiting: [JSON] = []
      for _ in 0..<16 {
        let operation = try await follow.start("storage", hash, [item([], "descendantsValues")], .null)
        _ = try await follow.next("operationWaitingForContinue", of: operation)
        waiting.append(operation)
      }
      #expect(try await follow.call("body", hash) == ["result": "limitReached"])
      for operation in waiting { #expect(try await follow.call("stopOperation", operation).isNull) }
      // Continuing what is stopped does nothing.
      for operation in waiting { #expect(try await follow.call("continue", operation).isNull) }
      let last = try await follow.start("body", hash)
      while true {
        let event = try await follow.next()
        if event["operationId"] == last { break }
        #expect(event["event"] == "operationStorageItems", "left over from the first pages")
      }
    }
  }

  @Test("sixteen operations at a time; of too many items the last are left out")
  func limits() async throws {
    try await following { _, client, follow, hash async throws in
      // None of a batch starts before the whole batch is answered.
      let calls = (0..<17).map { _ in RPCCall("chainHead_v1_body", [follow.id, hash]) }
      let answers = await client.batch(calls)
      let started = try answers.prefix(16).map { try #require(try $0.get()["operationId"]) }
      #expect(Set(started).count == 16)
      #expect(try answers[16].get() == ["result": "limitReached"])
      for operation in started { _ = try await follow.next("operationBodyDone", of: operation) }

      let items = JSON.array((0..<20).map { item([UInt8($0)], "value") })
      let storage = try await follow.call("storage", hash, items, .null)
      #expect(storage["result"] == "started" && storage["discardedItems"] == 4)
      _ = try await follow.next("operationStorageDone", of: storage["operationId"])
      let both = await client.batch([
        RPCCall("chainHead_v1_storage", [follow.id, hash, items, .null]),
        RPCCall("chainHead_v1_call", [follow.id, hash, "Core_version", "0x"]),
      ])
      #expect(try both[0].get()["discardedItems"] == 4)
      #expect(try both[1].get() == ["result": "limitReached"])
      let none = try await follow.call("storage", hash, [], .null)
      #expect(none["discardedItems"] == 0)
      _ = try await follow.next("operationStorageDone", of: none["operationId"])
    }
  }

  @Test("continuing what does not wait is an error") func continueMisuse() async throws {
    try await following { _, client, follow, hash async throws in
      // The first operation of a follow is number 1. In a batch it has not begun when the second call comes.
      let answers = await client.batch([
        RPCCall("chainHead_v1_body", [follow.id, hash]), RPCCall("chainHead_v1_continue", [follow.id, "1"]),
      ])
      #expect(try answers[0].get()["operationId"] == "1")
      guard case .failure(.rpc(let error)) = answers[1] else { throw Unexpected(answer: "\(answers[1])") }
      #expect(error.code == -32803)
      #expect(try await follow.call("continue", "none").isNull)
    }
  }

  @Test(
    "wrong parameters are -32602",
    arguments: [
      ("follow", []), ("follow", [1]), ("header", ["F"]), ("header", ["F", "0x12"]), ("header", [7, "H"]), ("body", ["F", 1]),
      ("call", ["F", "H", "Core_version", "0xzz"]), ("call", ["F", "H", 1, "0x"]), ("call", ["F", "H"]),
      ("storage", ["F", "H", "0x"]), ("storage", ["F", "H", [1], .null]), ("storage", ["F", "H", [["key": "0x", "type": "size"]], .null]),
      ("storage", ["F", "H", [["key": 1, "type": "value"]], .null]), ("storage", ["F", "H", [["type": "value"]], .null]),
      ("storage", ["F", "H", [], 3]), ("unpin", ["F"]), ("unpin", ["F", "0x12"]), ("unpin", ["F", ["H", 1]]),
      ("continue", ["F"]), ("stopOperation", ["F", 1]), ("unfollow", []), ("unfollow", [1]), ("unpin", []),
    ] as [(String, [JSON])])
  func parameters(method: String, params: [JSON]) async throws {
    try await following { _, client, follow, hash async throws in
      let params = params.map { param -> JSON in
        switch param {
        case "F": follow.id
        case "H": hash
        case ["H", 1]: [hash, 1]
        default: param
        }
      }
      await refused(client, "chainHead_v1_" + method, params, code: -32602)
    }
  }

  @Test("what is not pinned is -32801, and a list that has it unpins nothing") func notPinned() async throws {
    try await following { node, client, follow, hash async throws in
      let genesis = JSON.hash(node.chain.genesisHash)
      await refused(client, "chainHead_v1_header", [follow.id, nowhere], code: -32801)
      await refused(client, "chainHead_v1_body", [follow.id, nowhere], code: -32801)
      await refused(client, "chainHead_v1_call", [follow.id, nowhere, "Core_version", "0x"], code: -32801)
      await refused(client, "chainHead_v1_storage", [follow.id, nowhere, [], .null], code: -32801)
      await refused(client, "chainHead_v1_unpin", [follow.id, [hash, nowhere]], code: -32801)
      await refused(client, "chainHead_v1_unpin", [follow.id, [hash, genesis, hash]], code: -32804)
      #expect(node.service.pinnedBlocks == 2)
      #expect(try await follow.call("unpin", [hash, genesis]).isNull)
      #expect(node.service.pinnedBlocks == 0)
      await refused(client, "chainHead_v1_unpin", [follow.id, hash], code: -32801)
      #expect(try await follow.call("unpin", []).isNull)
    }
  }

  @Test("without a connection that stays there is no head to follow") func http() async throws {
    let node = try TestNode()
    try await node.serving { _, server async throws in
      for method in ["chainHead_v1_follow", "chainHead_v1_header", "transaction_v1_broadcast", "archive_v1_storage"] {
        await #expect(throws: RPCClientError.rpc(.needsWebSocket)) {
          try await HTTPClient.call("http://127.0.0.1:\(server.port)", method, ["0x", "0x"])
        }
      }
      #expect(try await HTTPClient.call("http://127.0.0.1:\(server.port)", "archive_v1_finalizedHeight") == 0)
    }
  }
}

/// An answer that a test did not expect.
struct Unexpected: Error { let answer: String }
