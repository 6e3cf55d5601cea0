import Metadata
import TestKit
import Testing

/// What an independent reader found in a blob.
struct MetadataVector: Decodable, Sendable, CustomTestStringConvertible {
  var file: String
  var bytes: Int
  var version: UInt8
  var blake2256: HexBytes
  var types: Int
  var registryEnd: Int
  var paths: [TypePath]
  var pallets: [String]?

  enum CodingKeys: String, CodingKey {
    case file, bytes, version, types, pallets
    case blake2256 = "blake2_256"
    case registryEnd = "registry_end_offset"
    case paths = "type_paths_sample"
  }

  struct TypePath: Decodable, Sendable {
    var id: UInt32
    var path: String
    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      id = try list.decode(UInt32.self)
      path = try list.decode(String.self)
    }
  }

  var testDescription: String { file }

  var blob: [UInt8] { Fixture.bytes("metadata/\(file)") }

  private struct Manifest: Decodable { var cases: [MetadataVector] }
  static let all = Fixture.json("metadata/manifest.json", as: Manifest.self).cases
}

/// Public runtimes, read once.
enum Runtimes {
  static let polkadot14 = read("polkadot_v14.scale")
  static let frontier15 = read("frontier_small_v15.scale")
  static let polkadot16 = read("polkadot_v16.scale")

  private static func read(_ file: String) -> RuntimeMetadata {
    do throws(MetadataError) { return try RuntimeMetadata(decoding: Fixture.bytes("metadata/\(file)")) } catch {
      preconditionFailure("\(file): \(error)")
    }
  }
}

/// Registries as short as a test needs them.
enum Types {
  static func list(_ definitions: [PortableType.Definition]) -> TypeRegistry { TypeRegistry(definitions.map { PortableType($0) }) }

  static func field(_ name: String?, _ type: TypeID) -> PortableType.Field { .init(name: name, type: type, typeName: nil) }
}
