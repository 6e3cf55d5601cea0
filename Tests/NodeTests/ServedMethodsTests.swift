import BlockExecution
import EchoRuntime
import Foundation
import Keys
import Node
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import TestKit
import Testing

@Suite("What a node serves") struct ServedMethodsTests {
  /// Names that clients look for (rpc.md §3), aliases included.
  static let legacy = [
    "rpc_methods", "system_chain", "system_name", "system_version", "system_properties", "system_health", "system_accountNextIndex",
    "account_nextIndex", "system_chainType", "system_localListenAddresses", "system_peers", "system_nodeRoles", "system_syncState",
    "chain_getBlockHash", "chain_getHead", "chain_getFinalizedHead", "chain_getFinalisedHead", "chain_getHeader", "chain_getBlock",
    "chain_subscribeNewHeads", "chain_subscribeNewHead", "subscribe_newHead", "chain_unsubscribeNewHeads", "chain_unsubscribeNewHead",
    "unsubscribe_newHead", "chain_subscribeAllHeads", "chain_unsubscribeAllHeads", "chain_subscribeFinalizedHeads",
    "chain_subscribeFinalisedHeads", "chain_unsubscribeFinalizedHeads", "chain_unsubscribeFinalisedHeads", "state_getMetadata",
    "state_getRuntimeVersion", "chain_getRuntimeVersion", "state_getStorage", "state_getStorageAt", "state_getStorageHash",
    "state_getStorageHashAt", "state_getStorageSize", "state_getStorageSizeAt", "state_queryStorageAt", "state_getKeysPaged",
    "state_getKeysPagedAt", "state_getKeys", "state_getReadProof", "state_call", "state_callAt", "state_subscribeStorage",
    "state_unsubscribeStorage", "state_subscribeRuntimeVersion", "chain_subscribeRuntimeVersion", "state_unsubscribeRuntimeVersion",
    "chain_unsubscribeRuntimeVersion", "author_submitExtrinsic", "author_submitAndWatchExtrinsic", "author_unwatchExtrinsic",
    "author_pendingExtrinsics", "payment_queryInfo", "payment_queryFeeDetails",
  ]
  /// What only the operator is answered.
  static let unsafe = ["state_getPairs", "state_queryStorage", "system_dryRun", "system_dryRunAt"]

  @Test("rpc_methods lists what is answered, and nothing else", arguments: [RPCExposure.safe, .unsafe]) func listing(exposure: RPCExposure)
    async throws
  {
    let node = try TestNode()
    try await node.serving(exposure: exposure) { client, server async throws in
      let listed = try #require(try await client.call("rpc_methods")["methods"]?.asArray).compactMap(\.asString)
      #expect(listed == listed.sorted() && Set(listed).count == listed.count)
      #expect(Set(Self.legacy).subtracting(listed).isEmpty, "\(Set(Self.legacy).subtracting(listed))")
      #expect(Set(Self.unsafe).isSubset(of: listed) == (exposure == .unsafe))
      #expect(!listed.contains { $0.hasPrefix("childstate_") || $0.hasPrefix("offchain_") })
      let wire = try await WireClient(port: server.port)
      for name in listed where name != "dev_seal" {
        let answer = try await wire.call(name)
        #expect(answer["error"]?["code"] != -32601, "\(name): \(answer)")
      }
      for name in node.service.methods.unsafeNames {
        #expect(listed.contains(name) == (exposure == .unsafe))
        let answer = try await wire.call(name)
        #expect((answer["error"] == RPCError.methodUnsafe.json) == (exposure == .safe), "\(name): \(answer)")
      }
      #expect(try await wire.call("state_noSuchThing")["error"]?["message"] == "Method not found")
    }
  }

  @Test("over HTTP a subscription is refused and everything else answered") func overHTTP() async throws {
    try await TestNode().serving { client, server async throws in
      func post(_ method: String) async throws -> JSON {
        let body = Array(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#.utf8)
        let reply = try await HTTPClient.post("http://127.0.0.1:\(server.port)", body: body, timeout: .seconds(60))
        #expect(reply.status == 200)
        return try JSON(parsing: reply.body)
      }
      for name in Self.legacy {
        let answer = try await post(name)
        let isSubscription = name.lowercased().contains("subscribe") || name.lowercased().contains("watch")
        #expect((answer["error"]?["code"] == -32601) == isSubscription, "\(name): \(answer)")
      }
      let health = try await HTTPClient.get("http://127.0.0.1:\(server.port)/health", timeout: .seconds(60))
      #expect(try JSON(parsing: health.body) == (try await client.call("system_health")))
    }
  }

  @Test("ten thousand subscriptions hear of every block") func manySubscriptions() async throws {
    let node = try TestNode()
    try await node.serving { _, server async throws in
      let (connections, each) = (25, 400)
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<connections {
          let wire = try await WireClient(port: server.port)
          for request in stride(from: 0, to: each, by: 100) {
            let batch = (request..<request + 100).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"chain_subscribeNewHeads"}"# }
            try await wire.send("[" + batch.joined(separator: ",") + "]")
          }
          // Four answers, and the current head for each subscription.
          var (answers, heads) = (0, 0)
          while answers < each / 100 || heads < each {
            if let answer = try await wire.next().asArray { answers += answer.count / 100 } else { heads += 1 }
          }
          group.addTask {
            var seen: [JSON: Int] = [:]
            for _ in 0..<(3 * each) { seen[try await wire.next()["params"]?["result"]?["number"] ?? .null, default: 0] += 1 }
            #expect(seen == ["0x1": each, "0x2": each, "0x3": each])
            return each
          }
        }
        #expect(server.statistics.subscriptions == connections * each)
        for _ in 0..<3 { try await node.service.seal() }
        #expect(try await group.reduce(0, +) == 10_000)
      }
    }
  }
}

@Suite("Hostile requests") struct HostileRequestTests {
  private static func value(_ random: inout SeededRandom, _ node: TestNode, depth: Int = 2) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 16 : 13), using: &random) {
    case 0: .null
    case 1: .bool(random.chance(1, in: 2))
    case 2: JSON(Int.random(in: -3...3, using: &random))
    case 3: JSON(UInt64.random(in: 0 ... .max, using: &random))
    case 4: .double(1.5e300)
    case 5: .hash(node.chain.best.hash)
    case 6: .hash(node.chain.genesisHash)
    case 7: .hash(H256(words: Words32(random.next(), random.next(), random.next(), random.next())))
    case 8: .hex(System.account.key(DevelopmentKey.alice.account))
    case 9: .hex(random.bytes(Int.random(in: 0...200, using: &random)))
    case 10: ["0x", "0X1", "0xzz", "", "Core_version", "Metadata_metadata", "é\u{0}", "0x-1"].randomElement(using: &random) ?? .null
    case 11: .hex(Self.broken(node.transfer(nonce: UInt32.random(in: 0...3, using: &random)), &random))
    case 12: .string(String(repeating: "f", count: Int.random(in: 0...5000, using: &random)))
    case 13: .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, node, depth: depth - 1) })
    case 14:
      [
        "key": value(&random, node, depth: depth - 1),
        "type": ["value", "hash", "descendantsValues"].randomElement(using: &random) ?? .null,
      ]
    default: .array([.hex(System.number.key), value(&random, node, depth: depth - 1)])
    }
  }

  private static func broken(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    return random.chance(1, in: 4) ? Array(bytes.dropLast(Int.random(in: 0...40, using: &random))) : bytes
  }

  @Test("every method answers whatever it is sent", arguments: 0..<4 as Range<UInt64>) func methods(seed: UInt64) async throws {
    var random = SeededRandom(seed: seed)
    let node = try TestNode()
    for _ in 0..<3 { try await node.service.seal() }
    let before = try residentBytes()
    try await node.serving(exposure: .unsafe) { client, server async throws in
      let wire = try await WireClient(port: server.port)
      let names = try #require(try await client.call("rpc_methods")["methods"]?.asArray).compactMap(\.asString)
      for name in names where name != "dev_seal" {
        for round in 0..<25 {
          let values = (0..<Int.random(in: 0...4, using: &random)).map { _ in Self.value(&random, node) }
          let params: JSON = random.chance(9, in: 10) ? .array(values) : Self.value(&random, node)
          let id = "\(name) \(round)"
          let answer = try await wire.call(name, params.description, id: "\"\(id)\"")
          #expect((answer["result"] == nil) != (answer["error"] == nil), "seed \(seed): \(name) \(params)")
          if let error = answer["error"] {
            #expect(error["code"]?.asInt64 != nil && error["message"]?.asString?.isEmpty == false, "seed \(seed): \(name) \(params)")
          }
        }
      }
      #expect(try await wire.call("system_health")["result"]?["peers"] == 0)
    }
    #expect(try residentBytes() - before < 512 << 20, "seed \(seed)")
  }

  private func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return try #require(fields.count > 1 ? Int(fields[1]) : nil) * sysconf(Int32(_SC_PAGESIZE))
  }
}
