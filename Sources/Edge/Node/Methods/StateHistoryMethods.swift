internal import BlockExecution
internal import Primitives
internal import RPC

/// The methods of `state_*` whose work or answer grows with the state or the chain. Substrate calls them unsafe, and so
/// they are served to the operator only (Docs/formats/rpc.md).
extension NodeService {
  /// Most blocks of one `state_queryStorage`.
  static let maximumQueryBlocks: BlockNumber = 1024
  /// Most values that one `state_queryStorage` looks at.
  static let maximumQueryValues = 262_144

  nonisolated func registerStateHistory(_ methods: inout RPCMethods) {
    methods.method("state_getPairs", isUnsafe: true) { [self] params in
      let state = try state(at: params.optionalHash(1, "at"))
      let keys = try allKeys(under: params.optionalBytes(0, "prefix") ?? [], in: state)
      return .array(keys.map { key in [.hex(key), .hex(state.value(for: key) ?? [])] })
    }
    methods.method("state_queryStorage", isUnsafe: true) { [self] params in
      try changes(of: params.keys(0, "keys"), from: params.hash(1, "block"), to: params.optionalHash(2, "hash"))
    }
  }

  /// All keys under a prefix.
  /// - Throws: ``RPCError/invalidCount(value:limit:)`` when there are more than ``maximumAllKeys``.
  nonisolated func allKeys(under prefix: [UInt8], in state: StateView) throws(RPCError) -> [[UInt8]] {
    let keys = state.keys(prefix: prefix, after: nil, limit: Self.maximumAllKeys + 1)
    guard keys.count <= Self.maximumAllKeys else { throw .invalidCount(value: keys.count, limit: Self.maximumAllKeys) }
    return keys
  }

  /// Bytes of the value at a key or, when there is none, of all values under it together; null when that is nothing.
  nonisolated func storageSize(of key: [UInt8], in state: StateView) throws(RPCError) -> JSON {
    if let value = state.value(for: key) { return JSON(value.count) }
    let sum = try allKeys(under: key, in: state).reduce(0) { $0 + (state.value(for: $1)?.count ?? 0) }
    return sum > 0 ? JSON(sum) : .null
  }

  /// The values of keys at the first block of a range, then what each later block changed of them.
  ///
  /// - Throws: ``RPCError/invalidBlockRange(from:to:reason:)``; error 4003 when a state of the range is discarded.
  private nonisolated func changes(of keys: [(text: String, bytes: [UInt8])], from: H256, to: H256?) throws -> JSON {
    guard keys.count <= Self.maximumKeys else { throw RPCError.invalidCount(value: keys.count, limit: Self.maximumKeys) }
    let end = to ?? chain.best.hash
    func refusal(_ reason: String) -> RPCError { .invalidBlockRange(from: from.hex, to: end.hex, reason: reason) }
    guard let first = try chain.number(of: from) else { throw refusal("no header of block \(from.hex) is known") }
    guard let last = try chain.number(of: end) else { throw refusal("no header of block \(end.hex) is known") }
    guard first <= last else { throw refusal("from number > to number") }
    guard last - first < Self.maximumQueryBlocks else { throw refusal("more than \(Self.maximumQueryBlocks) blocks") }
    guard (Int(last - first) + 1) * keys.count <= Self.maximumQueryValues else {
      throw refusal("more than \(Self.maximumQueryValues) values")
    }
    // Backwards, so that each older state is rebuilt from the one after it.
    var rows: [(block: H256, values: [[UInt8]?])] = []
    for number in (first...last).reversed() {
      guard let state = try chain.state(at: number) else {
        throw RPCError.stateDiscarded(try chain.hash(at: number)?.hex ?? "block \(number)")
      }
      rows.append((state.hash, keys.map { state.value(for: $0.bytes) }))
    }
    var answer: [JSON] = []
    var known: [[UInt8]?]?
    for row in rows.reversed() {
      let changed = keys.indices.filter { known == nil || known?[$0] != row.values[$0] }
      known = row.values
      guard !changed.isEmpty else { continue }
      let changes = changed.map { index -> JSON in [.string(keys[index].text), Self.hexOrNull(row.values[index])] }
      answer.append(["block": .hash(row.block), "changes": .array(changes)])
    }
    return .array(answer)
  }

  static func hexOrNull(_ bytes: [UInt8]?) -> JSON {
    guard let bytes else { return .null }
    return .hex(bytes)
  }
}
