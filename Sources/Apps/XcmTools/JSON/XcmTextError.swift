internal import RPC
internal import ScaleCodec

/// What is wrong with text or bytes that a person hands over, and where.
public struct XcmTextError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A JSON path such as `V5[3].BuyExecution.weight_limit`, a line and column, or an offset in bytes; empty for the
  /// whole.
  public var place: String
  /// Continues a sentence that the place begins.
  public var reason: String

  public init(place: String = "", reason: String) {
    self.place = place
    self.reason = reason
  }

  public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}

extension XcmTextError {
  /// What a decoder refused, by offset and path.
  /// - Parameters:
  ///   - count: How many bytes there are.
  ///   - path: The part of the document at an offset.
  init(_ error: ScaleError, count: Int, path: (Int) -> String) {
    let offset = error.offset(in: count)
    var path = path(offset)
    if case .trailingBytes = error { path = "" }
    self.init(place: "byte \(offset)" + (path.isEmpty ? "" : ", \(path)"), reason: error.fact)
  }

  /// What is no JSON, by line and column.
  init(_ error: JSONError, in text: [UInt8]) {
    guard let offset = error.offset(in: text.count) else {
      self.init(reason: error.fact)
      return
    }
    let before = text.prefix(offset)
    let line = before.reduce(1) { $1 == 0x0a ? $0 + 1 : $0 }
    let column = before.count - (before.lastIndex(of: 0x0a) ?? -1)
    self.init(place: "line \(line), column \(column)", reason: error.fact)
  }
}

extension ScaleError {
  /// Where the fault is; bytes left over begin behind the value.
  func offset(in count: Int) -> Int {
    switch self {
    case .truncated(_, _, let offset), .nonCanonicalCompact(let offset), .compactOverflow(let offset),
      .invalidBool(_, let offset), .invalidOption(_, let offset), .unknownVariant(_, _, let offset),
      .lengthOverLimit(_, _, let offset), .nestedTooDeep(_, let offset), .invalidUTF8(let offset),
      .invalidValue(_, _, let offset):
      offset
    case .trailingBytes(let left): count - left
    }
  }

  /// What is wrong, without the place.
  var fact: String {
    switch self {
    case .truncated(let needed, let available, _):
      "the bytes end here: \(Self.bytes(needed)) needed, \(available) left"
    case .nonCanonicalCompact: "a compact integer is not in its shortest form"
    case .compactOverflow: "a compact integer does not fit its type"
    case .invalidBool(let byte, _): "a bool is \(byte), neither 0 nor 1"
    case .invalidOption(let byte, _): "the tag of an option is \(byte), neither 0 nor 1"
    case .unknownVariant(let type, let index, _): "\(type) has no variant \(index)"
    case .lengthOverLimit(let length, let limit, _): "\(length) items, at most \(limit) are possible"
    case .nestedTooDeep(let limit, _): "nested deeper than \(limit)"
    case .invalidUTF8: "text is not UTF-8"
    case .invalidValue(_, let reason, _): "\(reason)"
    case .trailingBytes(let count): "\(Self.bytes(count)) left after the value"
    }
  }

  private static func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }
}

extension JSONError {
  fileprivate func offset(in count: Int) -> Int? {
    switch self {
    case .truncated: count
    case .unexpected(_, let offset), .trailing(let offset), .invalidText(let offset), .numberOutOfRange(let offset),
      .duplicateKey(let offset):
      offset
    case .tooDeep, .tooLarge, .tooManyValues: nil
    }
  }

  fileprivate var fact: String {
    switch self {
    case .truncated: "the text ends inside a value"
    case .unexpected(let byte, _):
      (0x21...0x7e).contains(byte)
        ? "'\(Character(Unicode.Scalar(byte)))' is not expected here" : "unexpected byte \(byte)"
    case .trailing: "something follows the value"
    case .invalidText: "a string is not valid"
    case .numberOutOfRange: "a number is out of range"
    case .duplicateKey: "a key is given twice"
    case .tooDeep(let limit): "JSON is nested deeper than \(limit)"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes of JSON, at most \(limit) are taken"
    case .tooManyValues(let limit): "more than \(limit) JSON values"
    }
  }
}
