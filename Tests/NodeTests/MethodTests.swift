import BlockExecution
import EchoRuntime
import Finality
import Hashing
import Keys
import MerkleMountainRange
import Node
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import StateTrie
import Testing

/// A node with some blocks, the first of which holds a transfer, and a client.
private func connected(blocks: Int = 3, _ body: (TestNode, RPCClient) async throws -> Void) async throws {
  let node = try TestNode()
  _ = try await node.service.submit(node.transfer(nonce: 0))
  for _ in 0..<blocks { try await node.service.seal() }
  try await node.serving { client async throws in try await body(node, client) }
}

private let unknown = JSON.hash(H256(words: Words32(1, 2, 3, 4)))

@Suite("chain methods") struct ChainMethodTests {
  @Test("headers, bodies and hashes are found by hash and height") func blocks() async throws {
    try await connected { node, client async throws in
      let best = node.chain.best
      let header = try await client.call("chain_getHeader")
      #expect(header["number"] == "0x3" && header["stateRoot"] == .hash(best.header.stateRoot))
      #expect(header["digest"]?["logs"]?.asArray?.count == best.header.digest.count)
      let first = try #require(try node.chain.hash(at: 1))
      #expect(header["parentHash"]?.asHash == best.header.parentHash)
      let block = try await client.call("chain_getBlock", [.hash(first)])
      #expect(block["block"]?["header"]?["number"] == "0x1" && block["justifications"]?.isNull == true)
      #expect(block["block"]?["extrinsics"]?[1] == .hex(node.transfer(nonce: 0)))
      #expect(try await client.call("chain_getBlockHash", [1]) == .hash(first))
      #expect(try await client.call("chain_getBlockHash", [[0, "0x1", 99]]) == [.hash(node.chain.genesisHash), .hash(first), .null])
      for method in ["chain_getBlockHash", "chain_getFinalizedHead", "chain_getHead"] {
        #expect(try await client.call(method) == .hash(best.hash))
      }
      #expect(try await client.call("chain_getHeader", [unknown]).isNull)
      #expect(try await client.call("chain_getBlock", [unknown]).isNull)
      await refused(client, "chain_getHeader", ["0x12"], code: -32602)
      await refused(client, "chain_getBlockHash", [.array(Array(repeating: 1, count: 1025))], code: 4002)
    }
  }

  @Test(
    "heads come in order, the current one first",
    arguments: ["NewHeads", "AllHeads", "FinalizedHeads"])
  func heads(kind: String) async throws {
    try await connected { node, client async throws in
      let heads = try await client.subscribe("chain_subscribe" + kind, unsubscribe: "chain_unsubscribe" + kind)
      var iterator = heads.makeAsyncIterator()
      #expect(try await iterator.next()?["number"] == "0x3")
      for number in 4...8 {
        try await node.service.seal()
        #expect(try await iterator.next()?["number"] == .string("0x\(number)"))
      }
      heads.cancel()
    }
  }
}

@Suite("state methods") struct StateMethodTests {
  @Test("values, sizes, hashes and changes at any block") func values() async throws {
    try await connected { node, client async throws in
      let key = System.account.key(DevelopmentKey.dave.account)
      let value = try #require(node.chain.best.value(for: key))
      let first = try #require(try node.chain.hash(at: 1))
      #expect(try await client.call("state_getStorage", [.hex(key)]) == .hex(value))
      #expect(try await client.call("state_getStorage", [.hex(key), .hash(first)]) == .hex(value))
      #expect(try await client.call("state_getStorage", [.hex(key), .hash(node.chain.genesisHash)]).isNull)
      #expect(try await client.call("state_getStorageSize", [.hex(key)]) == JSON(value.count))
      #expect(try await client.call("state_getStorageHash", [.hex(key)]) == .hash(Hash.blake2b256(value)))
      let changes = try await client.call("state_queryStorageAt", [[.hex(key), "0x00"]])
      #expect(changes[0]?["changes"] == [[.hex(key), .hex(value)], ["0x00", .null]])
      #expect(changes[0]?["block"] == .hash(node.chain.best.hash))
    }
  }

  @Test("pages of keys make up the whole list, and have a limit") func paging() async throws {
    try await connected { node, client async throws in
      let prefix = JSON.hex(Array(System.account.key(DevelopmentKey.dave.account).prefix(32)))
      let all = try #require(try await client.call("state_getKeys", [prefix]).asArray)
      #expect(all.count >= 3)
      var paged: [JSON] = []
      while true {
        let page = try #require(try await client.call("state_getKeysPaged", [prefix, 2, paged.last ?? .null]).asArray)
        paged += page
        if page.count < 2 { break }
      }
      #expect(paged == all)
      #expect(try await client.call("state_getKeysPaged", [prefix, 0]) == [])
      let atGenesis = try await client.call("state_getKeysPaged", [prefix, 1000, .null, .hash(node.chain.genesisHash)])
      #expect((atGenesis.asArray ?? []).count < all.count)
      await refused(client, "state_getKeysPaged", [prefix, 1001], code: 4002)
      await refused(client, "state_getKeysPaged", [prefix, -1], code: -32602)
      await refused(client, "state_queryStorageAt", [.array(Array(repeating: prefix, count: 1001))], code: 4002)
      await refused(client, "state_getReadProof", [.array(Array(repeating: prefix, count: 4097))], code: 4002)
    }
  }

  @Test(
    "an unknown block is error 4003",
    arguments: [
      ("state_getStorage", ["0x00", unknown]), ("state_getKeysPaged", ["0x", 1, .null, unknown]),
      ("state_getReadProof", [["0x00"], unknown]),
      ("state_getRuntimeVersion", [unknown]), ("state_call", ["Core_version", "0x", unknown]),
      ("state_queryStorageAt", [["0x00"], unknown]),
      ("echo_events", [unknown]), ("echo_lanes", [99]), ("payment_queryInfo", ["0x00", unknown]),
    ] as [(String, [JSON])])
  func unknownBlock(method: String, params: [JSON]) async throws {
    try await connected { _, client async throws in
      let error = await refused(client, method, params, code: 4003)
      #expect(error?.message.hasPrefix("Client error: UnknownBlock: Header was not found in the database: ") == true)
    }
  }

  @Test("a read proof proves against the header's root") func proof() async throws {
    try await connected { node, client async throws in
      let keys = [System.account.key(DevelopmentKey.alice.account), [1, 2, 3]]
      let answer = try await client.call("state_getReadProof", [.array(keys.map { .hex($0) })])
      #expect(answer["at"] == .hash(node.chain.best.hash))
      let nodes = try #require(answer["proof"]?.asArray).compactMap(\.asBytes)
      let answers = try StorageProof(nodes: nodes).answers(root: node.chain.best.header.stateRoot, keys: keys)
      #expect(answers == [node.chain.best.value(for: keys[0]).map { .value($0) } ?? .absent, .absent])
    }
  }

  @Test("the runtime's version, and calls that it does not have") func runtime() async throws {
    try await connected { _, client async throws in
      let version = try await client.call("state_getRuntimeVersion")
      #expect(version["specVersion"] == JSON(EchoRuntime.version.specVersion) && version["apis"]?.asArray?.isEmpty == false)
      #expect(try await client.call("state_call", ["Core_version", "0x"]).asBytes?.isEmpty == false)
      let error = await refused(client, "state_call", ["No_such", "0x"], code: 4003)
      #expect(error?.message.contains("Exported method No_such is not found") == true)
    }
  }

  @Test("a watched key is reported at once and then with every change") func subscription() async throws {
    try await connected { node, client async throws in
      let key = System.account.key(DevelopmentKey.dave.account)
      let changes = try await client.subscribe("state_subscribeStorage", [[.hex(key)]], unsubscribe: "state_unsubscribeStorage")
      var iterator = changes.makeAsyncIterator()
      #expect(try await iterator.next()?["block"] == .hash(node.chain.best.hash))
      try await node.service.seal()
      _ = try await node.service.submit(node.transfer(nonce: 1))
      let state = try await node.service.seal()
      let change = try await iterator.next()
      #expect(change == ["block": .hash(state.hash), "changes": [[.hex(key), state.value(for: key).map { .hex($0) } ?? .null]]])
      changes.cancel()
      await #expect(throws: RPCClientError.self) {
        try await client.subscribe("state_subscribeStorage", [[]], unsubscribe: "state_unsubscribeStorage")
      }
    }
  }

  @Test("subscriptions of one connection watch a bounded number of keys") func keyBudget() async throws {
    try await connected { _, client async throws in
      let keys = JSON.array((0..<4096).map { .hex([UInt8($0 >> 8), UInt8($0 & 255)]) })
      var held: [RPCSubscription] = []
      for _ in 0..<4 {
        held.append(try await client.subscribe("state_subscribeStorage", [keys], unsubscribe: "state_unsubscribeStorage"))
      }
      await #expect(throws: RPCClientError.rpc(.tooManySubscriptionKeys(limit: 16_384))) {
        try await client.subscribe("state_subscribeStorage", [["0x00"]], unsubscribe: "state_unsubscribeStorage")
      }
      #expect(Set(held.map(\.id)).count == 4)
    }
  }
}

@Suite("author and payment methods") struct AuthorMethodTests {
  @Test("a submitted extrinsic waits, counts for the next nonce, and is watched to its end") func submit() async throws {
    try await connected { node, client async throws in
      let bytes = node.transfer(nonce: 1)
      let alice = JSON.string(SS58.encode(DevelopmentKey.alice.account, prefix: 42))
      #expect(try await client.call("system_accountNextIndex", [alice]) == 1)
      #expect(try await client.call("author_submitExtrinsic", [.hex(bytes)]) == .hash(Extrinsic.hash(of: bytes)))
      #expect(try await client.call("author_pendingExtrinsics") == [.hex(bytes)])
      #expect(try await client.call("system_accountNextIndex", [alice]) == 2)
      let watched = try await client.subscribe(
        "author_submitAndWatchExtrinsic", [.hex(node.transfer(nonce: 2))], unsubscribe: "author_unwatchExtrinsic")
      var iterator = watched.makeAsyncIterator()
      #expect(try await iterator.next() == "ready")
      let sealed = try await client.call("dev_seal", [1])
      #expect(sealed["number"] == 4)
      let hash = try #require(sealed["hash"])
      #expect(try await iterator.next() == ["inBlock": hash])
      #expect(try await iterator.next() == ["finalized": hash])
      #expect(try await client.call("author_pendingExtrinsics") == [])
    }
  }

  @Test("every refusal has Substrate's code and text") func refusals() async throws {
    try await connected { node, client async throws in
      func submit(_ bytes: [UInt8], _ code: Int) async -> RPCError? {
        await refused(client, "author_submitExtrinsic", [.hex(bytes)], code: code)
      }
      #expect(await submit([1, 2, 3], 1001)?.message.hasPrefix("Extrinsic has invalid format") == true)
      #expect(await submit(node.transfer(nonce: 0, amount: 7), 1010)?.data == "Transaction is outdated")
      #expect(await submit(node.transfer(nonce: 1, genesis: .zero), 1010)?.data == "Transaction has a bad signature")
      #expect(
        await submit(node.transfer(from: .eve, nonce: 0), 1010)?.data == "Inability to pay some fees (e.g. account balance too low)")
      let unsigned = Extrinsic(call: .balances(.transferKeepAlive(dest: .id(.zero), value: Compact(1))), signature: nil)
      #expect(await submit(unsigned.encoded(), 1011) != nil)
      let waiting = node.transfer(nonce: 1, tip: 3)
      _ = try await client.call("author_submitExtrinsic", [.hex(waiting)])
      #expect(await submit(waiting, 1013) == .alreadyImported)
      #expect(await submit(node.transfer(nonce: 1, amount: 5, tip: 3), 1014) == .priorityTooLow(old: 3, new: 3))
      #expect(await submit(node.transfer(nonce: 5000), 1016)?.data?.asString?.contains("5000") == true)
      await refused(client, "author_submitExtrinsic", ["no hex"], code: -32602)
      await refused(client, "author_submitAndWatchExtrinsic", [.hex(waiting)], code: 1013)
    }
  }

  @Test("the fee that is quoted is the fee that is paid") func fee() async throws {
    try await connected { node, client async throws in
      let bytes = node.transfer(nonce: 1)
      let info = try await client.call("payment_queryInfo", [.hex(bytes)])
      let fee = try #require(info["partialFee"]?.asUInt128)
      #expect(info["class"] == "normal" && info["weight"]?["ref_time"]?.asUInt64 ?? 0 > 0)
      let details = try await client.call("payment_queryFeeDetails", [.hex(bytes)])
      let parts = ["baseFee", "lenFee", "adjustedWeightFee"].compactMap { details["inclusionFee"]?[$0]?.asUInt128 }
      #expect(parts.count == 3 && parts.reduce(0, +) == fee)
      let before = try node.balance(of: .alice)
      _ = try await node.service.submit(bytes)
      try await node.service.seal()
      #expect(try before - node.balance(of: .alice) == unit + fee)
      await refused(client, "payment_queryInfo", ["0x0102"], code: 1001)
    }
  }
}

@Suite("echo methods") struct EchoMethodTests {
  @Test("a light client verifies every block's finality proof", arguments: [1, 5, 6, 12] as [BlockNumber])
  func finality(number: BlockNumber) async throws {
    try await connected(blocks: 12) { node, client async throws in
      let answer = try await client.call("echo_finalityProof", [JSON(number)])
      let proof = try FinalityProof(decoding: try #require(answer["proof"]?.asBytes))
      let set = try await client.call("echo_validatorSet", [try #require(answer["setId"])])
      let keys = try #require(set["publicKeys"]?.asArray).map { try PublicKey(compressed: $0.asBytes ?? []) }
      let validators = ValidatorSet(id: try #require(set["id"]?.asUInt64), validators: keys)
      #expect(proof.verify(set: validators, genesisHash: node.chain.genesisHash).isValid)
      #expect(!proof.verify(set: validators, genesisHash: .zero).isValid)
      #expect(try proof.signed.commitment.headerHash == node.chain.hash(at: number) && proof.signed.commitment.blockNumber == number)
      #expect(answer["setRoot"] == set["root"] && answer["addresses"] == set["addresses"])
      #expect(try await client.call("echo_header", [JSON(number)])["hash"] == answer["hash"])
    }
  }

  @Test("leaves prove against the root that a block's commitment names") func mmr() async throws {
    try await connected(blocks: 12) { _, client async throws in
      let certified = try await client.call("echo_finalityProof", [9])
      let root = try FinalityProof(decoding: try #require(certified["proof"]?.asBytes)).signed.commitment.mmrRoot
      let answer = try await client.call("echo_mmrProof", [[2, 7], 9])
      #expect(answer["root"] == .hash(root) && answer["leafCount"] == 9)
      let leaves = try #require(answer["leaves"]?.asArray).map { try MmrLeaf(decoding: $0.asBytes ?? []) }
      #expect(leaves.map(\.parentNumber) == [2, 7])
      let proof = try LeafProof(decoding: try #require(answer["proof"]?.asBytes))
      #expect(proof.verify(leaves: leaves.map(\.hash), root: root) == .valid)
      #expect(proof.verify(leaves: leaves.map(\.hash), root: .zero) != .valid)
      #expect(try await client.call("echo_mmrProof", [[9], 9]).isNull)
      #expect(try await client.call("echo_mmrProof", [[0], 13]).isNull)
      await refused(client, "echo_mmrProof", [[]], code: 4002)
    }
  }

  @Test("what the chain is, and nothing for unknown blocks") func info() async throws {
    try await connected { node, client async throws in
      let info = try await client.call("echo_chainInfo")
      #expect(info["name"] == "test" && info["paraId"] == 7 && info["genesisHash"] == .hash(node.chain.genesisHash))
      #expect(info["best"] == ["number": 3, "hash": .hash(node.chain.best.hash)])
      #expect(try await client.call("echo_chainSpec")["tokenSymbol"] == "TEST")
      for block in [99, unknown] as [JSON] {
        #expect(try await client.call("echo_header", [block]).isNull)
        #expect(try await client.call("echo_finalityProof", [block]).isNull)
      }
      #expect(try await client.call("echo_finalityProof", [0]).isNull, "genesis has no proof")
      #expect(try await client.call("echo_validatorSet", [77]).isNull)
      #expect(try await client.call("echo_firstOfSet", [77]).isNull)
      #expect(try await client.call("echo_firstOfSet", [0])["number"] == 1)
      for method in ["echo_clients", "echo_lanes"] { #expect(try await client.call(method) == []) }
    }
  }

  @Test("an extrinsic's outcome and events") func extrinsic() async throws {
    try await connected { node, client async throws in
      let good = try await client.call("echo_extrinsic", [.hash(Extrinsic.hash(of: node.transfer(nonce: 0)))])
      #expect(good["block"]?["number"] == 1 && good["index"] == 1 && good["success"] == true && good["error"]?.isNull == true)
      let events = try #require(good["events"]?.asArray)
      #expect(events.contains { $0["pallet"] == "balances" || $0["pallet"] == "Balances" }, "\(events.map { $0["pallet"] ?? .null })")
      let failing = try await node.service.submit(node.transfer(nonce: 1, amount: 5000 * unit))
      try await node.service.seal()
      let bad = try await client.call("echo_extrinsic", [.hash(failing)])
      #expect(bad["success"] == false && bad["error"]?.asString?.isEmpty == false)
      #expect(try await client.call("echo_extrinsic", [unknown]).isNull)
      #expect(try await client.call("echo_events", [1]).asArray?.count ?? 0 >= events.count)
    }
  }
}
