/// What a runtime says of itself: its types, pallets, extrinsics and runtime APIs, in whichever version it was read.
///
/// One model serves the versions 14, 15 and 16; what an older version does not say is empty or `nil`.
/// - SeeAlso: frame-metadata, `RuntimeMetadataV14` to `RuntimeMetadataV16`.
public struct RuntimeMetadata: Hashable, Sendable {
  /// All types; a ``TypeID`` is a place in this list.
  public var types: [PortableType]
  public var pallets: [Pallet]
  public var extrinsic: Extrinsic
  /// The type `Runtime`; version 16 has none.
  public var runtime: TypeID?
  public var apis: [API]
  public var outerEnums: OuterEnums?
  public var custom: [Custom]

  public init(
    types: [PortableType], pallets: [Pallet], extrinsic: Extrinsic, runtime: TypeID?, apis: [API] = [], outerEnums: OuterEnums? = nil,
    custom: [Custom] = []
  ) {
    self.types = types
    self.pallets = pallets
    self.extrinsic = extrinsic
    self.runtime = runtime
    self.apis = apis
    self.outerEnums = outerEnums
    self.custom = custom
  }

  /// The enums over all pallets, from version 15 on.
  public struct OuterEnums: Hashable, Sendable {
    public var call: TypeID
    public var event: TypeID
    public var error: TypeID
    public init(call: TypeID, event: TypeID, error: TypeID) {
      self.call = call
      self.event = event
      self.error = error
    }
  }

  /// A value that a chain publishes besides.
  public struct Custom: Hashable, Sendable {
    public var name: String
    public var type: TypeID
    public var value: [UInt8]
    public init(name: String, type: TypeID, value: [UInt8]) {
      self.name = name
      self.type = type
      self.value = value
    }
  }
}

extension RuntimeMetadata {
  /// One pallet.
  public struct Pallet: Hashable, Sendable {
    public var name: String
    /// The index in calls, events and errors.
    public var index: UInt8
    public var storage: Storage?
    /// Enums of calls, events and errors.
    public var calls: TypeID?
    public var event: TypeID?
    public var error: TypeID?
    public var constants: [Constant]
    /// From version 15 on.
    public var docs: [String]
    /// Read-only functions, from version 16 on.
    public var viewFunctions: [API.Method]

    public init(
      name: String, index: UInt8, storage: Storage? = nil, calls: TypeID? = nil, event: TypeID? = nil, error: TypeID? = nil,
      constants: [Constant] = [], docs: [String] = [], viewFunctions: [API.Method] = []
    ) {
      self.name = name
      self.index = index
      self.storage = storage
      self.calls = calls
      self.event = event
      self.error = error
      self.constants = constants
      self.docs = docs
      self.viewFunctions = viewFunctions
    }
  }

  /// A pallet's storage items under the prefix that their keys begin with.
  public struct Storage: Hashable, Sendable {
    public var prefix: String
    public var items: [StorageItem]
    public init(prefix: String, items: [StorageItem]) {
      self.prefix = prefix
      self.items = items
    }
  }

  /// A storage item.
  public struct StorageItem: Hashable, Sendable {
    public var name: String
    /// Whether an absent row reads as ``fallback``; else it reads as nothing.
    public var hasDefault: Bool
    public var kind: Kind
    /// What an absent row decodes as; `00` for optional ones.
    public var fallback: [UInt8]
    public var docs: [String]

    public init(name: String, hasDefault: Bool, kind: Kind, fallback: [UInt8], docs: [String] = []) {
      self.name = name
      self.hasDefault = hasDefault
      self.kind = kind
      self.fallback = fallback
      self.docs = docs
    }

    public enum Kind: Hashable, Sendable {
      case plain(TypeID)
      /// With several hashers the key is a tuple of as many parts.
      case map(hashers: [Hasher], key: TypeID, value: TypeID)
    }
  }

  /// How a part of a map's key stands in a storage key. The numbers are the wire's.
  public enum Hasher: UInt8, Hashable, Sendable {
    case blake2b128 = 0
    case blake2b256
    case blake2b128Concat
    case twox128
    case twox256
    case twox64Concat
    case identity
  }

  /// A constant with its SCALE encoding.
  public struct Constant: Hashable, Sendable {
    public var name: String
    public var type: TypeID
    public var value: [UInt8]
    public var docs: [String]
    public init(name: String, type: TypeID, value: [UInt8], docs: [String] = []) {
      self.name = name
      self.type = type
      self.value = value
      self.docs = docs
    }
  }

  /// How extrinsics are made.
  public struct Extrinsic: Hashable, Sendable {
    /// Format versions that the runtime takes: one up to version 15, possibly several in version 16.
    public var versions: [UInt8]
    /// `UncheckedExtrinsic`; version 14 only.
    public var type: TypeID?
    /// Types of their own from version 15 on; in version 14 they are generic parameters of ``type``.
    public var address: TypeID?
    public var call: TypeID?
    public var signature: TypeID?
    public var extra: TypeID?
    public var extensions: [SignedExtension]

    public init(
      versions: [UInt8], type: TypeID? = nil, address: TypeID? = nil, call: TypeID? = nil, signature: TypeID? = nil,
      extra: TypeID? = nil, extensions: [SignedExtension] = []
    ) {
      self.versions = versions
      self.type = type
      self.address = address
      self.call = call
      self.signature = signature
      self.extra = extra
      self.extensions = extensions
    }
  }

  /// A part of what a signature covers besides the call.
  public struct SignedExtension: Hashable, Sendable {
    public var identifier: String
    /// What travels in the extrinsic.
    public var type: TypeID
    /// What is signed and does not travel; `implicit` in version 16.
    public var additional: TypeID
    public init(identifier: String, type: TypeID, additional: TypeID) {
      self.identifier = identifier
      self.type = type
      self.additional = additional
    }
  }

  /// A runtime API, callable by `state_call` as `Name_method`.
  public struct API: Hashable, Sendable {
    public var name: String
    public var methods: [Method]
    public var docs: [String]
    /// From version 16 on; older versions leave it to the runtime version.
    public var version: UInt32?
    public init(name: String, methods: [Method], docs: [String] = [], version: UInt32? = nil) {
      self.name = name
      self.methods = methods
      self.docs = docs
      self.version = version
    }

    public struct Method: Hashable, Sendable {
      public var name: String
      public var inputs: [Input]
      public var output: TypeID
      public var docs: [String]
      public init(name: String, inputs: [Input], output: TypeID, docs: [String] = []) {
        self.name = name
        self.inputs = inputs
        self.output = output
        self.docs = docs
      }
    }

    public struct Input: Hashable, Sendable {
      public var name: String
      public var type: TypeID
      public init(name: String, type: TypeID) {
        self.name = name
        self.type = type
      }
    }
  }
}
