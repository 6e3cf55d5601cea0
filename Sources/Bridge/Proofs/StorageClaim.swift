public import ScaleCodec
internal import StateTrie

/// What is said about one key of a state.
@ScaleCodable(path: "echo_proofs::ClaimedValue")
public enum ClaimedValue: Hashable, Sendable {
  /// The state does not have the key.
  @ScaleIndex(0) case absent
  /// The key has exactly this value.
  @ScaleIndex(1) case equals([UInt8])
  /// The key has a value, whichever the proof shows; spares writing it twice.
  @ScaleIndex(2) case present
}

/// A key of a state with what is said about it.
@ScaleCodable(path: "echo_proofs::StorageClaim")
public struct StorageClaim: Hashable, Sendable {
  /// The whole storage key, at most ``StateTrie/maximumKeyBytes``.
  public var key: [UInt8]
  public var value: ClaimedValue

  public init(key: [UInt8], value: ClaimedValue) {
    self.key = key
    self.value = value
  }

  /// Why an answer is not what is claimed; `nil` when it is.
  func refusal(_ answer: ProofAnswer, index: Int) -> ProofRefusal? {
    switch (value, answer) {
    case (_, .incomplete): .incomplete(index: index)
    case (.absent, .absent), (.present, .value): nil
    case (.absent, .value): .present(index: index)
    case (.equals(let expected), .value(let found)): expected == found ? nil : .otherValue(index: index)
    case (.equals, .absent), (.present, .absent): .absent(index: index)
    }
  }
}
