import BlockExecution
import EchoRuntime
import Finality
import Keys
import Node
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import StateTrie
import Testing

@Suite("Old blocks over JSON-RPC") struct OldStateTests {
  @Test("the state of block 1 is readable, listed and provable after thousands of blocks") func archive() async throws {
    let node = try TestNode()
    _ = try await node.service.submit(node.transfer(nonce: 0))
    try await node.serving { client async throws in
      for _ in 0..<6 { _ = try await client.call("dev_seal", [500]) }
      #expect(node.chain.best.number == 3000)
      let first = try #require(try node.chain.hash(at: 1))
      let (alice, dave) = (System.account.key(DevelopmentKey.alice.account), System.account.key(DevelopmentKey.dave.account))
      #expect(try await client.call("state_getStorage", [.hex(dave), .hash(node.chain.genesisHash)]).isNull)
      let value = try await client.call("state_getStorage", [.hex(dave), .hash(first)])
      let account = try #require(value.asBytes)
      #expect(try await client.call("state_getStorage", [.hex(dave)]) == value)
      let nonce = try await client.call(
        "state_call", ["AccountNonceApi_account_nonce", .hex(DevelopmentKey.alice.account.bytes), .hash(first)])
      #expect(nonce == .hex(UInt32(1).encoded()))
      let before = try await client.call(
        "state_call", ["AccountNonceApi_account_nonce", .hex(DevelopmentKey.alice.account.bytes), .hash(node.chain.genesisHash)])
      #expect(before == .hex(UInt32(0).encoded()))
      let number = try await client.call("state_getStorage", [.hex(System.number.key), .hash(first)])
      #expect(number == .hex(UInt32(1).encoded()))

      // Hashes of blocks leave the state after 2,400 blocks: listing finds the one that block 1 had.
      let hashes = try await client.call("state_getKeysPaged", [.hex(System.blockHash.prefix), 1000, .null, .hash(first)])
      #expect(hashes == [.hex(System.blockHash.key(0))])
      let now = try await client.call("state_getKeysPaged", [.hex(System.blockHash.prefix), 1000, .null, .null])
      #expect(now.asArray?.count == 1000)

      let proof = try await client.call("state_getReadProof", [[.hex(dave), .hex(alice)], .hash(first)])
      let nodes = try #require(proof["proof"]?.asArray).compactMap(\.asBytes)
      let header = try #require(try node.chain.header(at: 1))
      #expect(try StorageProof(nodes: nodes).answers(root: header.stateRoot, keys: [dave, alice]).first == .value(account))
    }
  }

  @Test("a pruned state is error 4003 with Substrate's sentence; its block, events and runtime stay") func pruned() async throws {
    let node = try TestNode(pruning: .blocks(64))
    try await node.serving { client async throws in
      _ = try await client.call("dev_seal", [200])
      let gone = try #require(try node.chain.hash(at: 135))
      let kept = try #require(try node.chain.hash(at: 136))
      let key = JSON.hex(System.number.key)
      #expect(try await client.call("state_getStorage", [key, .hash(kept)]) == .hex(UInt32(136).encoded()))
      for (method, params) in [
        ("state_getStorage", [key, .hash(gone)]), ("state_getKeysPaged", ["0x", 1, .null, .hash(gone)]),
        ("state_getReadProof", [[key], .hash(gone)]), ("state_queryStorageAt", [[key], .hash(gone)]),
        ("state_call", ["AccountNonceApi_account_nonce", .hex(DevelopmentKey.alice.account.bytes), .hash(gone)]),
      ] as [(String, [JSON])] {
        let error = await refused(client, method, params, code: 4003)
        #expect(error?.message == "Client error: Api called for an unknown Block: State already discarded for \(gone.hex)", "\(method)")
      }
      #expect(try await client.call("chain_getBlock", [.hash(gone)])["block"]?["header"]?["number"] == "0x87")
      #expect(try await client.call("state_getStorage", [.hex(System.eventsKey), .hash(gone)]).asBytes?.isEmpty == false)
      #expect(try await client.call("state_getRuntimeVersion", [.hash(gone)]) == client.call("state_getRuntimeVersion"))
      #expect(try await client.call("state_getMetadata", [.hash(gone)]).asBytes?.prefix(5) == [0x6d, 0x65, 0x74, 0x61, 14])
    }
  }

  @Test("what a runtime says of itself is the same by every way of asking") func runtime() async throws {
    let node = try TestNode()
    try await node.service.seal()
    try await node.serving { client async throws in
      for at in [JSON.null, .hash(node.chain.genesisHash)] {
        let version = try #require(try await client.call("state_call", ["Core_version", "0x", at]).asBytes)
        #expect(try RuntimeVersion(decoding: version) == EchoRuntime.version)
        let fourteen = try #require(try await client.call("state_getMetadata", [at]).asBytes)
        #expect(fourteen.prefix(5) == [0x6d, 0x65, 0x74, 0x61, 14])
        #expect(try await client.call("state_call", ["Metadata_metadata", "0x", at]) == .hex(fourteen.encoded()))
        #expect(try await client.call("state_call", ["Metadata_metadata_versions", "0x", at]) == .hex([UInt32]([14, 15]).encoded()))
        let asked = try await client.call("state_call", ["Metadata_metadata_at_version", "0x0e000000", at])
        #expect(asked == .hex(Optional(fourteen).encoded()))
        let fifteen = try #require(try await client.call("state_call", ["Metadata_metadata_at_version", "0x0f000000", at]).asBytes)
        #expect(try #require(try [UInt8]?(decoding: fifteen)).prefix(5) == [0x6d, 0x65, 0x74, 0x61, 15])
        for other in ["0x0d000000", "0x10000000", "0xffffffff"] as [JSON] {
          #expect(try await client.call("state_call", ["Metadata_metadata_at_version", other, at]) == "0x00")
        }
      }
      await refused(client, "state_getMetadata", [.hash(.zero)], code: 4003)
      await refused(client, "state_call", ["Metadata_metadata", "0x", .hash(.zero)], code: 4003)
    }
  }

  @Test(
    "a development chain keeps all states, others a number of them",
    arguments: [
      ("Development", StatePruning.archive), ("Local", .standard), ("Live", .standard),
    ])
  func defaults(chainType: String, expected: StatePruning) throws {
    let node = try TestNode(chainType: chainType)
    #expect(NodeConfiguration(spec: node.spec, basePath: "", authorityKeys: []).pruning == expected)
    #expect(NodeConfiguration(spec: node.spec, basePath: "", authorityKeys: [], isDevelopment: true).pruning == .archive)
  }
}
