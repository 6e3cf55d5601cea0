import PalletParachainInfo
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private enum TestConfig: ParachainInfo.Config {
  static let palletIndex: UInt8 = 20
}
private typealias TestInfo = ParachainInfo.Pallet<TestConfig>

@Suite("Chain identity") struct ParachainInfoTests {
  private func build(_ network: String, in context: ExecutionContext) -> DispatchError? {
    attempt(in: context) { () throws(DispatchError) in
      try TestInfo.buildGenesis(id: 2000, network: network, in: context)
    }
  }

  @Test func genesisWritesWhoTheChainIs() throws {
    let context = ExecutionContext.onEmptyState()
    #expect(build("local", in: context) == nil)
    #expect(try ParachainInfo.parachainID.get(in: context) == 2000)
    #expect(try ParachainInfo.networkName.get(in: context) == Array("local".utf8))
    #expect(try ParachainInfo.networkID.get(in: context) == ParachainInfo.networkIdentifier(of: "local"))
  }

  @Test func theNetworkIsTheHashOfItsName() {
    let hasher = StorageHasher.blake2b256
    #expect(ParachainInfo.networkIdentifier(of: "local").bytes == hasher.hash(Array("echochain/network/local".utf8)))
    #expect(ParachainInfo.networkIdentifier(of: "a") != ParachainInfo.networkIdentifier(of: "b"))
  }

  @Test("refused names leave no trace", arguments: ["", String(repeating: "n", count: 65)])
  func refuses(name: String) {
    let context = ExecutionContext.onEmptyState()
    #expect(build(name, in: context) == TestInfo.failure(.badNetworkName))
    #expect(context.trace == .empty)
    #expect(build(String(repeating: "n", count: 64), in: context) == nil)
  }

  @Test func thereIsNothingToCall() {
    #expect(throws: ScaleError.self) { try TestInfo.Call(decoding: [0]) }
    #expect(
      TestInfo.storage.map(\.name) == ["ParachainId", "NetworkId", "NetworkName", "ChainName", "TokenSymbol", "TokenDecimals"])
  }
}
