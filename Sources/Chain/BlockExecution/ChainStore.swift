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
  /// Big-endian number → what stood there before.
  public static let reverse = Column("reverse")
  /// Big-endian position → MMR node.
  public static let mmr = Column("mmr")
  /// Big-endian leaf index → SCALE MMR leaf.
  public static let leaf = Column("leaf")
  /// Extrinsic hash → big-endian number ‖ big-endian index.
  public static let extrinsic = Column("extrinsic")
  /// Validator set id → big-endian number of its first block.
  public static let session = Column("session")
  /// `best`, `genesis`: where the chain stands.
  public static let meta = Column("meta")

  /// All of them, as a database is opened with.
  public static let all = [state, header, number, body, justification, diff, reverse, mmr, leaf, extrinsic, session, meta]
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

  func get(_ key: [UInt8], _ column: Column) throws(ChainError) -> [UInt8]? {
    do { return try store.get(key, in: column) } catch { throw .store(error) }
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
    return bytes.reduce(0) { $0 << 8 | BlockNumber($1) }
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
    return (bytes[..<4].reduce(0) { $0 << 8 | BlockNumber($1) }, bytes[4...].reduce(0) { $0 << 8 | UInt32($1) })
  }
}
