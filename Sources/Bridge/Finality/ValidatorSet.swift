internal import Hashing
public import Keys
internal import MerkleMountainRange
public import Primitives
public import ScaleCodec

/// How many signatures make a block final.
public enum Quorum {
  /// Signatures needed of `count` validators: `n - (n - 1) / 3`, more than two thirds.
  ///
  /// The same number as Snowbridge's. One key is one vote: stake decides who sits in the set, not what a vote weighs.
  /// - Returns: 0 for an empty set, which can sign nothing.
  public static func threshold(_ count: Int) -> Int { count > 0 ? count - (count - 1) / 3 : 0 }
}

/// The validators of a session, in voting order.
///
/// Encoded as the keys, then the id.
/// - SeeAlso: `sp_consensus_beefy::ValidatorSet`.
@ScaleCodable(path: "sp_consensus_beefy::ValidatorSet")
public struct ValidatorSet: Hashable, Sendable {
  /// Signing keys. Whoever makes a set refuses a key that occurs twice.
  public var validators: [PublicKey]
  /// Number of the session.
  public var id: UInt64

  public init(id: UInt64, validators: [PublicKey]) {
    self.validators = validators
    self.id = id
  }

  /// The most validators that proofs are checked for.
  public static let maximumCount = 4096

  /// Signatures that make a block final.
  public var quorum: Int { Quorum.threshold(validators.count) }

  /// The validators' Ethereum addresses, in voting order; what proofs carry.
  public var addresses: [EthereumAddress] { validators.map(\.ethereumAddress) }

  /// What other chains remember of the set.
  public var summary: ValidatorSetSummary { ValidatorSetSummary(id: id, addresses: addresses) }
}

/// A commitment to a validator set: its id, size and the root over its addresses. 44 bytes.
/// - SeeAlso: `sp_consensus_beefy::mmr::BeefyAuthoritySet`; Docs/formats/finality.md, section 4.
@ScaleCodable(path: "sp_consensus_beefy::mmr::BeefyAuthoritySet")
public struct ValidatorSetSummary: Hashable, Sendable {
  /// Number of the session.
  public var id: UInt64
  /// Number of validators.
  public var length: UInt32
  /// ``KeccakTree`` root over keccak-256 of each address.
  public var root: H256

  public init(id: UInt64, length: UInt32, root: H256) {
    self.id = id
    self.length = length
    self.root = root
  }

  /// Sums up a set.
  public init(id: UInt64, addresses: [EthereumAddress]) {
    self.init(id: id, length: UInt32(truncatingIfNeeded: addresses.count), root: Self.root(of: addresses))
  }

  /// The root over a set's addresses; zero for none.
  public static func root(of addresses: [EthereumAddress]) -> H256 { KeccakTree.root(addresses.map(leaf(of:))) }

  /// The leaf of an address: keccak-256 of its 20 bytes.
  public static func leaf(of address: EthereumAddress) -> H256 { Hash.keccak256(address.bytes) }

  /// Signatures that make a block final.
  public var quorum: Int { Quorum.threshold(Int(length)) }

  /// Whether the summary can belong to a set: it has members, not too many, and a root that is not zero.
  public var isPlausible: Bool {
    length > 0 && length <= ValidatorSet.maximumCount && root != .zero
  }
}
