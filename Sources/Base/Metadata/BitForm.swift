internal import ScaleCodec

/// How bits lie in the words of a bit sequence: a compact count of bits, then whole little-endian words.
/// - SeeAlso: parity-scale-codec, feature `bit-vec`.
struct BitForm {
  /// Bits of a word: 8, 16, 32 or 64.
  var width: Int
  var isMostSignificantFirst: Bool

  /// The byte and the bit in it that hold bit `index`.
  private func place(_ index: Int) -> (byte: Int, bit: Int) {
    let (word, inside) = index.quotientAndRemainder(dividingBy: width)
    let bit = isMostSignificantFirst ? width - 1 - inside : inside
    return (word * (width / 8) + bit / 8, bit % 8)
  }

  private func byteCount(_ bits: Int) -> Int { (bits + width - 1) / width * (width / 8) }

  /// Bits behind the last one must be 0.
  /// - Parameter limit: The most bits that are taken.
  func decode(_ reader: inout ScaleReader, limit: Int) throws(ScaleError) -> [Bool] {
    let at = reader.offset
    let count = Int(try reader.readCompact(as: UInt32.self))
    guard count <= limit else { throw .lengthOverLimit(length: count, limit: limit, offset: at) }
    let bytes = try reader.readBytes(count: byteCount(count))
    var bits: [Bool] = []
    bits.reserveCapacity(count)
    for index in 0..<bytes.count * 8 {
      let (byte, bit) = place(index)
      let isSet = bytes[byte] >> UInt8(bit) & 1 == 1
      if index < count {
        bits.append(isSet)
      } else if isSet {
        throw .invalidValue(type: "BitVec", reason: "a bit behind the last one is set", offset: at)
      }
    }
    return bits
  }

  func encode(_ bits: [Bool]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount(bits.count))
    for (index, isSet) in bits.enumerated() where isSet {
      let (byte, bit) = place(index)
      bytes[byte] |= 1 << UInt8(bit)
    }
    return Compact(UInt32(clamping: bits.count)).encoded() + bytes
  }
}
