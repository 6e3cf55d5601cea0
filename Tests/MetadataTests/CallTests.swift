import Hashing
import Metadata
import Primitives
import ScaleCodec
import TestKit
import Testing

private struct ExtrinsicVector: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var specVersion: UInt32
  var transactionVersion: UInt32
  var genesisHash: HexBytes
  var eraBlockHash: HexBytes
  var call: HexBytes
  var extra: HexBytes
  var additional: HexBytes
  var message: HexBytes
  var signature: HexBytes
  var extrinsic: HexBytes
  var extensions: String
  var testDescription: String { name }

  enum CodingKeys: String, CodingKey {
    case name, call, extra, signature, extrinsic, extensions
    case specVersion = "spec_version"
    case transactionVersion = "transaction_version"
    case genesisHash = "genesis_hash"
    case eraBlockHash = "era_block_hash"
    case additional = "additional_signed"
    case message = "signed_message"
  }

  struct File: Decodable { var extrinsics: [ExtrinsicVector] }
  static let all = Fixture.json("clients/keys-and-extrinsics.json", as: File.self).extrinsics

  var facts: SigningFacts {
    get throws {
      var facts = SigningFacts(
        eraHash: try #require(H256(eraBlockHash.bytes)), genesisHash: try #require(H256(genesisHash.bytes)), specVersion: specVersion,
        transactionVersion: transactionVersion, nonce: 0)
      if name.contains("mortal 64") && !name.contains("immortal") {
        facts.era = [0xa5, 0x02]
        facts.nonce = 70
        facts.tip = 1_000_000
      }
      return facts
    }
  }
}

@Suite("Calls and extrinsics by metadata") struct CallTests {
  @Test("whole extrinsics of real clients", arguments: ExtrinsicVector.all) private func extrinsic(_ vector: ExtrinsicVector) throws {
    var metadata = Runtimes.polkadot16
    if !vector.extensions.contains("CheckMetadataHash") { metadata.extrinsic.extensions.removeAll { $0.identifier == "CheckMetadataHash" } }
    var reader = ScaleReader(vector.call.bytes.span.bytes)
    try reader.skip(2)
    let remark = try reader.readByteVector()
    let call = try metadata.encodeCall("System", "remark", arguments: .composite([.init("remark", .bytes(remark))]))
    #expect(call == vector.call.bytes)
    #expect(try metadata.encodeCall("System", "remark", arguments: .sequence([.bytes(remark)])) == call)
    let data = try metadata.extensionData(vector.facts)
    #expect(data.extra == vector.extra.bytes)
    #expect(data.additional == vector.additional.bytes)
    #expect(data.payload(call: call) == vector.message.bytes)
    let alice = try #require(AccountID(hex: "0x01e552298e47454041ea31273b4b630c64c104e4514aa3643490b8aaca9cf8ed"))
    let bytes = try metadata.signedExtrinsic(call: call, data: data, signer: alice, scheme: "Ecdsa", signature: vector.signature.bytes)
    #expect(bytes == vector.extrinsic.bytes)
  }

  @Test("a call is decoded to what it was made of") func decodes() throws {
    let metadata = Runtimes.polkadot14
    let account = [UInt8](repeating: 7, count: 32)
    let bytes = try metadata.encodeCall(
      "balances", "transferKeepAlive",
      arguments: .composite([.init("value", .string("12_000")), .init("dest", .variant("Id", [.init(nil, .bytes(account))]))]))
    let decoded = try metadata.decodeCall(bytes)
    guard case .variant("Balances", let fields) = decoded, case .variant("transfer_keep_alive", _)? = fields.first?.value else {
      Issue.record("\(decoded)")
      return
    }
    #expect(fields[0].value["value"] == .unsigned(12_000))
    #expect(throws: RuntimeLookupError.self) { try metadata.decodeCall(bytes + [0]) }
    #expect(throws: RuntimeLookupError.self) { try metadata.decodeCall([250, 0]) }
  }

  @Test("calls in calls") func nested() throws {
    let metadata = Runtimes.polkadot14
    let remark = DynamicValue.composite([.init("System", .composite([.init("remark", .composite([.init("remark", .string("0x1234"))]))]))])
    let bytes = try metadata.encodeCall("Utility", "batch", arguments: .composite([.init("calls", .sequence([remark, remark]))]))
    let inner = try metadata.encodeCall("System", "remark", arguments: .sequence([.bytes([0x12, 0x34])]))
    #expect(Array(bytes.dropFirst(2)) == [8] + inner + inner)
  }

  @Test("unknown names are answered with the known ones", arguments: ["pallet", "call", "item", "constant", "method"])
  func unknownNames(_ kind: String) {
    let metadata = Runtimes.frontier15
    let error = #expect(throws: RuntimeLookupError.self) {
      switch kind {
      case "pallet": _ = try metadata.call("Nothing", "x")
      case "call": _ = try metadata.call("System", "x")
      case "item": _ = try metadata.storageEntry("System", "x")
      case "constant": _ = try metadata.constant("System", "x")
      default: _ = try metadata.method("Core_x")
      }
    }
    guard case .unknownName(_, _, let known)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!known.isEmpty)
  }

  @Test("errors and events by their numbers") func errors() throws {
    let metadata = Runtimes.polkadot14
    let balances = try metadata.pallet("Balances")
    let error = try #require(metadata.error(pallet: balances.index, error: 2))
    #expect(error.pallet == "Balances" && error.variant.name == "InsufficientBalance")
    #expect(error.variant.docs == ["Balance too low to send value"])
    #expect(metadata.error(pallet: balances.index, error: 200) == nil)
    #expect(metadata.error(pallet: 250, error: 0) == nil)
    let event = try #require(metadata.event(pallet: 0, event: 0))
    #expect(event.pallet == "System" && event.variant.name == "ExtrinsicSuccess")
    #expect(metadata.event(pallet: 0, event: 99) == nil)
  }

  @Test("an extension that carries data and is not known") func unknownExtension() throws {
    var metadata = Runtimes.polkadot16
    let number = try #require(metadata.types.firstIndex { $0.definition == .primitive(.u32) })
    let nothing = try #require(metadata.types.firstIndex { $0.definition == .tuple([]) })
    metadata.extrinsic.extensions.append(.init(identifier: "Mystery", type: TypeID(nothing), additional: TypeID(nothing)))
    let facts = try ExtrinsicVector.all[1].facts
    _ = try metadata.extensionData(facts)
    for (type, additional) in [(number, nothing), (nothing, number)] {
      metadata.extrinsic.extensions.removeLast()
      metadata.extrinsic.extensions.append(.init(identifier: "Mystery", type: TypeID(type), additional: TypeID(additional)))
      #expect(throws: RuntimeLookupError.unknownExtension("Mystery")) { try metadata.extensionData(facts) }
    }
  }

  @Test("a runtime that takes no extrinsics of version 4") func versions() {
    var metadata = Runtimes.polkadot16
    metadata.extrinsic.versions = [5]
    #expect(throws: RuntimeLookupError.self) {
      try metadata.signedExtrinsic(call: [0, 0], data: .init(extra: [], additional: []), signer: .zero, scheme: "Ecdsa", signature: [])
    }
  }
}
