/// A number of 256 bits, as far as text needs it.
struct WideInteger {
  /// Least significant first; eight of them.
  private var limbs: [UInt32]

  /// - Parameter bytes: 32 bytes; missing ones count as 0.
  init(littleEndian bytes: [UInt8]) {
    limbs = (0..<8).map { limb in
      (0..<4).reduce(0) { value, byte in
        let place = limb * 4 + byte
        return value | (place < bytes.count ? UInt32(bytes[place]) << UInt32(8 * byte) : 0)
      }
    }
  }

  /// Reads decimal digits, with a leading `-` for the two's complement of a negative number.
  /// - Returns: `nil` for other text, and for numbers that 256 bits do not hold.
  init?(decimal text: some StringProtocol, signed: Bool) {
    limbs = Array(repeating: 0, count: 8)
    let isNegative = text.hasPrefix("-")
    let digits = isNegative ? text.dropFirst() : text[...]
    guard !digits.isEmpty, signed || !isNegative else { return nil }
    for digit in digits.utf8 {
      guard (0x30...0x39).contains(digit) else { return nil }
      var carry = UInt64(digit - 0x30)
      for index in limbs.indices {
        let value = UInt64(limbs[index]) * 10 + carry
        limbs[index] = UInt32(truncatingIfNeeded: value)
        carry = value >> 32
      }
      guard carry == 0 else { return nil }
    }
    if isNegative { negate() }
    // Of a signed number the top bit is the sign.
    if signed, limbs.contains(where: { $0 != 0 }), isTopBitSet != isNegative { return nil }
  }

  var littleEndian: [UInt8] { limbs.flatMap { limb in (0..<4).map { UInt8(truncatingIfNeeded: limb >> UInt32(8 * $0)) } } }

  private var isTopBitSet: Bool { limbs[7] >> 31 == 1 }

  private mutating func negate() {
    var carry = true
    for index in limbs.indices {
      limbs[index] = ~limbs[index]
      if carry { (limbs[index], carry) = limbs[index].addingReportingOverflow(1) }
    }
  }

  /// As an unsigned number.
  var unsigned: DynamicValue {
    if limbs[4...].allSatisfy({ $0 == 0 }) { return .unsigned(lower) }
    return .wide(decimal)
  }

  /// As a number in two's complement.
  var signed: DynamicValue {
    let filling: UInt32 = isTopBitSet ? .max : 0
    if limbs[4...].allSatisfy({ $0 == filling }), limbs[3] >> 31 == filling >> 31 { return .signed(Int128(truncatingIfNeeded: lower)) }
    guard isTopBitSet else { return .wide(decimal) }
    var magnitude = self
    magnitude.negate()
    return .wide("-" + magnitude.decimal)
  }

  private var lower: UInt128 { limbs[..<4].reversed().reduce(0) { $0 << 32 | UInt128($1) } }

  private var decimal: String {
    var rest = limbs
    var groups: [UInt64] = []
    while rest.contains(where: { $0 != 0 }) {
      var remainder: UInt64 = 0
      for index in rest.indices.reversed() {
        let value = remainder << 32 | UInt64(rest[index])
        rest[index] = UInt32(value / 1_000_000_000)
        remainder = value % 1_000_000_000
      }
      groups.append(remainder)
    }
    guard let first = groups.popLast() else { return "0" }
    return groups.reversed().reduce("\(first)") { text, group in
      let digits = "\(group)"
      return text + String(repeating: "0", count: 9 - digits.count) + digits
    }
  }
}
