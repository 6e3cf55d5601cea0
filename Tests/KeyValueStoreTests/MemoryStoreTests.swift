import KeyValueStore
import TestKit
import Testing

private let blocks = Column("blocks")
private let state = Column("state")

@Suite("Memory store") struct MemoryStoreTests {
  /// A key of few different bytes, so that keys meet and are prefixes of each other.
  private func randomKey(_ random: inout SeededRandom) -> [UInt8] {
    (0..<Int.random(in: 0...5, using: &random)).map { _ in [0x00, 0x01, 0x7f, 0xff].randomElement(using: &random) ?? 0 }
  }

  @Test("random batches and pages agree with a dictionary", arguments: 0..<20 as Range<UInt64>)
  func agreesWithDictionary(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let store = MemoryStore(columns: [blocks, state])
    var model: [Column: [[UInt8]: [UInt8]]] = [blocks: [:], state: [:]]
    for _ in 0..<30 {
      var batch = WriteBatch()
      for _ in 0..<Int.random(in: 0...80, using: &random) {
        let column = random.chance(1, in: 2) ? blocks : state
        let key = randomKey(&random)
        if random.chance(1, in: 4) {
          batch.delete(key, in: column)
          model[column]?[key] = nil
        } else {
          let value = random.bytes(Int.random(in: 0...3, using: &random))
          batch.put(key, value, in: column)
          model[column]?[key] = value
        }
      }
      try store.commit(batch, sync: random.chance(1, in: 2))
      for column in [blocks, state] { try check(store, column, model[column] ?? [:], &random, seed) }
    }
  }

  private func check(
    _ store: MemoryStore, _ column: Column, _ rows: [[UInt8]: [UInt8]], _ random: inout SeededRandom, _ seed: UInt64
  ) throws {
    let sorted = rows.sorted { precedes($0.key, $1.key) }.map { Entry(key: $0.key, value: $0.value) }
    for _ in 0..<20 {
      let key = randomKey(&random)
      #expect(try store.get(key, in: column) == rows[key], "seed \(seed)")
      let prefix = Array(randomKey(&random).prefix(2))
      let starts: [Scan.Start] = [.edge, .at(key), .after(key)]
      let start = starts.randomElement(using: &random) ?? .edge
      let limit = Int.random(in: 0...40, using: &random)
      let inPrefix = sorted.filter { $0.key.starts(with: prefix) }
      let up = inPrefix.filter { row in
        switch start {
        case .edge: true
        case .at(let from): !precedes(row.key, from)
        case .after(let from): precedes(from, row.key)
        }
      }
      let down = inPrefix.reversed().filter { row in
        switch start {
        case .edge: true
        case .at(let from): !precedes(from, row.key)
        case .after(let from): precedes(row.key, from)
        }
      }
      #expect(
        try store.entries(in: column, Scan(prefix: prefix, from: start, limit: limit)) == Array(up.prefix(limit)),
        "seed \(seed), up")
      #expect(
        try store.entries(in: column, Scan(prefix: prefix, from: start, direction: .descending, limit: limit))
          == Array(down.prefix(limit)), "seed \(seed), down")
    }
  }

  @Test("many rows stay in order through splits and removals")
  func manyRows() throws {
    var random = SeededRandom(seed: 9)
    let store = MemoryStore(columns: [state])
    let keys = (0..<5000).map { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
    for part in stride(from: 0, to: 5000, by: 500) {
      var batch = WriteBatch()
      for key in keys.shuffled(using: &random)[part..<part + 500] { batch.put(key, key, in: state) }
      try store.commit(batch, sync: false)
    }
    var rest = WriteBatch()
    for key in keys { rest.put(key, [1], in: state) }
    try store.commit(rest, sync: true)
    #expect(try store.entries(in: state, Scan(limit: .max)).map(\.key) == keys)
    var removals = WriteBatch()
    for key in keys where key[1] != 7 { removals.delete(key, in: state) }
    try store.commit(removals, sync: true)
    #expect(try store.entries(in: state, Scan(limit: .max)).map(\.key) == keys.filter { $0[1] == 7 })
  }

  @Test("pages follow each other without a gap")
  func pages() throws {
    let store = MemoryStore(columns: [state])
    var batch = WriteBatch()
    for number in 0..<100 as Range<UInt8> { batch.put([1, number], [number], in: state) }
    batch.put([2], [0], in: state)
    try store.commit(batch, sync: true)
    for direction in [Scan.Direction.ascending, .descending] {
      var found: [UInt8] = []
      var start = Scan.Start.edge
      while let page = try? store.entries(in: state, Scan(prefix: [1], from: start, direction: direction, limit: 7)),
        let last = page.last
      {
        found += page.map { $0.value[0] }
        start = .after(last.key)
      }
      #expect(found == (direction == .ascending ? Array(0..<100) : Array((0..<100).reversed())))
    }
  }

  @Test("a refused batch leaves no trace")
  func refusedBatch() throws {
    let store = MemoryStore(columns: [blocks])
    var batch = WriteBatch()
    batch.put([1], [1], in: blocks)
    batch.put([1], [1], in: state)
    #expect(throws: StoreError.unknownColumn(state)) { try store.commit(batch, sync: true) }
    #expect(try store.get([1], in: blocks) == nil)
    var long = WriteBatch()
    long.put([2], [1], in: blocks)
    long.put([UInt8](repeating: 0, count: WriteBatch.maximumKeyBytes + 1), [], in: blocks)
    #expect(throws: StoreError.tooLarge(bytes: WriteBatch.maximumKeyBytes + 1, maximum: WriteBatch.maximumKeyBytes)) {
      try store.commit(long, sync: true)
    }
    #expect(try store.get([2], in: blocks) == nil)
  }

  @Test("unknown columns and a closed store are errors")
  func errors() throws {
    let store = MemoryStore(columns: [blocks, blocks])
    #expect(store.columns == [blocks])
    #expect(throws: StoreError.unknownColumn(state)) { try store.get([], in: state) }
    #expect(throws: StoreError.unknownColumn(state)) { try store.entries(in: state, Scan(limit: 1)) }
    try store.close()
    try store.close()
    #expect(throws: StoreError.closed) { try store.get([], in: blocks) }
    #expect(throws: StoreError.closed) { try store.entries(in: blocks, Scan(limit: 1)) }
    #expect(throws: StoreError.closed) { try store.commit(WriteBatch(), sync: true) }
  }

  @Test("readers on other threads see whole batches only")
  func wholeBatches() async throws {
    let store = MemoryStore(columns: [blocks, state])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for number in 0..<200 as Range<UInt8> {
          var batch = WriteBatch()
          for key in 0..<50 as Range<UInt8> { batch.put([key], [number], in: state) }
          try store.commit(batch, sync: false)
        }
      }
      for _ in 0..<2 {
        group.addTask {
          for _ in 0..<200 {
            let values = Set(try store.entries(in: state, Scan(limit: 100)).map(\.value))
            #expect(values.count <= 1)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

@Suite("Write batches") struct WriteBatchTests {
  @Test("changes come sorted, and the last one to a key counts")
  func sorting() {
    var batch = WriteBatch()
    batch.put([2], [1], in: state)
    batch.put([1, 0], [2], in: state)
    batch.delete([2], in: state)
    batch.put([1], [3], in: state)
    batch.put([9], [9], in: blocks)
    #expect(batch.changes(in: state).map(\.key) == [[1], [1, 0], [2]])
    #expect(batch.changes(in: state).map(\.value) == [[3], [2], nil])
    #expect(batch.columns == [blocks, state])
    #expect(batch.changes(in: Column("other")).isEmpty)
    #expect(batch.count == 5)
    #expect(!batch.isEmpty && WriteBatch().isEmpty)
  }

  @Test("column names", arguments: ["", "Blocks", "a b", "é", String(repeating: "a", count: 65)])
  func invalidNames(name: String) { #expect(!Column.isValid(name)) }

  @Test("descriptions name the numbers")
  func descriptions() {
    #expect("\(StoreError.unknownColumn(state))" == "store: no column named state")
    #expect("\(StoreError.tooLarge(bytes: 3, maximum: 2))" == "store: 3 bytes, at most 2 fit")
  }
}
