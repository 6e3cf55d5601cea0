internal import Synchronization

/// Values that many subscriptions are sent alike: each becomes text once, however many listen.
///
/// Whoever joins is sent the current value, and then every later one: none twice, none left out, in ascending order.
/// One task serves all members; it runs only while there are any.
public final class RPCTopic: Sendable {
  /// One value with its place among the others.
  public struct Item: Sendable {
    /// Grows from value to value: a block's height, for instance.
    public let order: UInt64
    let value: @Sendable () -> JSON

    /// - Parameter value: Called at most once for each order.
    public init(order: UInt64, _ value: @escaping @Sendable () -> JSON) {
      self.order = order
      self.value = value
    }
  }

  private struct Member {
    let sink: SubscriptionSink
    /// The order of the value that it was sent when it joined.
    let joined: UInt64
    let onEnd: @Sendable () -> Void
  }

  private struct State {
    var members: [UInt64: Member] = [:]
    var lastMember: UInt64 = 0
    /// The latest value as text.
    var latest: (order: UInt64, text: [UInt8])?
    /// The order that was sent to all members last.
    var published: UInt64 = 0
    var pump: Task<Void, Never>?
    /// Which pump may publish: one that was told to stop may still hold a value.
    var generation: UInt64 = 0
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let current: @Sendable () -> Item
  private let startPump: @Sendable (RPCTopic, UInt64) -> Task<Void, Never>

  /// - Parameters:
  ///   - current: The newest value. It must not wait for a subscription.
  ///   - changes: Begins to listen, before it returns, for values after the current one. When its sequence ends, the
  ///     topic is over, and with it every subscription.
  public init<Changes: AsyncSequence & Sendable>(
    current: @escaping @Sendable () -> Item, changes: @escaping @Sendable () -> Changes
  ) where Changes.Element == Item {
    self.current = current
    startPump = { topic, generation in
      let changes = changes()
      return Task { [weak topic] in
        do { for try await item in changes { topic?.publish(item, generation) } } catch {}
        if !Task.isCancelled { topic?.end() }
      }
    }
  }

  /// Sends a subscription the current value and adds it.
  ///
  /// - Parameter onEnd: Called when the topic ends.
  /// - Returns: What takes the subscription out again; `nil` when the topic or the subscription is over.
  func join(_ sink: SubscriptionSink, onEnd: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
    let number: UInt64? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      // First the ears, then the current value: what comes in between is heard and, by its order, not sent twice.
      if state.pump == nil {
        state.generation += 1
        state.published = 0
        state.pump = startPump(self, state.generation)
      }
      let item = current()
      guard sink.deliver(Self.text(of: item, &state)) else {
        if state.members.isEmpty { Self.stopPump(&state) }
        return nil
      }
      state.lastMember += 1
      state.members[state.lastMember] = Member(sink: sink, joined: item.order, onEnd: onEnd)
      return state.lastMember
    }
    guard let number else { return nil }
    return { self.leave(number) }
  }

  private func leave(_ member: UInt64) {
    state.withLock { state in
      guard state.members.removeValue(forKey: member) != nil, state.members.isEmpty else { return }
      Self.stopPump(&state)
    }
  }

  private func publish(_ item: Item, _ generation: UInt64) {
    state.withLock { state in
      guard state.generation == generation, item.order > state.published, !state.members.isEmpty else { return }
      state.published = item.order
      let text = Self.text(of: item, &state)
      var gone: [UInt64] = []
      for (number, member) in state.members where member.joined < item.order {
        if !member.sink.deliver(text) { gone.append(number) }
      }
      for number in gone { state.members[number] = nil }
      if state.members.isEmpty { Self.stopPump(&state) }
    }
  }

  private func end() {
    let members = state.withLock { state in
      state.hasEnded = true
      Self.stopPump(&state)
      let members = Array(state.members.values)
      state.members = [:]
      return members
    }
    for member in members { member.onEnd() }
  }

  private static func stopPump(_ state: inout State) {
    state.pump?.cancel()
    state.pump = nil
    state.generation += 1
  }

  /// The text of a value, made once.
  private static func text(of item: Item, _ state: inout State) -> [UInt8] {
    if let latest = state.latest, latest.order == item.order { return latest.text }
    let text = item.value().encoded()
    if item.order >= state.latest?.order ?? 0 { state.latest = (item.order, text) }
    return text
  }
}
