/// The description of a type's SCALE form, as scale-info has it: enough to generate runtime metadata.
///
/// - SeeAlso: substrate scale-info; metadata V14 `PortableType`.
public struct TypeShape: Sendable {
  /// Module path and name, for example `["sp_core", "crypto", "AccountId32"]`; empty for built-in types.
  public var path: [String]
  /// Named generic parameters.
  public var parameters: [Parameter]
  /// What the bytes hold.
  public var definition: Definition
  /// Documentation lines, without comment markers.
  public var docs: [String]

  public init(path: [String] = [], parameters: [Parameter] = [], _ definition: Definition, docs: [String] = []) {
    self.path = path
    self.parameters = parameters
    self.definition = definition
    self.docs = docs
  }

  /// A generic parameter by name.
  public struct Parameter: Sendable {
    public var name: String
    public var type: TypeReference?
    public init(name: String, type: TypeReference?) {
      self.name = name
      self.type = type
    }
  }

  /// The kinds of type that metadata knows.
  public enum Definition: Sendable {
    case composite([Field])
    case variant([Variant])
    case sequence(TypeReference)
    case array(length: UInt32, TypeReference)
    case tuple([TypeReference])
    case primitive(Primitive)
    case compact(TypeReference)
  }

  /// Primitive types with their metadata numbers.
  public enum Primitive: UInt8, Sendable {
    case bool = 0, char, str, u8, u16, u32, u64, u128, u256, i8, i16, i32, i64, i128, i256
  }

  /// A field of a composite or of a variant.
  public struct Field: Sendable {
    public var name: String?
    public var type: TypeReference
    /// The type as the source spells it.
    public var typeName: String
    public var docs: [String]
    public init(name: String?, type: TypeReference, typeName: String, docs: [String] = []) {
      self.name = name
      self.type = type
      self.typeName = typeName
      self.docs = docs
    }
  }

  /// A variant of an enum.
  public struct Variant: Sendable {
    public var name: String
    public var index: UInt8
    public var fields: [Field]
    public var docs: [String]
    public init(name: String, index: UInt8, fields: [Field] = [], docs: [String] = []) {
      self.name = name
      self.index = index
      self.fields = fields
      self.docs = docs
    }
  }
}

/// A reference to a type by identity; the shape is looked up when asked for, so that types may be recursive.
public struct TypeReference: Sendable, Hashable {
  public let identity: ObjectIdentifier
  private let resolve: @Sendable () -> TypeShape

  public init<T: ScaleTyped>(_ type: T.Type) {
    identity = ObjectIdentifier(type)
    resolve = { T.typeShape }
  }

  /// The shape of the type referred to.
  public var shape: TypeShape { resolve() }

  public static func == (a: TypeReference, b: TypeReference) -> Bool { a.identity == b.identity }
  public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}
