internal import ScaleCodec

extension RuntimeMetadata {
  /// `6d657461`, "meta": what every metadata blob begins with.
  static let magic: [UInt8] = [0x6d, 0x65, 0x74, 0x61]

  /// The magic, the version and the body, as `state_getMetadata` and `Metadata_metadata_at_version` serve it.
  ///
  /// What a version cannot say is left out: docs of pallets, runtime APIs and custom values in version 14.
  /// - Parameter version: 14 or 15.
  /// - Throws: ``MetadataError/unsupportedVersion(_:)``; ``MetadataError/missing(what:version:)`` when the model lacks what the
  ///   version needs, for example the extrinsic's type in version 14.
  public func encoded(version: UInt8) throws(MetadataError) -> [UInt8] {
    guard version == 14 || version == 15 else { throw .unsupportedVersion(version) }
    guard let runtime else { throw .missing(what: "the runtime's type", version: version) }
    var output = MetadataWriter()
    output.bytes = Self.magic
    output.byte(version)
    output.list(types.enumerated()) { output, entry in output.type(entry.element, id: entry.offset) }
    output.list(pallets) { output, pallet in output.pallet(pallet, version: version) }
    try output.extrinsic(extrinsic, version: version)
    output.compact(runtime)
    if version == 15 {
      guard let outerEnums else { throw .missing(what: "the outer enums", version: version) }
      output.list(apis) { output, api in output.api(api) }
      output.compact(outerEnums.call)
      output.compact(outerEnums.event)
      output.compact(outerEnums.error)
      output.list(custom) { output, value in
        output.string(value.name)
        output.compact(value.type)
        output.vector(value.value)
      }
    }
    return output.bytes
  }
}

/// Appends the parts of metadata to an array.
struct MetadataWriter {
  var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func compact(_ value: TypeID) {
    switch value {
    case 0...0x3f: byte(UInt8(value) << 2)
    case 0x40...0x3fff: little(UInt16(value) << 2 | 1)
    case 0x4000...0x3fff_ffff: little(value << 2 | 2)
    default:
      byte(3)
      little(value)
    }
  }

  mutating func little<T: FixedWidthInteger>(_ value: T) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

  mutating func length(_ count: Int) { compact(UInt32(clamping: count)) }

  mutating func string(_ text: String) {
    length(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func vector(_ value: [UInt8]) {
    length(value.count)
    bytes.append(contentsOf: value)
  }

  mutating func strings(_ lines: [String]) { list(lines) { output, line in output.string(line) } }

  mutating func list<C: Collection>(_ items: C, _ write: (inout MetadataWriter, C.Element) -> Void) {
    length(items.count)
    for item in items { write(&self, item) }
  }

  mutating func option<T>(_ value: T?, _ write: (inout MetadataWriter, T) -> Void) {
    guard let value else { return byte(0) }
    byte(1)
    write(&self, value)
  }
}

extension MetadataWriter {
  mutating func type(_ type: PortableType, id: Int) {
    length(id)
    strings(type.path)
    list(type.parameters) { output, parameter in
      output.string(parameter.name)
      output.option(parameter.type) { $0.compact($1) }
    }
    definition(type.definition)
    strings(type.docs)
  }

  private mutating func definition(_ definition: PortableType.Definition) {
    switch definition {
    case .composite(let fields):
      byte(0)
      self.fields(fields)
    case .variant(let variants):
      byte(1)
      list(variants) { output, variant in
        output.string(variant.name)
        output.fields(variant.fields)
        output.byte(variant.index)
        output.strings(variant.docs)
      }
    case .sequence(let element):
      byte(2)
      compact(element)
    case .array(let length, let element):
      byte(3)
      little(length)
      compact(element)
    case .tuple(let parts):
      byte(4)
      list(parts) { $0.compact($1) }
    case .primitive(let primitive):
      byte(5)
      byte(primitive.rawValue)
    case .compact(let type):
      byte(6)
      compact(type)
    case .bitSequence(let store, let order):
      byte(7)
      compact(store)
      compact(order)
    }
  }

  private mutating func fields(_ fields: [PortableType.Field]) {
    list(fields) { output, field in
      output.option(field.name) { $0.string($1) }
      output.compact(field.type)
      output.option(field.typeName) { $0.string($1) }
      output.strings(field.docs)
    }
  }

  mutating func pallet(_ pallet: RuntimeMetadata.Pallet, version: UInt8) {
    string(pallet.name)
    option(pallet.storage) { output, storage in
      output.string(storage.prefix)
      output.list(storage.items) { $0.item($1) }
    }
    option(pallet.calls) { $0.compact($1) }
    option(pallet.event) { $0.compact($1) }
    list(pallet.constants) { output, constant in
      output.string(constant.name)
      output.compact(constant.type)
      output.vector(constant.value)
      output.strings(constant.docs)
    }
    option(pallet.error) { $0.compact($1) }
    byte(pallet.index)
    if version > 14 { strings(pallet.docs) }
  }

  private mutating func item(_ item: RuntimeMetadata.StorageItem) {
    string(item.name)
    byte(item.hasDefault ? 1 : 0)
    switch item.kind {
    case .plain(let type):
      byte(0)
      compact(type)
    case .map(let hashers, let key, let value):
      byte(1)
      list(hashers) { $0.byte($1.rawValue) }
      compact(key)
      compact(value)
    }
    vector(item.fallback)
    strings(item.docs)
  }

  mutating func extrinsic(_ extrinsic: RuntimeMetadata.Extrinsic, version: UInt8) throws(MetadataError) {
    guard let format = extrinsic.versions.min() else { throw .missing(what: "the extrinsic's version", version: version) }
    if version == 14 {
      guard let type = extrinsic.type else { throw .missing(what: "the extrinsic's type", version: version) }
      compact(type)
      byte(format)
    } else {
      guard let address = extrinsic.address, let call = extrinsic.call, let signature = extrinsic.signature, let extra = extrinsic.extra
      else { throw .missing(what: "the extrinsic's types of address, call, signature and extra", version: version) }
      byte(format)
      for part in [address, call, signature, extra] { compact(part) }
    }
    list(extrinsic.extensions) { output, part in
      output.string(part.identifier)
      output.compact(part.type)
      output.compact(part.additional)
    }
  }

  mutating func api(_ api: RuntimeMetadata.API) {
    string(api.name)
    list(api.methods) { output, method in
      output.string(method.name)
      output.list(method.inputs) { output, input in
        output.string(input.name)
        output.compact(input.type)
      }
      output.compact(method.output)
      output.strings(method.docs)
    }
    strings(api.docs)
  }
}
