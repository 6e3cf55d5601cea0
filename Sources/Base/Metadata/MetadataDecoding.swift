internal import ScaleCodec

extension RuntimeMetadata {
  /// Bytes that a blob may have; the largest public chains stay under one million.
  public static let byteLimit = 8 << 20

  /// Reads a whole blob: the magic, the version, the body of version 14, 15 or 16, and nothing behind it.
  ///
  /// Every reference is checked, so that a type id of the result is always a place of ``types``. Types may still refer to
  /// themselves.
  /// - Parameter bytes: At most ``byteLimit``.
  public init(decoding bytes: [UInt8]) throws(MetadataError) {
    guard bytes.count <= Self.byteLimit else { throw .tooLarge(bytes: bytes.count, limit: Self.byteLimit) }
    guard bytes.count > Self.magic.count, bytes.starts(with: Self.magic) else { throw .notMetadata }
    let version = bytes[Self.magic.count]
    guard (14...16).contains(version) else { throw .unsupportedVersion(version) }
    var ids: [TypeID] = []
    do throws(ScaleError) {
      var reader = ScaleReader(bytes.span.bytes, limits: .init(depth: 32, items: 1 << 20))
      try reader.skip(Self.magic.count + 1)
      self = try MetadataReader(version: version).body(&reader, ids: &ids)
      try reader.finish()
    } catch { throw .malformed(error) }
    for (position, id) in ids.enumerated() where Int(id) != position { throw .sparseRegistry(id: id, position: position) }
    try checkTypes()
    try checkPallets()
    try checkExtrinsicAndAPIs()
  }
}

/// Reads the parts of a body; what a part holds depends on the version.
struct MetadataReader {
  let version: UInt8

  typealias Method = RuntimeMetadata.API.Method

  func body(_ reader: inout ScaleReader, ids: inout [TypeID]) throws(ScaleError) -> RuntimeMetadata {
    var types: [PortableType] = []
    for _ in 0..<(try reader.readLength()) {
      ids.append(try id(&reader))
      types.append(try type(&reader))
    }
    var pallets: [RuntimeMetadata.Pallet] = []
    for _ in 0..<(try reader.readLength()) { pallets.append(try pallet(&reader)) }
    let extrinsic = version < 16 ? try extrinsic(&reader) : try transactionFormat(&reader)
    let runtime = version < 16 ? try id(&reader) : nil
    var metadata = RuntimeMetadata(types: types, pallets: pallets, extrinsic: extrinsic, runtime: runtime)
    guard version > 14 else { return metadata }
    for _ in 0..<(try reader.readLength()) { metadata.apis.append(try api(&reader)) }
    metadata.outerEnums = .init(call: try id(&reader), event: try id(&reader), error: try id(&reader))
    for _ in 0..<(try reader.readLength()) {
      metadata.custom.append(.init(name: try string(&reader), type: try id(&reader), value: try reader.readByteVector()))
    }
    return metadata
  }

  // MARK: Small parts

  func id(_ reader: inout ScaleReader) throws(ScaleError) -> TypeID { try reader.readCompact(as: TypeID.self) }

  /// A name: at most 1,024 bytes. Documentation may be longer.
  func string(_ reader: inout ScaleReader) throws(ScaleError) -> String {
    let at = reader.offset
    let text = try String(from: &reader)
    guard text.utf8.count <= 1024 else { throw .lengthOverLimit(length: text.utf8.count, limit: 1024, offset: at) }
    return text
  }

  func strings(_ reader: inout ScaleReader) throws(ScaleError) -> [String] { try [String](from: &reader) }

  func isSome(_ reader: inout ScaleReader) throws(ScaleError) -> Bool {
    let at = reader.offset
    switch try reader.readByte() {
    case 0: return false
    case 1: return true
    case let byte: throw .invalidOption(byte: byte, offset: at)
    }
  }

  private func optionalID(_ reader: inout ScaleReader) throws(ScaleError) -> TypeID? { try isSome(&reader) ? try id(&reader) : nil }

  private func optionalString(_ reader: inout ScaleReader) throws(ScaleError) -> String? {
    try isSome(&reader) ? try string(&reader) : nil
  }

  // MARK: Types

  private func type(_ reader: inout ScaleReader) throws(ScaleError) -> PortableType {
    let path = try strings(&reader)
    var parameters: [PortableType.Parameter] = []
    for _ in 0..<(try reader.readLength()) { parameters.append(.init(name: try string(&reader), type: try optionalID(&reader))) }
    let definition = try definition(&reader)
    return PortableType(path: path, parameters: parameters, definition, docs: try strings(&reader))
  }

  private func definition(_ reader: inout ScaleReader) throws(ScaleError) -> PortableType.Definition {
    let at = reader.offset
    switch try reader.readByte() {
    case 0: return .composite(try fields(&reader))
    case 1:
      var variants: [PortableType.Variant] = []
      for _ in 0..<(try reader.readLength()) {
        let name = try string(&reader)
        let fields = try fields(&reader)
        let index = try reader.readByte()
        variants.append(.init(name: name, fields: fields, index: index, docs: try strings(&reader)))
      }
      return .variant(variants)
    case 2: return .sequence(try id(&reader))
    case 3: return .array(length: try reader.readInteger(UInt32.self), try id(&reader))
    case 4:
      var parts: [TypeID] = []
      for _ in 0..<(try reader.readLength()) { parts.append(try id(&reader)) }
      return .tuple(parts)
    case 5:
      let place = reader.offset
      let number = try reader.readByte()
      guard let primitive = TypeShape.Primitive(rawValue: number) else {
        throw .unknownVariant(type: "TypeDefPrimitive", index: number, offset: place)
      }
      return .primitive(primitive)
    case 6: return .compact(try id(&reader))
    case 7: return .bitSequence(store: try id(&reader), order: try id(&reader))
    case let tag: throw .unknownVariant(type: "TypeDef", index: tag, offset: at)
    }
  }

  private func fields(_ reader: inout ScaleReader) throws(ScaleError) -> [PortableType.Field] {
    var fields: [PortableType.Field] = []
    for _ in 0..<(try reader.readLength()) {
      let name = try optionalString(&reader)
      let type = try id(&reader)
      let typeName = try optionalString(&reader)
      fields.append(.init(name: name, type: type, typeName: typeName, docs: try strings(&reader)))
    }
    return fields
  }

  // MARK: Pallets

  private func pallet(_ reader: inout ScaleReader) throws(ScaleError) -> RuntimeMetadata.Pallet {
    let name = try string(&reader)
    let storage = try isSome(&reader) ? try storage(&reader) : nil
    let calls = try variants(&reader)
    let event = try variants(&reader)
    var constants: [RuntimeMetadata.Constant] = []
    for _ in 0..<(try reader.readLength()) {
      let name = try string(&reader)
      let type = try id(&reader)
      let value = try reader.readByteVector()
      constants.append(.init(name: name, type: type, value: value, docs: try docs(&reader)))
    }
    let error = try variants(&reader)
    var views: [Method] = []
    if version > 15 {
      try skipAssociatedTypes(&reader)
      for _ in 0..<(try reader.readLength()) {
        // The function's id: what a caller names it by.
        try reader.skip(32)
        views.append(try method(&reader))
      }
    }
    var pallet = RuntimeMetadata.Pallet(
      name: name, index: try reader.readByte(), storage: storage, calls: calls, event: event, error: error, constants: constants,
      viewFunctions: views)
    if version > 14 { pallet.docs = try docs(&reader) }
    return pallet
  }

  /// The enum of a pallet's calls, events or errors; version 16 adds which of its variants are deprecated.
  private func variants(_ reader: inout ScaleReader) throws(ScaleError) -> TypeID? {
    guard try isSome(&reader) else { return nil }
    let type = try id(&reader)
    if version > 15 {
      for _ in 0..<(try reader.readLength()) {
        _ = try reader.readByte()
        try skipDeprecation(&reader)
      }
    }
    return type
  }

  private func storage(_ reader: inout ScaleReader) throws(ScaleError) -> RuntimeMetadata.Storage {
    var storage = RuntimeMetadata.Storage(prefix: try string(&reader), items: [])
    for _ in 0..<(try reader.readLength()) { storage.items.append(try item(&reader)) }
    return storage
  }

  private func item(_ reader: inout ScaleReader) throws(ScaleError) -> RuntimeMetadata.StorageItem {
    let name = try string(&reader)
    let at = reader.offset
    let modifier = try reader.readByte()
    guard modifier < 2 else { throw .unknownVariant(type: "StorageEntryModifier", index: modifier, offset: at) }
    let kind = try kind(&reader)
    let fallback = try reader.readByteVector()
    return .init(name: name, hasDefault: modifier == 1, kind: kind, fallback: fallback, docs: try docs(&reader))
  }

  private func kind(_ reader: inout ScaleReader) throws(ScaleError) -> RuntimeMetadata.StorageItem.Kind {
    let at = reader.offset
    switch try reader.readByte() {
    case 0: return .plain(try id(&reader))
    case 1:
      var hashers: [RuntimeMetadata.Hasher] = []
      for _ in 0..<(try reader.readLength()) {
        let place = reader.offset
        let number = try reader.readByte()
        guard let hasher = RuntimeMetadata.Hasher(rawValue: number) else {
          throw .unknownVariant(type: "StorageHasher", index: number, offset: place)
        }
        hashers.append(hasher)
      }
      return .map(hashers: hashers, key: try id(&reader), value: try id(&reader))
    case let tag: throw .unknownVariant(type: "StorageEntryType", index: tag, offset: at)
    }
  }

  /// Documentation, and in version 16 whether the thing is deprecated.
  private func docs(_ reader: inout ScaleReader) throws(ScaleError) -> [String] {
    let lines = try strings(&reader)
    if version > 15 { try skipDeprecation(&reader) }
    return lines
  }

  private func skipDeprecation(_ reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    switch try reader.readByte() {
    case 0, 1: return
    case 2:
      _ = try string(&reader)
      _ = try optionalString(&reader)
    case let tag: throw .unknownVariant(type: "DeprecationInfo", index: tag, offset: at)
    }
  }

  private func skipAssociatedTypes(_ reader: inout ScaleReader) throws(ScaleError) {
    for _ in 0..<(try reader.readLength()) {
      _ = try string(&reader)
      _ = try id(&reader)
      _ = try strings(&reader)
    }
  }

  // MARK: Extrinsics and runtime APIs

  private func extrinsic(_ reader: inout ScaleReader) throws(ScaleError) -> RuntimeMetadata.Extrinsic {
    var extrinsic = RuntimeMetadata.Extrinsic(versions: [])
    if version == 14 {
      extrinsic.type = try id(&reader)
      extrinsic.versions = [try reader.readByte()]
    } else {
      extrinsic.versions = [try reader.readByte()]
      extrinsic.address = try id(&reader)
      extrinsic.call = try id(&reader)
      extrinsic.signature = try id(&reader)
      extrinsic.extra = try id(&reader)
    }
    extrinsic.extensions = try extensions(&reader)
    return extrinsic
  }

  /// Version 16: several formats, each with its selection of the extensions. The selection of the lowest one is kept.
  private func transactionFormat(_ reader: inout ScaleReader) throws(ScaleError) -> RuntimeMetadata.Extrinsic {
    var extrinsic = RuntimeMetadata.Extrinsic(versions: try [UInt8](from: &reader))
    extrinsic.address = try id(&reader)
    extrinsic.call = try id(&reader)
    extrinsic.signature = try id(&reader)
    var selections: [UInt8: [UInt32]] = [:]
    let at = reader.offset
    for _ in 0..<(try reader.readLength()) {
      let key = try reader.readByte()
      var places: [UInt32] = []
      for _ in 0..<(try reader.readLength()) { places.append(try id(&reader)) }
      selections[key] = places
    }
    let all = try extensions(&reader)
    guard let lowest = selections.keys.min(), let places = selections[lowest] else {
      extrinsic.extensions = all
      return extrinsic
    }
    for place in places {
      guard all.indices.contains(Int(place)) else {
        throw .invalidValue(type: "ExtrinsicMetadata", reason: "an extension is selected that is not listed", offset: at)
      }
      extrinsic.extensions.append(all[Int(place)])
    }
    return extrinsic
  }

  private func extensions(_ reader: inout ScaleReader) throws(ScaleError) -> [RuntimeMetadata.SignedExtension] {
    var extensions: [RuntimeMetadata.SignedExtension] = []
    for _ in 0..<(try reader.readLength()) {
      extensions.append(.init(identifier: try string(&reader), type: try id(&reader), additional: try id(&reader)))
    }
    return extensions
  }

  private func api(_ reader: inout ScaleReader) throws(ScaleError) -> RuntimeMetadata.API {
    var api = RuntimeMetadata.API(name: try string(&reader), methods: [])
    for _ in 0..<(try reader.readLength()) { api.methods.append(try method(&reader)) }
    api.docs = try strings(&reader)
    if version > 15 {
      api.version = try reader.readCompact(as: UInt32.self)
      try skipDeprecation(&reader)
    }
    return api
  }

  private func method(_ reader: inout ScaleReader) throws(ScaleError) -> Method {
    var method = Method(name: try string(&reader), inputs: [], output: 0)
    for _ in 0..<(try reader.readLength()) { method.inputs.append(.init(name: try string(&reader), type: try id(&reader))) }
    method.output = try id(&reader)
    method.docs = try docs(&reader)
    return method
  }
}
