public import EchoRuntime
public import PalletSupport
public import Primitives
internal import RPC
public import ScaleCodec
public import XCM

/// The runtime APIs about XCM. Every function asks at a block; `nil` is the newest one.
///
/// An error that the API defines is part of the answer: it is returned, not thrown.
extension ChainClient {
  /// Runs a call without a block.
  /// - Parameter version: The XCM version of the programs in the answer.
  public func dryRun(
    _ call: RuntimeCall, as origin: OriginCaller, version: UInt32 = XcmVersion.latest, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<CallDryRunEffects, DryRunError> {
    try await runtime("DryRunApi_dry_run_call", origin.encoded() + call.encoded() + version.encoded(), at: hash)
  }

  /// Runs a program without a block, as it would run if it came from `origin`.
  public func dryRun(
    _ program: VersionedXcm, from origin: Location, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<XcmDryRunEffects, DryRunError> {
    try await runtime("DryRunApi_dry_run_xcm", VersionedLocation.v5(origin).encoded() + program.encoded(), at: hash)
  }

  /// Runs a call without a block and says what every program in it does, step by step.
  public func trace(
    _ call: RuntimeCall, as origin: OriginCaller, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<XcmCallTrace, DryRunError> {
    try await runtime("EchoXcmApi_trace_call", origin.encoded() + call.encoded(), at: hash)
  }

  /// Runs a program without a block and says what it does, step by step.
  public func trace(
    _ program: VersionedXcm, from origin: Location, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<XcmProgramRun, DryRunError> {
    try await runtime("EchoXcmApi_trace_xcm", VersionedLocation.v5(origin).encoded() + program.encoded(), at: hash)
  }

  /// The assets in which the chain sells weight, the native one first.
  public func acceptableAssets(
    version: UInt32 = XcmVersion.latest, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<[VersionedAssetID], XcmPaymentError> {
    try await runtime("XcmPaymentApi_query_acceptable_payment_assets", version.encoded(), at: hash)
  }

  /// What the chain's weigher finds for a program.
  public func xcmWeight(
    _ program: VersionedXcm, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<Weight, XcmPaymentError> {
    try await runtime("XcmPaymentApi_query_xcm_weight", program.encoded(), at: hash)
  }

  /// The price of weight in smallest units of an asset.
  public func weightFee(
    _ weight: Weight, in asset: AssetID, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<Balance, XcmPaymentError> {
    try await runtime(
      "XcmPaymentApi_query_weight_to_asset_fee", weight.encoded() + VersionedAssetID.v5(asset).encoded(), at: hash)
  }

  /// What it costs to bring a program to another chain.
  /// - Parameter asset: The asset to pay in; `nil` for the one that the chain charges.
  public func deliveryFees(
    of program: VersionedXcm, to destination: Location, in asset: AssetID? = nil, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<VersionedAssets, XcmPaymentError> {
    let payment = asset.map { VersionedAssetID.v5($0).encoded() } ?? []
    return try await runtime(
      "XcmPaymentApi_query_delivery_fees", VersionedLocation.v5(destination).encoded() + program.encoded() + payment,
      at: hash)
  }

  /// The account of a location on the chain.
  public func account(
    of location: Location, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<AccountID, LocationToAccountError> {
    try await runtime("LocationToAccountApi_convert_location", VersionedLocation.v5(location).encoded(), at: hash)
  }

  /// Whether the chain takes vouchers of an asset from a location.
  public func isTrustedReserve(
    _ location: Location, of asset: Asset, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<Bool, TrustedQueryError> {
    try await runtime(
      "TrustedQueryApi_is_trusted_reserve",
      VersionedAsset.v5(asset).encoded() + VersionedLocation.v5(location).encoded(), at: hash)
  }

  /// Whether the chain lets an asset teleport from and to a location.
  public func isTrustedTeleporter(
    _ location: Location, of asset: Asset, at hash: H256? = nil
  ) async throws(ChainClientError) -> ScaleResult<Bool, TrustedQueryError> {
    try await runtime(
      "TrustedQueryApi_is_trusted_teleporter",
      VersionedAsset.v5(asset).encoded() + VersionedLocation.v5(location).encoded(), at: hash)
  }

  /// Calls a runtime API by its name.
  private func runtime<T: ScaleDecodable>(
    _ name: String, _ arguments: [UInt8], at hash: H256?
  ) async throws(ChainClientError) -> T {
    try await answer("state_call", [.string(name), .hex(arguments)] + (hash.map { [.hash($0)] } ?? []))
      .decoded("answer of \(name)")
  }
}
