import Finality
import Hashing
import Keys
import Primitives
import ScaleCodec
import TestKit
import Testing

/// `blocks/headers.json`: headers recorded from live chains
struct HeaderVectors: Decodable, Sendable {
  struct Log: Decodable, Sendable {
    var type: String
    var engine: String?
    var data: HexBytes?
    func item() -> DigestItem {
      let engine = FixedBytes<4>(Array((engine ?? "").utf8)) ?? .zero
      let data = data?.bytes ?? []
      return switch type {
      case "consensus": .consensus(engine, data)
      case "seal": .seal(engine, data)
      case "pre_runtime": .preRuntime(engine, data)
      default: .other(data)
      }
    }
  }
  struct Fields: Decodable, Sendable {
    var parentHash: HashText
    var number: UInt32
    var stateRoot: HashText
    var extrinsicsRoot: HashText
    var digest: [Log]
    enum CodingKeys: String, CodingKey {
      case parentHash = "parent_hash"
      case number
      case stateRoot = "state_root"
      case extrinsicsRoot = "extrinsics_root"
      case digest
    }
  }
  struct JSONLogs: Decodable, Sendable { var logs: [HexBytes] }
  struct JSONFields: Decodable, Sendable {
    var digest: JSONLogs
    var number: String
    var parentHash: HashText
  }
  struct Case: Decodable, Sendable {
    var name: String
    var scale: HexBytes
    var hash: HashText
    var fields: Fields?
    var json: JSONFields?
    enum CodingKeys: String, CodingKey {
      case name, hash
      case scale = "header_scale"
      case fields = "header"
      case json = "header_json"
    }
  }
  var cases: [Case]
  static let all: HeaderVectors = Fixture.json("blocks/headers.json")
}

@Suite("Headers") struct HeaderTests {
  @Test("real headers decode, encode and hash", arguments: HeaderVectors.all.cases.indices)
  func realHeaders(_ place: Int) throws {
    let vector = HeaderVectors.all.cases[place]
    let header = try Header(decoding: vector.scale.bytes)
    #expect(header.encoded() == vector.scale.bytes)
    #expect(header.hash == vector.hash.hash)
    if let fields = vector.fields {
      #expect(header.parentHash == fields.parentHash.hash)
      #expect(header.number.value == fields.number)
      #expect(header.stateRoot == fields.stateRoot.hash)
      #expect(header.extrinsicsRoot == fields.extrinsicsRoot.hash)
      #expect(header.digest == fields.digest.map { $0.item() })
    }
    if let json = vector.json {
      #expect(header.parentHash == json.parentHash.hash)
      #expect("0x" + String(header.number.value, radix: 16) == json.number)
      #expect(header.digest.map { $0.encoded() } == json.digest.logs.map(\.bytes))
    }
  }

  @Test("the MMR root in a Rococo header")
  func rococoRoot() throws {
    let header = try Header(decoding: HeaderVectors.all.cases[1].scale.bytes)
    let logs = try header.beefyLogs()
    #expect(header.mmrRoot?.hex.hasPrefix("0x270b21e038641112769fa7670a567dde14bd") == true)
    #expect(logs == [.mmrRoot(try #require(header.mmrRoot))])
    #expect(header.authoritiesChange == nil && header.author == nil)
  }

  private func header(_ digest: [DigestItem]) -> Header {
    Header(parentHash: .zero, number: 7, stateRoot: .zero, extrinsicsRoot: .zero, digest: digest)
  }

  @Test("Echochain's logs: author, set change, root")
  func ownLogs() throws {
    let author = AuthorLog(author: 2, round: 1, setID: 9)
    let set = try validatorSet(3, id: 9)
    let root = Hash.keccak256([1])
    let header = header([.author(author), .beefy(.authoritiesChange(set)), .beefy(.mmrRoot(root))])
    #expect(header.author == author && header.authoritiesChange == set && header.mmrRoot == root)
    #expect(header.digest[2] == .consensus(EngineID.beefy, [3] + root.bytes))
    #expect(
      header.digest[1]
        == .consensus(EngineID.beefy, [1, 12] + set.validators.flatMap(\.compressed) + UInt64(9).encoded()))
    #expect(header.digest[0] == .preRuntime(EngineID.echo, [2, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]))
    #expect(try Header(decoding: header.encoded()) == header)
  }

  @Test("two roots, a malformed log or bytes behind one give no root")
  func ambiguousLogs() {
    let root = DigestItem.beefy(.mmrRoot(.zero))
    #expect(header([root, root]).mmrRoot == nil)
    #expect(header([root, .consensus(EngineID.beefy, [9])]).mmrRoot == nil)
    #expect(header([.consensus(EngineID.beefy, [3] + [UInt8](repeating: 0, count: 33))]).mmrRoot == nil)
    #expect(header([]).mmrRoot == nil)
  }

  @Test("a header is accepted for its own hash and height only")
  func verified() {
    let header = header([])
    let bytes = header.encoded()
    #expect(Header.verified(bytes, hash: header.hash, number: 7) == .success(header))
    #expect(Header.verified(bytes, hash: header.hash, number: 8) == .failure(.headerNumber(found: 7, expected: 8)))
    #expect(
      Header.verified(bytes, hash: .zero, number: 7) == .failure(.headerHash(computed: header.hash, expected: .zero)))
    let long = bytes + [0]
    let trailing = Header.verified(long, hash: Hash.blake2b256(long), number: 7)
    #expect(trailing == .failure(.malformed(.trailingBytes(count: 1))))
    let huge = [UInt8](repeating: 0, count: Header.maximumEncodedSize + 1)
    #expect(
      Header.verified(huge, hash: .zero, number: 7) == .failure(.headerTooLong(count: huge.count, limit: 1 << 20)))
  }
}
