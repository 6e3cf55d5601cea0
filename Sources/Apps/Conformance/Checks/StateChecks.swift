internal import Finality
internal import Hashing
internal import Primitives
internal import ScaleCodec
internal import StateTrie

/// `compact-proof`: proofs without the hashes that follow from their own nodes.
enum CompactProofChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    if file.json.has("file", "root") { tally.check("dump") { try checkDump(file) } }
    file.each(&tally) { json in
      guard json.has("compact_nodes", "state_root") else { return false }
      let compact = CompactProof(nodes: try json.byteLists(of: "compact_nodes"))
      let root = try json.hash(of: "state_root")
      let expanded = try attempt { try compact.expanded() }
      try expect("root", expanded.root, root)
      if json.has("full_nodes") { try checkFull(json, compact, expanded.proof, root: root) }
      if json.has("bytes_compact") {
        try expect("compact bytes", size(compact.nodes), try json.integer(of: "bytes_compact"))
      }
      if json.has("entries") { try checkEntries(json, expanded.proof, root: root) }
      return true
    }
  }

  private static func size(_ nodes: [[UInt8]]) -> Int { nodes.reduce(0) { $0 + $1.count } }

  private static func checkFull(_ json: JSON, _ compact: CompactProof, _ proof: StorageProof, root: H256)
    throws(Mismatch)
  {
    let full = try json.byteLists(of: "full_nodes")
    try require(Set(proof.nodes) == Set(full), "expands to other nodes")
    if json.has("bytes_full") { try expect("full bytes", size(full), try json.integer(of: "bytes_full")) }
    let again = try attempt { try CompactProof(StorageProof(nodes: full), root: root) }
    try require(again == compact, "the full nodes compact to another proof")
  }

  private static func checkEntries(_ json: JSON, _ proof: StorageProof, root: H256) throws(Mismatch) {
    for entry in try json.items(of: "entries") {
      let pair = try entry.items("entry")
      guard pair.count == 2 else { throw Mismatch("an entry is not a key and a value") }
      let key = try pair[0].bytes("key")
      let answers = try attempt { try proof.answers(root: root, keys: [key], strict: false) }
      try expect("value of \(Hex.encode(key))", answers, [.value(try pair[1].bytes("value"))])
    }
  }

  private static func checkDump(_ file: VectorFile) throws(Mismatch) {
    let bytes = try file.data(try file.json.text(of: "file"))
    let compact = try attempt { try CompactProof(decoding: bytes) }
    if file.json.has("entries") { try expect("blobs", compact.nodes.count, try file.json.integer(of: "entries")) }
    if file.json.has("escaped_values") {
      let escaped = compact.nodes.count { $0.first == 1 }
      try require(
        escaped >= (try file.json.integer(of: "escaped_values")), "only \(escaped) blobs begin with an escape")
    }
    let root = try file.json.hash(of: "root")
    let expanded = try attempt { try compact.expanded() }
    try expect("root", expanded.root, root)
    for sample in try file.json["samples"]?.items("samples") ?? [] {
      let key = try sample.bytes(of: "key")
      let answers = try attempt { try expanded.proof.answers(root: root, keys: [key], strict: false) }
      guard case .value(let value)? = answers.first else { throw Mismatch("no value for \(Hex.encode(key))") }
      if sample.has("value_len") { try expect("length", value.count, try sample.integer(of: "value_len")) }
      if sample.has("value_blake2_256") {
        try expect("value", Hash.blake2b256(value), try sample.hash(of: "value_blake2_256"))
      }
    }
  }
}

/// `genesis-state`: whole states of real chains, and their genesis hashes.
enum GenesisChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    guard file.json.has("state_root", "state_version") else { return }
    let name = (try? file.json.text(of: "chain")) ?? file.name
    tally.check(name) {
      let data = try file.json["file"]?.text("file") ?? String(file.name.dropLast(5)) + ".scale"
      let rows = try attempt { try [Pair<[UInt8], [UInt8]>](decoding: try file.data(data)) }
      if file.json.has("entries") { try expect("entries", rows.count, try file.json.integer(of: "entries")) }
      try require(rows.allSatisfy { $0.first.count <= StateTrie.maximumKeyBytes }, "a key is too long")
      let version: UInt8 = try file.json.integer(of: "state_version")
      guard let layout = TrieLayout(rawValue: version) else { throw Mismatch("state version \(version) is not known") }
      let root = StateTrie(layout: layout, entries: rows.map { ($0.first, $0.second) }).root()
      try expect("state root", root, try file.json.hash(of: "state_root"))
      if let other = file.json["root_if_built_with_other_state_version"] {
        let trie = StateTrie(layout: layout == .v0 ? .v1 : .v0, entries: rows.map { ($0.first, $0.second) })
        try expect("root in the other layout", trie.root(), try other.hash("root_if_built_with_other_state_version"))
      }
      if file.json.has("genesis_header") { try checkHeader(file.json, root: root) }
    }
  }

  private static func checkHeader(_ json: JSON, root: H256) throws(Mismatch) {
    let bytes = try json.bytes(of: "genesis_header")
    let header = Header(
      parentHash: .zero, number: 0, stateRoot: root, extrinsicsRoot: orderedTrieRoot([], layout: .v0), digest: [])
    try expect("genesis header", header.encoded(), bytes)
    try expect("genesis hash", header.hash, try json.hash(of: "genesis_hash"))
  }
}

/// `blocks`: headers of real chains, their hashes, and extrinsics roots.
enum BlockChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    let version = (try? file.json["extrinsics_root_state_version"]?.integer(as: UInt8.self)) ?? 0
    let genesis = try? file.json["genesis"]?.hash()
    var previous: (number: BlockNumber, hash: H256)? = genesis.map { (0, $0) }
    file.each(&tally) { json in
      guard json.has("header_scale") else { return false }
      let bytes = try json.bytes(of: "header_scale")
      let header = try attempt { try Header(decoding: bytes) }
      try expect("encoding", header.encoded(), bytes)
      if json.has("hash") { try expect("hash", header.hash, try json.hash(of: "hash")) }
      if json.has("number") { try expect("number", header.number.value, try json.integer(of: "number")) }
      if let fields = json["header"] { try checkFields(header, fields) }
      if let fields = json["header_json"] { try checkRPC(header, fields) }
      if json.has("extrinsics") {
        guard let layout = TrieLayout(rawValue: version) else {
          throw Mismatch("state version \(version) is not known")
        }
        let root = orderedTrieRoot(try json.byteLists(of: "extrinsics"), layout: layout)
        try expect("extrinsics root", root, header.extrinsicsRoot)
      }
      if let last = previous, header.number.value == last.number.addingSaturating(1) {
        try expect("parent", header.parentHash, last.hash)
      }
      if genesis != nil { previous = (header.number.value, header.hash) }
      return true
    }
  }

  /// A header as decoded fields.
  private static func checkFields(_ header: Header, _ json: JSON) throws(Mismatch) {
    if json.has("parent_hash") { try expect("parent hash", header.parentHash, try json.hash(of: "parent_hash")) }
    if json.has("number") { try expect("number", header.number.value, try json.integer(of: "number")) }
    if json.has("state_root") { try expect("state root", header.stateRoot, try json.hash(of: "state_root")) }
    if json.has("extrinsics_root") {
      try expect("extrinsics root", header.extrinsicsRoot, try json.hash(of: "extrinsics_root"))
    }
    guard json.has("digest") else { return }
    var items: [DigestItem] = []
    for item in try json.items(of: "digest") { items.append(try digestItem(item)) }
    try expect("digest", header.digest, items)
  }

  private static func digestItem(_ json: JSON) throws(Mismatch) -> DigestItem {
    let kind = try json.text(of: "type").lowercased().filter { $0 != "_" }
    if kind == "runtimeenvironmentupdated" { return .runtimeEnvironmentUpdated }
    let data = try json.bytes(of: "data")
    if kind == "other" { return .other(data) }
    guard let engine = FixedBytes<4>(try engine(json)) else { throw Mismatch("an engine is not four bytes") }
    switch kind {
    case "prerun", "preruntime": return .preRuntime(engine, data)
    case "consensus": return .consensus(engine, data)
    case "seal": return .seal(engine, data)
    default: throw Mismatch("log of kind \(kind) is not known")
    }
  }

  private static func engine(_ json: JSON) throws(Mismatch) -> [UInt8] {
    let text = try json.text(of: "engine")
    return text.hasPrefix("0x") ? try json.bytes(of: "engine") : Array(text.utf8)
  }

  /// A header as JSON-RPC gives it.
  private static func checkRPC(_ header: Header, _ json: JSON) throws(Mismatch) {
    try expect("parent hash", header.parentHash, try json.hash(of: "parentHash"))
    try expect("number", header.number.value, try json.integer(of: "number"))
    try expect("state root", header.stateRoot, try json.hash(of: "stateRoot"))
    try expect("extrinsics root", header.extrinsicsRoot, try json.hash(of: "extrinsicsRoot"))
    try expect("logs", header.digest.map { $0.encoded() }, try json.field("digest").byteLists(of: "logs"))
  }
}
