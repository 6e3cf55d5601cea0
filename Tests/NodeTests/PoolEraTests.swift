import BlockExecution
import EchoRuntime
import Keys
import Node
import PalletSystem
import Primitives
import Testing
import TransactionPool

/// Eras at their edges (rpc.md §5), through the way that transactions take.
@Suite("Pool and eras") struct PoolEraTests {
  /// A node at block 10: the next block is 11.
  private func node() async throws -> TestNode {
    let node = try TestNode()
    for _ in 0..<10 { try await node.service.seal() }
    return node
  }

  @Test(
    "an era of four blocks is open to the block before its death, and only when its birth block is known",
    arguments: [
      (4, .invalid(.badProof)), (5, .invalid(.badProof)), (6, .invalid(.badProof)), (7, .invalid(.ancientBirthBlock)),
      (8, nil), (9, nil), (10, nil),
    ] as [(BlockNumber, TransactionValidityError?)])
  func edges(birth: BlockNumber, refusal: TransactionValidityError?) async throws {
    let node = try await node()
    let hash = try #require(try node.chain.hash(at: birth))
    let bytes = node.transfer(nonce: 0, era: Era(period: 4, current: UInt64(birth)), birth: hash)
    #expect(await node.service.refusal(of: bytes)?.validity == refusal)
    guard refusal == nil else { return }
    let state = try await node.service.seal()
    #expect(try node.chain.body(at: state.number)?.count == 2)
  }

  @Test("the block that an era is born with is not yet known while it is the next one") func unborn() async throws {
    let node = try await node()
    let bytes = node.transfer(nonce: 0, era: Era(period: 4, current: 11), birth: node.chain.best.hash)
    #expect(await node.service.refusal(of: bytes)?.validity == .invalid(.ancientBirthBlock))
  }

  @Test("only the birth block's own hash is signed", arguments: [0, 8, 10] as [BlockNumber])
  func otherHash(height: BlockNumber) async throws {
    let node = try await node()
    let other = try #require(try node.chain.hash(at: height))
    let bytes = node.transfer(nonce: 0, era: Era(period: 4, current: 9), birth: other)
    #expect(await node.service.refusal(of: bytes)?.validity == .invalid(.badProof))
  }

  @Test("without an era, genesis is signed") func immortal() async throws {
    let node = try await node()
    #expect(await node.service.refusal(of: node.transfer(nonce: 0, birth: node.chain.best.hash))?.validity == .invalid(.badProof))
    #expect(await node.service.refusal(of: node.transfer(nonce: 0)) == nil)
  }

  @Test("what waits past its era leaves as invalid and is banned", arguments: [8, 9, 10] as [BlockNumber])
  func dies(birth: BlockNumber) async throws {
    let node = try await node()
    let hash = try #require(try node.chain.hash(at: birth))
    let bytes = node.transfer(nonce: 1, era: Era(period: 4, current: UInt64(birth)), birth: hash)
    let updates = try await node.service.submitAndWatch(bytes)
    // Block birth + 3 is the last that may hold it.
    while node.chain.best.number < birth + 3 {
      #expect(await node.service.poolSize() == 1)
      try await node.service.seal()
    }
    #expect(await updates.all() == [.future, .invalid])
    #expect(await node.service.refusal(of: bytes)?.poolError == .banned(Extrinsic.hash(of: bytes)))
  }

  @Test("an era may begin as long ago as block hashes are kept, and not a block longer") func oldest() async throws {
    let node = try TestNode()
    let kept = EchoRuntime.blockHashCount
    while node.chain.best.number < kept + 10 { try await node.service.seal() }
    let next = node.chain.best.number + 1
    for (birth, refusal) in [(next - kept, nil), (next - kept - 1, .invalid(.ancientBirthBlock))]
      as [(BlockNumber, TransactionValidityError?)]
    {
      let hash = try #require(try node.chain.hash(at: birth))
      let bytes = node.transfer(nonce: 0, era: Era(period: 4_096, current: UInt64(birth)), birth: hash)
      #expect(await node.service.refusal(of: bytes)?.validity == refusal)
    }
  }
}
