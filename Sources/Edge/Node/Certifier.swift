internal import BlockExecution
internal import Finality
internal import Keys
internal import Primitives
internal import ScaleCodec

/// Signs blocks with the authority keys that the node holds: the development stand-in for consensus between nodes.
///
/// Every commitment carries a signature of each held key that is in the block's validator set, so the certificate is
/// a real multi-signature quorum that light clients check like any other.
struct Certifier: Sendable {
  private let genesisHash: H256
  private let keys: [SecretKey]

  init(genesisHash: H256, keys: [SecretKey]) {
    self.genesisHash = genesisHash
    self.keys = keys
  }

  /// Whether the held keys make a quorum of a set.
  func check(_ set: ValidatorSet) throws(NodeError) {
    let held = Set(keys.map(\.publicKey)).intersection(set.validators).count
    guard held >= set.quorum else { throw .tooFewKeys(held: held, quorum: set.quorum, authorities: set.validators.count) }
  }

  /// The finality proof of an executed block.
  func certify(_ block: ExecutedBlock, set: ValidatorSet) throws(NodeError) -> [UInt8] {
    try check(set)
    let commitment = Commitment(
      headerHash: block.hash, genesisHash: genesisHash, mmrRoot: block.mmrRoot, timestamp: block.timestamp,
      blockNumber: block.header.number.value,
      validatorSetID: set.id)
    guard let proof = FinalityProof.make(commitment, set: set, keys: keys) else {
      throw .invalidCertificate("the signatures do not make a quorum of set \(set.id)")
    }
    return proof.encoded()
  }
}
