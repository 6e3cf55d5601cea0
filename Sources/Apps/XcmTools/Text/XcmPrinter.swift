public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

/// Writes XCM values for people: one instruction a line with its fields, programs inside it indented below.
///
/// Amounts are in units of the asset where its name is known, also in programs for other chains, whose view of the
/// asset is followed back. Field names are those of the JSON form. The JSON form is exact; this one leaves out the end
/// of long calls.
public struct XcmPrinter: Sendable {
  /// Names as the reader's chain sees them.
  public var names: XcmNames
  /// The reader's chain as seen from the root of consensus; without it, programs for other chains name no units.
  public var universal: Junctions?
  /// Reads a call of the reader's chain; `nil` when it cannot be read.
  public var call: (@Sendable ([UInt8]) -> String?)?

  public init(names: XcmNames = XcmNames(), universal: Junctions? = nil, call: (@Sendable ([UInt8]) -> String?)? = nil) {
    self.names = names
    self.universal = universal
    self.call = call
  }

  /// A document: a heading, then its instructions, or its value.
  public func lines(_ document: XcmDocument) -> [String] {
    guard let tree = document.tree, case .variant(_, let members) = tree.content, let value = members.first?.value
    else {
      return []
    }
    let text = TreeText(printer: self, bytes: document.encoded(), version: document.version)
    let size = "\(document.encoded().count) bytes"
    switch (document, value.content) {
    case (.program, .list(let instructions)):
      let count = instructions.count == 1 ? "1 instruction" : "\(instructions.count) instructions"
      return ["XCM version \(document.version), \(count), \(size)"] + text.program(instructions)
    case (.assets, .list(let assets)):
      let count = assets.count == 1 ? "1 asset" : "\(assets.count) assets"
      return ["assets of version \(document.version), \(count), \(size)"] + assets.map { "  " + text.value($0) }
    default:
      let kind = document.kind == .location ? "location" : "asset id"
      return ["\(kind) of version \(document.version), \(size)", "  " + text.value(value)]
    }
  }

  /// The lines of a program, numbered from 0.
  public func lines(_ program: Xcm) -> [String] {
    with(program) { text, tree in
      guard case .list(let instructions) = tree.content else { return [] }
      return text.program(instructions)
    } ?? []
  }

  /// An instruction without the programs inside it.
  public func line(_ instruction: Instruction) -> String {
    with(instruction) { text, tree in text.instruction(tree).head } ?? instruction.name
  }

  /// A location as a path.
  public func text(_ location: Location) -> String { with(location) { $0.value($1) } ?? "\(location)" }

  /// Assets with their amounts.
  public func text(_ assets: Assets) -> String { with(assets) { $0.value($1) } ?? "\(assets)" }

  /// An account by its address, with its name where it has one.
  public func text(_ account: AccountID) -> String {
    let address = XcmNames.address(account, prefix: names.ss58Prefix)
    let name = names.text(account)
    return name == address ? address : "\(name) \(address)"
  }

  /// Weight in picoseconds and bytes.
  public static func text(_ weight: Weight) -> String {
    "\(XcmNames.decimal(UInt128(weight.refTime.value), decimals: 0)) ps, "
      + "\(XcmNames.decimal(UInt128(weight.proofSize.value), decimals: 0)) B"
  }

  private func with<T: ScaleCodable, R>(_ value: T, _ body: (TreeText, ValueTree) -> R) -> R? {
    let bytes = value.encoded()
    guard let tree = try? TreeReader.tree(TypeReference(T.self), of: bytes) else { return nil }
    return body(TreeText(printer: self, bytes: bytes, version: XcmVersion.latest), tree)
  }
}
