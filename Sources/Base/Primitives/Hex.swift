/// Hexadecimal text in the form that JSON-RPC uses: lower case, leading `0x`.
public enum Hex {
  /// Encodes bytes as lower-case digits with a leading `0x`.
  public static func encode(_ bytes: borrowing RawSpan, prefix: Bool = true) -> String {
    let count = bytes.byteCount
    let start = prefix ? 2 : 0
    return String(unsafeUninitializedCapacity: start + 2 * count) { buffer in
      if prefix {
        buffer[0] = 0x30
        buffer[1] = 0x78
      }
      for index in 0..<count {
        let byte = bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
        buffer[start + 2 * index] = digit(byte >> 4)
        buffer[start + 2 * index + 1] = digit(byte & 0xf)
      }
      return start + 2 * count
    }
  }

  /// Encodes bytes as lower-case digits with a leading `0x`.
  public static func encode(_ bytes: [UInt8], prefix: Bool = true) -> String {
    encode(bytes.span.bytes, prefix: prefix)
  }

  /// Decodes digits of any case, with or without a leading `0x`.
  /// - Returns: `nil` when the text has an odd number of digits or another character.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var digits = Array(text.utf8)[...]
    if digits.count >= 2, digits.first == 0x30, digits[digits.startIndex + 1] == 0x78 { digits = digits.dropFirst(2) }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var index = digits.startIndex
    while index < digits.endIndex {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
      index += 2
    }
    return bytes
  }

  @inline(__always) private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

  @inline(__always) private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }
}
