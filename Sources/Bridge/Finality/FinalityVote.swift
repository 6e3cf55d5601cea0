public import Keys
internal import Primitives
public import ScaleCodec

/// One validator's signature on a commitment, as validators send it to each other.
/// - SeeAlso: `sp_consensus_beefy::VoteMessage`.
@ScaleCodable(path: "sp_consensus_beefy::VoteMessage")
public struct FinalityVote: Hashable, Sendable {
  public var commitment: Commitment
  /// The signer's key.
  public var id: PublicKey
  /// Over ``Commitment/digest``.
  public var signature: RecoverableSignature

  public init(commitment: Commitment, id: PublicKey, signature: RecoverableSignature) {
    self.commitment = commitment
    self.id = id
    self.signature = signature
  }

  /// Signs a commitment. The caller sees to it that a key signs one commitment a height.
  public init(signing commitment: Commitment, with key: SecretKey) {
    self.init(commitment: commitment, id: key.publicKey, signature: key.sign(prehash: commitment.digest))
  }

  /// Whether the signature is the signer's.
  public var isSigned: Bool { signature.recover(prehash: commitment.digest) == id }
}

/// Collects the votes for one commitment until they make a proof.
public struct VoteTally: Sendable {
  /// What the votes must be for.
  public let commitment: Commitment
  /// Who may vote.
  public let set: ValidatorSet
  private let digest: H256
  private let places: [PublicKey: Int]
  private var signatures: [RecoverableSignature?]

  /// Starts without votes.
  /// - Returns: `nil` unless the commitment is the set's to sign, and the set has different keys and at most
  ///   ``ValidatorSet/maximumCount``.
  public init?(commitment: Commitment, set: ValidatorSet) {
    guard commitment.validatorSetID == set.id, set.validators.count <= ValidatorSet.maximumCount,
      Set(set.validators).count == set.validators.count
    else { return nil }
    self.commitment = commitment
    self.set = set
    digest = commitment.digest
    places = Dictionary(uniqueKeysWithValues: set.validators.enumerated().map { ($1, $0) })
    signatures = Array(repeating: nil, count: set.validators.count)
  }

  /// What became of a vote.
  public enum Outcome: Hashable, Sendable {
    /// Counted.
    case counted
    /// The validator's vote was counted before; nothing changed.
    case repeated
    /// The vote is for another commitment: evidence when the height is the same.
    case otherCommitment
    /// The signer is not in the set.
    case unknownSigner
    /// The signature is not the signer's, or not in its one accepted form.
    case badSignature
  }

  /// Counts a vote. Cheapest checks first: the signature is looked at only when the vote matters.
  public mutating func add(_ vote: FinalityVote) -> Outcome {
    guard vote.commitment == commitment else { return .otherCommitment }
    return add(vote.signature, by: vote.id)
  }

  /// Counts a signature on the tally's own commitment.
  public mutating func add(_ signature: RecoverableSignature, by key: PublicKey) -> Outcome {
    guard let place = places[key] else { return .unknownSigner }
    guard signatures[place] == nil else { return .repeated }
    guard signature.recover(prehash: digest) == key else { return .badSignature }
    signatures[place] = signature
    return .counted
  }

  /// Votes counted.
  public var count: Int { signatures.count { $0 != nil } }

  /// The proof, as soon as there are enough votes.
  ///
  /// Carries exactly the quorum: the votes of the first validators in order, whatever the order they came in.
  public var proof: FinalityProof? {
    guard set.quorum > 0, count >= set.quorum else { return nil }
    var left = set.quorum
    let chosen = signatures.map { signature -> RecoverableSignature? in
      guard signature != nil, left > 0 else { return nil }
      left -= 1
      return signature
    }
    guard let list = SignatureList(chosen) else { return nil }
    return FinalityProof(SignedCommitment(commitment: commitment, signatures: list))
  }
}

extension FinalityProof {
  /// Signs a commitment with keys that one process holds, as a development chain does.
  /// - Returns: `nil` when the keys do not make a quorum of the set.
  public static func make(_ commitment: Commitment, set: ValidatorSet, keys: [SecretKey]) -> FinalityProof? {
    guard var tally = VoteTally(commitment: commitment, set: set) else { return nil }
    let digest = commitment.digest
    for key in keys where tally.count < set.quorum {
      _ = tally.add(key.sign(prehash: digest), by: key.publicKey)
    }
    return tally.proof
  }
}
