import BlockExecution
import EchoRuntime
import Keys
import Node
import Primitives
import RPC
import ScaleCodec
import Testing
import TransactionPool

private let watchMethod = "transactionWatch_v1_submitAndWatch"

/// Watches a transaction.
private func watch(_ client: RPCClient, _ bytes: [UInt8]) async throws -> (id: String, events: RPCSubscription.Iterator) {
  let subscription = try await client.subscribe(watchMethod, [.hex(bytes)], unsubscribe: "transactionWatch_v1_unwatch")
  return (subscription.id, subscription.makeAsyncIterator())
}

@Suite("Watching transactions") struct ModernTransactionTests {
  private func inclusion(_ event: String, _ hash: H256, _ index: Int) -> JSON {
    ["event": .string(event), "block": ["hash": .hash(hash), "index": JSON(index)]]
  }

  @Test("validated, in the best block, final") func life() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      var first = try await watch(client, node.transfer(nonce: 0)).events
      // It waits for a smaller nonce at first, which is as good as valid.
      var third = try await watch(client, node.transfer(nonce: 2)).events
      var second = try await watch(client, node.transfer(nonce: 1)).events
      #expect(try await first.next() == ["event": "validated"])
      #expect(try await second.next() == ["event": "validated"])
      #expect(try await third.next() == ["event": "validated"])
      let block = try await node.service.seal()
      // The time is number 0.
      #expect(try await first.next() == inclusion("bestChainBlockIncluded", block.hash, 1))
      #expect(try await first.next() == inclusion("finalized", block.hash, 1))
      #expect(try await second.next() == inclusion("bestChainBlockIncluded", block.hash, 2))
      #expect(try await second.next() == inclusion("finalized", block.hash, 2))
      #expect(try await third.next() == inclusion("bestChainBlockIncluded", block.hash, 3))
      #expect(try await third.next() == inclusion("finalized", block.hash, 3))
    }
  }

  @Test("a transaction that waits or is in a block already is watched too") func known() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let bytes = node.transfer(nonce: 0)
      _ = try await node.service.submit(bytes)
      var events = try await watch(client, bytes).events
      #expect(try await events.next() == ["event": "validated"])
      let block = try await node.service.seal()
      #expect(try await events.next() == inclusion("bestChainBlockIncluded", block.hash, 1))
      #expect(try await events.next() == inclusion("finalized", block.hash, 1))
      try await node.service.seal()
      var late = try await watch(client, bytes).events
      #expect(try await late.next() == inclusion("bestChainBlockIncluded", block.hash, 1))
      #expect(try await late.next() == inclusion("finalized", block.hash, 1))
    }
  }

  @Test("what is invalid is told in an event, what is no hexadecimal in the answer") func invalid() async throws {
    let node = try TestNode()
    _ = try await node.service.submit(node.transfer(nonce: 0))
    try await node.service.seal()
    try await node.serving { client async throws in
      for bytes in [
        [1, 2, 3], node.transfer(nonce: 0, amount: 7), node.transfer(nonce: 1, genesis: .zero), node.transfer(from: .eve, nonce: 0),
      ] {
        var events = try await watch(client, bytes).events
        let event = try await events.next()
        #expect(event?["event"] == "invalid" && event?["error"]?.asString?.isEmpty == false)
      }
      await refused(client, watchMethod, ["0xzz"], code: -32602)
      await refused(client, watchMethod, [], code: -32602)
      await refused(client, "transactionWatch_v1_unwatch", ["none"], code: -32602)
    }
  }

  @Test("one that another takes the place of is invalid; a full pool drops") func displaced() async throws {
    let node = try TestNode(poolLimits: TransactionPool.Limits(transactions: 1))
    try await node.serving { client async throws in
      var cheap = try await watch(client, node.transfer(nonce: 0)).events
      #expect(try await cheap.next() == ["event": "validated"])
      var dear = try await watch(client, node.transfer(nonce: 0, tip: unit)).events
      #expect(try await dear.next() == ["event": "validated"])
      #expect(try await cheap.next()?["event"] == "invalid")
      var none = try await watch(client, node.transfer(from: .bob, nonce: 0)).events
      #expect(try await none.next()?["event"] == "dropped")
    }
  }

  @Test("a connection watches a bounded number; unwatching makes room") func limit() async throws {
    var limits = ModernLimits()
    limits.watches = 2
    let node = try TestNode(modernLimits: limits)
    try await node.serving { client async throws in
      let first = try await watch(client, node.transfer(nonce: 0))
      var second = try await watch(client, node.transfer(nonce: 1))
      #expect(try await second.events.next() == ["event": "validated"])
      var third = try await watch(client, node.transfer(nonce: 2))
      #expect(try await third.events.next()?["event"] == "dropped")
      #expect(try await client.call("transactionWatch_v1_unwatch", [.string(first.id)]).isNull)
      await refused(client, "transactionWatch_v1_unwatch", [.string(first.id)], code: -32602)
      var fourth = try await watch(client, node.transfer(nonce: 2))
      #expect(try await fourth.events.next() == ["event": "validated"])
      // What is no longer watched goes its way.
      let block = try await node.service.seal()
      #expect(try node.chain.body(at: block.number)?.count == 4)
    }
  }
}

@Suite("Broadcasting transactions") struct ModernBroadcastTests {
  @Test("a broadcast ends with the block, and can be stopped once") func included() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let bytes = node.transfer(nonce: 0)
      let id = try await client.call("transaction_v1_broadcast", [.hex(bytes)])
      #expect(id.asString?.isEmpty == false)
      try await eventually("it waits in the pool") { await node.service.poolSize() == 1 }
      try await node.service.seal()
      #expect(try node.chain.extrinsic(Extrinsic.hash(of: bytes))?.block == 1)
      #expect(try await client.call("transaction_v1_stop", [id]).isNull)
      await refused(client, "transaction_v1_stop", [id], code: -32602)
      await refused(client, "transaction_v1_stop", ["none"], code: -32602)
      await refused(client, "transaction_v1_broadcast", ["0xzz"], code: -32602)
    }
  }

  @Test("a transaction that found no room is offered again after each block") func again() async throws {
    let node = try TestNode(poolLimits: TransactionPool.Limits(transactions: 1))
    try await node.serving { client async throws in
      _ = try await node.service.submit(node.transfer(nonce: 0, tip: unit))
      let bytes = node.transfer(from: .bob, nonce: 0)
      _ = try await client.call("transaction_v1_broadcast", [.hex(bytes)])
      try await node.service.seal()
      try await eventually("it got the room") { await node.service.poolSize() == 1 }
      try await node.service.seal()
      #expect(try node.chain.extrinsic(Extrinsic.hash(of: bytes))?.block == 2)
    }
  }

  @Test("at the limit the answer is null; invalid ones count, silently, included ones do not") func limit() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      var ids: [JSON] = []
      for index in 0..<16 { ids.append(try await client.call("transaction_v1_broadcast", [.hex([UInt8(index)])])) }
      #expect(Set(ids).count == 16 && !ids.contains(.null))
      let valid = JSON.hex(node.transfer(nonce: 0))
      #expect(try await client.call("transaction_v1_broadcast", [valid]).isNull)
      #expect(try await client.call("transaction_v1_stop", [ids[3]]).isNull)
      let id = try await client.call("transaction_v1_broadcast", [valid])
      #expect(id.asString != nil)
      #expect(try await client.call("transaction_v1_broadcast", [valid]).isNull)
      try await eventually("it waits in the pool") { await node.service.poolSize() == 1 }
      try await node.service.seal()
      // The broadcast notices with the block that it is done.
      var last = JSON.null
      try await eventually("there is room again") {
        last = try await client.call("transaction_v1_broadcast", ["0x00"])
        return !last.isNull
      }
      #expect(try await client.call("transaction_v1_stop", [id]).isNull, "a client may say stop behind the end")
      #expect(try await client.call("transaction_v1_stop", [last]).isNull)
    }
  }

  @Test("the bytes of all broadcasts are bounded") func bytes() async throws {
    var limits = ModernLimits()
    let bytes = try TestNode().transfer(nonce: 5)
    limits.broadcastBytes = bytes.count
    let node = try TestNode(modernLimits: limits)
    try await node.serving { client async throws in
      let id = try await client.call("transaction_v1_broadcast", [.hex(bytes)])
      #expect(id.asString != nil)
      #expect(try await client.call("transaction_v1_broadcast", ["0x00"]).isNull)
      #expect(try await client.call("transaction_v1_stop", [id]).isNull)
      try await eventually("there is room again") { try await !client.call("transaction_v1_broadcast", ["0x00"]).isNull }
    }
  }

  @Test("a broadcast belongs to its connection, and ends with it") func connections() async throws {
    let node = try TestNode(poolLimits: TransactionPool.Limits(transactions: 1))
    try await node.serving { client, server async throws in
      _ = try await node.service.submit(node.transfer(nonce: 0, tip: unit))
      let other = try await RPCClient.connect("ws://127.0.0.1:\(server.port)")
      let id = try await other.call("transaction_v1_broadcast", [.hex(node.transfer(from: .bob, nonce: 0))])
      await refused(client, "transaction_v1_stop", [id], code: -32602)
      await other.close()
      try await eventually("the connection is gone") { server.statistics.connections == 1 }
      for _ in 0..<3 { try await node.service.seal() }
      #expect(await node.service.poolSize() == 0)
    }
  }
}
