public import ScaleCodec

/// A type of a metadata registry: what ``TypeShape`` says of a Swift type, with numbers instead of references.
/// - SeeAlso: scale-info, `PortableType`.
public struct PortableType: Hashable, Sendable {
  /// Module path and name; empty for built-in types.
  public var path: [String]
  public var parameters: [Parameter]
  public var definition: Definition
  public var docs: [String]

  public init(path: [String] = [], parameters: [Parameter] = [], _ definition: Definition, docs: [String] = []) {
    self.path = path
    self.parameters = parameters
    self.definition = definition
    self.docs = docs
  }

  /// A generic parameter; `type` is `nil` for one that the encoding does not depend on.
  public struct Parameter: Hashable, Sendable {
    public var name: String
    public var type: TypeID?
    public init(name: String, type: TypeID?) {
      self.name = name
      self.type = type
    }
  }

  /// The kinds of type. The order is that of their numbers on the wire.
  public enum Definition: Hashable, Sendable {
    case composite([Field])
    case variant([Variant])
    case sequence(TypeID)
    case array(length: UInt32, TypeID)
    case tuple([TypeID])
    case primitive(TypeShape.Primitive)
    case compact(TypeID)
    case bitSequence(store: TypeID, order: TypeID)
  }

  /// A field of a composite or of a variant.
  public struct Field: Hashable, Sendable {
    public var name: String?
    public var type: TypeID
    /// The type as its source spells it.
    public var typeName: String?
    public var docs: [String]
    public init(name: String?, type: TypeID, typeName: String?, docs: [String] = []) {
      self.name = name
      self.type = type
      self.typeName = typeName
      self.docs = docs
    }
  }

  /// A variant of an enum.
  public struct Variant: Hashable, Sendable {
    public var name: String
    public var fields: [Field]
    public var index: UInt8
    public var docs: [String]
    public init(name: String, fields: [Field], index: UInt8, docs: [String] = []) {
      self.name = name
      self.fields = fields
      self.index = index
      self.docs = docs
    }
  }
}

/// A type's number: its place in the registry.
public typealias TypeID = UInt32
