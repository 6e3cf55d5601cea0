internal import Finality
internal import Hashing
internal import Keys
internal import MerkleMountainRange
internal import Primitives
internal import Proofs
internal import ScaleCodec

/// `beefy`: commitments of real chains, with signatures, validator proofs and leaves.
enum BeefyChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    let json = file.json
    if json.has("signed_commitment") { tally.check("signed commitment") { try checkSigned(json) } }
    if json.has("signatures") { checkSignatures(json, &tally) }
    if json.has("commitment_scale", "validatorProofs") { tally.check("commitment") { try checkSubmission(json) } }
    file.each(&tally) { item in
      if item.has("commitment_scale", "validatorProofs") {
        try checkSubmission(item)
        return true
      }
      guard item.has("account", "proof"), json.has("commitment_hash", "keyset_root", "set_size") else { return false }
      let root = try json.hash(of: "keyset_root")
      let size: UInt32 = try json.integer(of: "set_size")
      try check(try validator(item), digest: try json.hash(of: "commitment_hash"), root: root, size: size)
      return true
    }
  }

  /// A validator's signature and path; `v` is 27 or 28.
  private static func validator(_ json: JSON) throws(Mismatch) -> SampledSignature {
    let v: UInt8 = try json.integer(of: "v")
    let bytes = try json.bytes(of: "r") + json.bytes(of: "s") + [v >= 27 ? v - 27 : v]
    guard let signature = RecoverableSignature(bytes) else { throw Mismatch("r and s are not 32 bytes each") }
    return SampledSignature(
      signature: signature, index: try json.integer(of: "index"), account: try json.address(of: "account"),
      siblings: try json.hashes(of: "proof"))
  }

  private static func check(_ proof: SampledSignature, digest: H256, root: H256, size: UInt32) throws(Mismatch) {
    try expect("signer", proof.signature.recoverAddress(prehash: digest), proof.account)
    let leaf = ValidatorSetSummary.leaf(of: proof.account)
    let verdict = KeccakTree.verify(leaf: leaf, index: proof.index, width: size, siblings: proof.siblings, root: root)
    try expect("membership", verdict, .valid)
  }

  /// A commitment with a sample of its signatures, and a leaf.
  private static func checkSubmission(_ json: JSON) throws(Mismatch) {
    let bytes = try json.bytes(of: "commitment_scale")
    let commitment = try attempt { try BeefyCommitment(decoding: bytes) }
    try expect("encoding", commitment.encoded(), bytes)
    if json.has("commitment_hash") { try expect("digest", commitment.digest, try json.hash(of: "commitment_hash")) }
    if json.has("mmr_root") { try expect("MMR root", commitment.payload.mmrRoot, try json.hash(of: "mmr_root")) }
    if let fields = json["commitment"] { try checkFields(commitment, fields) }
    let leaf = try json.bytes(of: "leaf_scale")
    let linear = LinearProof(items: try json.hashes(of: "leafProof"), order: try json.integer(of: "leafProofOrder"))
    if json.has("leaf_hash") { try expect("leaf hash", Hash.keccak256(leaf), try json.hash(of: "leaf_hash")) }
    switch commitment.verifyLeaf(leaf, proof: linear) {
    case .failure(let reason): throw Mismatch("leaf: \(reason)")
    case .success(let found): if let fields = json["leaf"] { try checkLeaf(found, fields) }
    }
    let set = try signingSet(json, id: commitment.validatorSetID)
    for item in try json.items(of: "validatorProofs") {
      try check(try validator(item), digest: commitment.digest, root: set.root, size: set.length)
    }
    guard let proof = try submission(json) else { return }
    if let failure = proof.verify(required: proof.sample.signatures.count).failure { throw Mismatch("\(failure)") }
  }

  /// The whole proof of a case; `nil` for a case that does not say who is claimed to have signed.
  static func submission(_ json: JSON) throws(Mismatch) -> BeefyMainnetProof? {
    let bytes = try json.bytes(of: "commitment_scale")
    let commitment = try attempt { try BeefyCommitment(decoding: bytes) }
    let set = try signingSet(json, id: commitment.validatorSetID)
    guard let claimed = try claimedSigners(json, size: set.length) else { return nil }
    var signatures: [SampledSignature] = []
    for item in try json.items(of: "validatorProofs") { signatures.append(try validator(item)) }
    let linear = LinearProof(items: try json.hashes(of: "leafProof"), order: try json.integer(of: "leafProofOrder"))
    let sample = SampledProof(
      commitment: commitment, claimed: claimed, signatures: signatures, leaf: try json.bytes(of: "leaf_scale"),
      leafProof: linear)
    return BeefyMainnetProof(sample: sample, set: set)
  }

  private static func signingSet(_ json: JSON, id: UInt64) throws(Mismatch) -> ValidatorSetSummary {
    if let set = json["signing_set"] {
      if set.has("id") { try expect("set", id, try set.integer(of: "id")) }
      return ValidatorSetSummary(id: id, length: try set.integer(of: "len"), root: try set.hash(of: "keyset_root"))
    }
    let set = try json.field("validator_set")
    return ValidatorSetSummary(id: id, length: try set.integer(of: "size"), root: try set.hash(of: "keyset_root"))
  }

  /// Words of 256 bits whose leading zeros may be missing, or a list of places.
  private static func claimedSigners(_ json: JSON, size: UInt32) throws(Mismatch) -> ClaimedSigners? {
    if json.has("bitfield") {
      var words: [H256] = []
      for item in try json.items(of: "bitfield") {
        let text = String(try item.text("bitfield").trimmingHexPrefix())
        guard text.count <= 64, let word = H256(hex: "0x" + String(repeating: "0", count: 64 - text.count) + text)
        else {
          throw Mismatch("a word of the bit field is not 256 bits")
        }
        words.append(word)
      }
      return ClaimedSigners(words: words)
    }
    guard let places = json["validator_set"]?["claimed_participants"], size <= ValidatorSet.maximumCount else {
      return nil
    }
    var words = [[UInt8]](repeating: [UInt8](repeating: 0, count: 32), count: (Int(size) + 255) / 256)
    for item in try places.items("claimed_participants") {
      let place: Int = try item.integer("place")
      guard (0..<Int(size)).contains(place) else { throw Mismatch("place \(place) is not in the set") }
      words[place / 256][31 - place % 256 / 8] |= 1 << UInt8(place % 8)
    }
    return ClaimedSigners(words: words.compactMap { H256($0) })
  }

  private static func checkFields(_ commitment: BeefyCommitment, _ json: JSON) throws(Mismatch) {
    if json.has("blockNumber") { try expect("block", commitment.blockNumber, try json.integer(of: "blockNumber")) }
    if json.has("validatorSetID") {
      try expect("set", commitment.validatorSetID, try json.integer(of: "validatorSetID"))
    }
    guard json.has("payload") else { return }
    var entries: [PayloadEntry] = []
    for item in try json.items(of: "payload") {
      entries.append(PayloadEntry(id: try payloadID(try item.field("payloadID")), data: try item.bytes(of: "data")))
    }
    try expect("payload", commitment.payload, BeefyPayload(entries) ?? commitment.payload)
    try expect("payload entries", commitment.payload.entries.count, entries.count)
  }

  /// Two letters, or their bytes.
  static func payloadID(_ json: JSON) throws(Mismatch) -> PayloadID {
    let text = try json.text("payload id")
    let bytes = text.hasPrefix("0x") ? try json.bytes("payload id") : Array(text.utf8)
    guard bytes.count == 2 else { throw Mismatch("payload id \(text) is not two bytes") }
    return PayloadID(bytes[0], bytes[1])
  }

  private static func checkLeaf(_ leaf: MmrLeaf, _ json: JSON) throws(Mismatch) {
    if json.has("version") { try expect("leaf version", leaf.version, try json.integer(of: "version")) }
    if json.has("parentNumber") { try expect("parent number", leaf.parentNumber, try json.integer(of: "parentNumber")) }
    if json.has("parentHash") { try expect("parent hash", leaf.parentHash, try json.hash(of: "parentHash")) }
    if json.has("nextAuthoritySetID") {
      try expect("next set", leaf.nextSet.id, try json.integer(of: "nextAuthoritySetID"))
    }
    if json.has("nextAuthoritySetLen") {
      try expect("next set's size", leaf.nextSet.length, try json.integer(of: "nextAuthoritySetLen"))
    }
    if json.has("nextAuthoritySetRoot") {
      try expect("next set's root", leaf.nextSet.root, try json.hash(of: "nextAuthoritySetRoot"))
    }
    if json.has("parachainHeadsRoot") {
      try expect("leaf extra", leaf.leafExtra, try json.hash(of: "parachainHeadsRoot"))
    }
  }
}

extension BeefyChecks {
  /// Upstream's literal encodings, whose block number has 128 bits in place of 32.
  private static func checkSigned(_ json: JSON) throws(Mismatch) {
    let fields = try json.field("commitment")
    var entries: [PayloadEntry] = []
    for item in try fields.items(of: "payload") {
      entries.append(PayloadEntry(id: try payloadID(try item.field("id")), data: try item.bytes(of: "value")))
    }
    guard let payload = BeefyPayload(entries) else { throw Mismatch("payload entries are not unique") }
    let set: UInt64 = try fields.integer(of: "validator_set_id")
    let isWide = ((try? json["block_number_type"]?.text()) ?? "").hasPrefix("u128")
    let number =
      isWide
      ? try fields.integer(of: "block_number", as: UInt128.self).encoded()
      : try fields.integer(of: "block_number", as: BlockNumber.self).encoded()
    let commitment = payload.encoded() + number + set.encoded()
    if json.has("commitment_scale") { try expect("commitment", commitment, try json.bytes(of: "commitment_scale")) }
    let signed = try json.field("signed_commitment")
    var signatures: [RecoverableSignature?] = []
    for item in try signed.items(of: "signatures") {
      guard item != .null else {
        signatures.append(nil)
        continue
      }
      guard let signature = RecoverableSignature(try item.bytes("signature")) else { throw Mismatch("not 65 bytes") }
      signatures.append(signature)
    }
    guard let list = SignatureList(signatures) else { throw Mismatch("too many signatures") }
    if signed.has("bitfield") { try expect("bit field", list.bits, try signed.bytes(of: "bitfield")) }
    if signed.has("scale") {
      try expect("signed commitment", commitment + list.encoded(), try signed.bytes(of: "scale"))
    }
    if signed.has("versioned_scale") {
      try expect("versioned proof", [1] + commitment + list.encoded(), try signed.bytes(of: "versioned_scale"))
    }
    let decoded = try attempt { try SignatureList(decoding: list.encoded()) }
    try expect("signatures", decoded, list)
  }

  private static func checkSignatures(_ json: JSON, _ tally: inout Tally) {
    guard case .array(let items)? = json["signatures"] else { return tally.fail("signatures", "not an array") }
    for (number, item) in items.enumerated() {
      tally.check("signature \(number)") {
        let digest = Hash.keccak256(try item.bytes(of: "message"))
        let signature = try item.signature(of: "signature_rsv")
        try expect("signer", signature.recover(prehash: digest), try item.publicKey(of: "public_compressed"))
        guard let uri = item["signer"] else { return }
        let key = try attempt { try SecretKey(suri: try uri.text("signer")) }
        try expect("signature", key.sign(prehash: digest), signature)
      }
    }
  }
}

extension String {
  fileprivate func trimmingHexPrefix() -> Substring { hasPrefix("0x") ? dropFirst(2) : self[...] }
}
