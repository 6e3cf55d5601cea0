import EchoRuntime
import Keys
import Metadata
import PalletSupport
import PalletSystem
import Primitives
import ScaleCodec
import Testing

/// Metadata as clients read it (rpc.md §4): made from the declarations, and nothing else.
@Suite struct MetadataTests {
  private let metadata = EchoRuntime.metadata

  @Test("every reference leads to a type, and the bytes decode into what was encoded", arguments: [14, 15] as [UInt32])
  func roundTrip(version: UInt32) throws {
    let bytes = try #require(EchoRuntime.encodedMetadata(version: version))
    let decoded = try RuntimeMetadata(decoding: bytes)
    #expect(try decoded.encoded(version: UInt8(version)) == bytes)
    #expect(decoded.types == metadata.types)
    #expect(decoded.pallets.map(\.name) == metadata.pallets.map(\.name))
    #expect(bytes.count < 120 * 1024, "\(bytes.count) bytes: slow clients take a second for each 60 KB")
  }

  @Test("no other version is served", arguments: [0, 13, 16, .max] as [UInt32])
  func otherVersions(version: UInt32) { #expect(EchoRuntime.encodedMetadata(version: version) == nil) }

  @Test(
    "paths that clients look up verbatim",
    arguments: [
      "sp_core::crypto::AccountId32", "sp_runtime::multiaddress::MultiAddress", "sp_runtime::MultiSignature",
      "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic", "sp_runtime::generic::era::Era",
      "sp_runtime::generic::digest::DigestItem", "sp_runtime::generic::digest::Digest", "sp_runtime::DispatchError",
      "sp_runtime::ModuleError", "frame_system::EventRecord", "frame_system::Phase", "frame_system::AccountInfo",
      "pallet_balances::types::AccountData", "pallet_balances::types::ExtraFlags", "frame_support::dispatch::DispatchInfo",
      "frame_support::dispatch::DispatchClass", "frame_support::dispatch::Pays", "sp_weights::weight_v2::Weight", "primitive_types::H256",
      "echo_runtime::RuntimeCall", "echo_runtime::RuntimeEvent", "echo_runtime::RuntimeError", "echo_runtime::Runtime",
      "frame_system::pallet::Call", "pallet_balances::pallet::Call", "pallet_balances::pallet::Event", "pallet_balances::pallet::Error",
      "sp_runtime::transaction_validity::TransactionSource", "sp_runtime::transaction_validity::ValidTransaction",
      "frame_system::extensions::check_nonce::CheckNonce",
    ])
  func paths(path: String) {
    let parts = path.split(separator: ":").map(String.init)
    #expect(metadata.types.filter { $0.path == parts }.count == 1, "\(path)")
  }

  @Test("no type stands twice: equal paths differ in their parameters")
  func distinct() {
    var seen: Set<PortableType> = []
    for type in metadata.types where !type.path.isEmpty && type.path.last != "BoundedVec" {  // the bound is no type
      let key = PortableType(path: type.path, parameters: type.parameters, .tuple([]))
      #expect(seen.insert(key).inserted, "\(type.path.joined(separator: "::"))")
    }
  }

  @Test("parts of the outer enums carry the names and indices of the pallets")
  func outerEnums() throws {
    let outer = try #require(metadata.outerEnums)
    let parts: [(TypeID, (RuntimeMetadata.Pallet) -> TypeID?)] = [(outer.call, \.calls), (outer.event, \.event), (outer.error, \.error)]
    for (id, member) in parts {
      let variants = try variants(of: id)
      let expected = metadata.pallets.filter { member($0) != nil }
      #expect(variants.map(\.name) == expected.map(\.name))
      #expect(variants.map(\.index) == expected.map(\.index))
      #expect(variants.map { $0.fields.map(\.type) } == expected.map { [member($0)].compactMap(\.self) })
      #expect(variants.allSatisfy { $0.fields.map(\.name) == [nil] })
    }
  }

  @Test("calls are named as functions, with named and typed arguments and documentation")
  func calls() throws {
    for pallet in metadata.pallets {
      guard let calls = pallet.calls else { continue }
      for call in try variants(of: calls) {
        #expect(call.name == call.name.lowercased(), "\(pallet.name).\(call.name)")
        #expect(!call.docs.isEmpty, "\(pallet.name).\(call.name) has no documentation")
        for field in call.fields { #expect(field.name != nil && field.typeName?.isEmpty == false, "\(pallet.name).\(call.name)") }
      }
    }
  }

  @Test("errors are dense from 0, since clients read them by position")
  func errors() throws {
    for pallet in metadata.pallets {
      guard let error = pallet.error else { continue }
      let indices = try variants(of: error).map { Int($0.index) }
      #expect(indices == Array(0..<indices.count), "\(pallet.name)")
    }
  }

  @Test("names of types are spelled as clients know them")
  func spelling() throws {
    for type in metadata.types {
      guard case .composite(let fields) = type.definition else { continue }
      for field in fields {
        let name = field.typeName ?? ""
        #expect(!name.contains("UInt") && !name.contains("[UInt8]") && !name.contains("?"), "\(type.path): \(name)")
      }
    }
  }

  @Test("constants and defaults decode exactly")
  func values() throws {
    let registry = TypeRegistry(metadata.types)
    for pallet in metadata.pallets {
      for constant in pallet.constants {
        #expect(throws: Never.self, "\(pallet.name).\(constant.name)") { try registry.decode(constant.value, as: constant.type) }
      }
      for item in pallet.storage?.items ?? [] {
        let value: TypeID
        switch item.kind {
        case .plain(let type): value = type
        case .map(let hashers, let key, let type):
          value = type
          if hashers.count > 1, case .tuple(let parts) = registry[key]?.definition { #expect(parts.count == hashers.count) }
        }
        if item.hasDefault {
          #expect(throws: Never.self, "\(pallet.name).\(item.name)") { try registry.decode(item.fallback, as: value) }
        } else {
          #expect(item.fallback == [0], "\(pallet.name).\(item.name)")
        }
      }
    }
  }

  @Test("the signed extensions describe exactly what the runtime writes")
  func extensions() throws {
    let registry = TypeRegistry(metadata.types)
    let extra = SignedExtra(era: Era(period: 64, current: 42), nonce: 70, tip: 1_000_000).encoded()
    let type = try #require(metadata.extrinsic.extra)
    let decoded = try registry.decode(extra, as: type)
    #expect(try registry.encode(decoded, as: type) == extra)
    guard case .tuple(let parts) = registry[type]?.definition else { return #expect(Bool(false), "extra is no tuple") }
    #expect(parts == metadata.extrinsic.extensions.map(\.type))
    #expect(
      metadata.extrinsic.extensions.map(\.identifier) == [
        "CheckNonZeroSender", "CheckSpecVersion", "CheckTxVersion", "CheckGenesis", "CheckMortality", "CheckNonce", "CheckWeight",
        "ChargeTransactionPayment", "CheckMetadataHash",
      ])
  }

  @Test("what metadata says of an API is what the function takes: every listed method is served")
  func apis() throws {
    #expect(metadata.apis.map(\.name).contains("TaggedTransactionQueue"))
    let ids = Set(EchoRuntime.version.apis.map(\.first))
    #expect(ids.count == metadata.apis.count)
    // blake2b-64 of the names, as rpc.md §3 lists them.
    for known in ["0xdf6acb689907609b", "0xbc9d89904f5b923f", "0x37c8bb1350a9a2a8", "0xd2bc9897eed08f15", "0x37e397fc7c91f5e4"] {
      #expect(ids.contains { Hex.encode($0.bytes) == known }, "\(known)")
    }
  }

  private func variants(of id: TypeID) throws -> [PortableType.Variant] {
    guard case .variant(let variants) = metadata.types[Int(id)].definition else {
      Issue.record("type \(id) is no enum")
      return []
    }
    return variants
  }
}

/// A pallet in two versions: what changes in the declarations changes in the metadata, with nothing else touched.
@Suite struct MetadataFollowsDeclarationsTests {
  @Test func changes() throws {
    let before = EchoRuntime.metadata(of: [Before.self])
    let after = EchoRuntime.metadata(of: [After.self])
    func call(_ metadata: RuntimeMetadata) throws -> PortableType.Variant {
      let id = try #require(metadata.pallets.first?.calls)
      guard case .variant(let variants) = metadata.types[Int(id)].definition else { throw Missing() }
      return try #require(variants.first)
    }
    func typeNames(_ call: PortableType.Variant) -> [String?] { call.fields.map(\.typeName) }
    #expect(try call(before).name == "put_note")
    #expect(try call(before).docs == ["Keeps a note."])
    #expect(try call(before).fields.map(\.name) == ["text", "is_public"])
    #expect(try typeNames(call(before)) == ["Vec<u8>", "bool"])
    #expect(try call(after).fields.map(\.name) == ["text", "is_public", "until_block"])
    #expect(try typeNames(call(after)) == ["Vec<u8>", "bool", "Option<u32>"])
    #expect(try call(after).docs == ["Keeps a note for a while."])
    #expect(before.pallets.first?.constants.first?.value == UInt32(7).encoded())
    #expect(after.pallets.first?.constants.first?.value == UInt64(8).encoded())
    #expect(try before.encoded(version: 14) != after.encoded(version: 14))
  }

  private struct Missing: Error {}

  enum Before: Pallet {
    @ScaleCodable(path: "pallet_notes::pallet::Call")
    enum Call: Hashable, Sendable {
      /// Keeps a note.
      @ScaleIndex(0) case putNote(text: [UInt8], isPublic: Bool)
    }
    typealias Event = NoEvent
    typealias Failure = NoFailure
    static let name = "Notes"
    static let index: UInt8 = 200
    static let storage: [StorageEntry] = []
    static let constants = [PalletConstant("Most", UInt32(7))]
    static func info(of call: Call) -> DispatchInfo { DispatchInfo(.zero) }
    static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {}
  }

  enum After: Pallet {
    @ScaleCodable(path: "pallet_notes::pallet::Call")
    enum Call: Hashable, Sendable {
      /// Keeps a note for a while.
      @ScaleIndex(0) case putNote(text: [UInt8], isPublic: Bool, untilBlock: UInt32?)
    }
    typealias Event = NoEvent
    typealias Failure = NoFailure
    static let name = "Notes"
    static let index: UInt8 = 200
    static let storage: [StorageEntry] = []
    static let constants = [PalletConstant("Most", UInt64(8))]
    static func info(of call: Call) -> DispatchInfo { DispatchInfo(.zero) }
    static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {}
  }
}
