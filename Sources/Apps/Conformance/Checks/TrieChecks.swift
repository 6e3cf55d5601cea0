internal import Hashing
internal import Primitives
internal import StateTrie

/// `trie-roots`: roots of small tries and of ordered lists, in both layouts.
enum TrieChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    file.each(&tally) { json in
      guard json.has("root_v0") || json.has("root_v1") else { return false }
      for (name, layout) in [("root_v0", TrieLayout.v0), ("root_v1", .v1)] where json.has(name) {
        if json.has("entries") {
          try expect(name, try trie(json, layout: layout).root(), try json.hash(of: name))
        } else {
          try expect(name, orderedTrieRoot(try json.byteLists(of: "values"), layout: layout), try json.hash(of: name))
        }
      }
      return true
    }
  }

  /// A trie of `entries`, which are pairs of key and value.
  static func trie(_ json: JSON, layout: TrieLayout) throws(Mismatch) -> StateTrie {
    var rows: [(key: [UInt8], value: [UInt8])] = []
    for entry in try json.items(of: "entries") {
      let pair = try entry.items("entry")
      guard pair.count == 2 else { throw Mismatch("an entry is not a key and a value") }
      let key = try pair[0].bytes("key")
      guard key.count <= StateTrie.maximumKeyBytes else { throw Mismatch("a key of \(key.count) bytes") }
      rows.append((key, try pair[1].bytes("value")))
    }
    return StateTrie(layout: layout, entries: rows)
  }
}

/// `storage-proofs`: answers to keys, listings, and what must not verify.
enum StorageProofChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    if file.json.has("proofs_scale", "expected_keys") {
      tally.check("prefix") { try checkPrefix(file.json) }
    }
    file.each(&tally) { json in
      if json.has("queries") || json.has("next_key") { return try checkQueries(json) }
      if json.has("expect") { return try checkRefusal(json) }
      if json.has("key", "state_root") { return try checkKey(json) }
      return false
    }
  }

  /// The proof of a case: encoded, or as a list of nodes.
  static func proof(_ json: JSON) throws(Mismatch) -> StorageProof {
    if case .array? = json["proof_nodes"] { return StorageProof(nodes: try json.byteLists(of: "proof_nodes")) }
    return try proof(scale: try json.bytes(of: "proof_scale"))
  }

  private static func proof(scale: [UInt8]) throws(Mismatch) -> StorageProof {
    try attempt { try StorageProof(scale: scale) }
  }

  private static func answers(
    _ proof: StorageProof, _ json: JSON, keys: [[UInt8]], strict: Bool = false
  ) throws(Mismatch) -> [ProofAnswer] {
    let root = try json.hash(of: "state_root")
    return try attempt { try proof.answers(root: root, keys: keys, strict: strict) }
  }

  private static func expected(_ json: JSON) throws(Mismatch) -> ProofAnswer {
    switch json {
    case .null, .string("absent"): .absent
    case .string("incomplete"): .incomplete
    default: .value(try json.bytes("result"))
    }
  }

  private static func checkQueries(_ json: JSON) throws(Mismatch) -> Bool {
    let proof = try proof(json)
    if case .number? = json["proof_nodes"] {
      try expect("nodes", proof.nodes.count, try json.integer(of: "proof_nodes"))
    }
    let queries = try json["queries"]?.items("queries") ?? []
    var keys: [[UInt8]] = []
    for query in queries { keys.append(try query.bytes(of: "key")) }
    for (query, answer) in zip(queries, try answers(proof, json, keys: keys)) {
      try expect("answer for \(try query.text(of: "key"))", answer, try expected(query.members["result"] ?? .null))
    }
    for next in try json["next_key"]?.items("next_key") ?? [] {
      try checkNext(next, proof, root: try json.hash(of: "state_root"))
    }
    return true
  }

  private static func checkNext(_ json: JSON, _ proof: StorageProof, root: H256) throws(Mismatch) {
    let prefix = try json["prefix"]?.bytes("prefix") ?? []
    let after = try json.bytes(of: "after")
    let found = try attempt { try proof.keys(root: root, prefix: prefix, after: after, limit: 1, strict: false) }
    switch json.members["expected"] ?? .null {
    case .null, .string("none"), .string("absent"): try expect("next key", found, ProvenKeys(keys: [], end: .complete))
    case .string("incomplete"): try expect("next key", found, ProvenKeys(keys: [], end: .incomplete))
    case let key: try expect("next key", found.keys, [try key.bytes("expected")])
    }
  }

  private static func checkKey(_ json: JSON) throws(Mismatch) -> Bool {
    let key = try json.bytes(of: "key")
    try expect(
      "answer", try answers(try proof(json), json, keys: [key]), [try expected(json.members["value"] ?? .null)])
    return true
  }

  /// Must fail to decode, be refused by a strict reader, or give no answer that could be believed.
  private static func checkRefusal(_ json: JSON) throws(Mismatch) -> Bool {
    let rule = try json.text(of: "expect")
    let decoded: StorageProof
    do throws(Mismatch) { decoded = try proof(json) } catch {
      // Data that is missing in the case is no refusal of ours.
      guard json.has("proof_scale") || json.has("proof_nodes") else { throw error }
      return true
    }
    try require(!rule.hasPrefix("decode error"), "decodes, and must not")
    let root = try json["state_root"]?.hash("state_root") ?? decoded.nodes.first.map { Hash.blake2b256($0) } ?? .zero
    let keys = try json["key"].map { json throws(Mismatch) in [try json.bytes("key")] } ?? []
    guard let answers = try? decoded.answers(root: root, keys: keys, strict: rule.hasPrefix("reject")) else {
      return true
    }
    try require(!answers.isEmpty && answers.allSatisfy { $0 == .incomplete }, "answers \(answers), and must not")
    try require(!rule.hasPrefix("reject"), "is accepted, and must not be")
    return true
  }

  private static func checkPrefix(_ json: JSON) throws(Mismatch) {
    var nodes: [[UInt8]] = []
    for part in try json.byteLists(of: "proofs_scale") { nodes += try proof(scale: part).nodes }
    let expected = try json.byteLists(of: "expected_keys").sorted { $0.lexicographicallyPrecedes($1) }
    let root = try json.hash(of: "state_root")
    let prefix = try json.bytes(of: "prefix")
    let limit = expected.count + 1
    let found = try attempt { try StorageProof(nodes: nodes).keys(root: root, prefix: prefix, limit: limit) }
    try expect("end of the listing", found.end, .complete)
    try expect("number of keys", found.keys.count, expected.count)
    try require(found.keys == expected, "other keys are listed")
  }
}
