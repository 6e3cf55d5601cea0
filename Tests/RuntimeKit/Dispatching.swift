public import PalletSupport
public import Primitives
internal import ScaleCodec

/// Everything that a call can leave behind, for comparison before and after.
public struct Trace: Equatable, Sendable {
  public var cells: [[UInt8]: [UInt8]?]
  public var events: [EventRecord]

  /// No trace at all.
  public static let empty = Trace(cells: [:], events: [])
}

extension ExecutionContext {
  /// What has been written and emitted so far.
  public var trace: Trace {
    Trace(cells: Dictionary(uniqueKeysWithValues: changes().map { ($0.key, $0.value) }), events: events)
  }

  /// The events of one pallet so far, decoded.
  public func events<P: Pallet>(of pallet: P.Type) -> [P.Event] {
    events.compactMap { record in
      record.event.first == P.index ? try? P.Event(decoding: Array(record.event.dropFirst())) : nil
    }
  }
}

/// Makes a call as the runtime does: in a transaction of its own.
/// - Returns: Why it was refused; `nil` when it ran.
public func attempt<P: Pallet>(
  _ call: P.Call, of pallet: P.Type, origin: Origin, in context: ExecutionContext
) -> DispatchError? {
  attempt(in: context) { () throws(DispatchError) in try P.dispatch(call, origin: origin, in: context) }
}

/// Runs `body` in a transaction.
/// - Returns: Why it was refused; `nil` when it ran.
public func attempt(in context: ExecutionContext, _ body: () throws(DispatchError) -> Void) -> DispatchError? {
  do throws(DispatchError) {
    try context.transactional(body)
    return nil
  } catch {
    return error
  }
}

extension AccountID {
  /// An account for tests: 32 times the same byte.
  public static func test(_ byte: UInt8) -> AccountID {
    let word = UInt64(byte) &* 0x0101_0101_0101_0101
    return AccountID(words: Words32(word, word, word, word))
  }
}

extension MultiAddress {
  /// The address of a test account.
  public static func test(_ byte: UInt8) -> MultiAddress { .id(.test(byte)) }
}

extension Origin {
  /// The signature of a test account.
  public static func test(_ byte: UInt8) -> Origin { .signed(.test(byte)) }
}
