internal import Finality
public import KeyValueStore
public import Primitives
internal import ScaleCodec

/// The columns of a chain's database. Names and key layouts are fixed (`Docs/formats/database.md`).
public enum ChainColumn {
  /// Flat state: storage key → value, of the best block. The truth for reads.
  public static let state = Column("state")
  /// Big-endian number → SCALE header.
  public static let header = Column("header")
  /// Block hash → big-endian number.
  public static let number = Column("number")
  /// Big-endian number → SCALE vector of extrinsics.
  public static let body = Column("body")
  /// Big-endian number → finality proof (`01` ‖ SignedCommitment).
  public static let justification = Column("justification")
  /// Big-endian number → what the block wrote.
  public static let diff = Column("diff")
  /// Big-endian number → what stood there before. Older versions wrote it; opening moves it into ``history``.
  public static let reverse = Column("reverse")
  /// Storage key and big-endian number → what a block wrote there (``StateHistory``).
  public static let history = Column("history")
  /// Storage key of the best state → big-endian number of the block in which it appeared.
  public static let born = Column("born")
  /// Center of a range of blocks ‖ storage key → first block with the key, and first one without.
  public static let span = Column("span")
  /// Big-endian number → the runtime that makes blocks from there on.
  public static let runtime = Column("runtime")
  /// Big-endian position → MMR node.
  public static let mmr = Column("mmr")
  /// Big-endian leaf index → SCALE MMR leaf.
  public static let leaf = Column("leaf")
  /// Extrinsic hash → big-endian number ‖ big-endian index.
  public static let extrinsic = Column("extrinsic")
  /// Validator set id → big-endian number of its first block.
  public static let session = Column("session")
  /// `best`, `genesis`, `oldest`, `history`: where the chain stands.
  public static let meta = Column("meta")

  /// All of them, as a database is opened with.
  public static let all = [
    state, header, number, body, justification, diff, reverse, history, born, span, runtime, mmr, leaf, extrinsic, session, meta,
  ]
}

/// A changed storage key and its value before or after; `nil` when the key is absent.
public struct StateChange: Hashable, Sendable {
  public var key: [UInt8]
  public var value: [UInt8]?
  public init(key: [UInt8], value: [UInt8]?) {
    self.key = key
    self.value = value
  }
}

/// Why a chain cannot be opened, read or extended.
public enum ChainError: Error, Equatable, Sendable {
  case store(StoreError)
  /// A row of the database does not decode or is missing.
  case damaged(row: String)
  /// The history of states is in a layout that this program does not know.
  case unknownHistory(version: UInt8)
  /// The state of a block is no longer kept.
  case stateDiscarded(block: BlockNumber)
  /// The database belongs to another chain.
  case wrongGenesis(stored: H256, expected: H256)
  /// The state rebuilt on start does not have the root that the best header names.
  case stateRootMismatch(block: BlockNumber, computed: H256, expected: H256)
  /// A block does not follow the best block.
  case notNext(number: BlockNumber, best: BlockNumber)
  /// A block's header does not match what its execution gives.
  case headerMismatch(field: String)
  /// An extrinsic of an imported block is not valid there.
  case invalidExtrinsic(index: Int, reason: String)
  /// A hook of the runtime failed, which only a damaged state can cause.
  case hookFailed(String)
  /// The chain spec cannot make a genesis block.
  case spec(String)
}

extension ChainError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .store(let error): "chain: \(error)"
    case .damaged(let row): "chain: database row \(row) is damaged or missing"
    case .unknownHistory(let version): "chain: the database's history has version \(version), this program reads version 1"
    case .stateDiscarded(let block): "chain: the state of block \(block) is no longer kept"
    case .wrongGenesis(let stored, let expected): "chain: the database holds the chain with genesis \(stored), the spec makes \(expected)"
    case .stateRootMismatch(let block, let computed, let expected):
      "chain: state of block \(block) has root \(computed), its header says \(expected)"
    case .notNext(let number, let best): "chain: block \(number) does not follow block \(best)"
    case .headerMismatch(let field): "chain: execution gives another \(field) than the header"
    case .invalidExtrinsic(let index, let reason): "chain: extrinsic \(index) is not valid: \(reason)"
    case .hookFailed(let reason): "chain: a block hook failed: \(reason)"
    case .spec(let reason): "chain: \(reason)"
    }
  }
}

/// Typed rows of a chain's database.
struct ChainRows: Sendable {
  let store: any KeyValueStore

  static func key(_ number: BlockNumber) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
  static func key(_ position: UInt64) -> [UInt8] { withUnsafeBytes(of: position.bigEndian) { Array($0) } }

  /// A height out of its four big-endian bytes.
  static func height(_ bytes: some Sequence<UInt8>) -> BlockNumber { bytes.reduce(0) { $0 << 8 | BlockNumber($1) } }

  func get(_ key: [UInt8], _ column: Column) throws(ChainError) -> [UInt8]? {
    do { return try store.get(key, in: column) } catch { throw .store(error) }
  }

  func entries(_ column: Column, _ scan: Scan) throws(ChainError) -> [Entry] {
    do { return try store.entries(in: column, scan) } catch { throw .store(error) }
  }

  func commit(_ batch: WriteBatch, sync: Bool = true) throws(ChainError) {
    do { try store.commit(batch, sync: sync) } catch { throw .store(error) }
  }

  /// A row of the column `meta` that holds a height.
  func height(inMeta name: String) throws(ChainError) -> BlockNumber? {
    guard let bytes = try get(Array(name.utf8), ChainColumn.meta) else { return nil }
    guard bytes.count == 4 else { throw .damaged(row: "meta \(name)") }
    return Self.height(bytes)
  }

  func decode<T: ScaleDecodable>(_ bytes: [UInt8], _ row: String, as _: T.Type) throws(ChainError) -> T {
    do { return try T(decoding: bytes) } catch { throw .damaged(row: row) }
  }

  func header(_ number: BlockNumber) throws(ChainError) -> Header? {
    guard let bytes = try get(Self.key(number), ChainColumn.header) else { return nil }
    return try decode(bytes, "header \(number)", as: Header.self)
  }

  func number(of hash: H256) throws(ChainError) -> BlockNumber? {
    guard let bytes = try get(hash.bytes, ChainColumn.number) else { return nil }
    guard bytes.count == 4 else { throw .damaged(row: "number \(hash)") }
    return Self.height(bytes)
  }

  func body(_ number: BlockNumber) throws(ChainError) -> [[UInt8]]? {
    guard let bytes = try get(Self.key(number), ChainColumn.body) else { return nil }
    return try decode(bytes, "body \(number)", as: [[UInt8]].self)
  }

  func changes(_ number: BlockNumber, _ column: Column) throws(ChainError) -> [StateChange]? {
    guard let bytes = try get(Self.key(number), column) else { return nil }
    let rows = try decode(bytes, "\(column) \(number)", as: [Pair<[UInt8], [UInt8]?>].self)
    return rows.map { StateChange(key: $0.first, value: $0.second) }
  }

  static func encode(_ changes: [StateChange]) -> [UInt8] { changes.map { Pair($0.key, $0.value) }.encoded() }

  /// The place of an extrinsic by its hash.
  func extrinsic(_ hash: H256) throws(ChainError) -> (block: BlockNumber, index: UInt32)? {
    guard let bytes = try get(hash.bytes, ChainColumn.extrinsic) else { return nil }
    guard bytes.count == 8 else { throw .damaged(row: "extrinsic \(hash)") }
    return (Self.height(bytes[..<4]), bytes[4...].reduce(0) { $0 << 8 | UInt32($1) })
  }
}
