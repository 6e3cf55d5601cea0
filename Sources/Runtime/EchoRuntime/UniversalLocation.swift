internal import PalletParachainInfo
internal import ScaleCodec
public import XCM

extension EchoRuntime {
  /// A chain's path from the root of consensus: its network by its identifier, then its para id.
  public static func universalLocation(network: String, paraId: UInt32) -> Junctions {
    Junctions(.globalConsensus(.byGenesis(ParachainInfo.networkIdentifier(of: network))), .para(paraId))
  }
}
