import PalletSupport
import RuntimeKit
import TestKit
import Testing

private func byte(_ value: UInt8) -> [UInt8] { [value] }
private let event = EventRecord(phase: .initialization, event: [1, 2, 3])

/// Refuses with `.other` inside a transaction.
private func refuse(in context: ExecutionContext, after body: () -> Void) -> DispatchError? {
  attempt(in: context) { () throws(DispatchError) in
    body()
    throw .other
  }
}

@Suite("Execution context") struct ExecutionContextTests {
  @Test func readsTheParentsStateUntilItIsOverwritten() {
    let context = ExecutionContext(MemoryBackend([byte(1): byte(10), byte(2): byte(20)]))
    context.put(byte(2), nil)
    context.put(byte(3), byte(30))
    #expect(context.get(byte(1)) == byte(10))
    #expect(context.get(byte(2)) == nil)
    #expect(context.get(byte(3)) == byte(30))
  }

  @Test func listsChangesInByteOrderAndReadsAreNoChanges() {
    let context = ExecutionContext(MemoryBackend([byte(1): byte(10)]))
    _ = context.get(byte(1))
    context.put([2, 0], byte(1))
    context.put(byte(2), byte(1))
    context.put(byte(0), nil)
    #expect(context.changes().map(\.key) == [byte(0), byte(2), [2, 0]])
  }

  @Test func aRefusedTransactionLeavesNoTrace() {
    let context = ExecutionContext(MemoryBackend([byte(1): byte(10)]))
    context.put(byte(1), byte(11))
    context.deposit(event)
    let before = context.trace
    let error = refuse(in: context) {
      context.put(byte(1), byte(12))
      context.put(byte(1), nil)
      context.put(byte(9), byte(90))
      context.deposit(event)
    }
    #expect(error == .other)
    #expect(context.trace == before)
    #expect(context.get(byte(1)) == byte(11))
    #expect(context.get(byte(9)) == nil)
  }

  @Test func nestedTransactionsUndoOnlyThemselves() {
    let context = ExecutionContext.onEmptyState()
    let error = attempt(in: context) { () throws(DispatchError) in
      context.put(byte(1), byte(1))
      context.deposit(event)
      #expect(refuse(in: context) { context.put(byte(1), byte(2)) } == .other)
      #expect(attempt(in: context) { context.put(byte(2), byte(2)) } == nil)
    }
    #expect(error == nil)
    #expect(context.trace.cells == [byte(1): byte(1), byte(2): byte(2)])
    #expect(context.events == [event])
  }

  @Test func anOuterRefusalUndoesWhatInnerOnesKept() {
    let context = ExecutionContext.onEmptyState()
    let error = refuse(in: context) {
      #expect(attempt(in: context) { context.put(byte(1), byte(1)) } == nil)
      context.deposit(event)
    }
    #expect(error == .other)
    #expect(context.trace == .empty)
  }

  @Test func refusesTheTransactionAfterTheDeepest() {
    let context = ExecutionContext.onEmptyState()
    func nest(_ levels: Int) throws(DispatchError) {
      guard levels > 0 else { return }
      try context.transactional { () throws(DispatchError) in try nest(levels - 1) }
    }
    #expect(attempt(in: context) { () throws(DispatchError) in try nest(254) } == nil)
    let error = attempt(in: context) { () throws(DispatchError) in try nest(255) }
    #expect(error == .transactional(.limitReached))
  }

  @Test("random writes and rollbacks agree with a model", arguments: 0..<40 as Range<UInt64>)
  func agreesWithModel(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let context = ExecutionContext(MemoryBackend([byte(0): byte(0), byte(1): byte(1)]))
    var model: [[UInt8]: [UInt8]] = [byte(0): byte(0), byte(1): byte(1)]
    for _ in 0..<60 {
      let saved = model
      let keeps = random.chance(1, in: 2)
      let writes = (0..<random.next() % 5).map { _ in (byte(UInt8(random.next() % 6)), UInt8(random.next() % 4)) }
      let error = attempt(in: context) { () throws(DispatchError) in
        for (key, value) in writes {
          context.put(key, value == 0 ? nil : byte(value))
          model[key] = value == 0 ? nil : byte(value)
        }
        if !keeps { throw .other }
      }
      if error != nil { model = saved }
      for key in UInt8(0)..<6 { #expect(context.get(byte(key)) == model[byte(key)], "seed \(seed)") }
    }
  }
}

@Suite("Listing keys") struct KeyListingTests {
  private let backend = MemoryBackend(
    Dictionary(
      uniqueKeysWithValues: (0..<600).map { number in
        ([7, UInt8(number >> 8), UInt8(number & 255)], [1])
      }))

  @Test func mergesTheBlocksWritesWithTheParents() {
    let context = ExecutionContext(MemoryBackend([[7, 1]: [1], [7, 3]: [1], [8]: [1]]))
    context.put([7, 1], nil)
    context.put([7, 2], [1])
    context.put([6], [1])
    #expect(context.keys(prefix: [7], limit: 10) == [[7, 2], [7, 3]])
  }

  @Test func startsStrictlyAfterTheGivenKey() {
    let context = ExecutionContext(MemoryBackend([[7, 1]: [1], [7, 3]: [1]]))
    context.put([7, 2], [1])
    #expect(context.keys(prefix: [7], after: [7, 1], limit: 10) == [[7, 2], [7, 3]])
    #expect(context.keys(prefix: [7], after: [7, 2], limit: 10) == [[7, 3]])
  }

  @Test("pages through a large prefix", arguments: [1, 255, 256, 257, 600, 1000])
  func pages(limit: Int) {
    let context = ExecutionContext(backend)
    let keys = context.keys(prefix: [7], limit: limit)
    #expect(keys.count == min(limit, 600))
    #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) })
    #expect(keys.first == [7, 0, 0])
  }

  @Test func walksOnWhenWholePagesWereRemoved() {
    let context = ExecutionContext(backend)
    for number in 0..<550 { context.put([7, UInt8(number >> 8), UInt8(number & 255)], nil) }
    let keys = context.keys(prefix: [7], limit: 3)
    #expect(keys == [[7, 2, 38], [7, 2, 39], [7, 2, 40]])
  }

  @Test func ownKeysBehindTheFirstPageDoNotHideTheParents() {
    let context = ExecutionContext(backend)
    for number in 0..<10 { context.put([7, 9, UInt8(number)], [1]) }
    #expect(context.keys(prefix: [7], limit: 300).last == [7, 1, 43])
  }
}
