public import ScaleCodec

extension TypeRegistry {
  /// Decodes a whole array as a type; bytes left over are an error.
  /// - Parameter path: What the value is called in errors.
  public func decode(_ bytes: [UInt8], as type: TypeID, limits: DynamicValue.Limits = .standard, path: String = "")
    throws(DynamicError) -> DynamicValue
  {
    var reader = ScaleReader(bytes.span.bytes)
    let value = try decode(type, from: &reader, limits: limits, path: path)
    do throws(ScaleError) { try reader.finish() } catch { throw DynamicError(.malformed(error), type: name(type), path: path) }
    return value
  }

  /// Decodes one value and leaves the cursor behind it.
  ///
  /// Nothing is allocated by a claimed length: bytes are compared with what is left, and elements of no size with the limit of
  /// parts.
  public func decode(_ type: TypeID, from reader: inout ScaleReader, limits: DynamicValue.Limits = .standard, path: String = "")
    throws(DynamicError) -> DynamicValue
  {
    var decoder = DynamicDecoder(registry: self, limits: limits)
    do throws(DynamicError) { return try decoder.decode(type, &reader, depth: 0) } catch { throw error.inside(path) }
  }
}

private struct DynamicDecoder {
  let registry: TypeRegistry
  let limits: DynamicValue.Limits
  /// Parts decoded so far.
  var nodes = 0

  init(registry: TypeRegistry, limits: DynamicValue.Limits) {
    self.registry = registry
    self.limits = limits
  }

  mutating func decode(_ id: TypeID, _ reader: inout ScaleReader, depth: Int) throws(DynamicError) -> DynamicValue {
    guard let type = registry[id] else { throw failure(.unknownType(id), id) }
    guard depth < limits.depth else { throw failure(.tooDeep(limit: limits.depth), id) }
    guard nodes < limits.nodes else { throw failure(.tooManyParts(limit: limits.nodes), id) }
    nodes += 1
    switch type.definition {
    case .composite(let fields): return .composite(try decode(fields, &reader, depth: depth))
    case .variant(let variants):
      let index = try read(id, &reader) { reader throws(ScaleError) in try reader.readByte() }
      guard let variant = variants.first(where: { $0.index == index }) else { throw failure(.unknownVariant(index), id) }
      do throws(DynamicError) { return .variant(variant.name, try decode(variant.fields, &reader, depth: depth)) } catch {
        throw error.inside(variant.name)
      }
    case .sequence(let element):
      if registry.isByte(element) {
        return .bytes(try read(id, &reader) { reader throws(ScaleError) in try reader.readByteVector() })
      }
      let count = try read(id, &reader) { reader throws(ScaleError) in try reader.readCompact(as: UInt32.self) }
      return .sequence(try elements(count, element, of: id, &reader, depth: depth))
    case .array(let length, let element):
      if registry.isByte(element) {
        return .bytes(try read(id, &reader) { reader throws(ScaleError) in try reader.readBytes(count: Int(length)) })
      }
      return .sequence(try elements(length, element, of: id, &reader, depth: depth))
    case .tuple(let members):
      var values: [DynamicValue] = []
      for (place, member) in members.enumerated() {
        do throws(DynamicError) { values.append(try decode(member, &reader, depth: depth + 1)) } catch { throw error.inside("[\(place)]") }
      }
      return .sequence(values)
    case .primitive(let primitive):
      return try read(id, &reader) { reader throws(ScaleError) in try Self.decode(primitive, &reader) }
    case .compact(let inner):
      guard let bits = registry.compactWidth(inner) else { throw failure(.impossible, id) }
      guard bits > 0 else { return .sequence([]) }
      return .unsigned(
        try read(id, &reader) { reader throws(ScaleError) in
          let at = reader.offset
          let value = try reader.readCompact()
          guard bits == 128 || value >> UInt128(bits) == 0 else { throw .compactOverflow(offset: at) }
          return value
        })
    case .bitSequence(let store, let order):
      guard let form = registry.bitForm(store: store, order: order) else { throw failure(.impossible, id) }
      let limit = limits.nodes
      return .bits(try read(id, &reader) { reader throws(ScaleError) in try form.decode(&reader, limit: limit) })
    }
  }

  private mutating func decode(_ fields: [PortableType.Field], _ reader: inout ScaleReader, depth: Int) throws(DynamicError)
    -> [DynamicValue.Field]
  {
    var values: [DynamicValue.Field] = []
    for (place, field) in fields.enumerated() {
      do throws(DynamicError) {
        values.append(.init(field.name, try decode(field.type, &reader, depth: depth + 1)))
      } catch {
        throw error.inside(field.name ?? (fields.count == 1 ? "" : "[\(place)]"))
      }
    }
    return values
  }

  private mutating func elements(_ count: UInt32, _ element: TypeID, of id: TypeID, _ reader: inout ScaleReader, depth: Int)
    throws(DynamicError) -> [DynamicValue]
  {
    guard Int(count) <= limits.nodes - nodes else { throw failure(.tooManyParts(limit: limits.nodes), id) }
    var values: [DynamicValue] = []
    for place in 0..<count {
      do throws(DynamicError) { values.append(try decode(element, &reader, depth: depth + 1)) } catch { throw error.inside("[\(place)]") }
    }
    return values
  }

  private static func decode(_ primitive: TypeShape.Primitive, _ reader: inout ScaleReader) throws(ScaleError) -> DynamicValue {
    switch primitive {
    case .bool: return .bool(try Bool(from: &reader))
    case .char:
      let at = reader.offset
      guard let scalar = Unicode.Scalar(try reader.readInteger(UInt32.self)) else {
        throw .invalidValue(type: "char", reason: "no Unicode scalar has this number", offset: at)
      }
      return .string(String(Character(scalar)))
    case .str: return .string(try String(from: &reader))
    case .u8: return .unsigned(UInt128(try reader.readInteger(UInt8.self)))
    case .u16: return .unsigned(UInt128(try reader.readInteger(UInt16.self)))
    case .u32: return .unsigned(UInt128(try reader.readInteger(UInt32.self)))
    case .u64: return .unsigned(UInt128(try reader.readInteger(UInt64.self)))
    case .u128: return .unsigned(try reader.readInteger(UInt128.self))
    case .u256: return WideInteger(littleEndian: try reader.readBytes(count: 32)).unsigned
    case .i8: return .signed(Int128(try reader.readInteger(Int8.self)))
    case .i16: return .signed(Int128(try reader.readInteger(Int16.self)))
    case .i32: return .signed(Int128(try reader.readInteger(Int32.self)))
    case .i64: return .signed(Int128(try reader.readInteger(Int64.self)))
    case .i128: return .signed(try reader.readInteger(Int128.self))
    case .i256: return WideInteger(littleEndian: try reader.readBytes(count: 32)).signed
    }
  }

  private func read<T>(_ id: TypeID, _ reader: inout ScaleReader, _ body: (inout ScaleReader) throws(ScaleError) -> T)
    throws(DynamicError) -> T
  {
    do throws(ScaleError) { return try body(&reader) } catch { throw failure(.malformed(error), id) }
  }

  private func failure(_ reason: DynamicError.Reason, _ id: TypeID) -> DynamicError { DynamicError(reason, type: registry.name(id)) }
}

extension TypeRegistry {
  /// Bits of the number that a compact type holds; 0 for a type of no size, `nil` for one that has no compact form.
  ///
  /// Wrappers of one field are looked through, sixteen at most.
  func compactWidth(_ id: TypeID) -> Int? {
    var id = id
    for _ in 0..<16 {
      guard let type = self[id] else { return nil }
      switch type.definition {
      case .primitive(.u8): return 8
      case .primitive(.u16): return 16
      case .primitive(.u32): return 32
      case .primitive(.u64): return 64
      case .primitive(.u128): return 128
      case .tuple(let members) where members.isEmpty: return 0
      case .tuple(let members) where members.count == 1: id = members[0]
      case .composite(let fields) where fields.isEmpty: return 0
      case .composite(let fields) where fields.count == 1: id = fields[0].type
      default: return nil
      }
    }
    return nil
  }

  /// How a bit sequence of these types lies in bytes.
  func bitForm(store: TypeID, order: TypeID) -> BitForm? {
    let width: Int
    switch self[store]?.definition {
    case .primitive(.u8): width = 8
    case .primitive(.u16): width = 16
    case .primitive(.u32): width = 32
    case .primitive(.u64): width = 64
    default: return nil
    }
    switch self[order]?.path.last {
    case "Lsb0": return BitForm(width: width, isMostSignificantFirst: false)
    case "Msb0": return BitForm(width: width, isMostSignificantFirst: true)
    default: return nil
    }
  }
}
