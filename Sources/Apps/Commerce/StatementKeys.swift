internal import EchoRuntime
internal import PalletAssets
internal import PalletRoyalty
internal import PalletSupport
internal import Primitives
internal import Proofs
internal import ScaleCodec
internal import XCM

/// A row of the state that a statement is computed from.
public enum StatementRow: Hashable, Sendable {
  case split
  /// What the split has earned of the asset, with the head of the sales.
  case account
  /// What the party has earned up to its last settlement.
  case ledger
  /// The party's units in one version of the split.
  case units(version: UInt32)
  /// What one unit had earned when one version of the split ended.
  case closing(version: UInt32)
  /// A payout that is under way.
  case payout(UInt64)
  /// The work whose split it is.
  case work
  /// How the asset is written; there is none for the native one.
  case name
}

extension StatementRow: CustomStringConvertible {
  /// Words for people.
  public var description: String {
    switch self {
    case .split: "the split"
    case .account: "the account of the asset"
    case .ledger: "the party's ledger"
    case .units(let version): "the party's units in version \(version)"
    case .closing(let version): "the closing of version \(version)"
    case .payout(let number): "payout \(number)"
    case .work: "the work"
    case .name: "the asset's name"
    }
  }
}

extension StatementSubject {
  /// Every row that a statement proves, present or absent, with its storage key.
  /// - Parameters:
  ///   - version: The split's version in the proven state.
  ///   - payouts: Those that are under way.
  /// - Complexity: Two keys for each version.
  public func rows(version: UInt32, payouts: [UInt64]) -> [(row: StatementRow, key: [UInt8])] {
    var rows: [(row: StatementRow, key: [UInt8])] = [
      (.split, key(of: .split)), (.account, key(of: .account)), (.ledger, key(of: .ledger)),
    ]
    for version in 0...version { rows.append((.units(version: version), key(of: .units(version: version)))) }
    for version in 0..<version { rows.append((.closing(version: version), key(of: .closing(version: version)))) }
    for payout in payouts { rows.append((.payout(payout), key(of: .payout(payout)))) }
    if work != nil { rows.append((.work, key(of: .work))) }
    if let name = nameKey { rows.append((.name, name)) }
    return rows
  }

  /// The storage key of a row. That of a work that the subject does not name is the key of the zero hash.
  public func key(of row: StatementRow) -> [UInt8] {
    switch row {
    case .split: Royalty.splits.key(split)
    case .account: Royalty.acc.key(split, asset)
    case .ledger: Royalty.ledger.key(Pair(split, party), asset)
    case .units(let version): Royalty.members.key(Pair(split, version), party)
    case .closing(let version): Royalty.closings.key(Pair(split, version), asset)
    case .payout(let number): Royalty.inFlight.key(number)
    case .work: Royalty.works.key(work ?? .zero)
    case .name: nameKey ?? []
    }
  }

  /// Where the chain says how the asset is written; `nil` for the native asset, which the chain's spec names.
  private var nameKey: [UInt8]? {
    if asset.isHere { return nil }
    if asset.parents == 0, asset.interior.count == 2, case .palletInstance(AssetsConfig.palletIndex)? = asset.interior.first,
      case .generalIndex(let id)? = asset.interior.last, let index = UInt32(exactly: id.value)
    {
      return AssetsConfig.store.metadata.key(index)
    }
    return ForeignAssetsConfig.store.metadata.key(asset)
  }

  /// The most versions of a split that one statement covers: what one proof has room for.
  public static let maximumVersion = UInt32((ProofBundle.maximumClaims - Statement.maximumPayouts - 8) / 2)
}
