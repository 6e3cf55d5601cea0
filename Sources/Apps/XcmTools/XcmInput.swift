/// Bytes as people hand them over: hexadecimal text, or as they are.
public enum XcmInput {
  /// The most bytes of text or of a file that are taken.
  public static let limit = 1 << 20

  /// Whether text has nothing but hexadecimal digits, white space and `0x`.
  public static func isHex(_ text: String) -> Bool { (try? bytes(ofHex: Array(text.utf8))) != nil }

  /// The bytes of hexadecimal text; `0x` before it, quotes around it and white space anywhere are allowed.
  /// - Throws: ``XcmTextError`` with the position of the first character that is no digit, counted from 0.
  public static func bytes(ofHex text: [UInt8]) throws(XcmTextError) -> [UInt8] {
    guard text.count <= limit else {
      throw XcmTextError(reason: "\(text.count) bytes of text, at most \(limit) are taken")
    }
    var digits: [UInt8] = []
    digits.reserveCapacity(text.count)
    var start = text.firstIndex { !isSpace($0) } ?? text.count
    var end = (text.lastIndex { !isSpace($0) } ?? -1) + 1
    // As JSON writes it.
    if end - start >= 2, text[start] == quote, text[end - 1] == quote { (start, end) = (start + 1, end - 1) }
    if end - start >= 2, text[start] == 0x30, text[start + 1] | 0x20 == 0x78 { start += 2 }
    for index in start..<max(start, end) where !isSpace(text[index]) {
      guard let digit = Self.digit(text[index]) else {
        throw XcmTextError(place: "character \(index)", reason: "\(shown(text[index])) is no hexadecimal digit")
      }
      digits.append(digit)
    }
    guard !digits.isEmpty else { throw XcmTextError(reason: "there are no bytes") }
    guard digits.count.isMultiple(of: 2) else {
      throw XcmTextError(reason: "\(digits.count) hexadecimal digits, which is an odd number: half a byte is missing")
    }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// The bytes of a file: decoded when it is hexadecimal text, as they are when it is no text.
  ///
  /// The two cannot be confused: raw bytes begin with the version, 3 to 5, which no text does.
  /// - Throws: ``XcmTextError`` for text that is not hexadecimal.
  public static func bytes(ofFile content: [UInt8]) throws(XcmTextError) -> [UInt8] {
    guard content.count <= limit else {
      throw XcmTextError(reason: "\(content.count) bytes, at most \(limit) are taken")
    }
    let isText = content.allSatisfy { isSpace($0) || (0x20...0x7e).contains($0) }
    return isText ? try bytes(ofHex: content) : content
  }

  private static let quote = UInt8(ascii: "\"")

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func shown(_ byte: UInt8) -> String {
    (0x20...0x7e).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
  }
}
