internal import Primitives
public import PalletSupport
public import ScaleCodec

/// One value for each class of calls.
/// - SeeAlso: `frame_support::dispatch::PerDispatchClass`.
@ScaleCodable(path: "frame_support::dispatch::PerDispatchClass")
public struct PerDispatchClass<T: ScaleCodable & Hashable & Sendable>: Hashable, Sendable {
  public var normal: T
  public var operational: T
  public var mandatory: T

  public init(normal: T, operational: T, mandatory: T) {
    self.normal = normal
    self.operational = operational
    self.mandatory = mandatory
  }

  public subscript(class: DispatchClass) -> T {
    get {
      switch `class` {
      case .normal: normal
      case .operational: operational
      case .mandatory: mandatory
      }
    }
    set {
      switch `class` {
      case .normal: normal = newValue
      case .operational: operational = newValue
      case .mandatory: mandatory = newValue
      }
    }
  }
}

extension PerDispatchClass<Weight> {
  /// Weight of all classes together.
  public var total: Weight { normal.adding(operational).adding(mandatory) }
}

/// What calls of one class may use of a block; `nil` means no limit of its own.
/// - SeeAlso: `frame_system::limits::WeightsPerClass`.
@ScaleCodable(path: "frame_system::limits::WeightsPerClass")
public struct WeightsPerClass: Hashable, Sendable {
  /// Charged on top of every call.
  public var baseExtrinsic: Weight
  /// The most that one call may use.
  public var maxExtrinsic: Weight?
  /// The most that the whole class may use.
  public var maxTotal: Weight?
  /// What the class may still use when the block is full; `nil` means any amount.
  public var reserved: Weight?

  public init(baseExtrinsic: Weight, maxExtrinsic: Weight?, maxTotal: Weight?, reserved: Weight?) {
    self.baseExtrinsic = baseExtrinsic
    self.maxExtrinsic = maxExtrinsic
    self.maxTotal = maxTotal
    self.reserved = reserved
  }
}

/// What a block may weigh.
/// - SeeAlso: `frame_system::limits::BlockWeights`.
@ScaleCodable(path: "frame_system::limits::BlockWeights")
public struct BlockWeights: Hashable, Sendable {
  /// The weight of an empty block.
  public var baseBlock: Weight
  /// The weight that no block of normal and operational calls exceeds.
  public var maxBlock: Weight
  public var perClass: PerDispatchClass<WeightsPerClass>

  public init(baseBlock: Weight, maxBlock: Weight, perClass: PerDispatchClass<WeightsPerClass>) {
    self.baseBlock = baseBlock
    self.maxBlock = maxBlock
    self.perClass = perClass
  }

  /// Three quarters of a block for normal calls, the rest kept for operational ones; mandatory calls have no limit.
  ///
  /// - Parameters:
  ///   - maxBlock: The block's limit.
  ///   - baseExtrinsic: Charged on top of every call: decoding, signature, nonce and fee.
  public static func standard(
    maxBlock: Weight, baseExtrinsic: Weight = Weight(refTime: 110_000_000)
  ) -> BlockWeights {
    let normal = Weight(
      refTime: maxBlock.refTime.value / 4 * 3, proofSize: maxBlock.proofSize.value / 4 * 3)
    let baseBlock = Weight(refTime: 350_000_000)
    return BlockWeights(
      baseBlock: baseBlock, maxBlock: maxBlock,
      perClass: PerDispatchClass(
        normal: WeightsPerClass(
          baseExtrinsic: baseExtrinsic, maxExtrinsic: normal.subtracting(baseBlock).subtracting(baseExtrinsic),
          maxTotal: normal, reserved: .zero),
        operational: WeightsPerClass(
          baseExtrinsic: baseExtrinsic, maxExtrinsic: maxBlock.subtracting(baseBlock).subtracting(baseExtrinsic),
          maxTotal: maxBlock, reserved: maxBlock.subtracting(normal)),
        mandatory: WeightsPerClass(baseExtrinsic: baseExtrinsic, maxExtrinsic: nil, maxTotal: nil, reserved: nil)))
  }
}

/// What a block may measure in bytes.
/// - SeeAlso: `frame_system::limits::BlockLength`.
@ScaleCodable(path: "frame_system::limits::BlockLength")
public struct BlockLength: Hashable, Sendable {
  /// The most bytes of extrinsics that a block holds after one of the class was added.
  public var max: PerDispatchClass<UInt32>

  public init(max: PerDispatchClass<UInt32>) { self.max = max }

  /// Three quarters of `bytes` for normal calls, all of them for the others.
  public static func standard(bytes: UInt32) -> BlockLength {
    BlockLength(max: PerDispatchClass(normal: bytes / 4 * 3, operational: bytes, mandatory: bytes))
  }
}
