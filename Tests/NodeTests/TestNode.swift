import BlockExecution
import EchoRuntime
import KeyValueStore
import Keys
import Logging
import Node
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import Testing
import TransactionPool

let unit: Balance = 1_000_000_000_000

extension DevelopmentKey {
  var account: AccountID { secretKey.publicKey.accountID }
}

/// A node without disk: three authorities, Alice rich, Bob poor, the others with nothing.
struct TestNode {
  let service: NodeService
  let spec: ChainSpec
  var chain: Chain { service.chain }

  /// - Parameter funded: Accounts with 10 units each from the start.
  init(
    sealing: Sealing = .manual, funded: [AccountID] = [], poolLimits: TransactionPool.Limits = .init(), chainType: String = "Development",
    modernLimits: ModernLimits = ModernLimits(), pruning: StatePruning = .archive
  ) throws {
    let authorities = [DevelopmentKey.alice, .bob, .charlie].map(\.secretKey)
    spec = ChainSpec(
      name: "test", network: "test", paraId: 7, chainType: chainType, tokenSymbol: "TEST", tokenDecimals: 12, ss58Prefix: 42,
      sessionLength: 5, genesisTime: 0, authorities: authorities.map { Hex.encode($0.publicKey.compressed) },
      sudo: DevelopmentKey.alice.account.hex,
      balances: [
        .init(account: DevelopmentKey.alice.account.hex, amount: "\(1000 * unit)"),
        .init(account: DevelopmentKey.bob.account.hex, amount: "\(10 * unit)"),
      ] + funded.map { .init(account: $0.hex, amount: "\(10 * unit)") }, assets: [], links: [])
    var log = Logger(label: "test")
    log.logLevel = .critical
    var configuration = NodeConfiguration(spec: spec, basePath: "", sealing: sealing, authorityKeys: authorities)
    configuration.poolLimits = poolLimits
    configuration.modernLimits = modernLimits
    service = try NodeService(
      chain: Chain(store: MemoryStore(columns: ChainColumn.all), spec: spec, pruning: pruning), configuration: configuration,
      log: log)
  }

  /// A signed transfer to Dave; `genesis` is the wrong chain's in tests of signatures.
  func transfer(
    from key: DevelopmentKey = .alice, nonce: UInt32, amount: Balance = unit, tip: Balance = 0, era: Era = .immortal,
    birth: H256? = nil, genesis: H256? = nil
  ) -> [UInt8] {
    let genesis = genesis ?? chain.genesisHash
    let context = SigningContext(
      specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion, genesisHash: genesis,
      birthHash: birth ?? genesis)
    let call = RuntimeCall.balances(.transferKeepAlive(dest: .id(DevelopmentKey.dave.account), value: Compact(amount)))
    return Extrinsic(call: call, extra: SignedExtra(era: era, nonce: nonce, tip: tip), context: context, key: key.secretKey).encoded()
  }

  func balance(of key: DevelopmentKey) throws -> Balance { try BalancesPallet.freeBalance(of: key.account, in: chain.best.context()) }

  /// Serves the node's methods on a free port for as long as `body` runs.
  func serving(_ body: (RPCClient) async throws -> Void) async throws {
    try await serving { client, _ async throws in try await body(client) }
  }

  /// As ``serving(_:)``, with the server and with the operator's methods where `exposure` serves them.
  func serving(
    exposure: RPCExposure = .safe, limits: RPCLimits = RPCLimits(), _ body: (RPCClient, RPCServer) async throws -> Void
  ) async throws {
    let server = try await RPCServer.start(
      RPCServerConfiguration(port: 0, limits: limits, exposure: exposure), methods: service.methods)
    do { try await body(try await RPCClient.connect("ws://127.0.0.1:\(server.port)"), server) } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
    await server.shutdown(grace: .zero)
  }
}

/// Checks that a call is answered with an error of this code.
/// - Returns: The error.
@discardableResult
func refused(
  _ client: RPCClient, _ method: String, _ params: [JSON], code: Int, sourceLocation: SourceLocation = #_sourceLocation
) async -> RPCError? {
  do {
    let answer = try await client.call(method, params)
    Issue.record("\(method) answered \(answer)", sourceLocation: sourceLocation)
  } catch .rpc(let error) {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    return error
  } catch {
    Issue.record("\(method): \(error)", sourceLocation: sourceLocation)
  }
  return nil
}
