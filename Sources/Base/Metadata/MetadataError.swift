public import ScaleCodec

/// Why metadata cannot be read or written.
public enum MetadataError: Error, Equatable, Sendable {
  /// The bytes do not begin with `6d657461`.
  case notMetadata
  /// A version that is not read (14, 15 and 16 are) or not written (14 and 15 are).
  case unsupportedVersion(UInt8)
  /// More bytes than any runtime's metadata has.
  case tooLarge(bytes: Int, limit: Int)
  /// The body is not the SCALE encoding of its version; offsets count from the magic.
  case malformed(ScaleError)
  /// Type `id` does not stand at place `id`.
  case sparseRegistry(id: TypeID, position: Int)
  /// Something refers to a type that the registry does not hold.
  case unknownType(TypeID, in: String)
  /// A map's hashers do not fit its key.
  case hashersDoNotFitKey(item: String, hashers: Int)
  /// Two things have the same name or index, so that one of them could never be meant.
  case duplicate(what: StaticString, name: String)
  /// What the version needs is not in the model.
  case missing(what: StaticString, version: UInt8)

  public static func == (a: MetadataError, b: MetadataError) -> Bool { a.description == b.description }
}

extension MetadataError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notMetadata: "metadata: the bytes do not begin with 'meta' (6d657461)"
    case .unsupportedVersion(let version): "metadata: version \(version) is not supported; 14, 15 and 16 are read, 14 and 15 written"
    case .tooLarge(let bytes, let limit): "metadata: \(bytes) bytes, at most \(limit) are read"
    case .malformed(let error): "metadata: \(error)"
    case .sparseRegistry(let id, let position): "metadata: type \(id) stands at place \(position) of the registry"
    case .unknownType(let id, let place): "metadata: \(place) refers to type \(id), which the registry does not hold"
    case .hashersDoNotFitKey(let item, let hashers): "metadata: \(item) has \(hashers) hashers, which do not fit its key"
    case .duplicate(let what, let name): "metadata: two \(what) are called \(name)"
    case .missing(let what, let version): "metadata: version \(version) needs \(what)"
    }
  }
}
