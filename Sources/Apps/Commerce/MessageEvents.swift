public import EchoRuntime
internal import PalletSupport
public import Primitives

/// What a chain told while it executed one message; a block may have executed others, and calls of other people.
public enum MessageEvents {
  /// The events of a message: those of its extrinsic between the end of the message before it and its own.
  /// - Parameters:
  ///   - records: All events of the block in which it was executed.
  ///   - message: Its topic.
  ///   - isEnd: Whether an event is what a chain tells last of a message.
  /// - Returns: Without the last one; empty when the message was not executed in this block.
  public static func of(_ message: H256, in records: [DecodedEvent], isEnd: (RuntimeEvent) -> Bool) -> [DecodedEvent] {
    guard let end = records.lastIndex(where: { isEnd($0.event) && $0.topics.contains(message) }) else { return [] }
    let before = records[..<end].lastIndex { $0.phase != records[end].phase || isEnd($0.event) }
    return Array(records[(before.map { $0 + 1 } ?? 0)..<end])
  }
}
