import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing

private struct ClientVectors: Decodable {
  struct Item: Decodable, Sendable, CustomTestStringConvertible {
    var pallet: String
    var item: String
    var key: HexBytes
    var testDescription: String { "\(pallet).\(item)" }
  }
  enum CodingKeys: String, CodingKey {
    case storage
    case hashers = "hashers_of_0x0001020304050607"
  }
  var storage: [Item]
  var hashers: [String: HexBytes]
  static let all: ClientVectors = Fixture.json("clients/keys-and-extrinsics.json")
}

private let single = OptionalStorageValue<UInt32>("Test", "Single")
private let counter = StorageValue<UInt32>("Test", "Counter", default: 7)
private let plain = OptionalStorageMap<UInt32, UInt64>("Test", "Plain", hasher: .twox64Concat)
private let filled = StorageMap<UInt32, UInt64>("Test", "Filled", hasher: .blake2b128Concat, default: 5)
private let double = StorageDoubleMap<UInt32, UInt8, UInt64>("Test", "Double", hashers: (.blake2b128Concat, .identity))

@Suite("Storage keys") struct StorageKeyTests {
  @Test("prefixes that clients compute", arguments: ClientVectors.all.storage)
  fileprivate func prefixes(_ vector: ClientVectors.Item) {
    #expect(storagePrefix(vector.pallet, vector.item) == vector.key.bytes)
  }

  @Test(
    "hashers",
    arguments: [
      ("Blake2_128", StorageHasher.blake2b128), ("Blake2_256", .blake2b256), ("Blake2_128Concat", .blake2b128Concat),
      ("Twox128", .twox128), ("Twox256", .twox256), ("Twox64Concat", .twox64Concat), ("Identity", .identity),
    ])
  func hashers(name: String, hasher: StorageHasher) {
    #expect(hasher.hash([0, 1, 2, 3, 4, 5, 6, 7]) == ClientVectors.all.hashers[name]?.bytes)
  }

  @Test func aPalletsVersionStandsWhereClientsLook() {
    let context = ExecutionContext.onEmptyState()
    putStorageVersion(1, of: "Balances", in: context)
    let key = ClientVectors.all.storage.first { $0.pallet == "Balances" && $0.item == ":__STORAGE_VERSION__:" }
    #expect(context.get(key?.key.bytes ?? []) == [1, 0])
  }
}

@Suite("Storage items") struct StorageItemTests {
  private let context = ExecutionContext.onEmptyState()

  @Test func anOptionalValueIsAbsentUntilSet() throws {
    #expect(try single.get(in: context) == nil)
    single.set(3, in: context)
    #expect(try single.get(in: context) == 3)
    #expect(single.exists(in: context))
    single.remove(in: context)
    #expect(!single.exists(in: context))
  }

  @Test func aValueReadsAsItsDefaultAndMutatesAllOrNothing() throws {
    #expect(try counter.get(in: context) == 7)
    try counter.mutate(in: context) { (value: inout UInt32) in value += 1 }
    #expect(try counter.get(in: context) == 8)
    let error = attempt(in: context) { () throws(DispatchError) in
      try counter.mutate(in: context) { (value: inout UInt32) throws(DispatchError) in
        value = 0
        throw .other
      }
    }
    #expect(error == .other)
    #expect(try counter.get(in: context) == 8)
  }

  @Test func aMapListsItsRowsWithTheirKeys() throws {
    for key in UInt32(0)..<5 { plain.set(key, to: UInt64(key) * 10, in: context) }
    plain.remove(2, in: context)
    let rows = try plain.rows(in: context, limit: 10)
    #expect(Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.value) }) == [0: 0, 1: 10, 3: 30, 4: 40])
    #expect(try plain.rows(in: context, limit: 2).count == 2)
    #expect(plain.exists(1, in: context) && !plain.exists(2, in: context))
  }

  @Test func aMapWithDefaultMutatesARow() throws {
    #expect(try filled.get(1, in: context) == 5)
    try filled.mutate(1, in: context) { (value: inout UInt64) in value += 1 }
    #expect(try filled.get(1, in: context) == 6)
    filled.remove(1, in: context)
    #expect(try filled.get(1, in: context) == 5)
  }

  @Test func aDoubleMapListsTheRowsOfOneFirstKey() throws {
    double.set(1, 5, to: 15, in: context)
    double.set(1, 6, to: 16, in: context)
    double.set(2, 5, to: 25, in: context)
    #expect(try double.get(1, 6, in: context) == 16)
    #expect(try double.rows(1, in: context, limit: 10).map(\.key) == [5, 6])
    double.remove(1, 5, in: context)
    #expect(!double.exists(1, 5, in: context))
  }

  @Test func aDamagedRowIsCorruptionAndNotATrap() {
    context.put(single.key, [1])
    context.put(plain.key(1), [1, 2])
    #expect(throws: DispatchError.corruption) { try single.get(in: context) }
    #expect(throws: DispatchError.corruption) { try plain.get(1, in: context) }
    #expect(throws: DispatchError.corruption) { try plain.rows(in: context, limit: 1) }
  }

  @Test func metadataSaysWhatAnAbsentItemReadsAs() {
    #expect(single.entry.fallback == [0] && !single.entry.hasDefault)
    #expect(counter.entry.fallback == [7, 0, 0, 0] && counter.entry.hasDefault)
    #expect(filled.entry.fallback == [5, 0, 0, 0, 0, 0, 0, 0] && filled.entry.hasDefault)
    guard case .map(let hashers, let key, _) = double.entry.kind else {
      Issue.record("a double map is a map")
      return
    }
    #expect(hashers == [.blake2b128Concat, .identity])
    #expect(key == TypeReference(Pair<UInt32, UInt8>.self))
  }
}
