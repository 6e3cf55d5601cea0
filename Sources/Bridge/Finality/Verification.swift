public import MerkleMountainRange
public import Primitives
public import ScaleCodec

/// The steps by which a claim about another chain is checked, in the order in which they are taken.
public enum VerificationStep: String, CaseIterable, Sendable, CustomStringConvertible {
  /// The chain and the session that the verifier trusts.
  case trustAnchor
  /// Who the validators are.
  case validatorSet
  /// Enough of them signed.
  case signatures
  /// A leaf lies under the signed MMR root.
  case mmrLeaf
  /// A header has the proven hash.
  case header
  /// The state root that storage proofs start from.
  case stateRoot
  /// A value stands, or does not stand, in that state.
  case storageProof
  /// The value is the message that was claimed.
  case message

  /// Words for people, for example `MMR leaf`.
  public var description: String {
    switch self {
    case .trustAnchor: "trust anchor"
    case .validatorSet: "validator set"
    case .signatures: "signatures"
    case .mmrLeaf: "MMR leaf"
    case .header: "header"
    case .stateRoot: "state root"
    case .storageProof: "storage proof"
    case .message: "message"
    }
  }
}

/// What was found at each step. Ends at the first step that failed.
public struct VerificationReport: Equatable, Sendable {
  /// A step and what became of it.
  public struct Entry: Equatable, Sendable {
    public var step: VerificationStep
    public var outcome: Outcome
  }

  /// What became of a step.
  public enum Outcome: Equatable, Sendable {
    /// The step holds; a short fact for people, for example `3 of 4 signatures`.
    case passed(String)
    /// The step does not hold.
    case failed(VerificationFailure)
  }

  /// The steps that were taken.
  public private(set) var entries: [Entry] = []

  /// A report without steps. It verifies nothing.
  public init() {}

  /// Notes a step that holds. Does nothing after a failure.
  public mutating func pass(_ step: VerificationStep, _ fact: String) {
    guard failure == nil else { return }
    entries.append(Entry(step: step, outcome: .passed(fact)))
  }

  /// Notes the step that does not hold. Does nothing after a failure: the first one counts.
  public mutating func fail(_ step: VerificationStep, _ reason: VerificationFailure) {
    guard failure == nil else { return }
    entries.append(Entry(step: step, outcome: .failed(reason)))
  }

  /// Continues with the steps of another report.
  public mutating func append(_ other: VerificationReport) {
    guard failure == nil else { return }
    entries.append(contentsOf: other.entries)
  }

  /// The step that failed and why; `nil` while none has.
  public var failure: StepFailure? {
    guard let last = entries.last, case .failed(let reason) = last.outcome else { return nil }
    return StepFailure(step: last.step, reason: reason)
  }

  /// Whether all steps hold, and there was at least one.
  public var isValid: Bool { !entries.isEmpty && failure == nil }
}

/// A step that failed, with the reason.
public struct StepFailure: Error, Equatable, Sendable, CustomStringConvertible {
  public var step: VerificationStep
  public var reason: VerificationFailure

  public init(step: VerificationStep, reason: VerificationFailure) {
    self.step = step
    self.reason = reason
  }

  public var description: String { "\(step): \(reason)" }
}

/// Why a step of a verification failed.
public enum VerificationFailure: Error, Equatable, Sendable {
  /// Bytes do not decode.
  case malformed(ScaleError)
  /// The proof is of another chain.
  case wrongGenesis(found: H256, expected: H256)
  /// The signing set is not one that the verifier knows.
  case wrongSet(found: UInt64, expected: [UInt64])
  /// The proof was made for a set of another size.
  case wrongSetSize(found: Int, expected: Int)
  /// The addresses are not the set's.
  case wrongSetRoot(computed: H256, expected: H256)
  /// An address stands in the set twice; one key would vote twice.
  case repeatedValidator(index: Int)
  /// The set is empty, larger than ``ValidatorSet/maximumCount``, or has a zero root.
  case implausibleSet(ValidatorSetSummary)
  /// A validator's path does not lead to the set's root.
  case notInSet(index: Int, MerkleRefusal)
  /// A bit field has another length than its set needs, or bits set that belong to nobody.
  case malformedBitField
  /// A signature came from a validator that is not claimed, or the same came twice.
  case unclaimedSigner(index: Int)
  /// There are too few signatures.
  case tooFewSignatures(found: Int, needed: Int)
  /// No key has made this signature, or it is not in its one accepted form.
  case badSignature(index: Int)
  /// The signature's `s` is above half the order: it has a second form.
  case highSignature(index: Int)
  /// Another key than the validator's has made the signature.
  case wrongSigner(index: Int)
  /// The payload states no usable MMR root.
  case noMmrRoot
  /// A leaf proof does not hold.
  case merkle(MerkleRefusal)
  /// A leaf is not proven at the index that its contents state.
  case wrongLeafIndex(found: [UInt64], expected: UInt64)
  /// A leaf proof is for another size than the commitment's height.
  case wrongLeafCount(found: UInt64, expected: UInt64)
  /// The header has another hash.
  case headerHash(computed: H256, expected: H256)
  /// The header is of another height.
  case headerNumber(found: BlockNumber, expected: BlockNumber)
  /// The header is longer than ``Header/maximumEncodedSize``.
  case headerTooLong(count: Int, limit: Int)
  /// A reason of another room that fills in this report; the text is that room's error in its own words.
  case other(String)
}

extension VerificationFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let error): "\(error)"
    case .wrongGenesis(let found, let expected): "commitment is of chain \(found), not \(expected)"
    case .wrongSet(let found, let expected): "signed by set \(found), known are \(expected)"
    case .wrongSetSize(let found, let expected): "made for \(found) validators, the set has \(expected)"
    case .wrongSetRoot(let computed, let expected): "addresses have root \(computed), the set has \(expected)"
    case .repeatedValidator(let index): "validator \(index) stands in the set twice"
    case .implausibleSet(let set): "set \(set.id) of \(set.length) validators with root \(set.root) cannot be"
    case .notInSet(let index, let reason): "validator \(index) is not in the set: \(reason)"
    case .malformedBitField: "bit field does not fit its set"
    case .unclaimedSigner(let index): "validator \(index) signed without being claimed, or twice"
    case .tooFewSignatures(let found, let needed): "\(found) signatures, \(needed) needed"
    case .badSignature(let index): "signature of validator \(index) belongs to no key"
    case .highSignature(let index): "signature of validator \(index) has a high s"
    case .wrongSigner(let index): "signature of validator \(index) was made by another key"
    case .noMmrRoot: "payload has no MMR root of 32 bytes"
    case .merkle(let reason): "\(reason)"
    case .wrongLeafIndex(let found, let expected): "leaf is proven at \(found), its contents belong at \(expected)"
    case .wrongLeafCount(let found, let expected):
      "leaf is proven among \(found) leaves, the commitment has \(expected)"
    case .headerHash(let computed, let expected): "header has hash \(computed), not \(expected)"
    case .headerNumber(let found, let expected): "header is of block \(found), not \(expected)"
    case .headerTooLong(let count, let limit): "header has \(count) bytes, at most \(limit) allowed"
    case .other(let text): text
    }
  }
}
