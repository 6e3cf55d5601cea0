internal import BlockExecution
internal import Primitives
internal import RPC
internal import Synchronization

/// Watches keys of the state for many subscriptions: one task and one look at what each block changed, however many
/// there are.
///
/// Whoever joins is sent the current values of all its keys and then, block by block, those that changed.
final class StorageWatch: Sendable {
  /// A key with the spelling that its subscription uses.
  typealias Key = (text: String, bytes: [UInt8])

  private struct Member {
    let sink: SubscriptionSink
    let keys: [Key]
    /// The block whose values it was sent when it joined.
    let joined: BlockNumber
    let onEnd: @Sendable () -> Void
  }

  private struct State {
    var members: [UInt64: Member] = [:]
    var lastMember: UInt64 = 0
    /// Which members watch a key.
    var watchers: [[UInt8]: Set<UInt64>] = [:]
    var pump: Task<Void, Never>?
    /// Which pump may publish: one that was told to stop may still hold a block.
    var generation: UInt64 = 0
    var hasEnded = false
  }

  private let chain: Chain
  private let blocks: Broadcast<NewBlock>
  private let state = Mutex(State())

  init(chain: Chain, blocks: Broadcast<NewBlock>) {
    self.chain = chain
    self.blocks = blocks
  }

  /// The feed of a subscription to `keys`.
  func feed(_ keys: [Key]) -> RPCFeed {
    RPCFeed(keys: keys.count) { [self] sink, onEnd in join(keys, sink, onEnd) }
  }

  private func join(_ keys: [Key], _ sink: SubscriptionSink, _ onEnd: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
    let number: UInt64? = state.withLock { state in
      guard !state.hasEnded else { return nil }
      // First the ears, then the current values: a block in between is heard and, by its number, not sent twice.
      if state.pump == nil { startPump(&state) }
      let best = chain.best
      let values = keys.map { key -> JSON in [.string(key.text), NodeService.hexOrNull(best.value(for: key.bytes))] }
      guard (try? sink.send(["block": .hash(best.hash), "changes": .array(values)])) != nil else {
        if state.members.isEmpty { Self.stopPump(&state) }
        return nil
      }
      state.lastMember += 1
      state.members[state.lastMember] = Member(sink: sink, keys: keys, joined: best.number, onEnd: onEnd)
      for key in keys { state.watchers[key.bytes, default: []].insert(state.lastMember) }
      return state.lastMember
    }
    guard let number else { return nil }
    return { self.leave(number) }
  }

  private func leave(_ member: UInt64) { state.withLock { Self.remove(member, &$0) } }

  private static func remove(_ number: UInt64, _ state: inout State) {
    guard let member = state.members.removeValue(forKey: number) else { return }
    for key in member.keys {
      state.watchers[key.bytes]?.remove(number)
      if state.watchers[key.bytes]?.isEmpty == true { state.watchers[key.bytes] = nil }
    }
    if state.members.isEmpty { stopPump(&state) }
  }

  private func startPump(_ state: inout State) {
    state.generation += 1
    let (generation, blocks) = (state.generation, blocks.values())
    state.pump = Task { [weak self] in
      for await block in blocks { self?.publish(block.state, generation) }
      if !Task.isCancelled { self?.end() }
    }
  }

  private static func stopPump(_ state: inout State) {
    state.pump?.cancel()
    state.pump = nil
    state.generation += 1
  }

  private func end() {
    let members = state.withLock { state in
      state.hasEnded = true
      Self.stopPump(&state)
      let members = Array(state.members.values)
      (state.members, state.watchers) = ([:], [:])
      return members
    }
    for member in members { member.onEnd() }
  }

  private func publish(_ view: StateView, _ generation: UInt64) {
    let changed = try? chain.changedKeys(by: view.number)
    state.withLock { state in
      guard state.generation == generation else { return }
      // What a block changed is known unless this task is far behind; then every key counts as changed.
      var values: [[UInt8]: JSON] = [:]
      var told: Set<UInt64> = []
      for key in changed ?? Array(state.watchers.keys) {
        guard let watchers = state.watchers[key] else { continue }
        values[key] = NodeService.hexOrNull(view.value(for: key))
        told.formUnion(watchers)
      }
      for number in told {
        guard let member = state.members[number], member.joined < view.number else { continue }
        let changes = member.keys.compactMap { key -> JSON? in
          guard let value = values[key.bytes] else { return nil }
          return [.string(key.text), value]
        }
        let isOpen = (try? member.sink.send(["block": .hash(view.hash), "changes": .array(changes)])) != nil
        if !isOpen { Self.remove(number, &state) }
      }
    }
  }
}
