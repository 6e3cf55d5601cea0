import Hashing
import PalletSupport
import Primitives
import ScaleCodec
import XCM

/// The rules of trapping and claiming over one storage map: how often each combination of owner and assets is owed.
///
/// The key is blake2b-256 of the owner's location and the versioned assets, so a claim must name exactly what was
/// trapped.
/// - SeeAlso: polkadot-sdk `pallet_xcm::AssetTraps`.
struct AssetTrapLedger: Sendable {
  private let rows: OptionalStorageMap<H256, UInt32>

  /// - Parameter rows: Hash to the number of equal traps.
  init(_ rows: OptionalStorageMap<H256, UInt32>) { self.rows = rows }

  /// The key of assets that are owed to `origin`.
  static func hash(origin: Location, assets: VersionedAssets) -> H256 {
    Hash.blake2b256(origin.encoded() + assets.encoded())
  }

  /// Records that `assets` are owed to `origin`.
  /// - Returns: The key.
  /// - Throws: ``DispatchError/corruption``
  func trap(_ assets: Assets, for origin: Location, in state: ExecutionContext) throws(DispatchError) -> H256 {
    let key = Self.hash(origin: origin, assets: .v5(assets))
    let count = try rows.get(key, in: state) ?? 0
    rows.set(key, to: count.addingSaturating(1), in: state)
    return key
  }

  /// Removes one record of exactly `assets`.
  ///
  /// - Parameter ticket: `Here` or `GeneralIndex` of the version that the assets were trapped in, which here is
  ///   always the latest.
  /// - Returns: The key, or `nil` when nothing matches.
  /// - Throws: ``DispatchError/corruption``
  func claim(
    _ assets: Assets, ticket: Location, origin: Location, in state: ExecutionContext
  ) throws(DispatchError) -> H256? {
    let latest = Location(.generalIndex(Compact(UInt128(XcmVersion.latest))))
    guard ticket.isHere || ticket == latest else { return nil }
    let key = Self.hash(origin: origin, assets: .v5(assets))
    guard let count = try rows.get(key, in: state), count > 0 else { return nil }
    if count == 1 { rows.remove(key, in: state) } else { rows.set(key, to: count - 1, in: state) }
    return key
  }
}
