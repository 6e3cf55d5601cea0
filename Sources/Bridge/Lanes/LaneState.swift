public import Primitives
public import ScaleCodec

/// Names a lane; the same at both of its ends.
///
/// Derived from the two endpoints by the messages pallet. Lanes between different pairs of chains have different ids,
/// so a proof about one cannot serve another.
public typealias LaneID = H256

/// Numbers the messages of one direction of a lane, from 1 without gaps.
public typealias Nonce = UInt64

/// In which order a destination takes messages.
@ScaleCodable(path: "echo_lanes::LaneMode")
public enum LaneMode: Hashable, Sendable {
  /// Strictly by nonce. A message that comes too late gets a receipt that says so, and the lane goes on.
  @ScaleIndex(0) case ordered
  /// In any order. A message that comes too late gets no receipt.
  @ScaleIndex(1) case unordered
}

/// What an end of a lane does at present; it concerns both directions.
@ScaleCodable(path: "echo_lanes::LaneStatus")
public enum LaneStatus: Hashable, Sendable {
  @ScaleIndex(0) case open
  /// Nothing moves: no sending, receiving, settling or refunding. For emergencies, where a proof may be a forgery.
  @ScaleIndex(1) case paused
  /// Nothing is sent; all else goes on, so that what is in flight ends.
  @ScaleIndex(2) case draining
  /// Nothing is sent or received; no sent message is unsettled.
  @ScaleIndex(3) case closed
}

/// The sending half of a lane's end, stored at `Messages.OutboundLanes[lane]` and proven to the other end.
///
/// A message is settled when it was confirmed or timed out: its row is then gone for ever.
/// Always `latestGenerated == confirmed + timedOut + unsettled`.
@ScaleCodable(path: "echo_lanes::OutboundLane")
public struct OutboundLane: Hashable, Sendable {
  public var status: LaneStatus
  public var mode: LaneMode
  /// The nonce of the newest message; 0 before the first.
  public var latestGenerated: Nonce
  /// Every nonce below this one is settled; at most `latestGenerated + 1`. Never falls. This is what a destination
  /// prunes by. It may lag behind the exact value, because moving it is bounded work.
  public var oldestUnsettled: Nonce
  /// Messages with a row.
  public var unsettled: UInt32
  /// Messages that ended by a proven receipt, whatever it says.
  public var confirmed: UInt64
  /// Messages that ended by a proven absence of a receipt.
  public var timedOut: UInt64

  /// A lane that has sent nothing.
  public init(mode: LaneMode) {
    status = .open
    self.mode = mode
    latestGenerated = 0
    oldestUnsettled = 1
    unsettled = 0
    confirmed = 0
    timedOut = 0
  }
}

/// The receiving half of a lane's end, stored at `Messages.InboundLanes[lane]` and proven to the other end.
@ScaleCodable(path: "echo_lanes::InboundLane")
public struct InboundLane: Hashable, Sendable {
  public var mode: LaneMode
  /// The only nonce that an ordered lane takes next; stays 1 on unordered lanes.
  public var nextOrdered: Nonce
  /// The highest nonce with a receipt so far; 0 before the first.
  public var highestReceived: Nonce
  /// Every nonce below this one is settled at the source and refused for ever. Never falls.
  public var prunedBelow: Nonce
  /// Receipts that stand in state.
  public var receipts: UInt32
  /// Relayers of those receipts.
  public var relayers: UInt32

  /// A lane that has received nothing.
  public init(mode: LaneMode) {
    self.mode = mode
    nextOrdered = 1
    highestReceived = 0
    prunedBelow = 1
    receipts = 0
    relayers = 0
  }
}

/// The key of a message or a receipt: the lane, then the nonce with its highest byte first.
///
/// Unhashed in storage, so that consecutive messages lie side by side in the trie and a batch shares its proof.
/// - SeeAlso: architecture.md, decision 7.
public struct MessageKey: Hashable, Sendable {
  public var lane: LaneID
  public var nonce: Nonce

  public init(_ lane: LaneID, _ nonce: Nonce) {
    self.lane = lane
    self.nonce = nonce
  }
}

extension MessageKey: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["echo_lanes", "MessageKey"],
      .composite([
        .init(name: "lane", type: TypeReference(H256.self), typeName: "LaneId"),
        .init(name: "nonce", type: TypeReference(FixedBytes<8>.self), typeName: "[u8; 8]"),
      ]))
  }
  public var encodedSize: Int { 40 }
  public func encode(into writer: inout ScaleWriter) {
    lane.encode(into: &writer)
    nonce.byteSwapped.encode(into: &writer)
  }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    lane = try H256(from: &reader)
    nonce = try UInt64(from: &reader).byteSwapped
  }
}

/// Consecutive nonces, both ends included.
@ScaleCodable(path: "echo_lanes::NonceRange")
public struct NonceRange: Hashable, Sendable {
  public var begin: Nonce
  public var end: Nonce

  public init(_ begin: Nonce, _ end: Nonce) {
    self.begin = begin
    self.end = end
  }

  /// No nonces, in the only form that stands for it: a delivery of nothing shows the source's lane state alone.
  public static let empty = NonceRange(1, 0)

  /// The nonces as a Swift range.
  /// - Returns: `nil` for an empty range, one that starts at 0, or one of more than ``LaneLimits/batch`` nonces.
  public var nonces: ClosedRange<Nonce>? {
    guard begin >= 1, end >= begin, end - begin < UInt64(LaneLimits.batch) else { return nil }
    return begin...end
  }
}
