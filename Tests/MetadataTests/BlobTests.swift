import Hashing
import Metadata
import Primitives
import ScaleCodec
import TestKit
import Testing

@Suite("Metadata blobs") struct BlobTests {
  @Test("an independent reader's counts", arguments: MetadataVector.all) func counts(_ vector: MetadataVector) throws {
    let blob = vector.blob
    #expect(blob.count == vector.bytes)
    #expect(Hash.blake2b256(blob).bytes == vector.blake2256.bytes)
    let metadata = try RuntimeMetadata(decoding: blob)
    #expect(metadata.types.count == vector.types)
    for sample in vector.paths {
      #expect(metadata.registry[sample.id]?.path.joined(separator: "::") == sample.path)
      #expect(metadata.registry.type(atPath: sample.path) != nil)
    }
    if let pallets = vector.pallets { #expect(metadata.pallets.map(\.name) == pallets) }
    #expect(metadata.pallets.count > 1)
    #expect(metadata.extrinsic.versions.contains(4))
  }

  @Test("versions 14 and 15 are written as they were read", arguments: MetadataVector.all.filter { $0.version < 16 })
  func rewrites(_ vector: MetadataVector) throws {
    #expect(try RuntimeMetadata(decoding: vector.blob).encoded(version: vector.version) == vector.blob)
  }

  @Test("what version 15 adds") func fifteen() throws {
    let metadata = Runtimes.frontier15
    #expect(metadata.apis.contains { $0.name == "Metadata" && $0.methods.contains { $0.name == "metadata_at_version" } })
    #expect(metadata.registry[try #require(metadata.outerEnums?.error)]?.path.last == "RuntimeError")
    #expect(metadata.extrinsic.extensions.map(\.identifier).contains("CheckNonce"))
    #expect(try metadata.method("Core_version").inputs.isEmpty)
  }

  @Test("what version 16 adds") func sixteen() throws {
    let metadata = Runtimes.polkadot16
    #expect(metadata.runtime == nil)
    let core = try #require(metadata.apis.first { $0.name == "Core" })
    #expect(core.version == 5)
    #expect(metadata.pallets.contains { !$0.viewFunctions.isEmpty })
    #expect(metadata.extrinsic.extensions.map(\.identifier).contains("CheckMetadataHash"))
  }

  @Test("a later version is served as an earlier one where it says enough") func downgrades() throws {
    var metadata = Runtimes.polkadot16
    #expect(throws: MetadataError.missing(what: "the runtime's type", version: 15)) { try metadata.encoded(version: 15) }
    metadata.runtime = 0
    #expect(throws: MetadataError.missing(what: "the extrinsic's type", version: 14)) { try metadata.encoded(version: 14) }
    metadata.extrinsic.extra = 1
    let read = try RuntimeMetadata(decoding: try metadata.encoded(version: 15))
    #expect(read.types == metadata.types)
    #expect(read.pallets.map(\.name) == metadata.pallets.map(\.name))
    #expect(read.extrinsic.extensions == metadata.extrinsic.extensions)
  }

  @Test("other versions are named", arguments: [0, 1, 12, 13, 17, 255] as [UInt8]) func versions(_ version: UInt8) {
    #expect(throws: MetadataError.unsupportedVersion(version)) { try RuntimeMetadata(decoding: [0x6d, 0x65, 0x74, 0x61, version, 0]) }
    #expect(throws: MetadataError.unsupportedVersion(version)) { try Runtimes.polkadot14.encoded(version: version) }
  }

  @Test(
    "bytes that are no metadata",
    arguments: [[], [0x6d], [0x6d, 0x65, 0x74, 0x61], [0x6d, 0x65, 0x74, 0x62, 14], [1, 2, 3, 4, 5]] as [[UInt8]])
  func magic(_ bytes: [UInt8]) {
    #expect(throws: MetadataError.notMetadata) { try RuntimeMetadata(decoding: bytes) }
  }

  @Test("bytes behind the end") func trailing() {
    let blob = MetadataVector.all[0].blob + [0]
    #expect(throws: MetadataError.malformed(.trailingBytes(count: 1))) { try RuntimeMetadata(decoding: blob) }
  }

  @Test("more bytes than a runtime has") func tooLarge() {
    let blob = [0x6d, 0x65, 0x74, 0x61, 14] + [UInt8](repeating: 0, count: RuntimeMetadata.byteLimit)
    #expect(throws: MetadataError.tooLarge(bytes: RuntimeMetadata.byteLimit + 5, limit: RuntimeMetadata.byteLimit)) {
      try RuntimeMetadata(decoding: blob)
    }
  }

  @Test("a blob that ends early", arguments: 0..<200 as Range<UInt64>) func truncated(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let blob = Fixture.bytes("metadata/frontier_small_v15.scale")
    let cut = Array(blob.prefix(Int.random(in: 5..<blob.count, using: &random)))
    #expect(throws: MetadataError.self) { try RuntimeMetadata(decoding: cut) }
  }

  @Test("changed bytes are refused or read, and what is read is sound", arguments: 0..<300 as Range<UInt64>) func mutated(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let vector = MetadataVector.all[Int.random(in: 0..<MetadataVector.all.count, using: &random)]
    var blob = vector.blob
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      blob[Int.random(in: 5..<blob.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    guard let metadata = try? RuntimeMetadata(decoding: blob) else { return }
    // Everything that a reader may ask of metadata of unknown origin.
    for id in metadata.types.indices { #expect(!metadata.registry.name(TypeID(id)).isEmpty) }
    for pallet in metadata.pallets {
      for constant in pallet.constants { _ = try? metadata.value(of: constant) }
      for item in pallet.storage?.items ?? [] {
        let entry = try? metadata.storageEntry(pallet.name, item.name)
        if let entry { _ = try? metadata.value(of: entry, row: nil) }
      }
    }
    if vector.version < 16, blob[4] == vector.version, let again = try? metadata.encoded(version: vector.version) {
      #expect((try? RuntimeMetadata(decoding: again)) == metadata)
    }
  }
}

@Suite("References in metadata") struct ReferenceTests {
  private let small = RuntimeMetadata(
    types: [PortableType(.primitive(.u8))],
    pallets: [
      .init(
        name: "Coins", index: 1,
        storage: .init(
          prefix: "Coins",
          items: [.init(name: "Total", hasDefault: true, kind: .map(hashers: [.identity], key: 0, value: 0), fallback: [0])]),
        constants: [.init(name: "Least", type: 0, value: [1])])
    ],
    extrinsic: .init(versions: [4], type: 0, address: 0, call: 0, signature: 0, extra: 0), runtime: 0,
    apis: [.init(name: "Core", methods: [.init(name: "version", inputs: [.init(name: "at", type: 0)], output: 0)])],
    outerEnums: .init(call: 0, event: 0, error: 0), custom: [.init(name: "mine", type: 0, value: [1])])

  @Test("a small runtime is read as it was written", arguments: [14, 15] as [UInt8]) func roundTrip(_ version: UInt8) throws {
    let read = try RuntimeMetadata(decoding: try small.encoded(version: version))
    #expect(try read.encoded(version: version) == small.encoded(version: version))
    #expect(read.pallets == small.pallets)
    if version == 15 { #expect(read.apis == small.apis && read.custom == small.custom && read.outerEnums == small.outerEnums) }
  }

  /// Changes one reference of the small runtime.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var place: String
    var apply: @Sendable (inout RuntimeMetadata) -> Void
  }

  static let changes: [Change] = [
    .init(testDescription: "type", place: "type 0") { $0.types[0].definition = .sequence(7) },
    .init(testDescription: "tuple", place: "type 0") { $0.types[0].definition = .tuple([0, 7]) },
    .init(testDescription: "bits", place: "type 0") { $0.types[0].definition = .bitSequence(store: 0, order: 7) },
    .init(testDescription: "parameter", place: "a parameter of type 0") { $0.types[0].parameters = [.init(name: "T", type: 7)] },
    .init(testDescription: "calls", place: "pallet Coins") { $0.pallets[0].calls = 7 },
    .init(testDescription: "constant", place: "constant Coins.Least") { $0.pallets[0].constants[0].type = 7 },
    .init(testDescription: "key", place: "the key of storage item Coins.Total") {
      $0.pallets[0].storage?.items[0].kind = .map(hashers: [.identity], key: 7, value: 0)
    },
    .init(testDescription: "row", place: "storage item Coins.Total") { $0.pallets[0].storage?.items[0].kind = .plain(7) },
    .init(testDescription: "runtime", place: "the extrinsic or the runtime") { $0.runtime = 7 },
    .init(testDescription: "extension", place: "extension CheckNonce") {
      $0.extrinsic.extensions = [.init(identifier: "CheckNonce", type: 0, additional: 7)]
    },
    .init(testDescription: "input", place: "runtime API Core_version") { $0.apis[0].methods[0].inputs[0].type = 7 },
    .init(testDescription: "outer enum", place: "the outer enums") { $0.outerEnums?.event = 7 },
    .init(testDescription: "custom", place: "custom value mine") { $0.custom[0].type = 7 },
  ]

  @Test("a type that is not there", arguments: changes) func unknownType(_ change: Change) throws {
    var metadata = small
    change.apply(&metadata)
    let blob = try metadata.encoded(version: 15)
    #expect(throws: MetadataError.unknownType(7, in: change.place)) { try RuntimeMetadata(decoding: blob) }
  }

  @Test("type ids are places") func dense() throws {
    var blob = try small.encoded(version: 14)
    // Behind the magic, the version and the number of types stands the first id.
    blob[6] = 4
    #expect(throws: MetadataError.sparseRegistry(id: 1, position: 0)) { try RuntimeMetadata(decoding: blob) }
  }

  @Test("two pallets of one name, two of one number") func pallets() throws {
    var metadata = small
    metadata.pallets.append(.init(name: "Coins", index: 2))
    let first = try metadata.encoded(version: 14)
    #expect(throws: MetadataError.duplicate(what: "pallets", name: "Coins")) { try RuntimeMetadata(decoding: first) }
    metadata.pallets[1] = .init(name: "Other", index: 1)
    let second = try metadata.encoded(version: 14)
    #expect(throws: MetadataError.duplicate(what: "pallets", name: "number 1")) { try RuntimeMetadata(decoding: second) }
  }

  @Test("two variants of one number") func variants() throws {
    var metadata = small
    metadata.types.append(PortableType(.variant([.init(name: "A", fields: [], index: 3), .init(name: "B", fields: [], index: 3)])))
    let blob = try metadata.encoded(version: 14)
    #expect(throws: MetadataError.duplicate(what: "variants of a type", name: "3, in type 1")) { try RuntimeMetadata(decoding: blob) }
  }

  @Test("hashers that do not fit the key", arguments: [0, 2, 3]) func hashers(_ count: Int) throws {
    var metadata = small
    metadata.types.append(PortableType(.tuple([0])))
    metadata.pallets[0].storage?.items[0].kind = .map(hashers: Array(repeating: .identity, count: count), key: 1, value: 0)
    let blob = try metadata.encoded(version: 14)
    #expect(throws: MetadataError.hashersDoNotFitKey(item: "Coins.Total", hashers: count)) { try RuntimeMetadata(decoding: blob) }
  }
}
