import BlockExecution
import EchoRuntime
import Keys
import Logging
import Node
import Primitives
import Testing

extension AsyncStream where Element: Sendable {
  /// The next values; fewer when the stream ends.
  fileprivate func first(_ count: Int) async -> [Element] {
    var values: [Element] = []
    var iterator = makeAsyncIterator()
    while values.count < count, let value = await iterator.next() { values.append(value) }
    return values
  }
}

@Suite("Node service") struct ServiceTests {
  @Test("a transaction is ready, then in a block, then final, and its stream ends") func life() async throws {
    let node = try TestNode()
    let updates = try await node.service.submitAndWatch(node.transfer(nonce: 0, amount: 3 * unit))
    let state = try await node.service.seal()
    #expect(await updates.first(10) == [.ready, .inBlock(state.hash), .finalized(state.hash)])
    #expect(try state.number == 1 && node.balance(of: .dave) == 3 * unit)
    #expect(await node.service.poolSize() == 0)
    #expect(node.service.counters.blocks == 1 && node.service.counters.extrinsics == 2)
  }

  @Test("a gap in the nonces makes it wait") func future() async throws {
    let node = try TestNode()
    let second = try await node.service.submitAndWatch(node.transfer(nonce: 1))
    try await node.service.seal()
    #expect(await node.service.poolSize() == 1)
    _ = try await node.service.submit(node.transfer(nonce: 0))
    let state = try await node.service.seal()
    #expect(await second.first(10) == [.future, .ready, .inBlock(state.hash), .finalized(state.hash)])
  }

  @Test("a better transaction of the same nonce takes the place") func usurped() async throws {
    let node = try TestNode()
    let old = try await node.service.submitAndWatch(node.transfer(nonce: 0))
    let hash = try await node.service.submit(node.transfer(nonce: 0, tip: 5))
    #expect(await old.first(10) == [.ready, .usurped(hash)])
    #expect(await node.service.poolSize() == 1)
  }

  @Test("a mortal transaction may wait up to the last block of its era, and no longer", arguments: [true, false])
  func era(inTime: Bool) async throws {
    let node = try TestNode()
    // Born with block 0, so that block 3 is the last that may hold it. It waits for nonce 0.
    let bytes = node.transfer(nonce: 1, era: Era(period: 4, current: 0), birth: node.chain.genesisHash)
    let updates = try await node.service.submitAndWatch(bytes)
    for _ in 0..<2 { try await node.service.seal() }
    if inTime { _ = try await node.service.submit(node.transfer(nonce: 0)) }
    let last = try await node.service.seal()
    #expect(last.number == 3)
    #expect(await updates.first(10) == (inTime ? [.future, .ready, .inBlock(last.hash), .finalized(last.hash)] : [.future, .invalid]))
  }

  @Test("what a block refuses is invalid, and its followers wait") func refusedInBlock() async throws {
    let node = try TestNode()
    // Each can pay its tip alone; together they cannot.
    let first = try await node.service.submitAndWatch(node.transfer(from: .bob, nonce: 0, amount: 1, tip: 6 * unit))
    let second = try await node.service.submitAndWatch(node.transfer(from: .bob, nonce: 1, amount: 1, tip: 6 * unit))
    let third = try await node.service.submitAndWatch(node.transfer(from: .bob, nonce: 2, amount: 1))
    let state = try await node.service.seal()
    #expect(await first.first(10) == [.ready, .inBlock(state.hash), .finalized(state.hash)])
    #expect(await second.first(10) == [.ready, .invalid])
    #expect(await third.first(2) == [.ready, .future])
    #expect(await node.service.poolSize() == 1 && node.service.counters.refused == 1)
  }

  @Test("a refused submission leaves no watcher behind") func refusedAtEntry() async throws {
    let node = try TestNode()
    let bytes = node.transfer(nonce: 0)
    let watched = try await node.service.submitAndWatch(bytes)
    await #expect(throws: NodeService.SubmissionError.self) { try await node.service.submitAndWatch(bytes) }
    await #expect(throws: NodeService.SubmissionError.self) { try await node.service.submitAndWatch([1, 2, 3]) }
    // The first watcher of the same hash still hears.
    #expect(await watched.first(1) == [.ready])
    let state = try await node.service.seal()
    #expect(await watched.first(10) == [.inBlock(state.hash), .finalized(state.hash)])
  }

  @Test("stopping ends the streams and refuses what comes later") func stop() async throws {
    let node = try TestNode()
    let updates = try await node.service.submitAndWatch(node.transfer(nonce: 4))
    await node.service.stop()
    #expect(await updates.first(10) == [.future])
    await #expect(throws: NodeError.self) { try await node.service.seal() }
    await #expect(throws: NodeService.SubmissionError.self) { try await node.service.submit(node.transfer(nonce: 0)) }
    #expect(node.chain.best.number == 0)
  }

  @Test("a node without a quorum of keys does not start") func keys() throws {
    let node = try TestNode()
    let configuration = NodeConfiguration(spec: node.spec, basePath: "", authorityKeys: [DevelopmentKey.alice.secretKey])
    #expect(throws: NodeError.self) { try NodeService(chain: node.chain, configuration: configuration, log: .init(label: "test")) }
  }
}

@Suite("Sealing") struct SealingTests {
  @Test("a transaction makes a block, without a heartbeat nothing else does") func instant() async throws {
    let node = try TestNode(sealing: .instant(heartbeat: 0))
    let running = Task { try await node.service.run() }
    for nonce in 0..<3 as Range<UInt32> {
      let updates = try await node.service.submitAndWatch(node.transfer(nonce: nonce))
      let all = await updates.first(3)
      guard all.count == 3, case .finalized(let hash) = all[2] else {
        Issue.record("\(all)")
        break
      }
      #expect(all[1] == .inBlock(hash) && all[0] == .ready)
    }
    // One block at the start at most, and one for each transaction.
    #expect((3...4).contains(node.chain.best.number))
    running.cancel()
    await node.service.stop()
    _ = await running.result
  }

  @Test("a future transaction makes no block") func futureDoesNotWake() async throws {
    let node = try TestNode(sealing: .instant(heartbeat: 0))
    let waiting = try await node.service.submitAndWatch(node.transfer(nonce: 1))
    let running = Task { try await node.service.run() }
    let updates = try await node.service.submitAndWatch(node.transfer(nonce: 0))
    #expect(await updates.first(3).first == .ready)
    #expect(await waiting.first(10).count == 4)
    #expect(node.chain.best.number <= 2)
    running.cancel()
    await node.service.stop()
    _ = await running.result
  }

  @Test("by hand, blocks come only when asked for, until the task is cancelled") func manual() async throws {
    let node = try TestNode(sealing: .manual)
    let running = Task { try await node.service.run() }
    let updates = try await node.service.submitAndWatch(node.transfer(nonce: 0))
    #expect(await updates.first(1) == [.ready])
    #expect(node.chain.best.number == 0)
    #expect(try await node.service.seal().number == 1)
    running.cancel()
    try await running.value
    #expect(node.chain.best.number == 1)
  }

  @Test("every block's time is later than its parent's") func times() async throws {
    let node = try TestNode()
    var last: UInt64 = 0
    for _ in 0..<20 {
      let state = try await node.service.seal()
      let time = try EchoRuntime.timestamp(in: state.context())
      #expect(time > last)
      last = time
    }
  }
}
