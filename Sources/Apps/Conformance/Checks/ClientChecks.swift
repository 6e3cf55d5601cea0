internal import EchoRuntime
internal import Hashing
internal import Keys
internal import PalletSupport
internal import Primitives
internal import ScaleCodec

/// `clients`: keys, eras, storage keys and extrinsics as real clients make them.
enum ClientChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    let json = file.json
    each("ecdsa_dev_accounts", json, &tally, checkAccount)
    each("sr25519_dev_accounts", json, &tally, checkAddress)
    each("eras", json, &tally, checkEra)
    each("storage", json, &tally) { item throws(Mismatch) in
      try expect(
        "key", storagePrefix(try item.text(of: "pallet"), try item.text(of: "item")), try item.bytes(of: "key"))
    }
    each("junctions", json, &tally, checkJunction)
    each("extrinsics", json, &tally, checkExtrinsic)
    for name in json.members.keys.sorted() where name.hasPrefix("hashers_of_") {
      guard let input = Hex.decode(String(name.dropFirst("hashers_of_".count))) else { continue }
      for (hasher, value) in (json[name]?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
        guard let found = hash(hasher, input) else {
          tally.skip()
          continue
        }
        tally.check("\(name) \(hasher)") { try expect("hash", found, try value.bytes(hasher)) }
      }
    }
  }

  private static func each(_ name: String, _ json: JSON, _ tally: inout Tally, _ body: (JSON) throws -> Void) {
    guard case .array(let items)? = json[name] else { return }
    for (number, item) in items.enumerated() { tally.check("\(name) \(number)") { try body(item) } }
  }

  private static func checkAccount(_ json: JSON) throws(Mismatch) {
    let uri = try json.text(of: "suri")
    let key = try attempt { try SecretKey(suri: uri) }
    try KeyChecks.checkSecret(key, json)
    guard json.has("message", "signature") else { return }
    let message = try json.bytes(of: "message")
    let digest = Hash.blake2b256(message)
    if json.has("message_hash_blake2_256") {
      try expect("digest", digest, try json.hash(of: "message_hash_blake2_256"))
    }
    let signature = try json.signature(of: "signature")
    try expect("signature", key.sign(prehash: digest), signature)
    try require(
      MultiSignature.ecdsa(signature).verify(message: message, account: key.publicKey.accountID), "does not verify")
  }

  private static func checkAddress(_ json: JSON) throws(Mismatch) {
    guard let account = AccountID(try json.bytes(of: "public")) else { throw Mismatch("public is not 32 bytes") }
    if json.has("suri") {
      let uri = try json.text(of: "suri")
      try expect("key", try attempt { try SecretURI(uri).accountKey(.sr25519).accountID }, account)
    }
    try expect("SS58", SS58.encode(account), try json.text(of: "ss58_42"))
  }

  private static func checkJunction(_ json: JSON) throws(Mismatch) {
    // The chain code is hashed into the child, which shows that it was made rightly.
    let parent = DevelopmentKey.alice.secretKey
    let junction = try json.text(of: "junction")
    let input = "Secp256k1HDKD".encoded() + parent.bytes + (try json.bytes(of: "chain_code"))
    let child = try attempt { try parent.derivedHard(junction).bytes }
    try expect("child", child, Hash.blake2b256(input).bytes)
  }

  private static func hash(_ name: String, _ input: [UInt8]) -> [UInt8]? {
    switch name {
    case "Blake2_128": Hash.blake2b128(input)
    case "Blake2_256": Hash.blake2b256(input).bytes
    case "Blake2_128Concat": StorageHasher.blake2b128Concat.hash(input)
    case "Twox64Concat": StorageHasher.twox64Concat.hash(input)
    case "Twox128": Hash.twox128(input)
    case "Twox256": Hash.twox256(input)
    case "Identity": StorageHasher.identity.hash(input)
    default: nil
    }
  }

  private static func checkEra(_ json: JSON) throws(Mismatch) {
    let current: UInt64 = try json.integer(of: "current")
    let era = Era(period: try json.integer(of: "period"), current: current)
    if json.has("phase") {
      try expect("era", era, .mortal(period: try json.integer(of: "period"), phase: try json.integer(of: "phase")))
    }
    if json.has("birth") { try expect("birth", era.birth(current: current), try json.integer(of: "birth")) }
    let bytes = try json.bytes(of: "bytes")
    try expect("bytes", era.encoded(), bytes)
    try expect("decoded era", try attempt { try Era(decoding: bytes) }, era)
  }

  /// A signed extrinsic of version 4: what is signed, the signature, and where each part stands.
  private static func checkExtrinsic(_ json: JSON) throws(Mismatch) {
    let call = try json.bytes(of: "call")
    let extra = try json.bytes(of: "extra")
    let additional = try json.bytes(of: "additional_signed")
    if json.has("spec_version", "transaction_version", "genesis_hash", "era_block_hash") {
      let signed =
        try json.integer(of: "spec_version", as: UInt32.self).encoded()
        + json.integer(of: "transaction_version", as: UInt32.self).encoded()
        + json.bytes(of: "genesis_hash") + json.bytes(of: "era_block_hash")
      // Later extensions may sign more, such as the absence of a metadata hash.
      try require(additional.starts(with: signed), "additional_signed does not begin with versions and hashes")
    }
    let payload = call + extra + additional
    if json.has("payload_len") { try expect("payload length", payload.count, try json.integer(of: "payload_len")) }
    let message = payload.count > 256 ? Hash.blake2b256(payload).bytes : payload
    try expect("signed message", message, try json.bytes(of: "signed_message"))
    let digest = Hash.blake2b256(message)
    if json.has("hash_that_ecdsa_signs") { try expect("digest", digest, try json.hash(of: "hash_that_ecdsa_signs")) }
    let signature = try json.signature(of: "signature")
    guard let signer = signature.recover(prehash: digest) else { throw Mismatch("the signature belongs to no key") }
    let signed = MultiSignature.ecdsa(signature)
    let body = [0x84, 0] + signer.accountID.bytes + signed.encoded() + extra + call
    let bytes = body.encoded()
    try expect("extrinsic", bytes, try json.bytes(of: "extrinsic"))
    if json.has("extrinsic_hash") {
      try expect("extrinsic hash", Extrinsic.hash(of: bytes), try json.hash(of: "extrinsic_hash"))
    }
    try checkRuntime(json, bytes, call: call, extra: extra, message: message)
  }

  /// What this chain's runtime makes of it, where the case has its signed extensions and a call that it knows.
  private static func checkRuntime(
    _ json: JSON, _ bytes: [UInt8], call: [UInt8], extra: [UInt8], message: [UInt8]
  ) throws(Mismatch) {
    guard json.has("spec_version", "transaction_version", "genesis_hash", "era_block_hash"),
      let signed = try? SignedExtra(decoding: extra)
    else { return }
    try expect("extra", signed.encoded(), extra)
    let context = SigningContext(
      specVersion: try json.integer(of: "spec_version"),
      transactionVersion: try json.integer(of: "transaction_version"),
      genesisHash: try json.hash(of: "genesis_hash"), birthHash: try json.hash(of: "era_block_hash"))
    try expect("payload of the runtime", context.payload(call: call, extra: signed), message)
    guard (try? RuntimeCall(decoding: call)) != nil else { return }
    let extrinsic = try attempt { try Extrinsic(decoding: bytes) }
    try expect("encoding of the runtime", extrinsic.encoded(), bytes)
    try require(extrinsic.verifySignature(context), "the runtime refuses the signature")
  }
}
