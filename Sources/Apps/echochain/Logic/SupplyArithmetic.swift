import Primitives

/// The books of one asset between its home chain and those that hold units of it. Smallest units.
struct SupplyRow: Hashable, Sendable {
  /// What an asset's home chain keeps for units that exist elsewhere.
  enum Backing: String, Hashable, Sendable {
    /// The holder's sovereign account: the home chain is the asset's reserve.
    case escrow
    /// The checking account: the asset teleports, and all its holders share the account.
    case checking
  }

  var backing: Backing
  var symbol: String
  var decimals: UInt8
  /// Name of the chain that the asset is at home on.
  var reserve: String
  /// Name of the chain that holds vouchers; of an asset that teleports the names of all, joined by `+`.
  var holder: String
  /// What the account that ``backing`` names has on the home chain.
  var escrow: Balance
  /// Units in existence on the holder.
  var vouchers: Balance
  /// Left the reserve and not arrived, or to be given back there; overdue refunds included.
  var outward: Balance
  /// Left the holder and not arrived, or to be given back there.
  var homeward: Balance
  /// Left behind by programs on the holder and waiting for their owners.
  var trapped: Balance
  /// Collected as fees on the holder, in too small amounts so far for an account to hold.
  var uncollected: Balance

  /// What somebody may ask the escrow for.
  var owed: Balance {
    vouchers.addingSaturating(outward).addingSaturating(homeward).addingSaturating(trapped).addingSaturating(uncollected)
  }

  /// Escrow minus what is owed: zero in balance, below zero when vouchers are not covered.
  var difference: Difference { Difference(escrow, minus: owed) }

  var isBalanced: Bool { difference.isZero }
  /// Whether every voucher is covered.
  var isCovered: Bool { !difference.isNegative }
}

/// The books of all assets over all pairs of chains at one consistent cut.
struct SupplyReport: Sendable {
  /// A chain and the finalised block at which it was read.
  struct Cut: Hashable, Sendable {
    var chain: String
    var number: BlockNumber
    var hash: H256
  }

  var network: String
  var cuts: [Cut]
  var rows: [SupplyRow]
  /// Messages between the cuts, both ways.
  var messagesInFlight: Int

  var isBalanced: Bool { rows.allSatisfy(\.isBalanced) }
  var isCovered: Bool { rows.allSatisfy(\.isCovered) }
}

/// Finds a cut through chains whose views of each other are consistent.
///
/// A view is how high a chain's light client has seen another. A cut is consistent when no chain at its height has seen
/// another beyond that one's height: then every arrival that the cut shows was sent within the cut.
enum ConsistentCut {
  /// A chain whose height must rise, and to what.
  struct Lift: Hashable, Sendable {
    var chain: UInt32
    var atLeast: BlockNumber
  }

  /// - Parameters:
  ///   - heights: The cut, by para id.
  ///   - views: What each chain has seen of others at its height: `views[viewer][viewed]`.
  /// - Returns: The chains that must be read later; none when the cut is consistent.
  static func lifts(heights: [UInt32: BlockNumber], views: [UInt32: [UInt32: BlockNumber]]) -> [Lift] {
    var needed: [UInt32: BlockNumber] = [:]
    for (_, seen) in views {
      for (chain, height) in seen {
        guard let own = heights[chain], height > own else { continue }
        needed[chain] = max(needed[chain] ?? 0, height)
      }
    }
    return needed.sorted { $0.key < $1.key }.map { Lift(chain: $0.key, atLeast: $0.value) }
  }
}

/// Whether a message between two cuts still counts as on its way.
enum MessageState: Hashable, Sendable {
  /// Not received, or received and to be given back at its source.
  case inFlight
  /// Its effect stands at the destination.
  case arrived

  /// - Parameters:
  ///   - receipt: Whether the destination's receipt says that the source gives back; `nil` without a receipt.
  ///   - prunedBelow: Nonces below this one are settled at the source, as the destination knows.
  init(nonce: UInt64, receipt refunds: Bool?, prunedBelow: UInt64) {
    if let refunds {
      self = refunds ? .inFlight : .arrived
    } else {
      self = nonce >= prunedBelow ? .inFlight : .arrived
    }
  }
}
