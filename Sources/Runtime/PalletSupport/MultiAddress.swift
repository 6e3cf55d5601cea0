public import Primitives
public import ScaleCodec

/// An account as an extrinsic names it.
///
/// Only ``id(_:)`` and ``address32(_:)`` name an account on this chain; the other forms decode, so that clients get
/// ``DispatchError/cannotLookup`` instead of an undecodable extrinsic.
/// - SeeAlso: `sp_runtime::multiaddress::MultiAddress`.
public enum MultiAddress: Hashable, Sendable {
  /// An account identifier.
  case id(AccountID)
  /// An account index. Indices do not exist here: the variant carries nothing.
  case index
  /// Bytes of any length.
  case raw([UInt8])
  /// 32 bytes that are an account identifier.
  case address32(AccountID)
  /// 20 bytes, as Ethereum names accounts.
  case address20(FixedBytes<20>)

  /// The account that is meant.
  /// - Throws: ``DispatchError/cannotLookup`` for forms that name no account here.
  public func lookup() throws(DispatchError) -> AccountID {
    switch self {
    case .id(let account), .address32(let account): return account
    case .index, .raw, .address20: throw .cannotLookup
    }
  }
}

extension MultiAddress: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape {
    let account = TypeReference(AccountID.self)
    return TypeShape(
      path: ["sp_runtime", "multiaddress", "MultiAddress"],
      parameters: [
        .init(name: "AccountId", type: account), .init(name: "AccountIndex", type: TypeReference(Unit.self)),
      ],
      .variant([
        .init(name: "Id", index: 0, fields: [.init(name: nil, type: account, typeName: "AccountId")]),
        .init(
          name: "Index", index: 1,
          fields: [.init(name: nil, type: TypeReference(CompactUnit.self), typeName: "AccountIndex")]),
        .init(
          name: "Raw", index: 2, fields: [.init(name: nil, type: TypeReference([UInt8].self), typeName: "Vec<u8>")]),
        .init(
          name: "Address32", index: 3,
          fields: [.init(name: nil, type: TypeReference(FixedBytes<32>.self), typeName: "[u8; 32]")]),
        .init(
          name: "Address20", index: 4,
          fields: [.init(name: nil, type: TypeReference(FixedBytes<20>.self), typeName: "[u8; 20]")]),
      ]))
  }

  public var encodedSize: Int {
    switch self {
    case .id, .address32: 33
    case .index: 1
    case .raw(let bytes): 1 + bytes.encodedSize
    case .address20: 21
    }
  }

  public func encode(into writer: inout ScaleWriter) {
    switch self {
    case .id(let account):
      writer.writeByte(0)
      account.encode(into: &writer)
    case .index: writer.writeByte(1)
    case .raw(let bytes):
      writer.writeByte(2)
      writer.writeByteVector(bytes)
    case .address32(let account):
      writer.writeByte(3)
      account.encode(into: &writer)
    case .address20(let bytes):
      writer.writeByte(4)
      bytes.encode(into: &writer)
    }
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    switch try reader.readByte() {
    case 0: self = .id(try AccountID(from: &reader))
    case 1: self = .index
    case 2: self = .raw(try reader.readByteVector())
    case 3: self = .address32(try AccountID(from: &reader))
    case 4: self = .address20(try FixedBytes<20>(from: &reader))
    case let index: throw .unknownVariant(type: "MultiAddress", index: index, offset: at)
    }
  }
}

/// Names the shape `Compact<()>`, which encodes to nothing; never instantiated.
private enum CompactUnit: ScaleTyped {
  static var typeShape: TypeShape { TypeShape(.compact(TypeReference(Unit.self))) }
}
