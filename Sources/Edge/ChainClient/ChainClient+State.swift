public import EchoRuntime
internal import PalletSupport
public import PalletSystem
public import Primitives
internal import RPC
public import ScaleCodec

extension ChainClient {
  /// Keys that one request reads.
  static let page = 1000
  /// Keys that are read under one prefix unless the caller says otherwise.
  public static let keyLimit = 1_000_000

  /// A storage value.
  /// - Parameter hash: The block; `nil` for the newest one.
  public func storage(_ key: [UInt8], at hash: H256?) async throws(ChainClientError) -> [UInt8]? {
    let answer = try await answer("state_getStorage", [.hex(key)] + Self.at(hash))
    return answer.value.isNull ? nil : try answer.bytes()
  }

  /// Storage values, in the order of the keys; asks for 1000 at a time.
  ///
  /// - Parameter hash: The block. With `nil` the pages of a long list may be of different blocks.
  public func storages(_ keys: [[UInt8]], at hash: H256?) async throws(ChainClientError) -> [[UInt8]?] {
    var values: [[UInt8]?] = []
    values.reserveCapacity(keys.count)
    for start in stride(from: 0, to: keys.count, by: Self.page) {
      let chunk = Array(keys[start..<min(start + Self.page, keys.count)])
      let answer = try await answer("state_queryStorageAt", [.array(chunk.map { .hex($0) })] + Self.at(hash))
      var found: [[UInt8]: [UInt8]] = [:]
      for set in try answer.elements() {
        for change in try set.member("changes").elements() {
          guard let key = change.value[0]?.asBytes, let value = change.value[1] else {
            throw change.failure("not a key and its value")
          }
          if value.isNull { continue }
          guard let bytes = value.asBytes else { throw change.failure("value is not bytes in hexadecimal") }
          found[key] = bytes
        }
      }
      for key in chunk { values.append(found[key]) }
    }
    return values
  }

  /// A storage value, decoded; `nil` when there is none.
  public func value<T: ScaleDecodable>(_ key: [UInt8], at hash: H256?, as _: T.Type = T.self)
    async throws(ChainClientError) -> T?
  {
    guard let bytes = try await storage(key, at: hash) else { return nil }
    do throws(ScaleError) { return try T(decoding: bytes) } catch {
      throw .undecodable(what: "storage value of \(T.self)", error)
    }
  }

  /// Storage values, decoded, in the order of the keys.
  public func values<T: ScaleDecodable>(_ keys: [[UInt8]], at hash: H256?, as _: T.Type = T.self)
    async throws(ChainClientError) -> [T?]
  {
    var values: [T?] = []
    for bytes in try await storages(keys, at: hash) {
      guard let bytes else {
        values.append(nil)
        continue
      }
      do throws(ScaleError) { values.append(try T(decoding: bytes)) } catch {
        throw .undecodable(what: "storage value of \(T.self)", error)
      }
    }
    return values
  }

  /// All storage keys that begin with a prefix, ascending. Reads pages until the end.
  /// - Parameters:
  ///   - hash: The block; `nil` for the newest one when the reading starts.
  ///   - limit: The most keys to take.
  /// - Throws: ``ChainClientError/malformed(method:reason:)`` when the node gives keys that lie outside the prefix, do
  ///   not rise strictly, or are more than asked for or than `limit`: so reading ends whatever the node says.
  public func keys(prefix: [UInt8], at hash: H256?, limit: Int = keyLimit) async throws(ChainClientError) -> [[UInt8]] {
    let block: H256
    if let hash { block = hash } else { block = try await finalized().hash }
    var keys: [[UInt8]] = []
    while true {
      let start: JSON = keys.last.map { .hex($0) } ?? .null
      let answer = try await answer("state_getKeysPaged", [.hex(prefix), JSON(Self.page), start, .hash(block)])
      let elements = try answer.elements()
      guard elements.count <= Self.page else { throw answer.failure("more than \(Self.page) keys") }
      for element in elements {
        let key = try element.bytes()
        guard key.starts(with: prefix) else { throw element.failure("the key lies outside the prefix") }
        if let last = keys.last, !last.lexicographicallyPrecedes(key) { throw element.failure("the keys do not rise") }
        guard keys.count < limit else { throw element.failure("more than \(limit) keys") }
        keys.append(key)
      }
      if elements.count < Self.page { return keys }
    }
  }

  /// Trie nodes that prove what the state of a block holds at keys, absence included.
  public func readProof(_ keys: [[UInt8]], at hash: H256) async throws(ChainClientError) -> [[UInt8]] {
    let answer = try await answer("state_getReadProof", [.array(keys.map { .hex($0) }), .hash(hash)])
    var nodes: [[UInt8]] = []
    for element in try answer.member("proof").elements() { nodes.append(try element.bytes()) }
    return nodes
  }

  /// The events of a block.
  public func events(at hash: H256) async throws(ChainClientError) -> [DecodedEvent] {
    try await value(System.eventsKey, at: hash, as: [DecodedEvent].self) ?? []
  }

  /// An account's nonce, references and balances; an empty one for an account that does not exist.
  public func account(_ id: AccountID, at hash: H256? = nil) async throws(ChainClientError) -> System.AccountInfo {
    try await value(System.account.key(id), at: hash, as: System.AccountInfo.self) ?? System.AccountInfo()
  }

  /// An account's native balance outside holds.
  public func freeBalance(of id: AccountID, at hash: H256? = nil) async throws(ChainClientError) -> Balance {
    try await account(id, at: hash).data.free
  }

  private static func at(_ hash: H256?) -> [JSON] { hash.map { [.hash($0)] } ?? [] }
}
