public import ScaleCodec

/// Why there is no price.
/// - SeeAlso: `xcm_runtime_apis::fees::Error`.
@ScaleCodable(path: "xcm_runtime_apis::fees::Error")
public enum XcmPaymentError: Error, Hashable, Sendable {
  @ScaleIndex(0) case unimplemented
  /// A version cannot say what has to be said.
  @ScaleIndex(1) case versionedConversionFailed
  @ScaleIndex(2) case weightNotComputable
  /// There is no such version.
  @ScaleIndex(3) case unhandledXcmVersion
  /// The asset pays for nothing here.
  @ScaleIndex(4) case assetNotFound
  /// No lane leads to the destination, or it does not take the message.
  @ScaleIndex(5) case unroutable
}

/// Why a location has no account.
/// - SeeAlso: `xcm_runtime_apis::conversions::Error`.
@ScaleCodable(path: "xcm_runtime_apis::conversions::Error")
public enum LocationToAccountError: Error, Hashable, Sendable {
  /// The location has no account here.
  @ScaleIndex(0) case unsupported
  @ScaleIndex(1) case versionedConversionFailed
}

/// Why trust cannot be told.
/// - SeeAlso: `xcm_runtime_apis::trusted_query::Error`; numbered as in Asset Hub's metadata.
@ScaleCodable(path: "xcm_runtime_apis::trusted_query::Error")
public enum TrustedQueryError: Error, Hashable, Sendable {
  @ScaleIndex(0) case versionedAssetConversionFailed
  @ScaleIndex(1) case versionedLocationConversionFailed
}
