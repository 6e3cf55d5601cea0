public import RPC
public import ScaleCodec
internal import Primitives

/// The JSON form of XCM values.
///
/// - An enum is `"Name"` for a variant without fields, else `{"Name": payload}`: an object for named fields, the bare
///   value for one unnamed field, an array for several. Field names are snake_case.
/// - A composite with one unnamed field is that field; `Option` is null or the value.
/// - Numbers of 8, 16 and 32 bits are JSON numbers, of 64 and 128 bits decimal text, compact or not. Byte arrays and
///   byte vectors are `0x` and hexadecimal digits.
/// - `X1` holds a bare junction in version 3, and a list of one in versions 4 and 5.
///
/// Reading is strict: nothing is filled in, converted or skipped.
/// - SeeAlso: Docs/formats/xcm-json.md
public enum XcmJSON {
  /// The JSON form of a value.
  /// - Parameter version: Of XCM, 3 to 5.
  /// - Throws: ``XcmTextError`` for types that are no part of XCM.
  public static func json<T: ScaleCodable>(of value: T, version: UInt32 = 5) throws(XcmTextError) -> JSON {
    let bytes = value.encoded()
    do throws(ScaleError) {
      return try TreeReader.tree(TypeReference(T.self), of: bytes).json(hasBareX1: version == 3)
    } catch { throw XcmTextError(error, count: bytes.count) { _ in "" } }
  }

  /// Reads the JSON form of a value. The result keeps all rules of its type, such as the order of assets.
  /// - Parameter version: Of XCM, 3 to 5.
  /// - Throws: ``XcmTextError`` with the path of what does not fit.
  public static func read<T: ScaleCodable>(_ json: JSON, as type: T.Type, version: UInt32 = 5) throws(XcmTextError) -> T {
    var reading = JSONReading(hasBareX1: version == 3)
    try reading.read(json, TypeReference(type))
    do throws(ScaleError) { return try T(decoding: reading.bytes) } catch {
      // Rare enough to read it all again for the place.
      var marking = JSONReading(hasBareX1: version == 3, isMarking: true)
      try marking.read(json, TypeReference(type))
      let place = marking.marks?.path(at: error.offset(in: reading.bytes.count)) ?? ""
      throw XcmTextError(place: place, reason: error.fact)
    }
  }

  /// Reads JSON text strictly: no key twice, nothing behind the value.
  /// - Throws: ``XcmTextError`` with line and column.
  public static func parse(_ text: [UInt8]) throws(XcmTextError) -> JSON {
    do throws(JSONError) {
      return try JSON(parsing: text, limits: JSONLimits(depth: 64, bytes: XcmInput.limit, values: XcmInput.limit))
    } catch { throw XcmTextError(error, in: text) }
  }
}

extension ValueTree {
  /// The JSON form.
  func json(hasBareX1: Bool) -> JSON {
    switch content {
    case .number(let value, let isWide): isWide ? .decimal(value) : JSON(value)
    case .bool(let flag): .bool(flag)
    case .bytes(let bytes): .hex(bytes)
    case .none: .null
    case .list(let items): .array(items.map { $0.json(hasBareX1: hasBareX1) })
    case .record(let members): Self.object(members, hasBareX1)
    case .variant(let name, let members):
      if members.isEmpty {
        .string(name)
      } else if hasBareX1, type == "Junctions", name == "X1", case .list(let only) = members[0].value.content,
        only.count == 1
      {
        [name: only[0].json(hasBareX1: true)]
      } else if members[0].name != nil {
        [name: Self.object(members, hasBareX1)]
      } else if members.count == 1 {
        [name: members[0].value.json(hasBareX1: hasBareX1)]
      } else {
        [name: .array(members.map { $0.value.json(hasBareX1: hasBareX1) })]
      }
    }
  }

  private static func object(_ members: [Member], _ hasBareX1: Bool) -> JSON {
    .object(
      Dictionary(members.map { ($0.name ?? "", $0.value.json(hasBareX1: hasBareX1)) }) { first, _ in first })
  }
}
