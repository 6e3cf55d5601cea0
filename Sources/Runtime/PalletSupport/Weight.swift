internal import Primitives
public import ScaleCodec

/// What a call may cost: execution time and proof bytes.
///
/// - SeeAlso: `sp_weights::weight_v2::Weight`; both parts are compact on the wire.
@ScaleCodable(path: "sp_weights::weight_v2::Weight")
public struct Weight: Hashable, Sendable {
  /// Picoseconds on the reference machine.
  public var refTime: Compact<UInt64>
  /// Bytes of storage proof.
  public var proofSize: Compact<UInt64>

  public init(refTime: UInt64, proofSize: UInt64 = 0) {
    self.refTime = Compact(refTime)
    self.proofSize = Compact(proofSize)
  }

  /// No weight at all.
  public static let zero = Weight(refTime: 0)
  /// More than any block holds.
  public static let max = Weight(refTime: .max, proofSize: .max)

  /// The weight of a call from what it does: a base, reads and writes.
  ///
  /// Reads cost 25 µs and writes 100 µs, the figures of Substrate's `RocksDbWeight`.
  public static func of(micros: UInt64 = 10, reads: UInt64 = 0, writes: UInt64 = 0) -> Weight {
    Weight(refTime: (micros + 25 * reads + 100 * writes) * 1_000_000, proofSize: 2_700 * (reads + writes))
  }

  /// The sum, staying at the largest weight.
  public func adding(_ other: Weight) -> Weight {
    Weight(refTime: refTime.value.addingSaturating(other.refTime.value), proofSize: proofSize.value.addingSaturating(other.proofSize.value))
  }

  /// The difference, staying at zero.
  public func subtracting(_ other: Weight) -> Weight {
    Weight(
      refTime: refTime.value.subtractingSaturating(other.refTime.value),
      proofSize: proofSize.value.subtractingSaturating(other.proofSize.value))
  }

  /// This weight `count` times, staying at the largest weight.
  public func multiplied(by count: UInt64) -> Weight {
    Weight(refTime: refTime.value.multipliedSaturating(by: count), proofSize: proofSize.value.multipliedSaturating(by: count))
  }

  /// Whether either part is above the other's.
  public func exceeds(_ limit: Weight) -> Bool {
    refTime.value > limit.refTime.value || proofSize.value > limit.proofSize.value
  }
}

/// How a block accounts for a call.
/// - SeeAlso: `frame_support::dispatch::DispatchClass`.
@ScaleCodable(path: "frame_support::dispatch::DispatchClass")
public enum DispatchClass: Hashable, Sendable {
  @ScaleIndex(0) case normal
  @ScaleIndex(1) case operational
  /// Must be in the block whatever it costs: the timestamp inherent.
  @ScaleIndex(2) case mandatory
}

/// Whether the sender pays a fee.
/// - SeeAlso: `frame_support::dispatch::Pays`.
@ScaleCodable(path: "frame_support::dispatch::Pays")
public enum Pays: Hashable, Sendable {
  @ScaleIndex(0) case yes
  @ScaleIndex(1) case no
}

/// Weight, class and fee flag of a call before it runs.
/// - SeeAlso: `frame_support::dispatch::DispatchInfo`.
@ScaleCodable(path: "frame_support::dispatch::DispatchInfo")
public struct DispatchInfo: Hashable, Sendable {
  public var weight: Weight
  public var `class`: DispatchClass
  public var paysFee: Pays

  public init(_ weight: Weight, class: DispatchClass = .normal, paysFee: Pays = .yes) {
    self.weight = weight
    self.class = `class`
    self.paysFee = paysFee
  }
}
