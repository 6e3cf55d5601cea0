internal import Hashing
public import Primitives

extension ParachainInfo {
  /// The identifier of a network: blake2b-256 of `echochain/network/` followed by its name in UTF-8.
  ///
  /// XCM names the network `GlobalConsensus(ByGenesis(identifier))`.
  /// - SeeAlso: Docs/ARCHITECTURE.md, decision 11.
  public static func networkIdentifier(of name: String) -> H256 {
    Hash.blake2b256(Array("echochain/network/".utf8) + Array(name.utf8))
  }
}
