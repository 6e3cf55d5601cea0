internal import BlockExecution
internal import EchoRuntime
internal import RPC

/// `chainSpec_v1`: what never changes while the node runs.
extension NodeService {
  nonisolated func registerChainSpecMethods(_ methods: inout RPCMethods) {
    let spec = configuration.spec
    let genesis = JSON.hash(chain.genesisHash)
    methods.method("chainSpec_v1_chainName") { _ in .string("Echochain \(spec.name)") }
    methods.method("chainSpec_v1_genesisHash") { _ in genesis }
    methods.method("chainSpec_v1_properties") { _ in
      ["ss58Format": JSON(spec.ss58Prefix), "tokenDecimals": JSON(spec.tokenDecimals), "tokenSymbol": .string(spec.tokenSymbol)]
    }
  }
}
