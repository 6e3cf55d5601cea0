public import PalletSupport
public import ScaleCodec

/// An error of versions 3 and 4: those of version 5 without `TooManyAssets`, which moves the later ones down by one.
public struct LegacyXcmError: Hashable, Sendable {
  /// Any error but ``XcmError/tooManyAssets``.
  public let latest: XcmError

  /// Wraps an error.
  /// - Returns: `nil` for the one error that the old versions lack.
  public init?(_ error: XcmError) {
    guard error != .tooManyAssets else { return nil }
    latest = error
  }
}

extension LegacyXcmError: ScaleEncodable, ScaleDecodable, ScaleTyped {
  private static let inserted: UInt8 = 35

  public var encodedSize: Int { latest.encodedSize }

  public func encode(into writer: inout ScaleWriter) {
    var bytes = latest.encoded()
    if bytes[0] > Self.inserted { bytes[0] -= 1 }
    writer.writeBytes(bytes)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let at = reader.offset
    switch try reader.readByte() {
    case 21: latest = .trap(try UInt64(from: &reader))
    case 36: latest = .weightLimitReached(try Weight(from: &reader))
    case let index:
      let (number, isOver) = index.addingReportingOverflow(index < Self.inserted ? 0 : 1)
      guard !isOver, let error = try? XcmError(decoding: [number]) else {
        throw .unknownVariant(type: "Error", index: index, offset: at)
      }
      latest = error
    }
  }

  public static var typeShape: TypeShape {
    guard case .variant(let variants) = XcmError.typeShape.definition else {
      preconditionFailure("xcm: errors are an enum")
    }
    return TypeShape(
      path: ["xcm", "v3", "traits", "Error"],
      .variant(
        variants.filter { $0.index != inserted }.map { variant in
          var variant = variant
          if variant.index > inserted { variant.index -= 1 }
          return variant
        }))
  }
}

/// A response of version 3 or 4.
@ScaleCodable(path: "staging_xcm::v4::Response")
public indirect enum LegacyResponse<ID: LegacyAssetID>: Hashable, Sendable {
  @ScaleIndex(0) case null
  @ScaleIndex(1) case assets(LegacyAssets<ID>)
  @ScaleIndex(2) case executionResult(Pair<UInt32, LegacyXcmError>?)
  @ScaleIndex(3) case version(UInt32)
  @ScaleIndex(4) case palletsInfo(BoundedVector<PalletInfo, 64>)
  @ScaleIndex(5) case dispatchResult(MaybeErrorCode)
}

extension LegacyXcmError {
  /// - Throws: ``XcmConversionError/error(version:)``
  init(_ error: XcmError, version: UInt32) throws(XcmConversionError) {
    guard let error = LegacyXcmError(error) else { throw .error(version: version) }
    self = error
  }
}

extension LegacyResponse {
  /// The response in this version.
  /// - Throws: ``XcmConversionError/error(version:)``
  public init(_ latest: Response) throws(XcmConversionError) {
    self =
      switch latest {
      case .null: .null
      case .assets(let assets): .assets(LegacyAssets(assets))
      case .executionResult(nil): .executionResult(nil)
      case .executionResult(let result?):
        .executionResult(Pair(result.first, try LegacyXcmError(result.second, version: ID.version)))
      case .version(let version): .version(version)
      case .palletsInfo(let pallets): .palletsInfo(pallets)
      case .dispatchResult(let code): .dispatchResult(code)
      }
  }

  /// The same response in version 5.
  public func latest() throws(XcmConversionError) -> Response {
    switch self {
    case .null: .null
    case .assets(let assets): .assets(try assets.latest())
    case .executionResult(let result): .executionResult(result.map { Pair($0.first, $0.second.latest) })
    case .version(let version): .version(version)
    case .palletsInfo(let pallets): .palletsInfo(pallets)
    case .dispatchResult(let code): .dispatchResult(code)
    }
  }
}

/// Where an answer goes, in version 3 or 4.
@ScaleCodable(path: "staging_xcm::v4::QueryResponseInfo")
public struct LegacyQueryResponseInfo: Hashable, Sendable {
  public var destination: LegacyLocation
  public var queryId: Compact<UInt64>
  public var maxWeight: Weight

  init(_ latest: QueryResponseInfo) {
    destination = LegacyLocation(latest.destination)
    queryId = latest.queryId
    maxWeight = latest.maxWeight
  }

  func latest() throws(XcmConversionError) -> QueryResponseInfo {
    QueryResponseInfo(destination: try destination.latest(), queryId: queryId.value, maxWeight: maxWeight)
  }
}

/// A program of version 3 or 4, under the same limits as ``Xcm``.
public struct LegacyXcm<ID: LegacyAssetID>: Sendable {
  public let instructions: [LegacyInstruction<ID>]

  /// The program in this version.
  /// - Throws: ``XcmConversionError`` when it, or a program inside it, says what only version 5 can.
  public init(_ latest: Xcm) throws(XcmConversionError) {
    var result: [LegacyInstruction<ID>] = []
    result.reserveCapacity(latest.instructions.count)
    for instruction in latest.instructions { result.append(try LegacyInstruction(instruction)) }
    instructions = result
  }

  var totalInstructions: Int {
    instructions.reduce(instructions.count) { $0 + ($1.nestedProgram?.totalInstructions ?? 0) }
  }
  var depth: Int { 1 + instructions.reduce(0) { max($0, $1.nestedProgram?.depth ?? 0) } }

  /// The same program in version 5.
  /// - Throws: ``XcmConversionError`` when something in it has no name there.
  public func latest() throws(XcmConversionError) -> Xcm {
    var result: [Instruction] = []
    for instruction in instructions { result.append(try instruction.latest()) }
    return Xcm(result)
  }
}

extension LegacyXcm: Hashable {
  // Every value has one encoding, so comparing encodings compares values; old versions are rare enough for that.
  public static func == (a: LegacyXcm, b: LegacyXcm) -> Bool { a.encoded() == b.encoded() }
  public func hash(into hasher: inout Hasher) { hasher.combine(encoded()) }
}

extension LegacyXcm: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public var encodedSize: Int { instructions.encodedSize }
  public func encode(into writer: inout ScaleWriter) { instructions.encode(into: &writer) }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    var limits = Xcm.DecodeLimits(start: reader.offset)
    let count = try reader.readLength()
    try limits.add(instructions: count)
    try reader.enter()
    var instructions: [LegacyInstruction<ID>] = []
    instructions.reserveCapacity(count)
    for _ in 0..<count {
      let at = reader.offset
      let instruction = try LegacyInstruction<ID>(from: &reader)
      if let nested = instruction.nestedProgram {
        try limits.add(instructions: nested.totalInstructions)
        try limits.check(nestedDepth: nested.depth, at: at)
      }
      instructions.append(instruction)
    }
    reader.leave()
    self.instructions = instructions
  }

  public static var typeShape: TypeShape {
    TypeShape(
      path: ["staging_xcm", "v4", "Xcm"], parameters: [.init(name: "ID", type: TypeReference(ID.self))],
      .composite([
        .init(name: nil, type: TypeReference([LegacyInstruction<ID>].self), typeName: "Vec<Instruction<Call>>")
      ]))
  }
}
