public import Finality
public import Primitives

/// What a verifier believes before it looks at a bundle: which chain, and which validators were once in charge.
///
/// It must come from a source that the verifier trusts: a chain spec, a light client on its own chain, an operator.
public struct TrustAnchor: Hashable, Sendable {
  /// Hash of the chain's genesis header.
  public var genesisHash: H256
  /// Number of the session whose validators are known.
  public var setID: UInt64
  /// ``KeccakTree`` root over that set's addresses.
  public var setRoot: H256

  public init(genesisHash: H256, setID: UInt64, setRoot: H256) {
    self.genesisHash = genesisHash
    self.setID = setID
    self.setRoot = setRoot
  }

  /// The anchor that a summary amounts to.
  public init(genesisHash: H256, set: ValidatorSetSummary) {
    self.init(genesisHash: genesisHash, setID: set.id, setRoot: set.root)
  }
}
