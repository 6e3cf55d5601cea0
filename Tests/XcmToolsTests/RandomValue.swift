import ScaleCodec
import TestKit

/// Random bytes by the description of a type.
///
/// They decode by shape. Rules that a shape does not tell are kept for assets only: lists of at most one, no zero.
struct RandomValue {
  var random: SeededRandom
  private var shapes: [TypeReference: TypeShape] = [:]

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func bytes<T: ScaleTyped>(of type: T.Type) -> [UInt8] { bytes(TypeReference(type), depth: 0) }

  private mutating func bytes(_ type: TypeReference, depth: Int) -> [UInt8] {
    let shape = shapes[type] ?? type.shape
    shapes[type] = shape
    let name = shape.path.last ?? ""
    switch shape.definition {
    case .composite(let fields):
      if name == "Xcm", depth > 40 { return [0] }
      if name == "Assets" || name == "BoundedVec" { return bounded(fields[0].type, depth: depth) }
      if name == "DoubleEncoded" { return random.bytes(3).encoded() }
      return fields.flatMap { bytes($0.type, depth: depth + 1) }
    case .variant(let variants):
      if name == "Fungibility", random.chance(1, in: 2) { return [0] + Compact(random.next() | 1).encoded() }
      let known = name == "Fungibility" ? Array(variants.dropFirst()) : variants
      guard let variant = known.randomElement(using: &random) else { return [] }
      return [variant.index] + variant.fields.flatMap { bytes($0.type, depth: depth + 1) }
    case .sequence(let element):
      let count = Int.random(in: 0...3, using: &random)
      return Compact(UInt32(count)).encoded() + (0..<count).flatMap { _ in bytes(element, depth: depth + 1) }
    case .array(let length, let element): return (0..<length).flatMap { _ in bytes(element, depth: depth + 1) }
    case .tuple(let types): return types.flatMap { bytes($0, depth: depth + 1) }
    case .compact(let inner): return compact(inner)
    case .primitive(.bool): return [UInt8.random(in: 0...1, using: &random)]
    case .primitive(let primitive): return random.bytes(Self.size(primitive))
    }
  }

  private mutating func bounded(_ sequence: TypeReference, depth: Int) -> [UInt8] {
    guard case .sequence(let element) = sequence.shape.definition else { return bytes(sequence, depth: depth) }
    return random.chance(1, in: 3) ? [0] : [4] + bytes(element, depth: depth + 1)
  }

  /// Small and large numbers alike.
  private mutating func compact(_ inner: TypeReference) -> [UInt8] {
    guard case .primitive(let primitive) = inner.shape.definition else { return [0] }
    let bits = Int.random(in: 0...(8 * Self.size(primitive)), using: &random)
    guard bits > 0 else { return Compact(UInt128(0)).encoded() }
    let full = UInt128(random.next()) << 64 | UInt128(random.next())
    return Compact(full >> UInt128(128 - bits)).encoded()
  }

  private static func size(_ primitive: TypeShape.Primitive) -> Int {
    switch primitive {
    case .u8: 1
    case .u16: 2
    case .u32: 4
    case .u64: 8
    default: 16
    }
  }
}
