import BlockExecution
import EchoRuntime
import Keys
import Node
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import Testing
import TransactionPool

/// A refusal with what clients read of it.
private struct Refusal: Sendable, CustomTestStringConvertible {
  let name: String
  let code: Int
  let message: String
  let data: JSON?
  /// What is submitted, after what this submits itself.
  let bytes: @Sendable (TestNode) async throws -> [UInt8]
  var testDescription: String { name }

  static func invalid(_ name: String, _ data: JSON, _ bytes: @escaping @Sendable (TestNode) async throws -> [UInt8]) -> Refusal {
    Refusal(name: name, code: 1010, message: "Invalid Transaction", data: data, bytes: bytes)
  }

  static let all: [Refusal] = [
    .invalid("stale", "Transaction is outdated") { node in
      _ = try await node.service.submit(node.transfer(nonce: 0))
      try await node.service.seal()
      return node.transfer(nonce: 0, amount: 7)
    },
    .invalid("badProof", "Transaction has a bad signature") { $0.transfer(nonce: 0, genesis: .zero) },
    .invalid("ancientBirthBlock", "Transaction has an ancient birth block") { node in
      node.transfer(nonce: 0, era: Era(period: 64, current: 40), birth: node.chain.genesisHash)
    },
    .invalid("payment", "Inability to pay some fees (e.g. account balance too low)") { $0.transfer(from: .eve, nonce: 0) },
    .invalid("exhaustsResources", "Transaction would exhaust the block limits") { node in
      node.signed(
        .system(.killStorage(keys: Array(repeating: [1], count: 60_000))), by: DevelopmentKey.alice.secretKey, nonce: 0)
    },
    .invalid("mandatory", "Transaction dispatch is mandatory; transactions must not be validated.") { node in
      node.signed(try RuntimeCall(decoding: [1, 0, 4]), by: DevelopmentKey.alice.secretKey, nonce: 0)
    },
    .invalid("badSigner", "Invalid signing address") { $0.forged(signer: .zero, nonce: 0, mark: 1) },
    Refusal(name: "unsigned", code: 1011, message: "Unknown Transaction Validity", data: "NoUnsignedValidator") { _ in
      Extrinsic(call: .balances(.transferKeepAlive(dest: .id(.zero), value: Compact(1))), signature: nil).encoded()
    },
    Refusal(name: "banned", code: 1012, message: "Transaction is temporarily banned", data: nil) { node in
      let bytes = node.transfer(from: .eve, nonce: 0)
      #expect(await node.service.refusal(of: bytes)?.validity == .invalid(.payment))
      return bytes
    },
    Refusal(name: "known", code: 1013, message: "Transaction Already Imported", data: "Transaction is already in the pool") { node in
      _ = try await node.service.submit(node.transfer(nonce: 0))
      return node.transfer(nonce: 0)
    },
    Refusal(
      name: "lowPriority", code: 1014, message: "Priority is too low: (9 vs 8)",
      data: "The transaction has too low priority to replace another transaction already in the pool."
    ) { node in
      _ = try await node.service.submit(node.transfer(nonce: 0, tip: 9))
      return node.transfer(nonce: 0, tip: 8)
    },
    Refusal(
      name: "full", code: 1016, message: "Immediately Dropped", data: "The transaction couldn't enter the pool because of the limit"
    ) { node in
      for nonce: UInt32 in 0..<4 { _ = try await node.service.submit(node.transfer(nonce: nonce)) }
      return node.transfer(from: .bob, nonce: 0)
    },
    Refusal(
      name: "farNonce", code: 1016, message: "Immediately Dropped",
      data: """
        The transaction couldn't enter the pool because of the limit: \
        pool: nonce 1025 is more than 1024 ahead of the account's next, 0
        """
    ) { $0.transfer(nonce: 1025) },
  ]
}

@Suite("Pool rules over JSON-RPC") struct PoolRuleTests {
  @Test("each refusal is in the response, with Substrate's code, message and data", arguments: Refusal.all, [false, true])
  private func refusals(_ refusal: Refusal, isWatched: Bool) async throws {
    let node = try TestNode(poolLimits: .init(transactions: 4))
    let bytes = try await refusal.bytes(node)
    try await node.serving { client async throws in
      let method = isWatched ? "author_submitAndWatchExtrinsic" : "author_submitExtrinsic"
      let error = await refused(client, method, [.hex(bytes)], code: refusal.code)
      #expect(error == RPCError(code: refusal.code, message: refusal.message, data: refusal.data))
      #expect(node.service.poolStatistics.watched == 0 && node.service.poolStatistics.checking == 0)
    }
  }

  @Test("bytes that are no extrinsic are error 1001, whatever is wrong with them", arguments: [false, true])
  func undecodable(isWatched: Bool) async throws {
    let node = try TestNode()
    let good = node.transfer(nonce: 0)
    let wrong: [[UInt8]] = [
      [], [0], [1, 2, 3], Array(good.dropLast()), good + [0], [good[0] ^ 4] + good.dropFirst(), Array(good.dropFirst()),
      good.enumerated().map { $0.offset == 2 ? 0x85 : $0.element }, [UInt8](repeating: 0xff, count: 1_000),
    ]
    try await node.serving { client async throws in
      let method = isWatched ? "author_submitAndWatchExtrinsic" : "author_submitExtrinsic"
      for bytes in wrong {
        let error = await refused(client, method, [.hex(bytes)], code: 1001)
        #expect(error?.message.hasPrefix("Extrinsic has invalid format: ") == true)
      }
      await refused(client, method, [], code: -32602)
      // What was refused as no extrinsic is not remembered, and the good one enters.
      #expect(node.service.poolStatistics.bans == 0)
      _ = try await client.call("author_submitExtrinsic", [.hex(good)])
    }
  }

  @Test("the states come in order, and at inBlock the block, its events and its state are there") func statuses() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let second = try await client.subscribe(
        "author_submitAndWatchExtrinsic", [.hex(node.transfer(nonce: 1))], unsubscribe: "author_unwatchExtrinsic")
      var seconds = second.makeAsyncIterator()
      #expect(try await seconds.next() == "future")
      #expect(try await client.call("author_pendingExtrinsics") == [], "future ones are not listed")
      _ = try await client.call("author_submitExtrinsic", [.hex(node.transfer(nonce: 0))])
      #expect(try await seconds.next() == "ready")
      #expect(try await client.call("author_pendingExtrinsics") == [.hex(node.transfer(nonce: 0)), .hex(node.transfer(nonce: 1))])
      async let sealed = client.call("dev_seal")
      let status = try #require(try await seconds.next())
      let hash = try #require(status["inBlock"])
      let block = try await client.call("chain_getBlock", [hash])
      #expect(block["block"]?["extrinsics"]?[2] == .hex(node.transfer(nonce: 1)))
      let events = try await client.call("echo_events", [hash]).asArray
      #expect(events?.contains { $0["phase"]?.description.contains("2") == true } == true)
      #expect(try await client.call("state_getStorage", [.hex(System.account.key(DevelopmentKey.dave.account)), hash]).isNull == false)
      #expect(try await seconds.next() == ["finalized": hash])
      #expect(try await client.call("chain_getFinalizedHead") == hash)
      _ = try await sealed
    }
  }

  @Test("a watcher misses nothing when a block comes at once", arguments: 0..<5) func atOnce(_: Int) async throws {
    let node = try TestNode(sealing: .instant(heartbeat: 0))
    let running = Task { try await node.service.run() }
    let streams = try await withThrowingTaskGroup(of: [NodeService.TransactionUpdate].self) { group in
      for nonce: UInt32 in 0..<20 {
        group.addTask { await (try await node.service.submitAndWatch(node.transfer(nonce: nonce))).all() }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(streams.count == 20)
    for updates in streams {
      guard let last = updates.last, case .finalized(let hash) = last else {
        Issue.record("\(updates)")
        continue
      }
      #expect(updates == [.ready, .inBlock(hash), last] || updates == [.future, .ready, .inBlock(hash), last])
    }
    running.cancel()
    await node.service.stop()
    _ = await running.result
  }

  @Test("a watcher that does not read keeps the latest updates and its end") func slowWatcher() async throws {
    let node = try TestNode()
    // Bob's second transaction becomes ready and future again with each first one that is removed.
    let updates = try await node.service.submitAndWatch(node.transfer(from: .bob, nonce: 1))
    for tip: Balance in 1...30 {
      let hash = try await node.service.submit(node.transfer(from: .bob, nonce: 0, tip: tip))
      #expect(node.service.removeTransactions([hash]) == [hash])
    }
    let hash = Extrinsic.hash(of: node.transfer(from: .bob, nonce: 1))
    #expect(node.service.removeTransactions([hash]) == [hash])
    let all = await updates.all()
    let turns = (0..<15).map { $0 % 2 == 0 ? NodeService.TransactionUpdate.future : .ready }
    #expect(all == turns + [.invalid])
  }

  @Test("who stops watching is forgotten, the transaction is not") func unwatch() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let watched = try await client.subscribe(
        "author_submitAndWatchExtrinsic", [.hex(node.transfer(nonce: 0))], unsubscribe: "author_unwatchExtrinsic")
      #expect(node.service.poolStatistics.watched == 1)
      #expect(try await client.call("author_unwatchExtrinsic", [.string(watched.id)]) == true)
      #expect(try await client.call("author_unwatchExtrinsic", [.string(watched.id)]) == false)
      while node.service.poolStatistics.watched > 0 { await Task.yield() }
      #expect(node.service.poolStatistics.transactions == 1)
    }
  }

  @Test("the operator removes transactions by hash and by bytes; others may not") func remove() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let error = await refused(client, "author_removeExtrinsic", [[]], code: -32601)
      #expect(error == .methodUnsafe)
      let methods = try await client.call("rpc_methods")["methods"]?.asArray ?? []
      #expect(!methods.contains("author_removeExtrinsic") && methods.contains("author_submitExtrinsic"))
    }
    let first = try await node.service.submitAndWatch(node.transfer(nonce: 0))
    let second = try await node.service.submitAndWatch(node.transfer(nonce: 1))
    let bytes = node.transfer(from: .bob, nonce: 0)
    let bob = try await node.service.submit(bytes)
    try await node.serving(clients: 1) { clients in
      let hash = Extrinsic.hash(of: node.transfer(nonce: 0))
      let answer = try await clients[0].call(
        "author_removeExtrinsic", [[["hash": .hash(hash)], ["extrinsic": .hex(bytes)], ["hash": .hash(.zero)], ["hash": .hash(hash)]]])
      #expect(answer == [.hash(hash), .hash(bob)])
      #expect(await first.all() == [.ready, .invalid])
      await refused(clients[0], "author_submitExtrinsic", [.hex(bytes)], code: 1012)
      await refused(clients[0], "author_removeExtrinsic", [[["other": 1]]], code: -32602)
      await refused(clients[0], "author_removeExtrinsic", [.array(Array(repeating: ["hash": .hash(hash)], count: 1_025))], code: 4002)
    }
    await node.service.stop()
    #expect(await second.all() == [.ready, .future])
  }

  @Test("two clients race for a nonce: one enters, a higher tip takes its place") func race() async throws {
    let node = try TestNode()
    try await node.serving(clients: 2) { clients in
      for nonce: UInt32 in 0..<10 {
        let (a, b) = (node.transfer(nonce: nonce, amount: 5, tip: 2), node.transfer(nonce: nonce, amount: 6, tip: 2))
        async let first = clients[0].batch([RPCCall("author_submitExtrinsic", [.hex(a)])])
        async let second = clients[1].batch([RPCCall("author_submitExtrinsic", [.hex(b)])])
        let answers = await first + second
        let errors = answers.compactMap { if case .failure(.rpc(let error)) = $0 { error } else { nil } }
        #expect(errors == [.priorityTooLow(old: 2, new: 2)])
      }
      let old = try await node.service.submitAndWatch(node.transfer(nonce: 10, tip: 2))
      let better = node.transfer(nonce: 10, tip: 3)
      _ = try await clients[0].call("author_submitExtrinsic", [.hex(better)])
      #expect(await old.all() == [.ready, .usurped(Extrinsic.hash(of: better))])
      let state = try await node.service.seal()
      #expect(try node.chain.body(at: state.number)?.contains(better) == true && node.service.poolStatistics.transactions == 0)
    }
  }

  @Test("one sender's transactions all enter, as a batch and one behind the other") func inOrder() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      let batch = await client.batch((0..<60).map { RPCCall("author_submitExtrinsic", [.hex(node.transfer(nonce: $0))]) })
      #expect(batch.allSatisfy { if case .success = $0 { true } else { false } })
      try await withThrowingTaskGroup(of: Void.self) { group in
        for nonce: UInt32 in 60..<120 {
          group.addTask { _ = try await client.call("author_submitExtrinsic", [.hex(node.transfer(nonce: nonce))]) }
        }
        try await group.waitForAll()
      }
      let alice = JSON.string(DevelopmentKey.alice.account.hex)
      #expect(try await client.call("system_accountNextIndex", [alice]) == 120)
      let state = try await node.service.seal()
      #expect(try node.chain.body(at: state.number)?.count == 121)
    }
  }

  @Test("who can no longer pay leaves after a block, as invalid") func revalidation() async throws {
    let node = try TestNode()
    // Two waits for one, and could pay its tip until zero was included.
    let two = try await node.service.submitAndWatch(node.transfer(from: .bob, nonce: 2, amount: 1, tip: 5 * unit))
    let three = try await node.service.submitAndWatch(node.transfer(from: .bob, nonce: 3, amount: 1))
    _ = try await node.service.submit(node.transfer(from: .bob, nonce: 0, amount: 8 * unit))
    try await node.service.seal()
    #expect(await two.all() == [.future, .invalid])
    #expect(await node.service.refusal(of: node.transfer(from: .bob, nonce: 2, amount: 1, tip: 5 * unit))?.poolError != nil)
    await node.service.stop()
    #expect(await three.all() == [.future])
  }

  @Test("a node that stops refuses as one that cannot tell") func stopped() async throws {
    let node = try TestNode()
    try await node.serving { client async throws in
      await node.service.stop()
      await refused(client, "author_submitExtrinsic", [.hex(node.transfer(nonce: 0))], code: 1002)
    }
  }
}
