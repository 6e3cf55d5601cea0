internal import CSodium

/// The group ristretto255 and the numbers modulo its order, as libsodium computes them. All encodings have 32 bytes,
/// little-endian.
/// - SeeAlso: RFC 9496 section 4.
enum Ristretto {
  /// The order of the group: 2^252 + 27742317777372353535851937790883648493.
  static let order: [UInt8] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
  ]

  /// Whether 32 bytes are a number below the order.
  static func isCanonicalScalar(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 32 else { return false }
    for (digit, limit) in zip(bytes, order).reversed() where digit != limit { return digit < limit }
    return false
  }

  /// Whether 32 bytes are the encoding of an element other than the identity.
  static func isElement(_ bytes: [UInt8]) -> Bool {
    // libsodium 1.0.18 passes over the top bit, which RFC 9496 requires to be zero.
    guard bytes.count == 32, bytes[31] & 0x80 == 0, bytes.contains(where: { $0 != 0 }) else { return false }
    return crypto_core_ristretto255_is_valid_point(bytes) == 1
  }

  /// The generator times a number.
  /// - Returns: `nil` when the number is zero modulo the order.
  /// - Precondition: 32 bytes.
  static func generator(times scalar: [UInt8]) -> [UInt8]? {
    precondition(scalar.count == 32, "keys: a ristretto255 scalar has 32 bytes")
    var element = [UInt8](repeating: 0, count: 32)
    return crypto_scalarmult_ristretto255_base(&element, scalar) == 0 ? element : nil
  }

  /// An element times a number.
  /// - Returns: `nil` when the bytes are no element, or the product is the identity.
  /// - Precondition: 32 bytes each.
  static func multiply(_ element: [UInt8], by scalar: [UInt8]) -> [UInt8]? {
    precondition(scalar.count == 32, "keys: a ristretto255 scalar has 32 bytes")
    guard isElement(element) else { return nil }
    var product = [UInt8](repeating: 0, count: 32)
    return crypto_scalarmult_ristretto255(&product, scalar, element) == 0 ? product : nil
  }

  /// The first element minus the second.
  /// - Returns: `nil` when either is no element.
  /// - Precondition: 32 bytes each.
  static func subtract(_ first: [UInt8], _ second: [UInt8]) -> [UInt8]? {
    precondition(first.count == 32 && second.count == 32, "keys: a ristretto255 element has 32 bytes")
    var difference = [UInt8](repeating: 0, count: 32)
    return crypto_core_ristretto255_sub(&difference, first, second) == 0 ? difference : nil
  }

  /// 64 bytes modulo the order.
  /// - Precondition: 64 bytes.
  static func reduce(_ wide: [UInt8]) -> [UInt8] {
    precondition(wide.count == 64, "keys: a wide ristretto255 scalar has 64 bytes")
    var scalar = [UInt8](repeating: 0, count: 32)
    crypto_core_ristretto255_scalar_reduce(&scalar, wide)
    return scalar
  }

  /// `a * b + c` modulo the order.
  /// - Precondition: 32 bytes each.
  static func multiplyAdd(_ a: [UInt8], _ b: [UInt8], _ c: [UInt8]) -> [UInt8] {
    precondition(a.count == 32 && b.count == 32 && c.count == 32, "keys: a ristretto255 scalar has 32 bytes")
    var product = [UInt8](repeating: 0, count: 32)
    defer { product.wipe() }
    crypto_core_ristretto255_scalar_mul(&product, a, b)
    return add(product, c)
  }

  /// `a + b` modulo the order.
  /// - Precondition: 32 bytes each.
  static func add(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    precondition(a.count == 32 && b.count == 32, "keys: a ristretto255 scalar has 32 bytes")
    var sum = [UInt8](repeating: 0, count: 32)
    crypto_core_ristretto255_scalar_add(&sum, a, b)
    return sum
  }
}
