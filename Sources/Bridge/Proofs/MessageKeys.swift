internal import Hashing
public import Lanes
public import Primitives
internal import ScaleCodec

/// Where a chain's state holds the rows of its message lanes.
///
/// `twox128("Messages") ‖ twox128(item) ‖ lane[32] ‖ nonce u64`, the nonce with its highest byte first and
/// only where there is one. Nothing after the names is hashed, so rows of consecutive nonces are neighbours in
/// the trie and a batch shares its proof.
/// - SeeAlso: Docs/formats/proof-bundle.md, section 3.
public enum MessageKeys {
  /// The name that the messages pallet has in every runtime.
  public static let pallet = "Messages"

  /// The row of a message that was sent and is not settled. 72 bytes.
  public static func outbound(_ lane: LaneID, _ nonce: Nonce) -> [UInt8] {
    outboundPrefix + MessageKey(lane, nonce).encoded()
  }

  /// The row of the receipt of a message that was received and is not pruned. 72 bytes.
  public static func receipt(_ lane: LaneID, _ nonce: Nonce) -> [UInt8] {
    receiptsPrefix + MessageKey(lane, nonce).encoded()
  }

  /// The row of the sending half of a lane. 64 bytes.
  public static func outboundLane(_ lane: LaneID) -> [UInt8] { outboundLanesPrefix + lane.bytes }

  /// The row of the receiving half of a lane. 64 bytes.
  public static func inboundLane(_ lane: LaneID) -> [UInt8] { inboundLanesPrefix + lane.bytes }

  /// What the keys of all unsettled messages begin with. 32 bytes, like every prefix here.
  public static let outboundPrefix = prefix("Outbound")
  /// What the keys of all receipts begin with.
  public static let receiptsPrefix = prefix("Receipts")
  /// What the keys of all sending halves begin with.
  public static let outboundLanesPrefix = prefix("OutboundLanes")
  /// What the keys of all receiving halves begin with.
  public static let inboundLanesPrefix = prefix("InboundLanes")

  private static func prefix(_ item: String) -> [UInt8] {
    Hash.twox128(Array(pallet.utf8)) + Hash.twox128(Array(item.utf8))
  }
}
