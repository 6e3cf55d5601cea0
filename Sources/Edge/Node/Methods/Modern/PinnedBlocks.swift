internal import BlockExecution
internal import Primitives
internal import Synchronization

/// The blocks that follows keep readable, each with its state, and their bounds.
///
/// A pinned block's state is held here, so pruning cannot take it away. When all follows together hold too many blocks,
/// the one that holds the oldest is stopped: who unpins what is done with is never cut off for what others keep.
final class PinnedBlocks: Sendable {
  private struct Pin: Sendable {
    let state: StateView
    let since: ContinuousClock.Instant
  }

  private struct Holder: Sendable {
    var pins: [H256: Pin] = [:]
    /// Stops the follow; its pins are gone by then.
    let stop: @Sendable () -> Void

    var oldest: BlockNumber { pins.values.reduce(.max) { min($0, $1.state.number) } }
  }

  private struct State: Sendable {
    var holders: [ObjectIdentifier: Holder] = [:]
    /// How many follows hold a block.
    var counts: [H256: Int] = [:]

    mutating func release(_ hash: H256) {
      guard let count = counts[hash] else { return }
      counts[hash] = count > 1 ? count - 1 : nil
    }

    mutating func removeHolder(_ id: ObjectIdentifier) -> Holder? {
      guard let holder = holders.removeValue(forKey: id) else { return nil }
      for hash in holder.pins.keys { release(hash) }
      return holder
    }
  }

  private let limits: ModernLimits
  private let state = Mutex(State())

  init(limits: ModernLimits) { self.limits = limits }

  /// Different blocks that are held.
  var count: Int { state.withLock { $0.counts.count } }

  /// Lets a follow hold blocks, until ``close(_:)``.
  func open(_ follow: ObjectIdentifier, stop: @escaping @Sendable () -> Void) {
    state.withLock { $0.holders[follow] = Holder(stop: stop) }
  }

  /// Pins a block.
  /// - Returns: False when the follow has as many as it may, holds the oldest of too many, or was closed.
  func pin(_ block: StateView, for follow: ObjectIdentifier) -> Bool {
    let (isPinned, stopped) = state.withLock { state -> (Bool, [Holder]) in
      guard let holder = state.holders[follow], holder.pins.count < limits.pinsPerFollow else { return (false, []) }
      guard holder.pins[block.hash] == nil else { return (true, []) }
      var stopped: [Holder] = []
      while state.counts[block.hash] == nil, state.counts.count >= limits.pinnedBlocks {
        guard let last = state.holders.min(by: { $0.value.oldest < $1.value.oldest })?.key, last != follow else {
          return (false, stopped)
        }
        if let holder = state.removeHolder(last) { stopped.append(holder) }
      }
      state.holders[follow]?.pins[block.hash] = Pin(state: block, since: .now)
      state.counts[block.hash, default: 0] += 1
      return (true, stopped)
    }
    for holder in stopped { holder.stop() }
    return isPinned
  }

  /// The state of a block that a follow has pinned.
  func block(_ hash: H256, of follow: ObjectIdentifier) -> StateView? {
    state.withLock { $0.holders[follow]?.pins[hash]?.state }
  }

  /// Unpins blocks: all of them, or none when one is not pinned.
  /// - Returns: False when one is not pinned by this follow.
  func unpin(_ hashes: [H256], of follow: ObjectIdentifier) -> Bool {
    state.withLock { state in
      guard let pins = state.holders[follow]?.pins, hashes.allSatisfy({ pins[$0] != nil }) else { return false }
      for hash in hashes where state.holders[follow]?.pins.removeValue(forKey: hash) != nil { state.release(hash) }
      return true
    }
  }

  /// Whether a follow has held a block for too long.
  func hasExpired(_ follow: ObjectIdentifier) -> Bool {
    let now = ContinuousClock.now
    return state.withLock { state in
      state.holders[follow]?.pins.values.contains { now - $0.since >= limits.pinAge } ?? false
    }
  }

  /// Unpins everything that a follow has.
  func close(_ follow: ObjectIdentifier) { _ = state.withLock { $0.removeHolder(follow) } }
}
