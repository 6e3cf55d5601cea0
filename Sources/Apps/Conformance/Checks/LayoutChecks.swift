internal import Finality
internal import Hashing
internal import Keys
internal import MerkleMountainRange
internal import Primitives
internal import ScaleCodec

/// `echo-layouts.json`: this chain's own commitment, ranges, certificates and votes.
enum LayoutChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    let json = file.json
    if json.has("validators") { tally.check("validators") { try checkValidators(json) } }
    for name in json.members.keys.sorted() {
      if name.hasPrefix("set_root_") { tally.check(name) { try checkSetRoot(name, json) } }
      if name.hasPrefix("signed_commitment_") { tally.check(name) { try checkSigned(name, json) } }
      if let vote = json[name], vote.has("preimage", "digest") { tally.check(name) { try checkVote(vote) } }
    }
    if json.has("mmr_leaf_1") { tally.check("mmr_leaf_1") { try checkLeaf(json) } }
    if json.has("mmr_proofs") { checkProofs(json, &tally) }
    if json.has("commitment") { tally.check("commitment") { _ = try commitment(json) } }
  }

  /// The secret keys are 1, 2, 3, ...
  private static func secret(_ number: Int) throws(Mismatch) -> SecretKey {
    guard (1...255).contains(number) else { throw Mismatch("no validator \(number)") }
    return try attempt { try SecretKey(bytes: [UInt8](repeating: 0, count: 31) + [UInt8(number)]) }
  }

  private static func addresses(_ count: Int) throws(Mismatch) -> [EthereumAddress] {
    guard count > 0 else { throw Mismatch("a set of no validators") }
    var addresses: [EthereumAddress] = []
    for number in 1...count { addresses.append(try secret(number).publicKey.ethereumAddress) }
    return addresses
  }

  private static func checkValidators(_ json: JSON) throws(Mismatch) {
    for (index, item) in try json.items(of: "validators").enumerated() {
      let key = try secret(index + 1).publicKey
      try expect("public key", key.compressed, try item.bytes(of: "pub"))
      try expect("address", key.ethereumAddress, try item.address(of: "eth"))
    }
  }

  /// `set_root_N`, or `set_root_N_proof_I`.
  private static func checkSetRoot(_ name: String, _ json: JSON) throws(Mismatch) {
    let parts = name.split(separator: "_")
    guard parts.count >= 3, let count = Int(parts[2]) else { throw Mismatch("no set size in the name") }
    let addresses = try addresses(count)
    guard parts.count == 5, let index = UInt32(parts[4]) else {
      return try expect("root", ValidatorSetSummary.root(of: addresses), try json.hash(of: name))
    }
    guard index < count else { throw Mismatch("no validator \(index) in a set of \(count)") }
    let siblings = try json.hashes(of: name)
    let leaves = addresses.map(ValidatorSetSummary.leaf)
    try expect("siblings", KeccakTree.proof(leaves, index: Int(index)), siblings)
    let verdict = KeccakTree.verify(
      leaf: leaves[Int(index)], index: index, width: UInt32(count), siblings: siblings, root: KeccakTree.root(leaves))
    try expect("verdict", verdict, .valid)
  }

  private static func checkLeaf(_ json: JSON) throws(Mismatch) {
    let bytes = try json.bytes(of: "mmr_leaf_1")
    let leaf = try attempt { try MmrLeaf(decoding: bytes) }
    try expect("encoding", leaf.encoded(), bytes)
    try expect("parent number", leaf.parentNumber, 0)
    try expect("next set", leaf.nextSet.id, 1)
    if json.has("set_root_4") { try expect("next set's root", leaf.nextSet.root, try json.hash(of: "set_root_4")) }
    if let root = try json["mmr_roots_1_17"]?.items("roots").first {
      try expect("root", leaf.hash, try root.hash("root"))
    }
  }

  /// Proofs in both forms. Their roots are those of the list, by leaf count.
  private static func checkProofs(_ json: JSON, _ tally: inout Tally) {
    guard case .array(let items)? = json["mmr_proofs"], let roots = try? json.hashes(of: "mmr_roots_1_17") else {
      return tally.fail("mmr_proofs", "proofs or roots are malformed")
    }
    for (number, item) in items.enumerated() {
      tally.check("mmr_proofs \(number)") {
        let index: UInt64 = try item.integer(of: "leaf")
        let count: UInt64 = try item.integer(of: "count")
        let proof = LeafProof(leafIndices: [index], leafCount: count, items: try item.hashes(of: "items"))
        let linear = LinearProof(items: try item.hashes(of: "linear"), order: try item.integer(of: "order"))
        try expect("linear form", proof.linear, linear)
        guard count >= 1, count <= roots.count else { throw Mismatch("no root of \(count) leaves") }
        guard let leaf = try leaf(index, json) else { return }
        let root = roots[Int(count) - 1]
        try expect("verdict", proof.verify(leaves: [leaf], root: root), .valid)
        let verdict = linear.verify(leaf: leaf, index: index, leafCount: count, root: root)
        try expect("verdict on the linear form", verdict, .valid)
        try checkPeaks(from: leaf, proof.items, roots)
      }
    }
  }

  /// The siblings of the first leaf join it to the roots of 2, 4, 8, ... leaves, one by one.
  private static func checkPeaks(from leaf: H256, _ siblings: [H256], _ roots: [H256]) throws(Mismatch) {
    var node = leaf
    var count = 2
    for sibling in siblings {
      guard count <= roots.count, count < 1 << 16 else { return }
      node = KeccakTree.parent(node, sibling)
      // The last item may stand for the mountains on the right, whose join is no root of the list.
      guard sibling != siblings.last else { return }
      try expect("root of \(count) leaves", node, roots[count - 1])
      count *= 2
    }
  }

  /// The only leaf that the file tells is the first one.
  private static func leaf(_ index: UInt64, _ json: JSON) throws(Mismatch) -> H256? {
    guard index == 0, json.has("mmr_leaf_1") else { return nil }
    return Hash.keccak256(try json.bytes(of: "mmr_leaf_1"))
  }

  private static func commitment(_ json: JSON) throws(Mismatch) -> Commitment {
    let fields = try json.field("commitment")
    let items = try fields.field("items")
    let time = try items.bytes(of: "ts")
    let commitment = Commitment(
      headerHash: try items.hash(of: "bh"), genesisHash: try items.hash(of: "ch"), mmrRoot: try items.hash(of: "mh"),
      timestamp: try attempt { try UInt64(decoding: time) }, blockNumber: try fields.integer(of: "block"),
      validatorSetID: try fields.integer(of: "set_id"))
    let bytes = try fields.bytes(of: "encoded")
    try expect("encoding", commitment.encoded(), bytes)
    try expect("decoding", try attempt { try Commitment(decoding: bytes) }, commitment)
    if fields.has("len") { try expect("length", bytes.count, try fields.integer(of: "len")) }
    if fields.has("digest") { try expect("digest", commitment.digest, try fields.hash(of: "digest")) }
    return commitment
  }

  /// `signed_commitment_N`: a certificate of the first N keys.
  private static func checkSigned(_ name: String, _ json: JSON) throws(Mismatch) {
    guard let count = Int(name.dropFirst("signed_commitment_".count)), (1...64).contains(count) else {
      throw Mismatch("no set size in the name")
    }
    let fields = try json.field(name)
    let commitment = try commitment(json)
    var signatures = [RecoverableSignature?](repeating: nil, count: count)
    for item in try fields.items(of: "signers") {
      let place: Int = try item.integer("signer")
      guard signatures.indices.contains(place) else { throw Mismatch("no signer \(place) in a set of \(count)") }
      signatures[place] = try secret(place + 1).sign(prehash: commitment.digest)
    }
    guard let list = SignatureList(signatures) else { throw Mismatch("too many signatures") }
    try expect("bit field", list.bits, try fields.bytes(of: "bitfield"))
    let proof = FinalityProof(SignedCommitment(commitment: commitment, signatures: list))
    let bytes = try fields.bytes(of: "encoded")
    let prefix = try fields["versioned_prefix"]?.bytes("versioned_prefix") ?? [1]
    try expect("encoding", proof.encoded(), prefix + bytes)
    let addresses = try addresses(count)
    let set = ValidatorSetSummary(id: commitment.validatorSetID, addresses: addresses)
    let decoded = try attempt { try FinalityProof(decoding: prefix + bytes) }
    let report = decoded.verify(addresses: addresses, set: set, genesisHash: commitment.genesisHash)
    if let failure = report.failure { throw Mismatch("\(failure)") }
  }

  private static func checkVote(_ json: JSON) throws(Mismatch) {
    let preimage = try json.bytes(of: "preimage")
    if json.has("len") { try expect("length", preimage.count, try json.integer(of: "len")) }
    let digest = Hash.keccak256(preimage)
    try expect("digest", digest, try json.hash(of: "digest"))
    if json.has("sig_key1") {
      try expect("signature", try secret(1).sign(prehash: digest), try json.signature(of: "sig_key1"))
    }
  }
}
