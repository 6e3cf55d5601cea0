internal import BlockExecution
internal import EchoRuntime
internal import Keys
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import RPC
internal import ScaleCodec

/// The version of this program.
public let nodeVersion = "0.1.0"

/// `system_*` of Substrate's JSON-RPC (rpc.md §3).
extension NodeService {
  nonisolated func registerSystemMethods(_ methods: inout RPCMethods) {
    let spec = configuration.spec
    methods.method("system_chain") { _ in .string("Echochain \(spec.name)") }
    methods.method("system_name") { _ in "Echochain" }
    methods.method("system_version") { _ in .string(nodeVersion) }
    methods.method("system_chainType") { _ in
      ["Development", "Local", "Live"].contains(spec.chainType) ? .string(spec.chainType) : ["Custom": .string(spec.chainType)]
    }
    methods.method("system_properties") { _ in
      ["ss58Format": JSON(spec.ss58Prefix), "tokenDecimals": JSON(spec.tokenDecimals), "tokenSymbol": .string(spec.tokenSymbol)]
    }
    methods.method("system_health") { _ in ["peers": 0, "isSyncing": false, "shouldHavePeers": false] }
    methods.method("system_nodeRoles") { _ in ["Authority"] }
    methods.method("system_peers") { _ in [] }
    methods.method("system_localListenAddresses") { _ in [] }
    methods.method("system_syncState") { [self] _ in
      let number = JSON(chain.best.number)
      return ["startingBlock": 0, "currentBlock": number, "highestBlock": number]
    }
    methods.method("system_accountNextIndex", aliases: ["account_nextIndex"]) { [self] params in
      let text = try params.string(0, "account")
      guard let account = AccountID(hex: text) ?? (try? SS58.decode(text)).flatMap({ AccountID($0.bytes) }) else {
        throw RPCError.invalidParams("account (parameter 0) is not an SS58 address or 32 bytes in hexadecimal")
      }
      return JSON(try await nextNonce(of: account))
    }
    methods.method("system_dryRun", aliases: ["system_dryRunAt"], isUnsafe: true) { [self] params in
      try dryRun(params.bytes(0, "extrinsic"), on: state(at: params.optionalHash(1, "at")))
    }
  }

  /// What an extrinsic would come to in the block after a state, as SCALE `ApplyExtrinsicResult`.
  private nonisolated func dryRun(_ bytes: [UInt8], on state: StateView) throws -> JSON {
    do { _ = try Extrinsic(decoding: bytes) } catch { throw RPCError.dryRunUndecodable("\(error)") }
    let context = state.context()
    try Executive.initialize(number: state.number + 1, parentHash: state.hash, digest: [], in: context)
    var result = ScaleResult<ScaleResult<Unit, DispatchError>, TransactionValidityError>.ok(.ok(Unit()))
    do throws(TransactionValidityError) {
      try Executive.apply(bytes, signatureChecked: false, in: context)
      for record in context.events.reversed() {
        guard case .system(.extrinsicFailed(let error, _))? = try? RuntimeEvent(decoding: record.event) else { continue }
        result = .ok(.err(error))
        break
      }
    } catch { result = .err(error) }
    return .hex(result.encoded())
  }
}
