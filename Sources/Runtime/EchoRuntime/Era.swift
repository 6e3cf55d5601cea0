public import ScaleCodec

/// How long an extrinsic stays valid.
///
/// - SeeAlso: `sp_runtime::generic::Era`. One byte `00` for immortal, else two bytes: the low four bits hold the
///   period's power of two, the rest the phase in steps of `max(period / 4096, 1)`.
public enum Era: Hashable, Sendable {
  /// Valid for ever.
  case immortal
  /// Valid for `period` blocks from the block whose number is `phase` modulo `period`.
  case mortal(period: UInt64, phase: UInt64)

  /// The era of about `period` blocks that starts at `current`.
  /// - Parameter period: Rounded up to a power of two in 4...65536.
  public init(period: UInt64, current: UInt64) {
    var rounded: UInt64 = 4
    while rounded < period, rounded < 65_536 { rounded *= 2 }
    let step = max(rounded >> 12, 1)
    self = .mortal(period: rounded, phase: current % rounded / step * step)
  }

  /// The block from whose hash on the extrinsic is valid.
  public func birth(current: UInt64) -> UInt64 {
    switch self {
    case .immortal: 0
    case .mortal(let period, let phase): (max(current, phase) - phase) / period * period + phase
    }
  }

  /// The first block in which the extrinsic is no longer valid.
  public func death(current: UInt64) -> UInt64 {
    switch self {
    case .immortal: .max
    case .mortal(let period, _): birth(current: current) + period
    }
  }
}

extension Era: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape {
    let byte = TypeReference(UInt8.self)
    let mortal = (1...255).map { index in
      TypeShape.Variant(name: "Mortal\(index)", index: UInt8(index), fields: [.init(name: nil, type: byte, typeName: "u8")])
    }
    return TypeShape(path: ["sp_runtime", "generic", "era", "Era"], .variant([.init(name: "Immortal", index: 0)] + mortal))
  }

  public var encodedSize: Int { self == .immortal ? 1 : 2 }

  public func encode(into writer: inout ScaleWriter) {
    switch self {
    case .immortal: writer.writeByte(0)
    case .mortal(let period, let phase):
      let step = max(period >> 12, 1)
      let low = min(15, max(1, UInt16(period.trailingZeroBitCount) - 1))
      writer.writeInteger(low | UInt16(truncatingIfNeeded: phase / step) << 4)
    }
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    let first = try reader.readByte()
    if first == 0 {
      self = .immortal
      return
    }
    let word = UInt64(first) | UInt64(try reader.readByte()) << 8
    let period = UInt64(2) << (word % 16)
    let phase = (word >> 4) * max(period >> 12, 1)
    guard period >= 4, phase < period else {
      throw .invalidValue(type: "Era", reason: "the phase is not below the period", offset: at)
    }
    self = .mortal(period: period, phase: phase)
  }
}
