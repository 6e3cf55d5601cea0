internal import Hashing
internal import Primitives
internal import ScaleCodec

extension RuntimeMetadata {
  /// A storage item with what its keys begin with.
  public struct StorageEntry: Hashable, Sendable {
    public var pallet: String
    public var item: StorageItem
    /// twox128 of the pallet's prefix and of the item's name: 32 bytes.
    public var prefix: [UInt8]

    /// `System.Account`
    public var name: String { "\(pallet).\(item.name)" }

    /// The type of a row.
    public var value: TypeID {
      switch item.kind {
      case .plain(let type), .map(_, _, let type): type
      }
    }
  }

  /// A part of a row's key: the value, or its hash where the hasher keeps no more.
  public enum KeyPart: Hashable, Sendable {
    case value(DynamicValue, TypeID)
    case hash([UInt8], TypeID)
  }

  /// A storage item by pallet and name.
  public func storageEntry(_ pallet: String, _ item: String) throws(RuntimeLookupError) -> StorageEntry {
    let pallet = try self.pallet(pallet)
    let items = pallet.storage?.items ?? []
    guard let storage = pallet.storage, let item = LooseName.find(item, in: items, by: \.name) else {
      throw .unknownName(what: "storage item of \(pallet.name)", name: item, known: items.map(\.name))
    }
    return StorageEntry(pallet: pallet.name, item: item, prefix: Self.prefix(storage, item))
  }

  /// The storage item that a key belongs to; `nil` for a key of none, such as `:code`.
  public func storageEntry(ofKey key: [UInt8]) -> StorageEntry? {
    for pallet in pallets {
      guard let storage = pallet.storage, key.starts(with: Hash.twox128(Array(storage.prefix.utf8))) else { continue }
      for item in storage.items {
        let prefix = Self.prefix(storage, item)
        if key.starts(with: prefix) { return StorageEntry(pallet: pallet.name, item: item, prefix: prefix) }
      }
    }
    return nil
  }

  private static func prefix(_ storage: Storage, _ item: StorageItem) -> [UInt8] {
    Hash.twox128(Array(storage.prefix.utf8)) + Hash.twox128(Array(item.name.utf8))
  }

  /// The parts of an item's key; none for a single value.
  private func parts(_ entry: StorageEntry) -> [(hasher: Hasher, type: TypeID)] {
    guard case .map(let hashers, let key, _) = entry.item.kind else { return [] }
    if hashers.count == 1 { return [(hashers[0], key)] }
    guard case .tuple(let members)? = registry[key]?.definition else { return [] }
    return zip(hashers, members).map { ($0, $1) }
  }

  /// How many keys a row of the item has.
  public func keyCount(_ entry: StorageEntry) -> Int { parts(entry).count }

  /// The key of a row.
  /// - Parameters:
  ///   - arguments: One for each hasher; with `isPrefix` the first few of them, for the rows that begin so.
  ///   - accounts: Reads text that stands for an account.
  public func storageKey(
    _ entry: StorageEntry, arguments: [DynamicValue] = [], isPrefix: Bool = false, accounts: TypeRegistry.AccountReader = { _ in nil }
  ) throws(RuntimeLookupError) -> [UInt8] {
    let parts = parts(entry)
    guard isPrefix ? arguments.count <= parts.count : arguments.count == parts.count else {
      throw .keyCount(item: entry.name, given: arguments.count, wanted: parts.count)
    }
    var key = entry.prefix
    for (place, argument) in arguments.enumerated() {
      do throws(DynamicError) {
        let path = parts.count == 1 ? "key" : "key[\(place)]"
        key += parts[place].hasher.hashed(try registry.encode(argument, as: parts[place].type, accounts: accounts, path: path))
      } catch { throw .value(error) }
    }
    return key
  }

  /// ``storageKey(_:arguments:isPrefix:accounts:)`` by names.
  public func storageKey(
    pallet: String, item: String, arguments: [DynamicValue] = [], accounts: TypeRegistry.AccountReader = { _ in nil }
  ) throws(RuntimeLookupError) -> [UInt8] {
    try storageKey(try storageEntry(pallet, item), arguments: arguments, accounts: accounts)
  }

  /// What a row's key says, hashes checked against the values that follow them.
  public func keyParts(_ entry: StorageEntry, key: [UInt8]) throws(RuntimeLookupError) -> [KeyPart] {
    guard key.starts(with: entry.prefix) else { throw .foreignKey(item: entry.name, reason: "it begins otherwise") }
    var reader = ScaleReader(key.span.bytes)
    var list: [KeyPart] = []
    do throws(ScaleError) {
      try reader.skip(entry.prefix.count)
      for (hasher, type) in parts(entry) {
        let hash = try reader.readBytes(count: hasher.hashLength)
        guard hasher.keepsValue else {
          list.append(.hash(hash, type))
          continue
        }
        let start = reader.offset
        let value: DynamicValue
        do throws(DynamicError) { value = try registry.decode(type, from: &reader, path: "key") } catch {
          throw ScaleError.invalidValue(type: "storage key", reason: "a part does not decode as its type", offset: start)
        }
        let hashed = hasher.hashed(Array(key[start..<reader.offset]))
        guard hashed.starts(with: hash) else {
          throw ScaleError.invalidValue(type: "storage key", reason: "a hash is not that of the value behind it", offset: start)
        }
        list.append(.value(value, type))
      }
      try reader.finish()
    } catch { throw .foreignKey(item: entry.name, reason: "\(error)") }
    return list
  }

  /// A row's value; an absent one reads as the item's default where it has one.
  /// - Returns: `nil` for an absent row without a default.
  public func value(of entry: StorageEntry, row: [UInt8]?) throws(RuntimeLookupError) -> DynamicValue? {
    guard let bytes = row ?? (entry.item.hasDefault ? entry.item.fallback : nil) else { return nil }
    do throws(DynamicError) { return try registry.decode(bytes, as: entry.value, path: entry.name) } catch { throw .value(error) }
  }
}

extension RuntimeMetadata.Hasher {
  /// The hasher's name in Substrate, such as `Blake2_128Concat`.
  public var name: String {
    switch self {
    case .blake2b128: "Blake2_128"
    case .blake2b256: "Blake2_256"
    case .blake2b128Concat: "Blake2_128Concat"
    case .twox128: "Twox128"
    case .twox256: "Twox256"
    case .twox64Concat: "Twox64Concat"
    case .identity: "Identity"
    }
  }

  /// Bytes of hash before the value, or instead of it.
  public var hashLength: Int {
    switch self {
    case .identity: 0
    case .twox64Concat: 8
    case .blake2b128, .blake2b128Concat, .twox128: 16
    case .blake2b256, .twox256: 32
    }
  }

  /// Whether the value stands in the key, so that keys can be listed and read.
  public var keepsValue: Bool { self == .identity || self == .twox64Concat || self == .blake2b128Concat }

  /// What the hasher makes of an encoded value.
  public func hashed(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .blake2b128: Hash.blake2b128(bytes)
    case .blake2b256: Hash.blake2b256(bytes).bytes
    case .blake2b128Concat: Hash.blake2b128(bytes) + bytes
    case .twox128: Hash.twox128(bytes)
    case .twox256: Hash.twox256(bytes)
    case .twox64Concat: Hash.twox64(bytes) + bytes
    case .identity: bytes
    }
  }
}
