import Hashing
import Lanes
import PalletSupport
import Primitives
import ScaleCodec

/// The lanes' rows in this chain's state.
struct LaneRows: LaneStorage {
  let context: ExecutionContext

  private func read<T>(_ body: () throws(DispatchError) -> T) throws(LaneError) -> T {
    do throws(DispatchError) { return try body() } catch { throw .corruptState }
  }

  func outboundLane(_ lane: LaneID) throws(LaneError) -> OutboundLane? {
    try read { () throws(DispatchError) in try Messages.outboundLanes.get(lane, in: context) }
  }
  func setOutboundLane(_ lane: LaneID, _ state: OutboundLane) { Messages.outboundLanes.set(lane, to: state, in: context) }
  func inboundLane(_ lane: LaneID) throws(LaneError) -> InboundLane? {
    try read { () throws(DispatchError) in try Messages.inboundLanes.get(lane, in: context) }
  }
  func setInboundLane(_ lane: LaneID, _ state: InboundLane) { Messages.inboundLanes.set(lane, to: state, in: context) }
  func message(_ key: MessageKey) throws(LaneError) -> OutboundMessage? {
    try read { () throws(DispatchError) in try Messages.outbound.get(key, in: context) }
  }
  func setMessage(_ key: MessageKey, _ message: OutboundMessage?) {
    if let message { Messages.outbound.set(key, to: message, in: context) } else { Messages.outbound.remove(key, in: context) }
  }
  func receipt(_ key: MessageKey) throws(LaneError) -> Receipt? {
    try read { () throws(DispatchError) in try Messages.receipts.get(key, in: context) }
  }
  func setReceipt(_ key: MessageKey, _ receipt: Receipt?) {
    if let receipt { Messages.receipts.set(key, to: receipt, in: context) } else { Messages.receipts.remove(key, in: context) }
  }
  func receiptCount(_ lane: LaneID, of relayer: AccountID) throws(LaneError) -> UInt32 {
    try read { () throws(DispatchError) in try Messages.receiptCounts.get(lane, relayer, in: context) ?? 0 }
  }
  func setReceiptCount(_ lane: LaneID, of relayer: AccountID, _ count: UInt32) {
    if count > 0 {
      Messages.receiptCounts.set(lane, relayer, to: count, in: context)
    } else {
      Messages.receiptCounts.remove(lane, relayer, in: context)
    }
  }
  func hash(of message: OutboundMessage) -> H256 { Hash.blake2b256(message.encoded()) }
}
