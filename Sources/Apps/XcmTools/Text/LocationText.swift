internal import Keys
public import Primitives
internal import RPC
internal import ScaleCodec
public import XCM

/// Locations as people write them.
///
/// - A path such as `../Parachain(2000)/AccountId32(alice)`, `here`, `..`, or `PalletInstance(50)/GeneralIndex(7)`.
/// - `sibling:2000` or `para 2000` for another chain of the network, `child:2000` for a chain inside this one,
///   `parent`.
/// - The JSON form, with or without its version, or the bytes of a `VersionedLocation` in hexadecimal.
public enum LocationText {
  /// Reads a location.
  /// - Parameters:
  ///   - account: Reads an account that is neither an address nor 32 bytes after `0x`.
  ///   - chain: The para id of a chain of the network by its name.
  /// - Throws: ``XcmTextError``
  public static func parse(
    _ text: String, account: (String) -> AccountID? = { _ in nil }, chain: (String) -> UInt32? = { _ in nil }
  ) throws(XcmTextError) -> Location {
    let text = trimmed(text)
    if text.hasPrefix("{") { return try json(text) }
    if text.hasPrefix("0x") {
      guard
        case .location(let value) = try XcmDocument(
          decoding: try XcmInput.bytes(ofHex: Array(text.utf8)), as: .location)
      else { throw XcmTextError(reason: "the bytes are no location") }
      return try latest(value)
    }
    if let short = try short(text) { return short }
    if let id = chain(text) { return .sibling(id) }
    return try path(text, account)
  }

  private static func latest(_ value: VersionedLocation) throws(XcmTextError) -> Location {
    do throws(XcmConversionError) { return try value.latest() } catch { throw XcmTextError(reason: "\(error)") }
  }

  private static func json(_ text: String) throws(XcmTextError) -> Location {
    let json = try XcmJSON.parse(Array(text.utf8))
    guard json["parents"] == nil else { return try XcmJSON.read(json, as: Location.self) }
    guard case .location(let value) = try XcmDocument(json, as: .location) else {
      throw XcmTextError(reason: "the JSON is no location")
    }
    return try latest(value)
  }

  /// `sibling:2000`, `para 2000`, `child:2000`, `parent`.
  private static func short(_ text: String) throws(XcmTextError) -> Location? {
    if text == "parent" { return .parent }
    let parts = text.split { $0 == ":" || $0 == " " }.map(String.init)
    guard parts.count == 2, ["sibling", "para", "child"].contains(parts[0]) else { return nil }
    let id = try number(parts[1], as: UInt32.self, in: text)
    return parts[0] == "child" ? Location(.para(id)) : .sibling(id)
  }

  // MARK: Paths

  private static func path(_ text: String, _ account: (String) -> AccountID?) throws(XcmTextError) -> Location {
    if text == "here" { return .here }
    var parents = 0
    var junctions: [Junction] = []
    for part in steps(text) {
      if part == ".." {
        guard junctions.isEmpty else {
          throw XcmTextError(place: "'\(text)'", reason: "'..' comes before all junctions")
        }
        parents += 1
      } else {
        junctions.append(try junction(part, account))
      }
    }
    guard let up = UInt8(exactly: parents), let interior = Junctions(junctions) else {
      throw XcmTextError(place: "'\(text)'", reason: "at most 255 parents and 8 junctions make a location")
    }
    return Location(parents: up, interior: interior)
  }

  /// The parts between slashes; those inside brackets do not count.
  private static func steps(_ text: String) -> [String] {
    var steps = [""]
    var depth = 0
    for character in text {
      if character == "/", depth <= 0 {
        steps.append("")
        continue
      }
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      steps[steps.count - 1].append(character)
    }
    return steps
  }

  private static func junction(_ text: String, _ account: (String) -> AccountID?) throws(XcmTextError) -> Junction {
    let (name, operands) = call(text)
    let operand = operands.first ?? ""
    switch (name, operands.count) {
    case ("Parachain", 1): return .para(try number(operand, as: UInt32.self, in: text))
    case ("PalletInstance", 1): return .palletInstance(try number(operand, as: UInt8.self, in: text))
    case ("GeneralIndex", 1): return .generalIndex(Compact(try number(operand, as: UInt128.self, in: text)))
    case ("AccountIndex64", 1):
      return .accountIndex64(network: nil, index: Compact(try number(operand, as: UInt64.self, in: text)))
    case ("OnlyChild", 0): return .onlyChild
    case ("AccountId32", 1...2):
      guard let id = self.account(operand, account) else {
        throw XcmTextError(place: "'\(text)'", reason: "'\(operand)' is no account")
      }
      return .accountId32(network: operands.count == 2 ? try network(operands[1], in: text) : nil, id: id)
    case ("AccountKey20", 1...2):
      guard let bytes = Hex.decode(operand), let key = FixedBytes<20>(bytes) else {
        throw XcmTextError(place: "'\(text)'", reason: "'\(operand)' is not 20 bytes in hexadecimal")
      }
      return .accountKey20(network: operands.count == 2 ? try network(operands[1], in: text) : nil, key: key)
    case ("GeneralKey", 1):
      guard let bytes = Hex.decode(operand), bytes.count <= 32,
        let data = H256(bytes + [UInt8](repeating: 0, count: 32 - bytes.count))
      else { throw XcmTextError(place: "'\(text)'", reason: "'\(operand)' is not at most 32 bytes in hexadecimal") }
      return .generalKey(length: UInt8(bytes.count), data: data)
    case ("GlobalConsensus", 1): return .globalConsensus(try network(operand, in: text))
    case ("Plurality", 2): return try plurality(operands, in: text)
    default:
      throw XcmTextError(
        place: "'\(text)'",
        reason: "no junction such as Parachain(2000), AccountId32(5Grw…), PalletInstance(50) or GeneralIndex(7)")
    }
  }

  /// Splits `Name(a, b)`.
  private static func call(_ text: String) -> (name: String, operands: [String]) {
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return (text, []) }
    let inside = text[text.index(after: open)...].dropLast()
    var operands = [""]
    var depth = 0
    for character in inside {
      if character == ",", depth == 0 {
        operands.append("")
        continue
      }
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      operands[operands.count - 1].append(character)
    }
    return (String(text[..<open]), operands.map(trimmed))
  }

  /// An address, 32 bytes, a name, or a name followed by its address as this room's printer writes it.
  private static func account(_ text: String, _ named: (String) -> AccountID?) -> AccountID? {
    let last = text.split(separator: " ").last.map(String.init) ?? text
    if last.hasPrefix("0x") { return AccountID(hex: last) }
    return named(last) ?? (try? AccountID(ss58: last))
  }

  private static func network(_ text: String, in whole: String) throws(XcmTextError) -> NetworkID {
    let (name, operands) = call(text)
    switch (name, operands.count) {
    case ("Polkadot", 0): return .polkadot
    case ("Kusama", 0): return .kusama
    case ("BitcoinCore", 0): return .bitcoinCore
    case ("BitcoinCash", 0): return .bitcoinCash
    case ("PolkadotBulletin", 0): return .polkadotBulletin
    case ("Ethereum", 1):
      let id = operands[0].hasPrefix("chain_id: ") ? String(operands[0].dropFirst("chain_id: ".count)) : operands[0]
      return .ethereum(chainId: Compact(try number(id, as: UInt64.self, in: whole)))
    case ("ByGenesis", 1):
      guard let hash = H256(hex: operands[0]) else { break }
      return .byGenesis(hash)
    default: break
    }
    throw XcmTextError(
      place: "'\(whole)'", reason: "'\(text)' is no network such as Polkadot, Ethereum(1) or ByGenesis(0x…)")
  }

  /// Body and part in their JSON names, as far as they have no fields.
  private static func plurality(_ operands: [String], in text: String) throws(XcmTextError) -> Junction {
    do throws(XcmTextError) {
      return .plurality(
        id: try XcmJSON.read(.string(operands[0]), as: BodyID.self),
        part: try XcmJSON.read(.string(operands[1]), as: BodyPart.self))
    } catch { throw XcmTextError(place: "'\(text)'", reason: error.reason) }
  }

  private static func number<T: FixedWidthInteger & Sendable>(_ digits: String, as _: T.Type, in text: String)
    throws(XcmTextError) -> T
  {
    guard !digits.hasPrefix("+"), let value = T(digits) else {
      throw XcmTextError(place: "'\(text)'", reason: "'\(digits)' is no number from 0 to \(T.max)")
    }
    return value
  }

  private static func trimmed(_ text: String) -> String {
    let inner = text.drop { $0.isWhitespace }
    return String(inner[..<(inner.lastIndex { !$0.isWhitespace }.map { inner.index(after: $0) } ?? inner.startIndex)])
  }
}
