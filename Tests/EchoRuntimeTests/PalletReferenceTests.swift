import EchoRuntime
import Foundation
import PalletMarketplace
import PalletRoyalty
import PalletSupport
import PalletUtility
import ScaleCodec
import Testing

/// The references under `Docs/pallets` say what the declarations say, from which metadata is made: every table row
/// begins with the cells that are rendered here and ends with a sentence of its own.
@Suite struct PalletReferenceTests {
  private static let royalty = Reference(RoyaltyPallet.self, file: "royalty.md")
  private static let marketplace = Reference(MarketplacePallet.self, file: "marketplace.md")
  private static let utility = Reference(UtilityPallet.self, file: "utility.md")

  @Test("every call, event, error, storage item and type has its row, and no row is left over", arguments: [royalty, marketplace, utility])
  func tables(reference: Reference) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../Docs/pallets/\(reference.file)")
    let text = try String(contentsOf: file, encoding: .utf8)
    let lines = text.split(separator: "\n")
    // The first row of a table is its head, which a rule follows.
    let rows = zip(lines, lines.dropFirst() + [""]).filter { line, next in
      line.hasPrefix("| ") && !line.hasPrefix("| ---") && !next.hasPrefix("| ---")
    }.map(\.0)
    // Each row ends with its sentence, which is the author's.
    let stated = rows.compactMap { row -> String? in
      let cells = row.split(separator: " | ", omittingEmptySubsequences: false)
      guard cells.count > 1, let sentence = cells.last, sentence.count > 8, sentence.contains(" ") else { return nil }
      return cells.dropLast().joined(separator: " | ")
    }
    let missing = reference.rows.filter { !stated.contains($0) }
    let surplus = stated.filter { !reference.rows.contains($0) }
    #expect(missing.isEmpty, "\(reference.file) lacks:\n\(missing.joined(separator: "\n"))")
    #expect(surplus.isEmpty, "\(reference.file) has rows for nothing declared:\n\(surplus.joined(separator: "\n"))")
    #expect(stated.count == Set(stated).count, "\(reference.file) has a row twice")
  }
}

/// The rows that a pallet's reference must have.
struct Reference: Sendable, CustomTestStringConvertible {
  let file: String
  let rows: [String]
  var testDescription: String { file }

  init<P: Pallet>(_ pallet: P.Type, file: String) where P.Call: ScaleTyped, P.Event: ScaleTyped {
    self.file = file
    var rows: [String] = []
    var types = TypeCollector()
    for variant in Self.variants(of: P.Call.typeShape) {
      rows.append("| \(variant.index) | `\(snake(variant.name))` | \(types.fields(variant.fields))")
    }
    for variant in Self.variants(of: P.Event.typeShape) {
      rows.append("| \(variant.index) | `\(variant.name)` | \(types.fields(variant.fields))")
    }
    for failure in P.Failure.allCases { rows.append("| \(failure.rawValue) | `\(capital("\(failure)"))`") }
    for entry in P.storage {
      switch entry.kind {
      case .plain(let value): rows.append("| `\(entry.name)` | – | `\(types.name(value))`")
      case .map(let hashers, let key, let value):
        let names = hashers.map { "\($0)" }.joined(separator: ", ")
        rows.append("| `\(entry.name)` | `\(types.name(key))` (\(names)) | `\(types.name(value))`")
      }
    }
    for constant in P.constants { rows.append("| `\(constant.name)` | `\(types.name(constant.type))`") }
    rows += types.rows()
    self.rows = rows
  }

  private static func variants(of shape: TypeShape) -> [TypeShape.Variant] {
    guard case .variant(let variants) = shape.definition else { return [] }
    return variants
  }
}

/// Names types as a reader knows them, and notes the house's own on the way.
private struct TypeCollector {
  private var seen: Set<TypeReference> = []
  private var own: [(name: String, shape: TypeShape)] = []

  mutating func fields(_ fields: [TypeShape.Field]) -> String {
    guard !fields.isEmpty else { return "–" }
    let parts = fields.map { field in (field.name.map { "\($0): " } ?? "") + name(field.type) }
    return "`" + parts.joined(separator: ", ") + "`"
  }

  mutating func name(_ type: TypeReference) -> String {
    let shape = type.shape
    switch shape.definition {
    case .primitive(let primitive): return "\(primitive)"
    case .sequence(let element): return "Vec<\(name(element))>"
    case .array(let length, let element): return "[\(name(element)); \(length)]"
    case .tuple(let parts): return "(" + parts.map { name($0) }.joined(separator: ", ") + ")"
    case .compact(let inner): return "Compact<\(name(inner))>"
    case .composite(let fields):
      if shape.path.last == "BoundedVec", let element = shape.parameters.first?.type { return "BoundedVec<\(name(element))>" }
      note(type, shape) { collector in for field in fields { _ = collector.name(field.type) } }
      return shape.path.last ?? "(" + fields.map { name($0.type) }.joined(separator: ", ") + ")"
    case .variant(let variants):
      if shape.path.last == "Option", let some = variants.last?.fields.first { return "Option<\(name(some.type))>" }
      note(type, shape) { collector in
        for variant in variants { for field in variant.fields { _ = collector.name(field.type) } }
      }
      return shape.path.last ?? "?"
    }
  }

  private mutating func note(_ type: TypeReference, _ shape: TypeShape, inside: (inout TypeCollector) -> Void) {
    guard let crate = shape.path.first, crate == "echo_royalty" || crate == "echo_marketplace", let name = shape.path.last,
      seen.insert(type).inserted
    else { return }
    own.append((name, shape))
    inside(&self)
  }

  mutating func rows() -> [String] {
    var rows: [String] = []
    for (name, shape) in own {
      switch shape.definition {
      case .composite(let fields): rows.append("| `\(name)` | \(self.fields(fields))")
      case .variant(let variants):
        let cases = variants.map { variant in
          variant.fields.isEmpty
            ? variant.name
            : "\(variant.name)(\(variant.fields.map { ($0.name.map { "\($0): " } ?? "") + self.name($0.type) }.joined(separator: ", ")))"
        }
        rows.append("| `\(name)` | `\(cases.joined(separator: " · "))`")
      default: break
      }
    }
    return rows
  }
}

private func snake(_ name: String) -> String {
  var result = ""
  for letter in name {
    if letter.isUppercase, !result.isEmpty { result += "_" }
    result += letter.lowercased()
  }
  return result
}

private func capital(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
