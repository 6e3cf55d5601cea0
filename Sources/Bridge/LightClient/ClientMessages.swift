public import Finality
public import Keys
public import MerkleMountainRange
public import Primitives
public import ScaleCodec

/// A certificate with the addresses of its set, as it travels to another chain.
@ScaleCodable(path: "echo_light_client::Certificate")
public struct Certificate: Hashable, Sendable {
  /// The signed commitment.
  public var proof: FinalityProof
  /// All validators of the signing set in voting order; checked against the set's root.
  public var addresses: [EthereumAddress]

  public init(proof: FinalityProof, addresses: [EthereumAddress]) {
    self.proof = proof
    self.addresses = addresses
  }

  /// What was signed.
  public var commitment: Commitment { proof.commitment }
}

/// A leaf that shows the set after the next one, proven in the commitment that comes with it.
@ScaleCodable(path: "echo_light_client::Handover")
public struct Handover: Hashable, Sendable {
  public var leaf: MmrLeaf
  public var proof: LeafProof

  public init(leaf: MmrLeaf, proof: LeafProof) {
    self.leaf = leaf
    self.proof = proof
  }
}

/// A new height for a client: finality proof, addresses, and the handover leaf when the next set signed.
@ScaleCodable(path: "echo_light_client::ClientUpdate")
public struct ClientUpdate: Hashable, Sendable {
  public var certificate: Certificate
  /// Needed exactly when the client's next set signed.
  public var handover: Handover?

  public init(certificate: Certificate, handover: Handover? = nil) {
    self.certificate = certificate
    self.handover = handover
  }
}

/// What became of an update.
public enum UpdateOutcome: Equatable, Sendable {
  /// The height is the newest now; `handover` when the next set has become the current one.
  case advanced(number: BlockNumber, handover: Bool)
  /// An older height that was missing is known now.
  case filled(number: BlockNumber)
  /// The very commitment was accepted before: nothing changed. Relayers race; this is no fault.
  case known(number: BlockNumber)
  /// The commitment is rightly signed and contradicts an accepted one: the client is frozen.
  case frozen(FreezeReason)
  /// Nothing changed.
  case refused(ClientRefusal)
}

/// What a quorum did that no honest one does.
@ScaleCodable(path: "echo_light_client::FreezeReason")
public enum FreezeReason: Hashable, Sendable {
  /// Two different commitments for one height.
  @ScaleIndex(0)
  case conflictingCommitments(number: BlockNumber)
  /// A higher block whose time is not later.
  @ScaleIndex(1)
  case timeNotRising(lower: BlockNumber, higher: BlockNumber)
  /// A commitment whose header is not the one that a later commitment's range holds.
  @ScaleIndex(2)
  case contradictedHeader(number: BlockNumber)
}

/// Evidence against the other chain's validators. Anyone may bring it.
@ScaleCodable(path: "echo_light_client::Misbehaviour")
public enum Misbehaviour: Hashable, Sendable {
  /// Two certificates that cannot both be honest.
  @ScaleIndex(0)
  case certificates(Certificate, Certificate)
  /// A certificate, and a leaf under an accepted commitment that shows another header for its height.
  @ScaleIndex(1)
  case header(Certificate, contradictedBy: Handover, acceptedNumber: BlockNumber)
}

/// What became of evidence.
public enum MisbehaviourOutcome: Equatable, Sendable {
  /// The evidence holds: the client is frozen.
  case frozen(FreezeReason)
  /// Nothing changed.
  case refused(ClientRefusal)
}
