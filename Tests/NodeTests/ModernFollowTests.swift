import BlockExecution
import EchoRuntime
import Finality
import Keys
import Node
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import Testing

@Suite("Following the head", .timeLimit(.minutes(2))) struct ModernFollowTests {
  @Test("a follow tells of the blocks that are there, then of each new one: new, best, final")
  func life() async throws {
    let node = try TestNode()
    for _ in 0..<3 { try await node.service.seal() }
    try await node.serving { client async throws in
      var follow = try await FollowedChain(client)
      let first = try await follow.next()
      #expect(first["event"] == "initialized")
      let known = try (0...3).map { JSON.hash(try #require(try node.chain.hash(at: $0))) }
      #expect(first["finalizedBlockHashes"] == .array(known))
      let runtime = try #require(first["finalizedBlockRuntime"])
      #expect(runtime["type"] == "valid" && runtime["spec"]?["specVersion"] == JSON(EchoRuntime.version.specVersion))
      #expect(runtime["spec"]?["apis"]?["0xdf6acb689907609b"] == 5, "Core")
      #expect(node.service.pinnedBlocks == 4)
      for number in 4...12 {
        let block = try await node.service.seal()
        let hash = JSON.hash(block.hash)
        #expect(
          try await follow.next()
            == ["event": "newBlock", "blockHash": hash, "parentBlockHash": .hash(block.header.parentHash), "newRuntime": .null])
        #expect(try await follow.next() == ["event": "bestBlockChanged", "bestBlockHash": hash])
        #expect(try await follow.next() == ["event": "finalized", "finalizedBlockHashes": [hash], "prunedBlockHashes": []])
        #expect(try await follow.call("header", hash) == .hex(block.header.encoded()))
        #expect(node.service.pinnedBlocks == number + 1)
      }
      #expect(try await follow.call("unpin", .array(known)).isNull)
      #expect(try await follow.call("unpin", .hash(node.chain.best.hash)).isNull)
      #expect(node.service.pinnedBlocks == 8)
      #expect(try await follow.call("unfollow").isNull)
      #expect(node.service.pinnedBlocks == 0)
      #expect(try await follow.call("unfollow").isNull)
    }
  }

  @Test("without the runtime the events do not speak of it, and calls are refused")
  func withoutRuntime() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      var follow = try await FollowedChain(client, withRuntime: false)
      let first = try await follow.next()
      #expect(first == ["event": "initialized", "finalizedBlockHashes": [.hash(node.chain.genesisHash)]])
      try await node.service.seal()
      #expect(try await follow.next().asObject?.keys.sorted() == ["blockHash", "event", "parentBlockHash"])
      await refused(client, "chainHead_v1_call", [follow.id, .hash(node.chain.genesisHash), "Core_version", "0x"], code: -32802)
    }
  }

  @Test("two follows and more live side by side, each with its own pins; one too many is refused")
  func several() async throws {
    let node = try TestNode()
    try await node.serving { client, server async throws in
      var follows: [FollowedChain] = []
      for _ in 0..<4 { follows.append(try await FollowedChain(client)) }
      let known = try await follows[0].initialize()
      #expect(try await follows[1].initialize() == known)
      await refused(client, "chainHead_v1_follow", [true], code: -32800)
      #expect(try await follows[0].call("unpin", known[0]).isNull)
      await refused(client, "chainHead_v1_header", [follows[0].id, known[0]], code: -32801)
      #expect(try await follows[1].call("header", known[0]).asBytes != nil)
      // Room is there again as soon as the answer is.
      #expect(try await follows[3].call("unfollow").isNull)
      var fifth = try await FollowedChain(client)
      #expect(try await fifth.initialize() == known)
      let other = try await RPCClient.connect("ws://127.0.0.1:\(server.port)")
      // A follow belongs to its connection.
      #expect(try await other.call("chainHead_v1_header", [fifth.id, known[0]]).isNull)
      await other.close()
    }
  }

  @Test("when the connection goes, so do its pins")
  func disconnect() async throws {
    let node = try TestNode()
    try await node.serving { client, server async throws in
      var follow = try await FollowedChain(client)
      #expect(try await follow.initialize().count == 1)
      try await node.service.seal()
      _ = try await follow.next("finalized")
      #expect(node.service.pinnedBlocks == 2)
      // One that never ends by itself.
      await client.close()
      try await eventually("pins are released") { node.service.pinnedBlocks == 0 }
      #expect(server.statistics.subscriptions == 0)
    }
  }

  @Test("a pinned block is read though its state was pruned")
  func pruned() async throws {
    let node = try TestNode(pruning: .blocks(64))
    try await node.serving { client async throws in
      var follow = try await FollowedChain(client)
      let genesis = try #require(try await follow.initialize().first)
      let all = rows(of: node.chain.best)
      while node.chain.oldestState < 2 {
        try await node.service.seal()
        let hash = try #require(try await follow.next("newBlock")["blockHash"])
        #expect(try await follow.call("unpin", hash).isNull)
      }
      #expect(try node.chain.state(at: 0) == nil)
      let operation = try await follow.start("storage", genesis, [item([], "descendantsValues")], .null)
      let (items, _) = try await follow.items(of: operation)
      #expect(items == all.map { ["key": .hex($0.key), "value": .hex($0.value)] })
      let listed = try #require(try await client.call("rpc_methods")["methods"]?.asArray).compactMap(\.asString)
      #expect(listed.contains("chainHead_v1_follow"))
      #expect(!listed.contains { $0.hasPrefix("archive_v1_") }, "a node that prunes is no archive")
    }
  }

  // MARK: Stopping

  private func limits(_ change: (inout ModernLimits) -> Void) -> ModernLimits {
    var limits = ModernLimits()
    limits.initialBlocks = 1
    change(&limits)
    return limits
  }

  @Test("a client that unpins nothing is stopped at its limit, and its id is stale then")
  func tooManyPins() async throws {
    let node = try TestNode(
      modernLimits: limits {
        $0.pinsPerFollow = 3
        $0.pageRows = 1
      })
    try await node.serving { client async throws in
      var follow = try await FollowedChain(client)
      let genesis = try #require(try await follow.initialize().first)
      for _ in 0..<2 {
        try await node.service.seal()
        _ = try await follow.next("finalized")
      }
      let operation = try await follow.start("storage", genesis, [item([], "descendantsValues")], .null)
      _ = try await follow.next("operationWaitingForContinue", of: operation)
      try await node.service.seal()
      #expect(try await follow.next("stop") == ["event": "stop"])
      #expect(node.service.pinnedBlocks == 0)
      try await expectStale(follow, genesis, operation)
    }
  }

  private func expectStale(_ follow: FollowedChain, _ hash: JSON, _ operation: JSON) async throws {
    #expect(try await follow.call("header", hash).isNull)
    #expect(try await follow.call("body", hash) == ["result": "limitReached"])
    #expect(try await follow.call("call", hash, "Core_version", "0x") == ["result": "limitReached"])
    #expect(try await follow.call("storage", hash, [item([], "value")], .null) == ["result": "limitReached"])
    #expect(try await follow.call("unpin", hash).isNull)
    #expect(try await follow.call("continue", operation).isNull)
    #expect(try await follow.call("stopOperation", operation).isNull)
    #expect(try await follow.call("unfollow").isNull)
  }

  @Test("who keeps the oldest block is stopped when all follows together hold too many")
  func tooManyBlocks() async throws {
    let node = try TestNode(modernLimits: limits { $0.pinnedBlocks = 4 })
    try await node.serving { client async throws in
      var hoarder = try await FollowedChain(client)
      _ = try await hoarder.initialize()
      var tidy = try await FollowedChain(client)
      var last = try #require(try await tidy.initialize().last)
      for _ in 0..<10 {
        let block = try await node.service.seal()
        #expect(try await tidy.call("unpin", last).isNull)
        last = try #require(try await tidy.next("newBlock")["blockHash"])
        #expect(last == .hash(block.hash))
        _ = try await tidy.next("finalized")
      }
      #expect(try await hoarder.next("stop") == ["event": "stop"])
      #expect(try await tidy.call("header", last).asBytes != nil)
      #expect(node.service.pinnedBlocks <= 4)
    }
  }

  @Test("a block that stays pinned for too long ends the follow")
  func oldPins() async throws {
    let node = try TestNode(modernLimits: limits { $0.pinAge = .zero })
    try await node.serving { client async throws in
      var follow = try await FollowedChain(client)
      _ = try await follow.initialize()
      try await node.service.seal()
      #expect(try await follow.next() == ["event": "stop"])
      #expect(node.service.pinnedBlocks == 0)
    }
  }

  @Test("a node that ends tells its followers")
  func end() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      var follow = try await FollowedChain(client)
      _ = try await follow.initialize()
      await node.service.stop()
      #expect(try await follow.next() == ["event": "stop"])
    }
  }

  @Test("a slow start and many blocks at once: nothing is left out, nothing comes twice")
  func order() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      async let sealed: Void = { for _ in 0..<40 { try await node.service.seal() } }()
      var follow = try await FollowedChain(client)
      var reported = try await follow.initialize()
      try await sealed
      var isBest = true
      while reported.last != .hash(node.chain.best.hash) || !isBest {
        let event = try await follow.next()
        switch event["event"]?.asString {
        case "newBlock":
          #expect(event["parentBlockHash"] == reported.last)
          reported.append(try #require(event["blockHash"]))
          isBest = false
        case "bestBlockChanged": #expect(event["bestBlockHash"] == reported.last)
        case "finalized":
          #expect(event["finalizedBlockHashes"] == [try #require(reported.last)])
          isBest = true
        default: Issue.record("unexpected \(event)")
        }
      }
      let expected = try (0...40).map { JSON.hash(try #require(try node.chain.hash(at: $0))) }
      #expect(Array(expected.suffix(reported.count)) == reported)
    }
  }
}
