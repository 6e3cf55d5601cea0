/// A value that knows its exact size and writes itself without failing.
public protocol ScaleEncodable {
  /// Bytes that ``encode(into:)`` writes.
  var encodedSize: Int { get }
  /// Writes exactly ``encodedSize`` bytes.
  func encode(into writer: inout ScaleWriter)
}

/// A value that decodes itself strictly.
public protocol ScaleDecodable {
  /// Reads one value and leaves the cursor behind it.
  init(from reader: inout ScaleReader) throws(ScaleError)
}

/// A value that describes its own shape, so that metadata can be generated from the declarations.
public protocol ScaleTyped: SendableMetatype {
  /// The shape of the encoding.
  static var typeShape: TypeShape { get }
}

/// A value with a SCALE form in both directions and a description of it. `@ScaleCodable` derives all three.
public typealias ScaleCodable = ScaleDecodable & ScaleEncodable & ScaleTyped

extension ScaleEncodable {
  /// The value's encoding in an array of its exact size.
  @inlinable public func encoded() -> [UInt8] {
    ScaleWriter.fill(encodedSize) { writer in encode(into: &writer) }
  }
}

extension ScaleDecodable {
  /// Decodes a whole span; bytes left over are an error.
  @inlinable public init(decoding bytes: borrowing RawSpan, limits: ScaleReader.Limits = .standard) throws(ScaleError) {
    var reader = ScaleReader(copy bytes, limits: limits)
    self = try Self(from: &reader)
    try reader.finish()
  }

  /// Decodes a whole array; bytes left over are an error.
  @inlinable public init(decoding bytes: [UInt8], limits: ScaleReader.Limits = .standard) throws(ScaleError) {
    var reader = ScaleReader(bytes.span.bytes, limits: limits)
    self = try Self(from: &reader)
    try reader.finish()
  }
}
