import EchoRuntime
import Finality
import Hashing
import Keys
import Node
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import Testing

/// What a client does that knows only the newer groups, from its start to a transfer that it has seen final: it looks
/// for the groups, follows the head, asks the runtime at the head for metadata and nonce, signs for a block it knows,
/// watches, and reads the events of the block it is told of.
@Suite("A client of the newer groups") struct ModernClientTests {
  @Test("from connecting to a final transfer") func transfer() async throws {
    let node = try TestNode()
    for _ in 0..<3 { try await node.service.seal() }
    try await node.serving { client async throws in
      let methods = try #require(try await client.call("rpc_methods")["methods"]?.asArray).compactMap(\.asString)
      for prefix in ["chainHead_v1_", "archive_v1_", "transactionWatch_v1_", "chainSpec_v1_"] {
        #expect(methods.contains { $0.hasPrefix(prefix) }, "\(prefix)")
      }
      let genesis = try #require(try await client.call("chainSpec_v1_genesisHash").asHash)
      var follow = try await FollowedChain(client)
      let initialized = try await follow.next("initialized")
      let known = try #require(initialized["finalizedBlockHashes"]?.asArray)
      let spec = try #require(initialized["finalizedBlockRuntime"]?["spec"])
      let head = try #require(known.last)
      // All but the head are done with.
      #expect(try await follow.call("unpin", .array(known.dropLast())).isNull)

      let call = try await follow.start("call", head, "Metadata_metadata_at_version", .hex(UInt32(15).encoded()))
      let output = try #require(try await follow.next("operationCallDone", of: call)["output"]?.asBytes)
      var reader = ScaleReader(output.span.bytes)
      #expect(try reader.readByte() == 1, "version 15 is there")
      let metadata = try reader.readByteVector()
      #expect(metadata.starts(with: Array("meta".utf8) + [15]))

      let header = try Header(decoding: try #require(try await follow.call("header", head).asBytes))
      let account = JSON.hex(DevelopmentKey.alice.account.bytes)
      let nonceCall = try await follow.start("call", head, "AccountNonceApi_account_nonce", account)
      let nonce = try UInt32(decoding: try #require(try await follow.next("operationCallDone", of: nonceCall)["output"]?.asBytes))

      let version = try #require(spec["specVersion"]?.asInt64)
      let transactionVersion = try #require(spec["transactionVersion"]?.asInt64)
      let context = SigningContext(
        specVersion: UInt32(version), transactionVersion: UInt32(transactionVersion), genesisHash: genesis,
        birthHash: try #require(head.asHash))
      let payload = RuntimeCall.balances(.transferKeepAlive(dest: .id(DevelopmentKey.dave.account), value: Compact(unit)))
      let era = Era(period: 64, current: UInt64(header.number.value))
      let bytes = Extrinsic(
        call: payload, extra: SignedExtra(era: era, nonce: nonce, tip: 0), context: context, key: DevelopmentKey.alice.secretKey
      ).encoded()
      let validity = try await follow.start(
        "call", head, "TaggedTransactionQueue_validate_transaction", .hex([2] + bytes + header.hash.bytes))
      #expect(try await follow.next("operationCallDone", of: validity)["output"]?.asBytes?.first == 0, "valid")

      var watch = try await client.subscribe(
        "transactionWatch_v1_submitAndWatch", [.hex(bytes)], unsubscribe: "transactionWatch_v1_unwatch"
      ).makeAsyncIterator()
      #expect(try await watch.next() == ["event": "validated"])
      try await node.service.seal()
      #expect(try await watch.next()?["event"] == "bestChainBlockIncluded")
      let finalized = try #require(try await watch.next())
      #expect(finalized["event"] == "finalized")
      let block = try #require(finalized["block"]?["hash"])
      let index = try #require(finalized["block"]?["index"]?.asInt64)

      // The block was reported by the follow before it is asked about.
      #expect(try await follow.next("newBlock")["blockHash"] == block)
      let body = try await follow.start("body", block)
      let extrinsics = try await follow.next("operationBodyDone", of: body)["value"]
      #expect(extrinsics?[Int(index)] == .hex(bytes))
      let storage = try await follow.start("storage", block, [item(System.eventsKey, "value")], .null)
      let items = try await follow.items(of: storage).items
      let records = try [DecodedEvent](decoding: try #require(items.first?["value"]?.asBytes))
      let outcomes = records.filter { $0.phase == .applyExtrinsic(UInt32(index)) }.map(\.event)
      #expect(outcomes.contains { if case .system(.extrinsicSuccess) = $0 { true } else { false } }, "\(outcomes)")
      #expect(try node.balance(of: .dave) == unit)
      #expect(try await follow.call("unpin", [head, block]).isNull)
      #expect(try await follow.call("unfollow").isNull)
      #expect(node.service.pinnedBlocks == 0)
    }
  }
}
