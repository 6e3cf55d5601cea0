import KeyValueStore
import Primitives
import RocksStore
import TestKit
import Testing

@Suite("Rows on disk") struct StoreTests {
  let folder: TemporaryFolder
  let store: RocksStore

  init() throws {
    folder = try TemporaryFolder()
    store = try openStore(folder.database)
  }

  @Test("a value comes back as it was put", arguments: [0, 1, 31, 32, 16_384, 1 << 20])
  func returnsValue(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let value = random.bytes(count)
    try store.put(bytes("key"), value)
    #expect(try store.get(bytes("key"), in: .rows) == value)
  }

  @Test func missingKeyIsNil() throws {
    try store.put(bytes("key"), [1])
    #expect(try store.get(bytes("other"), in: .rows) == nil)
    #expect(try store.get(bytes("ke"), in: .rows) == nil)
    #expect(try store.get([], in: .rows) == nil)
  }

  @Test func emptyKeyIsAKey() throws {
    try store.put([], [7])
    #expect(try store.get([], in: .rows) == [7])
    #expect(try store.entries(in: .rows, Scan(limit: 10)) == [Entry(key: [], value: [7])])
  }

  @Test func columnsAreApart() throws {
    try store.put(bytes("key"), [1], in: .rows)
    #expect(try store.get(bytes("key"), in: .texts) == nil)
    #expect(try store.entries(in: .texts, Scan(limit: 10)).isEmpty)
  }

  @Test("a column that was not asked for is refused", arguments: [Column("other"), Column("default")])
  func refusesUnknownColumn(column: Column) throws {
    #expect(throws: StoreError.unknownColumn(column)) { try store.get([1], in: column) }
    #expect(throws: StoreError.unknownColumn(column)) { try store.entries(in: column, Scan(limit: 1)) }
  }

  @Test func batchIsAllOrNothing() throws {
    try store.put(bytes("old"), [1])
    var batch = WriteBatch()
    batch.put(bytes("a"), [1], in: .rows)
    batch.delete(bytes("old"), in: .rows)
    batch.put(bytes("b"), [2], in: Column("unknown"))
    #expect(throws: StoreError.unknownColumn(Column("unknown"))) { try store.commit(batch, sync: true) }
    #expect(try store.entries(in: .rows, Scan(limit: 10)) == [Entry(key: bytes("old"), value: [1])])
  }

  @Test func batchSpansColumnsAndLastChangeCounts() throws {
    var batch = WriteBatch()
    batch.put(bytes("z"), [1], in: .rows)
    batch.put(bytes("a"), [2], in: .rows)
    batch.put(bytes("z"), [3], in: .rows)
    batch.put(bytes("gone"), [4], in: .texts)
    batch.delete(bytes("gone"), in: .texts)
    batch.put(bytes("t"), [], in: .texts)
    try store.commit(batch, sync: true)
    let rows = [Entry(key: bytes("a"), value: [2]), Entry(key: bytes("z"), value: [3])]
    #expect(try store.entries(in: .rows, Scan(limit: 9)) == rows)
    #expect(try store.entries(in: .texts, Scan(limit: 9)) == [Entry(key: bytes("t"), value: [])])
  }

  @Test func emptyBatchIsFine() throws {
    try store.put([1], [1], sync: false)
    try store.commit(WriteBatch(), sync: true)
    try store.commit(WriteBatch(), sync: false)
    #expect(try store.get([1], in: .rows) == [1])
  }

  @Test func largeBatchComesBackWhole() throws {
    var batch = WriteBatch()
    for number in (0..<50_000 as Range<UInt32>).reversed() {
      let key = withUnsafeBytes(of: number.bigEndian) { Array($0) }
      batch.put(key, key + key, in: number.isMultiple(of: 2) ? .rows : .texts)
    }
    try store.commit(batch, sync: true)
    let even = try store.entries(in: .rows, Scan(limit: Scan.maximumLimit))
    let odd = try store.entries(in: .texts, Scan(limit: Scan.maximumLimit))
    #expect(even.count == 25_000 && odd.count == 25_000)
    #expect(even.allSatisfy { $0.value == $0.key + $0.key })
    #expect(zip(odd, odd.dropFirst()).allSatisfy { $0.key.lexicographicallyPrecedes($1.key) })
  }

  @Test func refusesKeyOverTheLimit() throws {
    let length = WriteBatch.maximumKeyBytes + 1
    #expect(throws: StoreError.tooLarge(bytes: length, maximum: WriteBatch.maximumKeyBytes)) {
      try store.put([UInt8](repeating: 1, count: length), [])
    }
  }

  @Test func readsRunBesideCommits() async throws {
    let store = store
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          // Both rows are written by the same batches, so a page never shows a half of one.
          (0..<200).allSatisfy { _ in
            let rows = (try? store.entries(in: .rows, Scan(limit: 10))) ?? []
            return Set(rows.map(\.value)).count <= 1
          }
        }
      }
      group.addTask {
        (0..<200).allSatisfy { round in
          var batch = WriteBatch()
          for key in 0..<5 as Range<UInt8> { batch.put([key], [UInt8(truncatingIfNeeded: round)], in: .rows) }
          return (try? store.commit(batch, sync: false)) != nil
        }
      }
      for await isWhole in group { #expect(isWhole) }
    }
  }
}

@Suite("Iteration") struct IterationTests {
  /// Keys with shared prefixes, extensions of each other and the byte 0xff at the edges.
  static let keys: [[UInt8]] = [
    [], [0], [0, 0], [1], [1, 0], [1, 0xff], [1, 0xff, 0], [1, 0xff, 0xff], [2], [0xfe, 0xff], [0xff], [0xff, 0],
    [0xff, 0xff], [0xff, 0xff, 1],
  ]

  @Test("pages equal those of a sorted list", arguments: 0..<8 as Range<UInt64>)
  func agreesWithModel(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    let store = try openStore(folder.database)
    var random = SeededRandom(seed: seed)
    var model: Set<[UInt8]> = []
    var batch = WriteBatch()
    for key in IterationTests.keys where random.chance(3, in: 4) {
      model.insert(key)
      batch.put(key, key.reversed(), in: .rows)
    }
    try store.commit(batch, sync: false)
    let sorted = model.sorted { $0.lexicographicallyPrecedes($1) }
    for prefix in [[], [1], [1, 0xff], [0xff], [0xff, 0xff], [3]] as [[UInt8]] {
      for direction in [Scan.Direction.ascending, .descending] {
        for start in [.edge] + IterationTests.keys.flatMap({ [Scan.Start.at($0), .after($0)] }) {
          let limit = Int.random(in: 0...6, using: &random)
          let scan = Scan(prefix: prefix, from: start, direction: direction, limit: limit)
          let expected = page(of: sorted, scan)
          #expect(try store.entries(in: .rows, scan) == expected, "seed \(seed), \(scan)")
        }
      }
    }
  }

  /// What a scan means, over all keys in order.
  private func page(of sorted: [[UInt8]], _ scan: Scan) -> [Entry] {
    let ordered = scan.direction == .ascending ? sorted : sorted.reversed()
    let reached = ordered.filter { key in
      let stands: (([UInt8], [UInt8]) -> Bool) = { a, b in
        scan.direction == .ascending ? a.lexicographicallyPrecedes(b) : b.lexicographicallyPrecedes(a)
      }
      return switch scan.start {
      case .edge: true
      case .at(let start): !stands(key, start)
      case .after(let start): stands(start, key)
      }
    }
    let page = reached.filter { $0.starts(with: scan.prefix) }.prefix(scan.limit)
    return page.map { Entry(key: $0, value: $0.reversed()) }
  }

  @Test func pagesJoinToTheWhole() throws {
    let folder = try TemporaryFolder()
    let store = try openStore(folder.database)
    var batch = WriteBatch()
    for number in 0..<1000 as Range<UInt16> {
      batch.put(withUnsafeBytes(of: number.bigEndian) { Array($0) }, [], in: .rows)
    }
    try store.commit(batch, sync: false)
    for direction in [Scan.Direction.ascending, .descending] {
      var keys: [[UInt8]] = []
      var start = Scan.Start.edge
      while true {
        let page = try store.entries(in: .rows, Scan(from: start, direction: direction, limit: 77))
        keys += page.map(\.key)
        guard let last = page.last, page.count == 77 else { break }
        start = .after(last.key)
      }
      #expect(keys.count == 1000 && Set(keys).count == 1000)
    }
  }
}
