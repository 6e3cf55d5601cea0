public import Foundation
internal import Primitives

/// Finds and reads the files under `fixtures/`.
public enum Fixture {
  /// The `fixtures` folder of this checkout.
  public static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "fixtures")

  /// Bytes of a file, by its path below `fixtures`.
  public static func bytes(_ path: String) -> [UInt8] {
    do { return Array(try Data(contentsOf: folder.appending(path: path))) } catch {
      preconditionFailure("fixture \(path) cannot be read: \(error)")
    }
  }

  /// A JSON file as a value of type `T`, by its path below `fixtures`.
  public static func json<T: Decodable>(_ path: String, as type: T.Type = T.self) -> T {
    do { return try JSONDecoder().decode(T.self, from: Data(bytes(path))) } catch {
      preconditionFailure("fixture \(path) does not have the expected shape: \(error)")
    }
  }

  /// The bytes that hexadecimal text stands for.
  public static func hex(_ text: String) -> [UInt8] {
    guard let bytes = Hex.decode(text) else { preconditionFailure("not hexadecimal: \(text.prefix(80))") }
    return bytes
  }
}

/// Bytes written as hexadecimal text in a JSON fixture.
public struct HexBytes: Decodable, Hashable, Sendable {
  public let bytes: [UInt8]
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let bytes = Hex.decode(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not hexadecimal: \(text.prefix(80))")
    }
    self.bytes = bytes
  }
}
