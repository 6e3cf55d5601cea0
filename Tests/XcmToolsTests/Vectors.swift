import Primitives
import RPC
import TestKit
import Testing
import XcmTools

/// A value with its bytes and its JSON form.
struct XcmExample: Sendable, CustomTestStringConvertible {
  var name: String
  var kind: XcmKind
  var json: JSON
  var bytes: [UInt8]
  var testDescription: String { name }

  /// The examples of `versioned_examples.json`: their JSON is the form itself.
  static let all: [XcmExample] =
    parse("xcm/versioned_examples.json")["examples"]?.asArray?.compactMap { example in
      guard let name = example["name"]?.asString, let type = example["type"]?.asString,
        let kind = XcmKind(rawValue: type),
        let json = example["value"], let bytes = example["hex"]?.asBytes
      else { return nil }
      return XcmExample(name: name, kind: kind, json: json, bytes: bytes)
    } ?? []

  /// The bytes of every program in `instructions.json` and `programs.json`, whose JSON is another form.
  static let programs: [[UInt8]] = ["xcm/instructions.json", "xcm/programs.json"].flatMap { path in
    parse(path)["cases"]?.asArray?.compactMap { $0["scale"]?.asBytes } ?? []
  }

  private static func parse(_ path: String) -> JSON { (try? JSON(parsing: Fixture.bytes(path))) ?? .null }
}
