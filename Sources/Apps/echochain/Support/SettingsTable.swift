import Foundation
import RPC
import TOMLKit

/// A table of a settings file, read strictly: a key that nobody asked for is an error that names it.
///
/// Files are TOML or JSON; a JSON file begins with `{`.
struct SettingsTable {
  /// Where the table stands in its file, such as `balances[2]`; empty for the whole file.
  let path: String
  private let members: [String: JSON]

  /// Reads a file.
  /// - Parameters:
  ///   - what: What the file is, for complaints: `chain spec`.
  ///   - known: The keys of its outermost table.
  /// - Throws: A ``Complaint`` of configuration.
  static func read(_ file: String, what: String, known: [String]) throws(Complaint) -> SettingsTable {
    let text: String
    do { text = try String(contentsOfFile: file, encoding: .utf8) } catch {
      throw .configuration("\(what) \(file) cannot be read: \((error as NSError).localizedDescription)")
    }
    do { return try parse(text, known: known) } catch { throw .configuration("\(what) \(file): \(error.sentence)") }
  }

  /// Reads the text of a file.
  static func parse(_ text: String, known: [String]) throws(Complaint) -> SettingsTable {
    let json: JSON
    if text.drop(while: \.isWhitespace).first == "{" {
      do { json = try JSON(parsing: text) } catch { throw .configuration("\(error)") }
    } else {
      do {
        json = try JSON(parsing: TOMLTable(string: text).convert(to: .json, options: [.quoteDateAndTimes, .quoteInfinitesAndNaNs]))
      } catch let error as TOMLParseError {
        throw .configuration("line \(error.source.begin.line), column \(error.source.begin.column): \(error.description)")
      } catch { throw .configuration("\(error)") }
    }
    return try SettingsTable(json, path: "", known: known)
  }

  private init(_ json: JSON, path: String, known: [String]) throws(Complaint) {
    guard let members = json.asObject else { throw .configuration("\(path.isEmpty ? "the file" : path) is not a table") }
    self.path = path
    self.members = members
    for key in members.keys.sorted() where !known.contains(key) {
      throw .configuration("\(name(key)) is not a known key; known are \(known.joined(separator: ", "))")
    }
  }

  /// The full name of a key of this table.
  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func value<T>(_ key: String, _ expected: String, _ fallback: T?, _ read: (JSON) -> T?) throws(Complaint) -> T {
    guard let json = members[key], !json.isNull else {
      if let fallback { return fallback }
      throw .configuration("\(name(key)) is missing")
    }
    guard let value = read(json) else { throw .configuration("\(name(key)) is not \(expected)") }
    return value
  }

  /// A text of 1 to 256 bytes.
  func text(_ key: String, default fallback: String? = nil) throws(Complaint) -> String {
    try value(key, "a text of 1 to 256 bytes", fallback) { json in
      json.asString.flatMap { (1...256).contains($0.utf8.count) ? $0 : nil }
    }
  }

  /// True or false.
  func flag(_ key: String, default fallback: Bool? = nil) throws(Complaint) -> Bool {
    try value(key, "true or false", fallback) { json in
      guard case .bool(let flag) = json else { return nil }
      return flag
    }
  }

  /// A list of texts.
  func texts(_ key: String) throws(Complaint) -> [String] {
    try value(key, "a list of texts", nil) { json in
      guard let list = json.asArray else { return nil }
      let texts = list.compactMap(\.asString)
      return texts.count == list.count ? texts : nil
    }
  }

  /// A whole number within the bounds of its type.
  func number<T: FixedWidthInteger>(_ key: String, default fallback: T? = nil) throws(Complaint) -> T {
    try value(key, "a whole number from \(T.min) to \(T.max)", fallback) { $0.asUInt64.flatMap { T(exactly: $0) } }
  }

  /// A list of whole numbers within the bounds of their type.
  func numbers<T: FixedWidthInteger>(_ key: String) throws(Complaint) -> [T] {
    try value(key, "a list of whole numbers from \(T.min) to \(T.max)", nil) { json in
      guard let list = json.asArray else { return nil }
      let numbers = list.compactMap { $0.asUInt64.flatMap { T(exactly: $0) } }
      return numbers.count == list.count ? numbers : nil
    }
  }

  /// An amount in the smallest unit: decimal text, or a number of at most 2^63 - 1. `_` may group digits.
  func amount(_ key: String, default fallback: String? = nil) throws(Complaint) -> String {
    try value(key, "an amount in the smallest unit", fallback) { json in
      let digits = (json.asString ?? json.asUInt64.map { "\($0)" })?.filter { $0 != "_" }
      return digits.flatMap { UInt128($0) }.map { "\($0)" }
    }
  }

  /// Tables in a list, empty when the key is absent.
  func tables(_ key: String, known: [String]) throws(Complaint) -> [SettingsTable] {
    let list = try value(key, "a list of tables", [JSON]()) { $0.asArray }
    var tables: [SettingsTable] = []
    for (index, json) in list.enumerated() { tables.append(try SettingsTable(json, path: "\(name(key))[\(index)]", known: known)) }
    return tables
  }

  /// A table, `nil` when the key is absent.
  func table(_ key: String, known: [String]) throws(Complaint) -> SettingsTable? {
    guard let json = members[key] else { return nil }
    return try SettingsTable(json, path: name(key), known: known)
  }

  /// Whether the key is there.
  func has(_ key: String) -> Bool { members[key] != nil }
}
