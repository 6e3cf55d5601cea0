import Lanes
import Primitives
import ScaleCodec

/// The lanes of one chain in dictionaries. A copy is the chain's state at some height.
struct MemoryLanes: LaneStorage, Equatable {
  var outboundLanes: [LaneID: OutboundLane] = [:]
  var inboundLanes: [LaneID: InboundLane] = [:]
  var messages: [MessageKey: OutboundMessage] = [:]
  var receipts: [MessageKey: Receipt] = [:]
  var receiptCounts: [LaneID: [AccountID: UInt32]] = [:]
  /// Counts writes, so that a refused transition can be seen to have made none.
  var writes = 0
  /// A row that stands for one that does not decode.
  var damaged: MessageKey?

  func outboundLane(_ lane: LaneID) throws(LaneError) -> OutboundLane? { outboundLanes[lane] }
  mutating func setOutboundLane(_ lane: LaneID, _ state: OutboundLane) {
    writes += 1
    outboundLanes[lane] = state
  }
  func inboundLane(_ lane: LaneID) throws(LaneError) -> InboundLane? { inboundLanes[lane] }
  mutating func setInboundLane(_ lane: LaneID, _ state: InboundLane) {
    writes += 1
    inboundLanes[lane] = state
  }
  func message(_ key: MessageKey) throws(LaneError) -> OutboundMessage? {
    guard key != damaged else { throw .corruptState }
    return messages[key]
  }
  mutating func setMessage(_ key: MessageKey, _ message: OutboundMessage?) {
    writes += 1
    messages[key] = message
  }
  func receipt(_ key: MessageKey) throws(LaneError) -> Receipt? {
    guard key != damaged else { throw .corruptState }
    return receipts[key]
  }
  mutating func setReceipt(_ key: MessageKey, _ receipt: Receipt?) {
    writes += 1
    receipts[key] = receipt
  }
  func receiptCount(_ lane: LaneID, of relayer: AccountID) throws(LaneError) -> UInt32 { receiptCounts[lane]?[relayer] ?? 0 }
  mutating func setReceiptCount(_ lane: LaneID, of relayer: AccountID, _ count: UInt32) {
    writes += 1
    receiptCounts[lane, default: [:]][relayer] = count == 0 ? nil : count
  }
  /// FNV-1a over the encoding: collisions do not matter here, and the room knows no hash function.
  func hash(of message: OutboundMessage) -> H256 {
    var word: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in message.encoded() { word = (word ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return H256(words: Words32(word, ~word, word &* 3, 1))
  }
}

extension H256 {
  static func test(_ word: UInt64) -> H256 { H256(words: Words32(word, 0, 0, word)) }
}
extension AccountID {
  static func test(_ word: UInt64) -> AccountID { AccountID(words: Words32(word, 0, 0, word)) }
}
extension OutboundMessage {
  static func test(
    payload: [UInt8] = [1, 2, 3], topic: UInt64 = 1, timeoutHeight: BlockNumber = 100, timeoutAt: Milliseconds = 100_000,
    fee: Balance = 5, refund: [UInt8] = [9]
  ) -> OutboundMessage {
    OutboundMessage(
      payload: payload, topic: .test(topic), timeoutHeight: timeoutHeight, timeoutAt: timeoutAt, fee: fee, refund: refund, sentAt: 1)
  }
}
extension DestinationClock {
  static let early = DestinationClock(height: 1, time: 1_000)
  static let late = DestinationClock(height: 100, time: 1_000)
}
