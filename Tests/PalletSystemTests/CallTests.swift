import Hashing
import PalletSupport
import Finality
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

@Suite("System calls") struct SystemCallTests {
  private let context = ExecutionContext.onEmptyState()

  @Test("a remark is for anybody", arguments: [Origin.test(1), .root, .none])
  func remark(origin: Origin) {
    #expect(attempt(.remark(remark: [1]), of: TestSystem.self, origin: origin, in: context) == nil)
    #expect(context.trace == .empty)
  }

  @Test func aRemarkWithEventEmitsItsHash() {
    #expect(attempt(.remarkWithEvent(remark: [1, 2]), of: TestSystem.self, origin: .test(1), in: context) == nil)
    #expect(context.events(of: TestSystem.self) == [.remarked(sender: .test(1), hash: Hash.blake2b256([1, 2]))])
  }

  @Test func rootWritesRawStorage() {
    let items = [Pair<[UInt8], [UInt8]>([1], [10]), Pair([2], [20])]
    #expect(attempt(.setStorage(items: items), of: TestSystem.self, origin: .root, in: context) == nil)
    #expect(attempt(.killStorage(keys: [[1]]), of: TestSystem.self, origin: .root, in: context) == nil)
    #expect(context.get([1]) == nil)
    #expect(context.get([2]) == [20])
  }

  @Test("a key that the state trie cannot hold is refused", arguments: [0, 1025, 5000])
  func keyLength(count: Int) {
    let key = [UInt8](repeating: 7, count: count)
    let refused = DispatchError.module(ModuleError(pallet: 0, error: System.Failure.invalidStorageKey.rawValue))
    let set = System.Call.setStorage(items: [Pair([1], [1]), Pair(key, [1])])
    #expect(attempt(set, of: TestSystem.self, origin: .root, in: context) == refused)
    #expect(attempt(.killStorage(keys: [[1], key]), of: TestSystem.self, origin: .root, in: context) == refused)
    #expect(context.trace == .empty)
  }

  @Test func theLongestKeyIsWritten() {
    let key = [UInt8](repeating: 7, count: 1024)
    #expect(attempt(.setStorage(items: [Pair(key, [1])]), of: TestSystem.self, origin: .root, in: context) == nil)
    #expect(context.get(key) == [1])
  }

  @Test(
    "the wrong origin leaves no trace",
    arguments: [
      (System.Call.remarkWithEvent(remark: []), Origin.root), (.remarkWithEvent(remark: []), .none),
      (.setStorage(items: [Pair([1], [1])]), .test(1)), (.killStorage(keys: [[1]]), .none),
    ])
  func refuses(call: System.Call, origin: Origin) {
    #expect(attempt(call, of: TestSystem.self, origin: origin, in: context) == .badOrigin)
    #expect(context.trace == .empty)
  }

  @Test(
    "calls have Substrate's bytes",
    arguments: [
      (System.Call.remark(remark: Array("hello".utf8)), [0, 20, 104, 101, 108, 108, 111]),
      (.setStorage(items: [Pair([1], [2])]), [4, 4, 4, 1, 4, 2]),
      (.killStorage(keys: [[1]]), [5, 4, 4, 1]),
      (.remarkWithEvent(remark: []), [7, 0]),
    ] as [(System.Call, [UInt8])])
  func bytes(call: System.Call, bytes: [UInt8]) throws {
    #expect(call.encoded() == bytes)
    #expect(try System.Call(decoding: bytes) == call)
  }

  @Test func bulkCostsMore() {
    let small = TestSystem.info(of: .setStorage(items: []))
    let large = TestSystem.info(of: .setStorage(items: [Pair([1], [1])]))
    #expect(large.weight.exceeds(small.weight))
    #expect(large.class == .operational)
    #expect(TestSystem.info(of: .killStorage(keys: [[1]])).weight == large.weight)
    #expect(TestSystem.info(of: .remark(remark: [])).class == .normal)
    #expect(!TestSystem.info(of: .remarkWithEvent(remark: [])).weight.exceeds(small.weight))
  }
}

@Suite("System metadata") struct SystemMetadataTests {
  @Test func namesEveryItemThatClientsRead() {
    let names = Set(TestSystem.storage.map(\.name))
    #expect(
      names.isSuperset(of: [
        "Account", "Number", "Events", "EventCount", "BlockHash", "ParentHash", "Digest", "ExtrinsicCount", "BlockWeight",
        "AllExtrinsicsLen", "ExtrinsicData", "LastRuntimeUpgrade", "ExecutionPhase",
      ]))
    #expect(
      Set(TestSystem.constants.map(\.name)) == [
        "BlockWeights", "BlockLength", "BlockHashCount", "DbWeight", "Version", "SS58Prefix",
      ])
  }

  @Test func eventsAreRecordsOfTheRuntimesEvent() throws {
    let entry = try #require(TestSystem.storage.first { $0.name == "Events" })
    guard case .plain(let list) = entry.kind, case .sequence(let record) = list.shape.definition,
      case .composite(let fields) = record.shape.definition
    else {
      Issue.record("events are a sequence of records")
      return
    }
    #expect(entry.fallback == [0])
    #expect(record.shape.path == ["frame_system", "EventRecord"])
    #expect(fields.map(\.name) == ["phase", "event", "topics"])
    #expect(fields[1].type == TypeReference(System.Event.self))
  }

  @Test func digestItemsHaveSubstratesNumbers() {
    #expect(System.DigestItem.other([1]).encoded() == [0, 4, 1])
    #expect(System.DigestItem.seal(.zero, []).encoded() == [5, 0, 0, 0, 0, 0])
    #expect(System.DigestItem.runtimeEnvironmentUpdated.encoded() == [8])
    #expect(System.Digest(logs: [.runtimeEnvironmentUpdated]).encoded() == [4, 8])
  }
}
