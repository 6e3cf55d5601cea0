/// Base58 as Bitcoin writes it: addresses, extended keys and peer ids.
public enum Base58 {
  private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
  private static let digits: [UInt8?] = {
    var digits = [UInt8?](repeating: nil, count: 256)
    for (value, character) in alphabet.enumerated() { digits[Int(character)] = UInt8(value) }
    return digits
  }()

  /// Encodes bytes as one big-endian number; each leading zero byte becomes a `1`.
  /// - Complexity: Quadratic in the number of bytes.
  public static func encode(_ bytes: [UInt8]) -> String {
    let zeros = bytes.prefix { $0 == 0 }.count
    var values: [UInt8] = []  // least significant first
    for byte in bytes.dropFirst(zeros) {
      var carry = Int(byte)
      for index in values.indices {
        carry += Int(values[index]) << 8
        values[index] = UInt8(carry % 58)
        carry /= 58
      }
      while carry > 0 {
        values.append(UInt8(carry % 58))
        carry /= 58
      }
    }
    let text = [UInt8](repeating: alphabet[0], count: zeros) + values.reversed().map { alphabet[Int($0)] }
    return String(decoding: text, as: UTF8.self)
  }

  /// Decodes text of at most `limit` characters.
  /// - Returns: `nil` when the text is longer or holds another character.
  /// - Complexity: Quadratic in the number of characters, hence the limit.
  public static func decode(_ text: some StringProtocol, limit: Int = 128) -> [UInt8]? {
    let characters = text.utf8
    guard characters.count <= limit else { return nil }
    let zeros = characters.prefix { $0 == alphabet[0] }.count
    var bytes: [UInt8] = []  // least significant first
    for character in characters.dropFirst(zeros) {
      guard let digit = digits[Int(character)] else { return nil }
      var carry = Int(digit)
      for index in bytes.indices {
        carry += Int(bytes[index]) * 58
        bytes[index] = UInt8(carry & 0xff)
        carry >>= 8
      }
      while carry > 0 {
        bytes.append(UInt8(carry & 0xff))
        carry >>= 8
      }
    }
    return [UInt8](repeating: 0, count: zeros) + bytes.reversed()
  }
}
