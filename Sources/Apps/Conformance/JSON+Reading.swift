internal import Keys
internal import Primitives

/// What a check found to be otherwise than the vector says, or what the vector lacks.
struct Mismatch: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Requires two values to be equal.
func expect<T: Equatable>(_ what: String, _ found: T, _ expected: T) throws(Mismatch) {
  guard found != expected else { return }
  throw Mismatch("\(what) is \(brief(found)), not \(brief(expected))")
}

/// Requires a condition.
func require(_ condition: Bool, _ otherwise: String) throws(Mismatch) {
  guard condition else { throw Mismatch(otherwise) }
}

/// Runs a step whose error is the reason of a failure.
func attempt<T>(_ body: () throws -> T) throws(Mismatch) -> T {
  do { return try body() } catch let mismatch as Mismatch { throw mismatch } catch { throw Mismatch("\(error)") }
}

/// A value for a message: bytes as hexadecimal, long texts cut.
private func brief(_ value: some Any) -> String {
  let text = (value as? [UInt8]).map { Hex.encode($0) } ?? "\(value)"
  return text.count <= 160 ? text : "\(text.prefix(160))..."
}

extension JSON {
  /// Members, none for another kind of value.
  var members: [String: JSON] {
    if case .object(let members) = self { members } else { [:] }
  }

  /// A member, `nil` where there is none or it is null.
  subscript(name: String) -> JSON? {
    guard case .object(let members) = self, let value = members[name], value != .null else { return nil }
    return value
  }

  /// Whether there are members of all these names; null counts.
  func has(_ names: String...) -> Bool { names.allSatisfy { members[$0] != nil } }

  /// A member that must be there.
  func field(_ name: String) throws(Mismatch) -> JSON {
    guard let value = self[name] else { throw Mismatch("the case has no \(name)") }
    return value
  }

  /// The items of an array.
  func items(_ what: String = "value") throws(Mismatch) -> [JSON] {
    guard case .array(let items) = self else { throw Mismatch("\(what) is not an array") }
    return items
  }

  /// Text.
  func text(_ what: String = "value") throws(Mismatch) -> String {
    guard case .string(let text) = self else { throw Mismatch("\(what) is not text") }
    return text
  }

  /// Bytes of hexadecimal text, with or without `0x`.
  func bytes(_ what: String = "value") throws(Mismatch) -> [UInt8] {
    guard case .string(let text) = self, let bytes = Hex.decode(text) else {
      throw Mismatch("\(what) is not hexadecimal")
    }
    return bytes
  }

  /// A number, written as a number, as decimal text or as hexadecimal text.
  func integer<T: FixedWidthInteger>(_ what: String = "value", as _: T.Type = T.self) throws(Mismatch) -> T {
    let value: T? =
      switch self {
      case .number(let text): T(text)
      case .string(let text) where text.hasPrefix("0x"): T(text.dropFirst(2), radix: 16)
      case .string(let text): T(text)
      default: nil
      }
    guard let value else { throw Mismatch("\(what) is not a number of \(T.self)") }
    return value
  }

  /// A truth value.
  func flag(_ what: String = "value") throws(Mismatch) -> Bool {
    guard case .bool(let flag) = self else { throw Mismatch("\(what) is not true or false") }
    return flag
  }
}

extension JSON {
  func items(of name: String) throws(Mismatch) -> [JSON] { try field(name).items(name) }
  func text(of name: String) throws(Mismatch) -> String { try field(name).text(name) }
  func bytes(of name: String) throws(Mismatch) -> [UInt8] { try field(name).bytes(name) }
  func integer<T: FixedWidthInteger>(of name: String, as type: T.Type = T.self) throws(Mismatch) -> T {
    try field(name).integer(name, as: type)
  }
  func flag(of name: String) throws(Mismatch) -> Bool { try field(name).flag(name) }

  /// 32 bytes.
  func hash(of name: String) throws(Mismatch) -> H256 { try field(name).hash(name) }
  func hash(_ what: String = "value") throws(Mismatch) -> H256 {
    guard let hash = H256(try bytes(what)) else { throw Mismatch("\(what) is not 32 bytes") }
    return hash
  }

  /// Lists of bytes and of hashes.
  func byteLists(of name: String) throws(Mismatch) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for item in try items(of: name) { result.append(try item.bytes(name)) }
    return result
  }
  func hashes(of name: String) throws(Mismatch) -> [H256] {
    var result: [H256] = []
    for item in try items(of: name) { result.append(try item.hash(name)) }
    return result
  }

  /// 20 bytes.
  func address(of name: String) throws(Mismatch) -> EthereumAddress {
    guard let address = EthereumAddress(try bytes(of: name)) else { throw Mismatch("\(name) is not 20 bytes") }
    return address
  }

  /// 33 bytes that are a point of the curve.
  func publicKey(of name: String) throws(Mismatch) -> PublicKey {
    let bytes = try bytes(of: name)
    return try attempt { try PublicKey(compressed: bytes) }
  }

  /// 32 bytes that are a secret key.
  func secretKey(of name: String) throws(Mismatch) -> SecretKey {
    let secret = try bytes(of: name)
    return try attempt { try SecretKey(bytes: secret) }
  }

  /// 65 bytes.
  func signature(of name: String) throws(Mismatch) -> RecoverableSignature {
    guard let signature = RecoverableSignature(try bytes(of: name)) else { throw Mismatch("\(name) is not 65 bytes") }
    return signature
  }
}
