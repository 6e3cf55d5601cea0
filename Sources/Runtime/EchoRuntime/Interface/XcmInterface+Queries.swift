internal import PalletAssets
internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

extension XcmInterface {
  // MARK: Prices

  /// Most rows of a ledger that are asked for a price.
  private static let maximumRows = 1000

  /// The assets that pay for weight: the native one, then those of the ledgers in the order of their locations.
  static func acceptedAssets(in state: ExecutionContext) -> [AssetID] {
    // Enough weight for every price to show.
    let weight = Weight(refTime: 1_000_000_000_000)
    var candidates: [AssetID] = []
    for (id, _) in (try? AssetsConfig.store.asset.rows(in: state, limit: maximumRows)) ?? [] {
      candidates.append(
        AssetID(Location(.palletInstance(AssetsConfig.palletIndex), .generalIndex(Compact(UInt128(id))))))
    }
    for (location, _) in (try? ForeignAssetsConfig.store.asset.rows(in: state, limit: maximumRows)) ?? [] {
      candidates.append(AssetID(location))
    }
    let priced = candidates.filter { ExecutionPrices.price(of: weight, in: $0, state: state) != nil }.sorted()
    return Array(([AssetID(.here)] + priced).prefix(XcmTraceLimits.acceptedAssets))
  }

  @Sendable static func acceptablePaymentAssets(_ state: ExecutionContext, _ version: UInt32)
    -> ScaleResult<[VersionedAssetID], XcmPaymentError>
  {
    answer { () throws(XcmPaymentError) in
      guard XcmVersion.supported.contains(version) else { throw .unhandledXcmVersion }
      var result: [VersionedAssetID] = []
      // What the version cannot name is left out, as in the reference.
      for id in acceptedAssets(in: state) {
        if let named = try? VersionedAssetID.v5(id).into(version: version) { result.append(named) }
      }
      return result
    }
  }

  @Sendable static func xcmWeight(_ state: ExecutionContext, _ message: VersionedXcm) -> ScaleResult<Weight, XcmPaymentError> {
    answer { () throws(XcmPaymentError) in
      let program = try known { () throws(XcmConversionError) in try message.latest() }
      do throws(XcmError) { return try XcmSettings.weigher.weight(of: program, in: state) } catch {
        throw .weightNotComputable
      }
    }
  }

  @Sendable static func weightToAssetFee(_ state: ExecutionContext, _ weight: Weight, _ asset: VersionedAssetID)
    -> ScaleResult<Balance, XcmPaymentError>
  {
    answer { () throws(XcmPaymentError) in
      let id = try known { () throws(XcmConversionError) in try asset.latest() }
      guard let price = ExecutionPrices.price(of: weight, in: id, state: state) else { throw .assetNotFound }
      return price
    }
  }

  /// The answer has the newer version of the two. In another asset than the native one it is what the exchanger takes.
  @Sendable static func deliveryFees(
    _ state: ExecutionContext, _ location: VersionedLocation, _ message: VersionedXcm, _ asset: VersionedAssetID
  ) -> ScaleResult<VersionedAssets, XcmPaymentError> {
    answer { () throws(XcmPaymentError) in
      let destination = try known { () throws(XcmConversionError) in try location.latest() }
      let program = try known { () throws(XcmConversionError) in try message.latest() }
      let payment = try known { () throws(XcmConversionError) in try asset.latest() }
      var fees: XCM.Assets
      do throws(XcmError) {
        fees = try XcmSettings.Router.deliveryFee(to: destination, program: program, in: state)
      } catch {
        throw .unroutable
      }
      if !fees.isEmpty, fees.items.contains(where: { $0.id != payment }) {
        let offer = XCM.Assets(Asset(payment, amount: .max))
        guard let price = XcmSettings.Exchanger.quote(offer, for: fees, maximal: false, in: state) else {
          throw .assetNotFound
        }
        fees = price
      }
      return try known { () throws(XcmConversionError) in
        try VersionedAssets.v5(fees).into(version: max(location.version, message.version))
      }
    }
  }

  private static func known<T>(_ body: () throws(XcmConversionError) -> T) throws(XcmPaymentError) -> T {
    do throws(XcmConversionError) { return try body() } catch { throw .versionedConversionFailed }
  }

  // MARK: Accounts and trust

  @Sendable static func convertLocation(_: ExecutionContext, _ versioned: VersionedLocation)
    -> ScaleResult<AccountID, LocationToAccountError>
  {
    answer { () throws(LocationToAccountError) in
      guard let location = try? versioned.latest() else { throw .versionedConversionFailed }
      guard let account = EchoRuntime.account(of: location) else { throw .unsupported }
      return account
    }
  }

  static func isTrusted(
    _ asset: VersionedAsset, _ location: VersionedLocation, in state: ExecutionContext,
    _ rule: (Location, Asset, ExecutionContext) -> Bool
  ) -> ScaleResult<Bool, TrustedQueryError> {
    answer { () throws(TrustedQueryError) in
      guard let asset = try? asset.latest() else { throw .versionedAssetConversionFailed }
      guard let location = try? location.latest() else { throw .versionedLocationConversionFailed }
      return rule(location, asset, state)
    }
  }
}
