import Hashing
import Metadata
import Primitives
import ScaleCodec
import TestKit
import Testing

private struct ClientVectors: Decodable {
  struct Key: Decodable, Sendable, CustomTestStringConvertible {
    var pallet: String
    var item: String
    var key: HexBytes
    var testDescription: String { "\(pallet).\(item)" }
  }
  var storage: [Key]
  var hashers: [String: HexBytes]

  enum CodingKeys: String, CodingKey {
    case storage
    case hashers = "hashers_of_0x0001020304050607"
  }
  static let all: ClientVectors = Fixture.json("clients/keys-and-extrinsics.json")
  static let known = all.storage.filter { vector in (try? Runtimes.polkadot14.storageEntry(vector.pallet, vector.item)) != nil }
}

@Suite("Storage keys by metadata") struct StorageKeyTests {
  @Test("prefixes of real clients", arguments: ClientVectors.known) private func prefixes(_ vector: ClientVectors.Key) throws {
    let entry = try Runtimes.polkadot14.storageEntry(vector.pallet, vector.item)
    #expect(entry.prefix == vector.key.bytes)
    #expect(Runtimes.polkadot14.storageEntry(ofKey: vector.key.bytes) == entry)
  }

  @Test("there are such vectors") func present() { #expect(ClientVectors.known.count >= 10) }

  @Test(
    "hashers",
    arguments: [
      ("Blake2_128", RuntimeMetadata.Hasher.blake2b128), ("Blake2_256", .blake2b256), ("Blake2_128Concat", .blake2b128Concat),
      ("Twox64Concat", .twox64Concat), ("Twox128", .twox128), ("Twox256", .twox256), ("Identity", .identity),
    ]) func hashers(name: String, hasher: RuntimeMetadata.Hasher) throws
  {
    let bytes = Fixture.hex("0001020304050607")
    #expect(hasher.hashed(bytes) == ClientVectors.all.hashers[name]?.bytes)
    #expect(hasher.name == name)
    #expect(hasher.hashed(bytes).count == hasher.hashLength + (hasher.keepsValue ? bytes.count : 0))
  }

  @Test("a row of System.Account, there and back") func account() throws {
    let metadata = Runtimes.polkadot14
    let alice = Fixture.hex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")
    let key = try metadata.storageKey(pallet: "System", item: "Account", arguments: [.bytes(alice)])
    // The well-known key of this account on every chain.
    #expect(
      Hex.encode(key) == "0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9de1e86a9a8c739864cf3cc5ec2bea59f"
        + "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")
    let entry = try #require(metadata.storageEntry(ofKey: key))
    #expect(entry.name == "System.Account")
    guard case .value(let value, let type)? = try metadata.keyParts(entry, key: key).first else { Issue.record("no value"); return }
    #expect(value.unwrapped == .bytes(alice))
    #expect(metadata.registry[type]?.path.last == "AccountId32")
  }

  /// An item with one key for each hasher.
  private var several: RuntimeMetadata {
    let hashers: [RuntimeMetadata.Hasher] = [.twox64Concat, .blake2b128Concat, .identity, .blake2b256, .twox128]
    let item = RuntimeMetadata.StorageItem(
      name: "Several", hasDefault: false, kind: .map(hashers: hashers, key: 2, value: 0), fallback: [0])
    return RuntimeMetadata(
      types: [
        PortableType(.primitive(.u32)), PortableType(.sequence(3)), PortableType(.tuple([0, 1, 0, 1, 0])), PortableType(.primitive(.u8)),
      ],
      pallets: [.init(name: "Test", index: 0, storage: .init(prefix: "Test", items: [item]))], extrinsic: .init(versions: [4]), runtime: nil
    )
  }

  @Test("several keys, there and back") func severalKeys() throws {
    let entry = try several.storageEntry("Test", "Several")
    let arguments: [DynamicValue] = [.unsigned(1), .bytes([2, 3]), .unsigned(4), .bytes([5]), .unsigned(6)]
    let key = try several.storageKey(entry, arguments: arguments)
    let parts = try several.keyParts(entry, key: key)
    #expect(
      parts == [
        .value(.unsigned(1), 0), .value(.bytes([2, 3]), 1), .value(.unsigned(4), 0), .hash(Hash.blake2b256([4, 5]).bytes, 1),
        .hash(Hash.twox128([6, 0, 0, 0]), 0),
      ])
    for count in 0...arguments.count {
      #expect(key.starts(with: try several.storageKey(entry, arguments: Array(arguments.prefix(count)), isPrefix: true)))
    }
    #expect(throws: RuntimeLookupError.keyCount(item: "Test.Several", given: 4, wanted: 5)) {
      try several.storageKey(entry, arguments: Array(arguments.dropLast()))
    }
    #expect(throws: RuntimeLookupError.keyCount(item: "Test.Several", given: 6, wanted: 5)) {
      try several.storageKey(entry, arguments: arguments + [.unsigned(1)], isPrefix: true)
    }
  }

  @Test("keys that are none of the item", arguments: 0..<40 as Range<Int>) func foreign(place: Int) throws {
    let entry = try several.storageEntry("Test", "Several")
    let key = try several.storageKey(entry, arguments: [.unsigned(1), .bytes([2, 3]), .unsigned(4), .bytes([5]), .unsigned(6)])
    var changed = key
    // The prefix and the first hash: a change there is always seen.
    changed[place] ^= 1
    #expect(throws: RuntimeLookupError.self) { try several.keyParts(entry, key: changed) }
    #expect(throws: RuntimeLookupError.self) { try several.keyParts(entry, key: Array(key.dropLast(place + 1))) }
    #expect(throws: RuntimeLookupError.self) { try several.keyParts(entry, key: key + [0]) }
  }

  @Test("absent rows read as the default, if there is one") func defaults() throws {
    let metadata = Runtimes.polkadot14
    let account = try metadata.storageEntry("System", "Account")
    let value = try #require(try metadata.value(of: account, row: nil))
    #expect(value["nonce"] == .unsigned(0))
    #expect(value["data"]?["free"] == .unsigned(0))
    #expect(try metadata.value(of: metadata.storageEntry("System", "LastRuntimeUpgrade"), row: nil) == nil)
    #expect(throws: RuntimeLookupError.self) { try metadata.value(of: account, row: [1]) }
  }

  @Test("every default and every constant of real runtimes decodes", arguments: MetadataVector.all)
  func everything(_ vector: MetadataVector) throws {
    let metadata = try RuntimeMetadata(decoding: vector.blob)
    for pallet in metadata.pallets {
      for constant in pallet.constants {
        let value = try metadata.value(of: constant)
        #expect(try metadata.registry.encode(value, as: constant.type) == constant.value, "\(pallet.name).\(constant.name)")
      }
      for item in pallet.storage?.items ?? [] where item.hasDefault {
        let entry = try metadata.storageEntry(pallet.name, item.name)
        let value = try #require(try metadata.value(of: entry, row: nil))
        #expect(try metadata.registry.encode(value, as: entry.value) == item.fallback, "\(entry.name)")
      }
    }
  }
}
