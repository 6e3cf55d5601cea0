import BlockExecution
import EchoRuntime
import Finality
import Keys
import Primitives
import Proofs

/// What a chain spec is to somebody who verifies.
enum SpecAnchor {
  /// The chain and the first validator set that a spec amounts to.
  ///
  /// Builds the genesis state, whose root is part of the genesis hash.
  static func anchor(of spec: ChainSpec) throws -> TrustAnchor {
    let keys = try spec.authorities.map { text in
      guard let bytes = Hex.decode(text) else { throw Complaint.configuration("an authority of \(spec.name) is not hexadecimal") }
      return try PublicKey(compressed: bytes)
    }
    let genesis: H256
    do throws(ChainError) { genesis = try Chain.genesis(of: spec).header.hash } catch {
      throw Complaint.configuration("the spec of \(spec.name) makes no chain: \(error)")
    }
    return TrustAnchor(genesisHash: genesis, set: ValidatorSet(id: 0, validators: keys).summary)
  }
}
