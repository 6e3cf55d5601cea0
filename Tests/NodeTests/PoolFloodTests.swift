import BlockExecution
import EchoRuntime
import Keys
import Node
import PalletBalances
import PalletSystem
import Primitives
import RPC
import TestKit
import Testing
import TransactionPool

/// What somebody sends who wants a node to stand still.
private struct Attack: Sendable {
  let node: TestNode
  /// Keys of accounts with a little money.
  let funded: [SecretKey]
  /// Good extrinsics of the funded accounts, some ready, some with gaps and some that all others duplicate.
  let signed: [[UInt8]]
  /// Accounts of nobody, without money.
  let strangers: [AccountID]

  init(_ node: TestNode, funded: [SecretKey]) throws {
    self.node = node
    self.funded = funded
    var signed: [[UInt8]] = []
    for key in funded {
      for nonce: UInt32 in [0, 1, 2, 5, 9, 1_500, .max] { signed.append(node.transfer(by: key, nonce: nonce)) }
    }
    // One sender with many.
    for nonce: UInt32 in 0..<300 { signed.append(node.transfer(by: DevelopmentKey.bob.secretKey, nonce: nonce, tip: 1)) }
    self.signed = signed
    strangers = (0..<500).map { AccountID(words: Words32($0, 7, 7, 7)) }
  }

  func next(_ random: inout SeededRandom) -> [UInt8] {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return random.bytes(Int.random(in: 0..<300, using: &random))
    case 1: return cut(&random)
    case 2: return changed(&random)
    case 3: return node.forged(signer: funded[0].account, nonce: UInt32.random(in: 0..<600, using: &random), mark: random.next())
    case 4...6: return node.forged(signer: strangers[Int.random(in: 0..<500, using: &random)], nonce: 0, mark: random.next())
    default: return signed[Int.random(in: 0..<signed.count, using: &random)]
    }
  }

  private func cut(_ random: inout SeededRandom) -> [UInt8] {
    let bytes = signed[Int.random(in: 0..<signed.count, using: &random)]
    return Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
  }

  private func changed(_ random: inout SeededRandom) -> [UInt8] {
    var bytes = signed[Int.random(in: 0..<signed.count, using: &random)]
    bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    return bytes
  }
}

@Suite("Node under a flood") struct PoolFloodTests {
  private let limits = TransactionPool.Limits(transactions: 512, bytes: 1 << 20, bans: 1_000)

  /// Sends transfers of Alice one after the other, each as soon as the last one is final.
  private func honest(_ node: TestNode, count: UInt32) async throws {
    for nonce in 0..<count {
      // A tip, as somebody in a hurry pays: the flood's transactions pay none or 1.
      let updates = await (try await node.service.submitAndWatch(node.transfer(nonce: nonce, amount: 1_000_000_000, tip: 10))).all()
      guard case .finalized = updates.last else {
        Issue.record("nonce \(nonce): \(updates)")
        return
      }
    }
  }

  private func check(_ node: TestNode, _ attack: Attack) throws {
    let statistics = node.service.poolStatistics
    #expect(statistics.transactions <= limits.transactions && statistics.bytes <= limits.bytes && statistics.futures <= limits.futures)
    #expect(statistics.bans <= limits.bans && statistics.checking == 0 && statistics.watched == 0)
    #expect(statistics.bans > 0)
    // Bob's are in blocks as far as he could pay, each once.
    #expect(try SystemPallet.nonce(of: DevelopmentKey.bob.account, in: node.chain.best.context()) > 0)
    #expect(try SystemPallet.nonce(of: attack.strangers[0], in: node.chain.best.context()) == 0)
  }

  @Test("100,000 submissions of every kind: bounded memory, and honest transactions go on into blocks") func direct() async throws {
    let funded = try poolKeys(60)
    let node = try TestNode(sealing: .instant(heartbeat: 0), funded: funded.map(\.account), poolLimits: limits)
    let attack = try Attack(node, funded: funded)
    let running = Task { try await node.service.run() }
    let refused = try await withThrowingTaskGroup(of: Int.self) { group in
      for lane: UInt64 in 0..<8 {
        group.addTask {
          var random = SeededRandom(seed: 0xf100d + lane)
          var refused = 0
          for _ in 0..<12_500 where await node.service.refusal(of: attack.next(&random)) != nil { refused += 1 }
          return refused
        }
      }
      group.addTask {
        try await honest(node, count: 40)
        return 0
      }
      return try await group.reduce(0, +)
    }
    #expect(refused > 90_000 && refused < 100_000)
    running.cancel()
    try check(node, attack)
    #expect(try SystemPallet.nonce(of: DevelopmentKey.alice.account, in: node.chain.best.context()) == 40)
    await node.service.stop()
    _ = await running.result
  }

  @Test("thousands over sockets: every request is answered, other clients are served, honest transactions go in") func sockets()
    async throws
  {
    let funded = try poolKeys(30)
    let node = try TestNode(sealing: .instant(heartbeat: 0), funded: funded.map(\.account), poolLimits: limits)
    let attack = try Attack(node, funded: funded)
    let running = Task { try await node.service.run() }
    try await node.serving(clients: 5) { clients in
      let answered = try await withThrowingTaskGroup(of: Int.self) { group in
        for lane in 0..<4 {
          group.addTask {
            var random = SeededRandom(seed: UInt64(lane))
            var answered = 0
            for _ in 0..<10 {
              let calls = (0..<100).map { index in
                RPCCall(index % 10 == 9 ? "author_pendingExtrinsics" : "author_submitExtrinsic", [.hex(attack.next(&random))])
              }
              for answer in await clients[lane].batch(calls) {
                switch answer {
                case .success: answered += 1
                case .failure(.rpc(let error)) where (1_001...1_016).contains(error.code): answered += 1
                case .failure(let error): Issue.record("\(error)")
                }
              }
            }
            return answered
          }
        }
        group.addTask {
          for _ in 0..<50 {
            let health = try await clients[4].call("system_health")
            #expect(health["peers"] == 0)
          }
          return 0
        }
        group.addTask {
          try await honest(node, count: 20)
          return 0
        }
        return try await group.reduce(0, +)
      }
      #expect(answered == 4_000)
      try check(node, attack)
      #expect(try SystemPallet.nonce(of: DevelopmentKey.alice.account, in: node.chain.best.context()) == 20)
    }
    running.cancel()
    await node.service.stop()
    _ = await running.result
  }

  @Test("the same bytes from a hundred callers at once enter once") func sameBytes() async throws {
    let node = try TestNode()
    let bytes = node.transfer(nonce: 0)
    let entered = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<100 { group.addTask { await node.service.refusal(of: bytes) == nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(entered == 1 && node.service.poolStatistics.transactions == 1)
  }

  @Test("a burst from many senders is checked beside block making, and all of it enters") func burst() async throws {
    let keys = try poolKeys(400)
    let node = try TestNode(sealing: .interval(milliseconds: 10), funded: keys.map(\.account))
    let running = Task { try await node.service.run() }
    let ends = try await withThrowingTaskGroup(of: NodeService.TransactionUpdate?.self) { group in
      for key in keys {
        group.addTask { await (try await node.service.submitAndWatch(node.transfer(by: key, nonce: 0))).all().last }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(ends.count == 400)
    #expect(ends.allSatisfy { if case .finalized? = $0 { true } else { false } })
    running.cancel()
    await node.service.stop()
    _ = await running.result
  }
}
