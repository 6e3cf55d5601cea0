public import Metadata
package import PalletSupport
internal import Keys
internal import ScaleCodec

extension EchoRuntime {
  /// What the runtime says of itself, made from the declarations of its pallets, types and entry points.
  public static let metadata = metadata(of: pallets.map(\.type))

  /// The metadata of a runtime with these pallets.
  package static func metadata(of pallets: [any Pallet.Type]) -> RuntimeMetadata {
    var builder = MetadataBuilder()
    return builder.build(pallets)
  }

  /// The metadata's bytes in version 14 or 15; `nil` for other versions.
  public static func encodedMetadata(version: UInt32) -> [UInt8]? {
    switch version {
    case 14: metadata14
    case 15: metadata15
    default: nil
    }
  }

  /// Versions that ``encodedMetadata(version:)`` knows, ascending.
  public static let metadataVersions: [UInt32] = [14, 15]

  private static let metadata14 = encode(14)
  private static let metadata15 = encode(15)

  private static func encode(_ version: UInt8) -> [UInt8] {
    do { return try metadata.encoded(version: version) } catch {
      preconditionFailure("metadata: version \(version) cannot be made of the declarations: \(error)")
    }
  }
}

/// Puts the metadata together.
private struct MetadataBuilder {
  private var registry = TypeNumbering()

  mutating func build(_ types: [any Pallet.Type]) -> RuntimeMetadata {
    let pallets = types.map { describe(open: $0) }
    let extensions = SignedExtensions.all.map { describe(open: $0) }
    let extrinsic = RuntimeMetadata.Extrinsic(
      versions: [4], type: registry.id(Extrinsic.self), address: registry.id(MultiAddress.self), call: registry.id(RuntimeCall.self),
      signature: registry.id(MultiSignature.self), extra: registry.id(SignedExtra.self), extensions: extensions)
    let outer = RuntimeMetadata.OuterEnums(
      call: registry.id(RuntimeCall.self), event: registry.id(RuntimeEvent.self), error: registry.id(RuntimeErrorShape.self))
    let apis = RuntimeInterface.apis.map { describe($0) }
    let runtime = registry.id(RuntimeShape.self)
    return RuntimeMetadata(
      types: registry.types, pallets: pallets, extrinsic: extrinsic, runtime: runtime, apis: apis, outerEnums: outer)
  }

  // MARK: Pallets

  private mutating func describe(open pallet: any Pallet.Type) -> RuntimeMetadata.Pallet {
    func opened<P: Pallet>(_ pallet: P.Type, _ builder: inout MetadataBuilder) -> RuntimeMetadata.Pallet { builder.describe(pallet) }
    return opened(pallet, &self)
  }

  private mutating func describe<P: Pallet>(_ pallet: P.Type) -> RuntimeMetadata.Pallet {
    let items = P.storage.map { describe($0) }
    let constants = P.constants.map { constant in
      RuntimeMetadata.Constant(name: constant.name, type: registry.id(constant.type), value: constant.value, docs: constant.docs)
    }
    return RuntimeMetadata.Pallet(
      name: P.name, index: P.index, storage: items.isEmpty ? nil : RuntimeMetadata.Storage(prefix: P.name, items: items),
      calls: P.Call.self == NoCall.self ? nil : registry.id(P.Call.self),
      event: P.Event.self == NoEvent.self ? nil : registry.id(P.Event.self),
      error: P.Failure.self == NoFailure.self ? nil : registry.id(P.Failure.self), constants: constants)
  }

  private mutating func describe(_ entry: StorageEntry) -> RuntimeMetadata.StorageItem {
    let kind: RuntimeMetadata.StorageItem.Kind
    switch entry.kind {
    case .plain(let value): kind = .plain(registry.id(value))
    case .map(let hashers, let key, let value):
      kind = .map(
        hashers: hashers.map { RuntimeMetadata.Hasher($0) }, key: registry.id(key), value: registry.id(value))
    }
    return RuntimeMetadata.StorageItem(
      name: entry.name, hasDefault: entry.hasDefault, kind: kind, fallback: entry.fallback, docs: entry.docs)
  }

  // MARK: Extrinsics and entry points

  private mutating func describe(open type: any SignedExtension.Type) -> RuntimeMetadata.SignedExtension {
    func opened<E: SignedExtension>(_ type: E.Type, _ builder: inout MetadataBuilder) -> RuntimeMetadata.SignedExtension {
      RuntimeMetadata.SignedExtension(
        identifier: E.identifier, type: builder.registry.id(E.self), additional: builder.registry.id(E.Additional.self))
    }
    return opened(type, &self)
  }

  private mutating func describe(_ api: RuntimeAPI) -> RuntimeMetadata.API {
    var methods: [RuntimeMetadata.API.Method] = []
    for method in api.methods {
      let inputs = method.inputs.map { RuntimeMetadata.API.Input(name: $0.name, type: registry.id($0.type)) }
      methods.append(
        RuntimeMetadata.API.Method(name: method.name, inputs: inputs, output: registry.id(method.output), docs: method.docs))
    }
    return RuntimeMetadata.API(name: api.name, methods: methods, docs: api.docs)
  }
}

extension RuntimeMetadata.Hasher {
  fileprivate init(_ hasher: StorageHasher) {
    switch hasher {
    case .blake2b128: self = .blake2b128
    case .blake2b256: self = .blake2b256
    case .blake2b128Concat: self = .blake2b128Concat
    case .twox128: self = .twox128
    case .twox256: self = .twox256
    case .twox64Concat: self = .twox64Concat
    case .identity: self = .identity
    }
  }
}

/// Names the shape of an error of any pallet; never instantiated.
private enum RuntimeErrorShape: ScaleTyped {
  static var typeShape: TypeShape {
    func variant<P: Pallet>(_ pallet: P.Type) -> TypeShape.Variant? {
      guard P.Failure.self != NoFailure.self else { return nil }
      let field = TypeShape.Field(name: nil, type: TypeReference(P.Failure.self), typeName: "\(P.name)Error")
      return TypeShape.Variant(name: P.name, index: P.index, fields: [field])
    }
    var variants: [TypeShape.Variant] = []
    for (pallet, _) in EchoRuntime.pallets { if let variant = variant(pallet) { variants.append(variant) } }
    return TypeShape(path: ["echo_runtime", "RuntimeError"], .variant(variants))
  }
}

/// Names the runtime itself; never instantiated.
private enum RuntimeShape: ScaleTyped {
  static var typeShape: TypeShape { TypeShape(path: ["echo_runtime", "Runtime"], .composite([])) }
}
