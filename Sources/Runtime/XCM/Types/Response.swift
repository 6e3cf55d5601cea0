public import PalletSupport
public import ScaleCodec

/// How a dispatched call ended.
@ScaleCodable(path: "xcm::v3::MaybeErrorCode")
public enum MaybeErrorCode: Hashable, Sendable {
  @ScaleIndex(0) case success
  /// The encoded dispatch error.
  @ScaleIndex(1) case error(BoundedVector<UInt8, 128>)
  /// The first 128 bytes of a longer one.
  @ScaleIndex(2) case truncatedError(BoundedVector<UInt8, 128>)
}

/// A pallet as told to another chain.
@ScaleCodable(path: "staging_xcm::v5::PalletInfo")
public struct PalletInfo: Hashable, Sendable {
  public var index: Compact<UInt32>
  /// UTF-8, at most 48 bytes.
  public var name: BoundedVector<UInt8, 48>
  /// UTF-8, at most 48 bytes.
  public var moduleName: BoundedVector<UInt8, 48>
  public var major: Compact<UInt32>
  public var minor: Compact<UInt32>
  public var patch: Compact<UInt32>

  public init(
    index: UInt32, name: BoundedVector<UInt8, 48>, moduleName: BoundedVector<UInt8, 48>, major: UInt32, minor: UInt32,
    patch: UInt32
  ) {
    self.index = Compact(index)
    self.name = name
    self.moduleName = moduleName
    self.major = Compact(major)
    self.minor = Compact(minor)
    self.patch = Compact(patch)
  }
}

/// The answer to a query.
@ScaleCodable(path: "staging_xcm::v5::Response")
public enum Response: Hashable, Sendable {
  @ScaleIndex(0) case null
  @ScaleIndex(1) case assets(Assets)
  /// The index of the instruction that failed and its error, or `nil` for success.
  @ScaleIndex(2) case executionResult(Pair<UInt32, XcmError>?)
  /// The newest version that the responder speaks.
  @ScaleIndex(3) case version(UInt32)
  @ScaleIndex(4) case palletsInfo(BoundedVector<PalletInfo, 64>)
  @ScaleIndex(5) case dispatchResult(MaybeErrorCode)
}

/// Where an answer goes, and what it may cost there.
@ScaleCodable(path: "staging_xcm::v5::QueryResponseInfo")
public struct QueryResponseInfo: Hashable, Sendable {
  public var destination: Location
  public var queryId: Compact<UInt64>
  /// Most weight that handling the answer may take.
  public var maxWeight: Weight

  public init(destination: Location, queryId: UInt64, maxWeight: Weight) {
    self.destination = destination
    self.queryId = Compact(queryId)
    self.maxWeight = maxWeight
  }
}

/// Advice for the executor that changes no meaning of the program.
@ScaleCodable(path: "staging_xcm::v5::Hint")
public enum Hint: Hashable, Sendable {
  /// Who may claim the assets that are left in holding, instead of the origin.
  @ScaleIndex(0) case assetClaimer(location: Location)
}

/// A call in its own encoding, so that a program can be read without knowing the runtime that it is for.
@ScaleCodable(path: "xcm::double_encoded::DoubleEncoded")
public struct DoubleEncoded: Hashable, Sendable {
  public var encoded: [UInt8]
  public init(encoded: [UInt8]) { self.encoded = encoded }
}
