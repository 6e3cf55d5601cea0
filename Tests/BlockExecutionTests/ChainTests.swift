import BlockExecution
import EchoRuntime
import Finality
import KeyValueStore
import Keys
import MerkleMountainRange
import PalletBalances
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import ScaleCodec
import StateTrie
import TestKit
import Testing
import XCM

private let alice = DevelopmentKey.alice.secretKey
private let unit: Balance = 1_000_000_000_000

private func spec(paraId: UInt32 = 7) -> ChainSpec {
  ChainSpec(
    name: "test", network: "test", paraId: paraId, chainType: "Development", tokenSymbol: "TEST", tokenDecimals: 12, ss58Prefix: 42,
    sessionLength: 25, genesisTime: 0,
    authorities: [Hex.encode(alice.publicKey.compressed)], sudo: alice.publicKey.accountID.hex,
    balances: [.init(account: alice.publicKey.accountID.hex, amount: "\(1000 * unit)")], assets: [], links: [])
}

/// What signatures on the chain are bound to.
private func signingContext(of chain: Chain) -> SigningContext {
  let version = EchoRuntime.version
  return SigningContext(
    specVersion: version.specVersion, transactionVersion: version.transactionVersion, genesisHash: chain.genesisHash,
    birthHash: chain.genesisHash)
}

private func extrinsic(_ chain: Chain, nonce: UInt32, to: AccountID, amount: Balance) -> [UInt8] {
  let context = signingContext(of: chain)
  let call = RuntimeCall.balances(.transferKeepAlive(dest: .id(to), value: Compact(amount)))
  return Extrinsic(call: call, extra: SignedExtra(era: .immortal, nonce: nonce), context: context, key: alice).encoded()
}

private func account(_ number: UInt64) -> AccountID { AccountID(words: Words32(number, 1, 2, 3)) }

@discardableResult
private func grow(_ chain: Chain, _ extrinsics: [[UInt8]] = []) throws -> ExecutedBlock {
  let block = try chain.propose(extrinsics: extrinsics, timestamp: chain.bestTimestamp + 1000, preRuntime: [], signaturesChecked: [])
  try chain.commit(block, justification: [1, 2, 3])
  return block
}

@Suite("Chain") struct ChainTests {
  @Test("equal specs give equal genesis blocks, other specs others") func genesis() throws {
    #expect(try Chain.genesis(of: spec()).hash == Chain.genesis(of: spec()).hash)
    #expect(try Chain.genesis(of: spec()).hash != Chain.genesis(of: spec(paraId: 8)).hash)
  }

  @Test("blocks link, roots cover state and body, everything can be read back") func blocks() throws {
    let chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    let first = extrinsic(chain, nonce: 0, to: account(1), amount: unit)
    let block = try grow(chain, [first])
    #expect(block.header.parentHash == chain.genesisHash && block.header.number.value == 1)
    #expect(block.body.count == 2 && block.body[1] == first)
    #expect(block.header.extrinsicsRoot == orderedTrieRoot(block.body, layout: .v1))
    #expect(chain.best.hash == block.hash && chain.best.hash == block.header.hash)
    #expect(try chain.header(at: 1) == block.header)
    #expect(try chain.body(at: 1) == block.body)
    #expect(try chain.justification(at: 1) == [1, 2, 3])
    #expect(try chain.number(of: block.hash) == 1)
    #expect(try chain.extrinsic(Extrinsic.hash(of: first)).map { [$0.block, $0.index] } == [1, 1])
    #expect(try chain.header(at: 2) == nil && chain.number(of: .zero) == nil && chain.state(at: 2) == nil)
    #expect(block.header.mmrRoot == block.mmrRoot)
    let key = System.account.key(account(1))
    let answers = try StorageProof(nodes: chain.best.proof(for: [key])).answers(root: block.header.stateRoot, keys: [key])
    #expect(answers == [chain.best.value(for: key).map { .value($0) } ?? .absent])
  }

  @Test("what a block refuses is reported and left out") func refused() throws {
    let chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    let good = extrinsic(chain, nonce: 0, to: account(1), amount: unit)
    let block = try grow(chain, [[1, 2, 3], extrinsic(chain, nonce: 5, to: account(1), amount: unit), good, good])
    #expect(block.body.count == 2)
    #expect(block.refused.map(\.reason) == [.invalid(.call), .invalid(.stale)], "a future nonce waits on")
  }

  @Test("a transaction that does not fit is skipped, and smaller ones behind it are taken") func skipping() throws {
    let chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    let context = signingContext(of: chain)
    // Nearly the whole of what one extrinsic may weigh, twice: the second does not fit beside the first.
    let heavy = RuntimeCall.xcmPallet(.execute(message: .v5([]), maxWeight: Weight(refTime: 900_000_000_000)))
    func signed(_ call: RuntimeCall, _ nonce: UInt32, _ key: SecretKey) -> [UInt8] {
      Extrinsic(call: call, extra: SignedExtra(era: .immortal, nonce: nonce), context: context, key: key).encoded()
    }
    let bob = DevelopmentKey.bob.secretKey
    let funding = extrinsic(chain, nonce: 0, to: bob.publicKey.accountID, amount: 10 * unit)
    try grow(chain, [funding])
    let candidates = [signed(heavy, 1, alice), signed(heavy, 2, alice), extrinsic(chain, nonce: 3, to: account(5), amount: unit)]
    let small = signed(.balances(.transferKeepAlive(dest: .id(account(6)), value: Compact(unit))), 0, bob)
    let block = try grow(chain, candidates + [small])
    #expect(block.body.dropFirst() == [candidates[0], small])
    #expect(block.refused.isEmpty, "what was skipped waits for the next block")
    #expect(try grow(chain, Array(candidates.dropFirst())).body.count == 3)
    let impossible = RuntimeCall.xcmPallet(.execute(message: .v5([]), maxWeight: Weight(refTime: 3_000_000_000_000, proofSize: .max)))
    let state = chain.best
    let ahead = state.context()
    Executive.enterNextBlock(number: state.number + 1, parentHash: state.hash, in: ahead)
    let waiting = try Extrinsic(decoding: signed(impossible, 4, alice))
    #expect(throws: TransactionValidityError.invalid(.exhaustsResources)) {
      try Executive.validate(waiting, length: 200, signatureChecked: false, in: ahead)
    }
  }

  @Test("a chain opened again stands where it stood, at the root its header names") func reopen() throws {
    let store = MemoryStore(columns: ChainColumn.all)
    let chain = try Chain(store: store, spec: spec())
    for number in 0..<5 { try grow(chain, [extrinsic(chain, nonce: UInt32(number), to: account(UInt64(number)), amount: unit)]) }
    let again = try Chain(store: store, spec: spec())
    #expect(again.best.hash == chain.best.hash && again.bestTimestamp == chain.bestTimestamp)
    let next = try grow(again, [extrinsic(chain, nonce: 5, to: account(9), amount: unit)])
    #expect(next.body.count == 2)
    let other = try Chain.genesis(of: spec(paraId: 8)).hash
    #expect(throws: ChainError.wrongGenesis(stored: chain.genesisHash, expected: other)) { try Chain(store: store, spec: spec(paraId: 8)) }
  }

  @Test("a damaged state is noticed on start") func damaged() throws {
    let store = MemoryStore(columns: ChainColumn.all)
    let chain = try Chain(store: store, spec: spec())
    try grow(chain)
    var batch = WriteBatch()
    batch.put(Array("stray".utf8), [1], in: ChainColumn.state)
    try store.commit(batch, sync: true)
    let error = #expect(throws: ChainError.self) { try Chain(store: store, spec: spec()) }
    guard case .stateRootMismatch(block: 1, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("old states come back through reverse diffs, with their proofs") func oldStates() throws {
    let chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    for number in 0..<UInt32(Chain.recentStates + 20) { try grow(chain, [extrinsic(chain, nonce: number, to: account(1), amount: unit)]) }
    for number: BlockNumber in [0, 1, 7, 19, 20, 21, 60, 84] {
      let state = try #require(try chain.state(at: number))
      #expect(state.number == number)
      #expect(try BalancesPallet.freeBalance(of: account(1), in: state.context()) == Balance(number) * unit)
      let key = System.account.key(account(1))
      let answer = try StorageProof(nodes: state.proof(for: [key])).answers(root: state.header.stateRoot, keys: [key])[0]
      #expect((answer == .absent) == (number == 0))
    }
  }

  @Test("leaves are provable at every earlier size") func mmr() throws {
    let chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    for _ in 0..<30 { try grow(chain) }
    for (index, count) in [(0, 1), (0, 30), (6, 7), (12, 21), (29, 30)] as [(UInt64, UInt64)] {
      let made = try #require(try chain.mmrProof(leafIndices: [index], leafCount: count))
      let header = try #require(try chain.header(at: BlockNumber(count)))
      #expect(made.root == header.mmrRoot)
      #expect(made.leaves[0].parentNumber == BlockNumber(index))
      #expect(made.proof.verify(leaves: [made.leaves[0].hash], root: made.root) == .valid)
    }
    #expect(try chain.mmrProof(leafIndices: [30], leafCount: 30) == nil)
    #expect(try chain.mmrProof(leafIndices: [0], leafCount: 31) == nil)
    #expect(try chain.mmrProof(leafIndices: [], leafCount: 3) == nil)
    #expect(try chain.mmrProof(leafIndices: [3, 1], leafCount: 10) == nil)
  }

  @Test("somebody else's block is executed and every field of its header compared") func verify() throws {
    let author = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    let follower = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    for number in 0..<UInt32(30) {
      let block = try grow(author, [extrinsic(author, nonce: number, to: account(2), amount: unit)])
      let verified = try follower.verify(header: block.header, body: block.body)
      #expect(verified.hash == block.hash)
      if number == 3 {
        var header = block.header
        header.stateRoot = .zero
        #expect(throws: ChainError.headerMismatch(field: "state root")) { try follower.verify(header: header, body: block.body) }
        header = block.header
        header.extrinsicsRoot = .zero
        #expect(throws: ChainError.headerMismatch(field: "extrinsics root")) { try follower.verify(header: header, body: block.body) }
        header = block.header
        header.digest.append(.other([1]))
        #expect(throws: ChainError.headerMismatch(field: "digest")) { try follower.verify(header: header, body: block.body) }
        header = block.header
        header.parentHash = .zero
        #expect(throws: ChainError.headerMismatch(field: "parent hash")) { try follower.verify(header: header, body: block.body) }
        #expect(throws: ChainError.self) { try follower.verify(header: block.header, body: block.body + [[1]]) }
        #expect(throws: ChainError.self) { try follower.verify(header: block.header, body: []) }
        #expect(follower.best.number == 3, "a refused block changes nothing")
      }
      try follower.commit(verified, justification: [])
    }
    let stale = try author.propose(extrinsics: [], timestamp: 0, preRuntime: [], signaturesChecked: [])
    try grow(author)
    #expect(throws: ChainError.notNext(number: 31, best: 31)) { try author.commit(stale, justification: []) }
  }

  @Test("sessions start on time and their first blocks are found") func sessions() throws {
    let chain = try Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec())
    for _ in 0..<60 { try grow(chain) }
    #expect(try chain.firstBlock(ofSet: 0) == 1)
    #expect(try chain.firstBlock(ofSet: 1) == 26)
    #expect(try chain.firstBlock(ofSet: 2) == 51)
    #expect(try chain.firstBlock(ofSet: 3) == nil)
    let header = try #require(try chain.header(at: 26))
    #expect(header.authoritiesChange?.id == 1)
  }
}
