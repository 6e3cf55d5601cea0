internal import Primitives
public import ScaleCodec
internal import Hashing

/// How a map's key becomes the tail of a storage key. The numbers are metadata's.
public enum StorageHasher: UInt8, Sendable {
  case blake2b128 = 0
  case blake2b256
  case blake2b128Concat
  case twox128
  case twox256
  case twox64Concat
  case identity

  /// The hashed form of an encoded key.
  public func hash(_ key: [UInt8]) -> [UInt8] {
    switch self {
    case .blake2b128: Hash.blake2b128(key)
    case .blake2b256: Hash.blake2b256(key).bytes
    case .blake2b128Concat: Hash.blake2b128(key) + key
    case .twox128: Hash.twox128(key)
    case .twox256: Hash.twox256(key)
    case .twox64Concat: Hash.twox64(key) + key
    case .identity: key
    }
  }

  /// Bytes that stand before the key itself, or `nil` when the key cannot be recovered.
  public var prefixLength: Int? {
    switch self {
    case .blake2b128Concat: 16
    case .twox64Concat: 8
    case .identity: 0
    case .blake2b128, .blake2b256, .twox128, .twox256: nil
    }
  }
}

/// What metadata says of a storage item.
public struct StorageEntry: Sendable {
  public enum Kind: Sendable {
    case plain(TypeReference)
    case map(hashers: [StorageHasher], key: TypeReference, value: TypeReference)
  }
  public var name: String
  /// Whether an absent item reads as its default rather than as nothing.
  public var hasDefault: Bool
  public var kind: Kind
  /// What an absent item decodes as; `00` for optional items.
  public var fallback: [UInt8]
  public var docs: [String]
}

/// The storage key of an item: twox128 of the pallet's name, then of the item's.
public func storagePrefix(_ pallet: String, _ item: String) -> [UInt8] {
  Hash.twox128(Array(pallet.utf8)) + Hash.twox128(Array(item.utf8))
}

private func decodeStored<Value: ScaleDecodable>(_ bytes: [UInt8]?, as _: Value.Type = Value.self) throws(DispatchError) -> Value? {
  guard let bytes else { return nil }
  do { return try Value(decoding: bytes) } catch { throw .corruption }
}

/// A single value that may be absent.
public struct OptionalStorageValue<Value: ScaleCodable & Sendable>: Sendable {
  /// The full storage key.
  public let key: [UInt8]
  public let entry: StorageEntry

  public init(_ pallet: String, _ item: String, docs: [String] = []) {
    key = storagePrefix(pallet, item)
    entry = StorageEntry(name: item, hasDefault: false, kind: .plain(TypeReference(Value.self)), fallback: [0], docs: docs)
  }

  /// The value, or `nil`.
  public func get(in context: ExecutionContext) throws(DispatchError) -> Value? { try decodeStored(context.get(key)) }
  /// Writes the value.
  public func set(_ value: Value, in context: ExecutionContext) { context.put(key, value.encoded()) }
  /// Removes the value.
  public func remove(in context: ExecutionContext) { context.put(key, nil) }
  /// Whether there is a value.
  public func exists(in context: ExecutionContext) -> Bool { context.get(key) != nil }
}

/// A single value that reads as its default while absent.
public struct StorageValue<Value: ScaleCodable & Sendable>: Sendable {
  /// The full storage key.
  public let key: [UInt8]
  public let entry: StorageEntry
  private let fallback: Value

  public init(_ pallet: String, _ item: String, default fallback: Value, docs: [String] = []) {
    key = storagePrefix(pallet, item)
    self.fallback = fallback
    entry = StorageEntry(name: item, hasDefault: true, kind: .plain(TypeReference(Value.self)), fallback: fallback.encoded(), docs: docs)
  }

  /// The value, or the default.
  public func get(in context: ExecutionContext) throws(DispatchError) -> Value { try decodeStored(context.get(key)) ?? fallback }
  /// Writes the value.
  public func set(_ value: Value, in context: ExecutionContext) { context.put(key, value.encoded()) }
  /// Removes the value, so that it reads as the default.
  public func remove(in context: ExecutionContext) { context.put(key, nil) }
  /// Reads, changes and writes in one step; nothing is written when `body` throws.
  public func mutate<R>(in context: ExecutionContext, _ body: (inout Value) throws(DispatchError) -> R) throws(DispatchError) -> R {
    var value = try get(in: context)
    let result = try body(&value)
    set(value, in: context)
    return result
  }
}

/// A map whose rows may be absent.
public struct OptionalStorageMap<Key: ScaleCodable & Sendable, Value: ScaleCodable & Sendable>: Sendable {
  /// The part of the storage key that all rows share.
  public let prefix: [UInt8]
  public let hasher: StorageHasher
  public let entry: StorageEntry

  public init(_ pallet: String, _ item: String, hasher: StorageHasher, docs: [String] = []) {
    prefix = storagePrefix(pallet, item)
    self.hasher = hasher
    entry = StorageEntry(
      name: item, hasDefault: false,
      kind: .map(hashers: [hasher], key: TypeReference(Key.self), value: TypeReference(Value.self)), fallback: [0], docs: docs)
  }

  /// The storage key of a row.
  public func key(_ key: Key) -> [UInt8] { prefix + hasher.hash(key.encoded()) }
  /// The row, or `nil`.
  public func get(_ key: Key, in context: ExecutionContext) throws(DispatchError) -> Value? { try decodeStored(context.get(self.key(key))) }
  /// Writes a row.
  public func set(_ key: Key, to value: Value, in context: ExecutionContext) { context.put(self.key(key), value.encoded()) }
  /// Removes a row.
  public func remove(_ key: Key, in context: ExecutionContext) { context.put(self.key(key), nil) }
  /// Whether the row exists.
  public func exists(_ key: Key, in context: ExecutionContext) -> Bool { context.get(self.key(key)) != nil }

  /// Rows in the order of their storage keys, at most `limit`.
  /// - Precondition: The hasher keeps the key (a `Concat` hasher or identity).
  public func rows(in context: ExecutionContext, limit: Int) throws(DispatchError) -> [(key: Key, value: Value)] {
    guard let skip = hasher.prefixLength else {
      preconditionFailure("storage: rows of \(entry.name) cannot be listed, its hasher loses the key")
    }
    var rows: [(key: Key, value: Value)] = []
    for raw in context.keys(prefix: prefix, limit: limit) {
      let tail = Array(raw.dropFirst(prefix.count + skip))
      guard let key: Key = try decodeStored(tail), let value: Value = try decodeStored(context.get(raw)) else { throw .corruption }
      rows.append((key, value))
    }
    return rows
  }
}

/// A map whose rows read as a default while absent.
public struct StorageMap<Key: ScaleCodable & Sendable, Value: ScaleCodable & Sendable>: Sendable {
  private let rows: OptionalStorageMap<Key, Value>
  private let fallback: Value
  public let entry: StorageEntry

  public init(_ pallet: String, _ item: String, hasher: StorageHasher, default fallback: Value, docs: [String] = []) {
    rows = OptionalStorageMap(pallet, item, hasher: hasher, docs: docs)
    self.fallback = fallback
    var entry = rows.entry
    entry.hasDefault = true
    entry.fallback = fallback.encoded()
    self.entry = entry
  }

  /// The part of the storage key that all rows share.
  public var prefix: [UInt8] { rows.prefix }
  /// The storage key of a row.
  public func key(_ key: Key) -> [UInt8] { rows.key(key) }
  /// The row, or the default.
  public func get(_ key: Key, in context: ExecutionContext) throws(DispatchError) -> Value { try rows.get(key, in: context) ?? fallback }
  /// Writes a row.
  public func set(_ key: Key, to value: Value, in context: ExecutionContext) { rows.set(key, to: value, in: context) }
  /// Removes a row, so that it reads as the default.
  public func remove(_ key: Key, in context: ExecutionContext) { rows.remove(key, in: context) }
  /// Whether the row exists.
  public func exists(_ key: Key, in context: ExecutionContext) -> Bool { rows.exists(key, in: context) }
  /// Reads, changes and writes a row; nothing is written when `body` throws.
  public func mutate<R>(_ key: Key, in context: ExecutionContext, _ body: (inout Value) throws(DispatchError) -> R) throws(DispatchError)
    -> R
  {
    var value = try get(key, in: context)
    let result = try body(&value)
    set(key, to: value, in: context)
    return result
  }
  /// Rows in the order of their storage keys, at most `limit`.
  public func rows(in context: ExecutionContext, limit: Int) throws(DispatchError) -> [(key: Key, value: Value)] {
    try rows.rows(in: context, limit: limit)
  }
}

/// A map with two keys, listable by the first.
public struct StorageDoubleMap<First: ScaleCodable & Sendable, Second: ScaleCodable & Sendable, Value: ScaleCodable & Sendable>: Sendable {
  /// The part of the storage key that all rows share.
  public let prefix: [UInt8]
  public let hashers: (first: StorageHasher, second: StorageHasher)
  public let entry: StorageEntry

  public init(_ pallet: String, _ item: String, hashers: (first: StorageHasher, second: StorageHasher), docs: [String] = []) {
    prefix = storagePrefix(pallet, item)
    self.hashers = hashers
    entry = StorageEntry(
      name: item, hasDefault: false,
      kind: .map(hashers: [hashers.first, hashers.second], key: TypeReference(Pair<First, Second>.self), value: TypeReference(Value.self)),
      fallback: [0], docs: docs)
  }

  /// The storage key that all rows under the first key share.
  public func key(_ first: First) -> [UInt8] { prefix + hashers.first.hash(first.encoded()) }
  /// The storage key of a row.
  public func key(_ first: First, _ second: Second) -> [UInt8] { key(first) + hashers.second.hash(second.encoded()) }
  /// The row, or `nil`.
  public func get(_ first: First, _ second: Second, in context: ExecutionContext) throws(DispatchError) -> Value? {
    try decodeStored(context.get(key(first, second)))
  }
  /// Writes a row.
  public func set(_ first: First, _ second: Second, to value: Value, in context: ExecutionContext) {
    context.put(key(first, second), value.encoded())
  }
  /// Removes a row.
  public func remove(_ first: First, _ second: Second, in context: ExecutionContext) { context.put(key(first, second), nil) }
  /// Whether the row exists.
  public func exists(_ first: First, _ second: Second, in context: ExecutionContext) -> Bool { context.get(key(first, second)) != nil }

  /// Rows under the first key in the order of their storage keys, at most `limit`.
  /// - Precondition: The second hasher keeps the key (a `Concat` hasher or identity).
  public func rows(_ first: First, in context: ExecutionContext, limit: Int) throws(DispatchError) -> [(key: Second, value: Value)] {
    guard let skip = hashers.second.prefixLength else {
      preconditionFailure("storage: rows of \(entry.name) cannot be listed, its hasher loses the key")
    }
    let shared = key(first)
    var rows: [(key: Second, value: Value)] = []
    for raw in context.keys(prefix: shared, limit: limit) {
      guard let key: Second = try decodeStored(Array(raw.dropFirst(shared.count + skip))),
        let value: Value = try decodeStored(context.get(raw))
      else { throw .corruption }
      rows.append((key, value))
    }
    return rows
  }
}
