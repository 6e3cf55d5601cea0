internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

/// Text of values of any version, by the names of their types and fields.
struct TreeText {
  let printer: XcmPrinter
  /// The bytes that the trees were read from.
  let bytes: [UInt8]
  let version: UInt32
  /// Whose names the values use: the reader's chain is `here`. `nil` for a chain whose place is not known.
  var viewer: Location? = .here

  /// Most bytes of a call or of other data that are shown.
  private static let shownBytes = 64

  // MARK: Programs

  /// Numbered instructions, each with the programs inside it.
  func program(_ instructions: [ValueTree]) -> [String] {
    let width = "\(max(instructions.count, 1) - 1)".count
    return instructions.enumerated().flatMap { index, tree in
      let (head, nested) = instruction(tree)
      let number = "\(index)"
      let lead = String(repeating: " ", count: width - number.count) + number
      let rest = String(repeating: " ", count: width + 2)
      return ["\(lead)  \(head)"] + nested.map { rest + $0 }
    }
  }

  /// An instruction's own line, and those of the programs inside it.
  func instruction(_ tree: ValueTree) -> (head: String, nested: [String]) {
    guard case .variant(let name, let members) = tree.content else { return (value(tree), []) }
    var fields: [String] = []
    var nested: [String] = []
    let inner = viewer(ofProgramIn: name, members)
    for member in members {
      if member.value.type == "Xcm", case .list(let instructions) = member.value.content {
        var text = self
        text.viewer = inner
        if let name = member.name { nested.append(instructions.isEmpty ? "\(name): nothing" : "\(name):") }
        let lines = text.program(instructions)
        nested += member.name == nil ? lines : lines.map { "  " + $0 }
      } else if let name = member.name {
        fields.append("\(name): \(value(member.value, named: name))")
      } else if case .record(let parts) = member.value.content, member.value.type == "QueryResponseInfo" {
        fields += parts.map { "\($0.name ?? ""): \(value($0.value, named: $0.name))" }
      } else {
        fields.append(value(member.value))
      }
    }
    return (fields.isEmpty ? name : "\(name)  \(fields.joined(separator: "; "))", nested)
  }

  /// Who reads a program inside an instruction.
  private func viewer(ofProgramIn name: String, _ members: [ValueTree.Member]) -> Location? {
    guard let viewer else { return nil }
    func location(_ field: String) -> Location? {
      members.first { $0.name == field }.flatMap { typed($0.value) }
    }
    switch name {
    case "SetErrorHandler", "SetAppendix", "ExecuteWithOrigin": return viewer
    case "TransferReserveAsset", "DepositReserveAsset", "InitiateTeleport": return location("dest")?.prepending(viewer)
    case "InitiateReserveWithdraw": return location("reserve")?.prepending(viewer)
    case "InitiateTransfer": return location("destination")?.prepending(viewer)
    default: return nil
    }
  }

  /// The location that a tree is of, in the latest version.
  private func typed(_ tree: ValueTree) -> Location? {
    let bytes = Array(bytes[tree.range])
    return version == 5 ? try? Location(decoding: bytes) : try? LegacyLocation(decoding: bytes).latest()
  }

  // MARK: Values

  /// - Parameter name: The field that holds the value.
  func value(_ tree: ValueTree, named name: String? = nil) -> String {
    switch tree.content {
    case .number(let number, _): return "\(number)"
    case .bool(let flag): return "\(flag)"
    case .none: return "none"
    case .bytes(let bytes):
      if tree.type == "AccountId32", let account = AccountID(bytes) { return printer.text(account) }
      if let name, name == "name" || name.hasSuffix("_name"), let text = Self.plain(bytes) { return "\"\(text)\"" }
      return Self.hex(bytes)
    case .list(let items):
      let texts = items.map { value($0) }
      if tree.type == "Assets" { return texts.isEmpty ? "nothing" : texts.joined(separator: " + ") }
      return "[\(texts.joined(separator: ", "))]"
    case .record(let members): return record(tree, members)
    case .variant(let variant, let members): return self.variant(tree, variant, members)
    }
  }

  private func record(_ tree: ValueTree, _ members: [ValueTree.Member]) -> String {
    switch tree.type {
    case "Location", "AssetId": return path(tree)
    case "Asset": return asset(tree)
    case "Weight": return weight(tree)
    case "DoubleEncoded":
      guard case .bytes(let bytes)? = tree["encoded"]?.content else { break }
      // A call is one of this chain only where this chain reads the program.
      if viewer == .here, let call = printer.call?(bytes) { return call }
      return Self.hex(bytes)
    default: break
    }
    return "{\(members.map { "\($0.name ?? ""): \(value($0.value, named: $0.name))" }.joined(separator: ", "))}"
  }

  private func variant(_ tree: ValueTree, _ name: String, _ members: [ValueTree.Member]) -> String {
    switch (tree.type, name) {
    case ("Junctions", _): return name == "Here" ? "here" : junctions(tree).joined(separator: "/")
    case ("Junction", _): return junction(name, members)
    case ("AssetId", "Concrete"): return members.first.map { value($0.value) } ?? name
    case ("AssetTransferFilter", _):
      return (members.first.map { value($0.value) } ?? "") + " by " + Self.spaced(name)
    case ("AssetFilter", _): return members.first.map { value($0.value) } ?? name
    case ("WildAsset", _): return wild(name, members)
    case ("WeightLimit", "Unlimited"): return "unlimited"
    case ("WeightLimit", _): return members.first.map { "at most \(value($0.value))" } ?? name
    default: break
    }
    guard !members.isEmpty else { return name }
    let fields = members.map { member in
      (member.name.map { "\($0): " } ?? "") + value(member.value, named: member.name)
    }
    return "\(name)(\(fields.joined(separator: ", ")))"
  }

  // MARK: Locations

  private func path(_ tree: ValueTree) -> String {
    guard case .number(let parents, _)? = tree["parents"]?.content, let interior = tree["interior"] else { return "" }
    let steps = Array(repeating: "..", count: Int(clamping: parents)) + junctions(interior)
    return steps.isEmpty ? "here" : steps.joined(separator: "/")
  }

  private func junctions(_ tree: ValueTree) -> [String] {
    guard case .variant(_, let members) = tree.content, case .list(let items)? = members.first?.value.content else {
      return []
    }
    return items.map { value($0) }
  }

  private func junction(_ name: String, _ members: [ValueTree.Member]) -> String {
    if name == "GeneralKey", members.count == 2, case .number(let length, _) = members[0].value.content,
      case .bytes(let data) = members[1].value.content
    {
      return "\(name)(\(Self.hex(Array(data.prefix(Int(clamping: length))))))"
    }
    // The network of an account comes first on the wire and matters least.
    var fields = members.filter { $0.name != "network" }.map { value($0.value) }
    if let network = members.first(where: { $0.name == "network" })?.value {
      if case .none = network.content {} else { fields.append(value(network)) }
    }
    return fields.isEmpty ? name : "\(name)(\(fields.joined(separator: ", ")))"
  }

  // MARK: Assets

  private func asset(_ tree: ValueTree) -> String {
    guard let id = tree["id"], case .variant(_, let members)? = tree["fun"]?.content, let fun = members.first?.value
    else {
      return ""
    }
    if case .number(let amount, _) = fun.content {
      guard let unit = unit(id) else { return "\(amount) of \(value(id))" }
      return "\(XcmNames.decimal(amount, decimals: unit.decimals)) \(unit.symbol)"
    }
    return "instance \(value(fun)) of \(named(id))"
  }

  private func wild(_ name: String, _ members: [ValueTree.Member]) -> String {
    let id = members.first { $0.name == "id" }.map { named($0.value) } ?? ""
    let count = members.last.map { value($0.value) } ?? ""
    var kind = ""
    if case .variant("NonFungible", _)? = members.first(where: { $0.name == "fun" })?.value.content {
      kind = " instances of"
    }
    switch name {
    case "All": return "all"
    case "AllOf": return kind.isEmpty ? "all of \(id)" : "all\(kind) \(id)"
    case "AllCounted": return "the first \(count)"
    default: return "the first \(count) of\(kind) \(id)"
    }
  }

  /// The symbol of an asset, or its path.
  private func named(_ id: ValueTree) -> String { unit(id)?.symbol ?? value(id) }

  /// How an asset is written that the viewer of the program names.
  private func unit(_ tree: ValueTree) -> XcmNames.Unit? {
    guard let viewer else { return nil }
    let bytes = Array(bytes[tree.range])
    let named: AssetID? =
      switch version {
      case 3: try? V3AssetID(decoding: bytes).latest()
      case 4: try? V4AssetID(decoding: bytes).latest()
      default: try? AssetID(decoding: bytes)
      }
    guard let named else { return nil }
    if viewer.isHere { return printer.names.unit(of: named) }
    guard let universal = printer.universal, let seen = named.location.prepending(viewer) else { return nil }
    return printer.names.unit(of: AssetID(seen.simplified(in: universal)))
  }

  // MARK: Simple values

  private func weight(_ tree: ValueTree) -> String {
    guard case .number(let time, _)? = tree["ref_time"]?.content,
      case .number(let size, _)? = tree["proof_size"]?.content
    else { return "" }
    return "\(XcmNames.decimal(time, decimals: 0)) ps, \(XcmNames.decimal(size, decimals: 0)) B"
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.count <= shownBytes
      ? Hex.encode(bytes) : "\(Hex.encode(Array(bytes.prefix(shownBytes))))… (\(bytes.count) bytes)"
  }

  /// Text of printable ASCII.
  private static func plain(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, bytes.allSatisfy({ (0x20...0x7e).contains($0) && $0 != 0x22 }) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `ReserveDeposit` as `reserve deposit`.
  private static func spaced(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      text += letter.isUppercase ? (text.isEmpty ? "" : " ") + letter.lowercased() : String(letter)
    }
  }
}
