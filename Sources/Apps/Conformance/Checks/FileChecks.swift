internal import Files
internal import Hashing
internal import Keys
internal import Primitives
internal import ScaleCodec

/// `files-and-keys.json`: content ids, the cipher of sold files, key boxes and proofs of shared points.
enum FileChecks {
  /// The largest input that is made up for a content id, in bytes.
  private static let maximumInput: UInt64 = 1 << 28

  static func check(_ file: VectorFile, _ tally: inout Tally) {
    let json = file.json
    for (name, input) in inputs {
      guard let sizes = json[name]?.members else { continue }
      for (size, text) in sizes.sorted(by: { $0.key < $1.key }) {
        tally.check("\(name) \(size)") { try checkContent(size: size, input: input, text: text) }
      }
    }
    if let cases = try? json.items(of: "cipher") {
      for (number, item) in cases.enumerated() {
        tally.check("cipher \(number)") { try checkCipher(item, in: json) }
      }
    }
    if json["keyCommit"] != nil {
      tally.check("keyCommit") {
        try expect("commitment", try contentKey(json).commitment, try json.hash(of: "keyCommit"))
      }
    }
    if let box = json["ecies"] {
      tally.check("ecies") { try checkBox(box, key: try contentKey(json)) }
      if let proof = json["dleq"] { tally.check("dleq") { try checkProof(proof, box: box) } }
    }
  }

  /// Makes the bytes of a file from an offset on, which is a multiple of the granule.
  private typealias Input = @Sendable (_ offset: UInt64, _ count: Int) -> [UInt8]

  /// What each group of content ids is of.
  private static let inputs: [(name: String, bytes: Input)] = [
    ("zeros", { _, count in [UInt8](repeating: 0, count: count) }),
    ("sha256ctr(\"echochain\")", counted),
  ]

  /// sha256("echochain" ‖ u64, big-endian), counted from 0, one behind the other.
  private static func counted(offset: UInt64, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 32)
    var input = Array("echochain".utf8) + [UInt8](repeating: 0, count: 8)
    var number = offset / 32
    while bytes.count < count {
      var rest = number
      for place in stride(from: input.count - 1, through: input.count - 8, by: -1) {
        input[place] = UInt8(truncatingIfNeeded: rest)
        rest >>= 8
      }
      bytes += Hash.sha256(input).bytes
      number += 1
    }
    return Array(bytes.prefix(count))
  }

  private static func pieces(of size: UInt64, _ input: Input, _ body: ([UInt8]) throws -> Void) rethrows {
    let granule: UInt64 = 1 << 20
    for offset in stride(from: 0, to: size, by: Int(granule)) { try body(input(offset, Int(min(granule, size - offset)))) }
  }

  private static func checkContent(size: String, input: Input, text: JSON) throws(Mismatch) {
    guard let size = UInt64(size), size <= maximumInput else { throw Mismatch("\(size) is not a size up to \(maximumInput)") }
    let text = try text.text("content id")
    let expected = try attempt { try CID(text: text) }
    var builder = FileCIDBuilder()
    pieces(of: size, input) { builder.update($0) }
    let node = builder.finish()
    try expect("content id", node.cid.description, text)
    try expect("content id as bytes", try attempt { try CID(bytes: node.cid.bytes) }, expected)
    try expect("size", node.payload, size)
  }

  private static func contentKey(_ json: JSON) throws(Mismatch) -> ContentKey {
    guard let key = ContentKey(try json.bytes(of: "key")) else { throw Mismatch("key is not 32 bytes") }
    return key
  }

  private static func checkCipher(_ json: JSON, in file: JSON) throws(Mismatch) {
    let key = try contentKey(file)
    guard let salt = FixedBytes<16>(try file.bytes(of: "salt")) else { throw Mismatch("salt is not 16 bytes") }
    let size: UInt64 = try json.integer(of: "plainLen")
    guard size <= maximumInput else { throw Mismatch("plainLen is over \(maximumInput)") }
    var (cipher, plain): ([[UInt8]], [UInt8]) = ([], [])
    var sealer = SegmentSealer(key: key, salt: salt)
    try attempt {
      try pieces(of: size, counted) { piece in
        plain += piece
        try sealer.update(piece) { cipher.append($0) }
      }
    }
    let sealed = try attempt { try sealer.finish { cipher.append($0) } }
    try expect("size of the encrypted file", sealed.cipherSize, try json.integer(of: "cipherLen"))
    try expect("content id", sealed.cid.description, try json.text(of: "cid"))
    try expect("audit root", sealed.auditRoot, try json.hash(of: "auditRoot"))
    try expect("plain root", sealed.plainRoot, try json.hash(of: "plainRoot"))
    var opener = SegmentOpener(key: key, salt: salt)
    var opened: [UInt8] = []
    try attempt { for segment in cipher { try opener.update(segment) { opened += $0 } } }
    try expect("opened file", try attempt { try opener.finish { opened += $0 } }, sealed)
    try require(opened == plain, "the encrypted file opens to another")
  }

  private static func checkBox(_ json: JSON, key: ContentKey) throws(Mismatch) {
    let buyer = try json.secretKey(of: "d")
    let ephemeral = try json.secretKey(of: "e")
    guard let nonce = FixedBytes<12>(try json.bytes(of: "nonce")) else { throw Mismatch("nonce is not 12 bytes") }
    try expect("buyer's key", buyer.publicKey.compressed, try json.bytes(of: "buyerPub"))
    let box = try attempt { try KeyBox.seal(key, for: buyer.publicKey, ephemeral: ephemeral, nonce: nonce) }
    try expect("box", box.bytes, try json.bytes(of: "box"))
    let shared = ephemeral.sharedPoint(with: buyer.publicKey)
    try expect("HKDF", KeyBox.encryptionKey(ephemeral: ephemeral.publicKey, shared: shared), try json.bytes(of: "hkdf"))
    try expect("opened key", try attempt { try box.open(with: buyer).commitment }, key.commitment)
  }

  private static func checkProof(_ json: JSON, box: JSON) throws(Mismatch) {
    let buyer = try box.secretKey(of: "d")
    let bytes = try box.bytes(of: "box")
    let box = try attempt { try KeyBox(bytes) }
    let proof = SharedPointProof(
      sharedPoint: try json.bytes(of: "S"), challenge: try json.hash(of: "c"), response: try json.hash(of: "s"))
    try expect("proof", SharedPointProof.make(for: box, with: buyer, nonce: try json.secretKey(of: "k")), proof)
    try require(proof.verify(buyer: buyer.publicKey, box: box), "the proof does not verify")
    let wrong = SharedPointProof(
      sharedPoint: box.ephemeral.compressed, challenge: proof.challenge, response: proof.response)
    try require(!wrong.verify(buyer: buyer.publicKey, box: box), "a wrong point verifies")
  }
}
