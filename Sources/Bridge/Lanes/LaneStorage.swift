public import Primitives

/// Where the rules of a lane read and write.
///
/// The messages pallet implements this over a block's state, a relayer over what it read from a node, tests over
/// dictionaries. Setting `nil` removes a row. A reader throws ``LaneError/corruptState`` for a row that does not decode.
public protocol LaneStorage {
  /// The sending half, or `nil` while the lane has not been opened here.
  func outboundLane(_ lane: LaneID) throws(LaneError) -> OutboundLane?
  mutating func setOutboundLane(_ lane: LaneID, _ state: OutboundLane)
  /// The receiving half, or `nil` while the lane has not been opened here.
  func inboundLane(_ lane: LaneID) throws(LaneError) -> InboundLane?
  mutating func setInboundLane(_ lane: LaneID, _ state: InboundLane)
  /// A message that was sent and is not settled.
  func message(_ key: MessageKey) throws(LaneError) -> OutboundMessage?
  mutating func setMessage(_ key: MessageKey, _ message: OutboundMessage?)
  /// The receipt of a message that was received and is not pruned.
  func receipt(_ key: MessageKey) throws(LaneError) -> Receipt?
  mutating func setReceipt(_ key: MessageKey, _ receipt: Receipt?)
  /// How many receipts of the lane stand in a relayer's name; 0 for none.
  func receiptCount(_ lane: LaneID, of relayer: AccountID) throws(LaneError) -> UInt32
  /// Writes that number; 0 removes the row.
  mutating func setReceiptCount(_ lane: LaneID, of relayer: AccountID, _ count: UInt32)
  /// BLAKE2b-256 of the message's encoding.
  func hash(of message: OutboundMessage) -> H256
}
