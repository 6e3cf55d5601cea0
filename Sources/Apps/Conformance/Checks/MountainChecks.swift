internal import Hashing
internal import MerkleMountainRange
internal import Primitives

/// `mmr`: roots and proofs of mountain ranges.
enum MountainChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    let json = file.json
    if json.has("leaf_preimages", "leaf_hashes") { tally.check("leaf hashes") { try checkPreimages(json) } }
    if json.has("sizes") { tally.check("sizes") { try checkSizes(try json.field("sizes")) } }
    if json.has("root_at_7") || json.has("peaks_at_7") { tally.check("range of 7") { try checkSeven(json) } }
    if json.has("leaves", "roots") { checkPrefixRoots(json, &tally) }
    if json.has("leaves"), (try? json.hashes(of: "leaves")) == nil {
      return tally.fail("leaves", "are no list of hashes")
    }
    let range = MountainRange(leaves: (try? json.hashes(of: "leaves")) ?? [])
    file.each(&tally) { item in
      if item.has("leaf_indices", "items") { return try checkBatch(item) }
      if item.has("leaf_hash", "mmr_root") { return try checkLeaf(item) }
      if item.has("leaf_index", "items", "order"), json.has("leaves") {
        return try checkLinear(item, range, root: json["root"])
      }
      return false
    }
  }

  private static func checkBatch(_ json: JSON) throws(Mismatch) -> Bool {
    var indices: [UInt64] = []
    for index in try json.items(of: "leaf_indices") { indices.append(try index.integer("leaf index")) }
    let proof = LeafProof(
      leafIndices: indices, leafCount: try json.integer(of: "leaf_count"), items: try json.hashes(of: "items"))
    let leaves = try json.hashes(of: "leaf_hashes")
    let root = try json.hash(of: "root")
    try expect("verdict", proof.verify(leaves: leaves, root: root), .valid)
    if indices.count == 1, let linear = proof.linear {
      let verdict = linear.verify(leaf: leaves[0], index: indices[0], leafCount: proof.leafCount, root: root)
      try expect("verdict on the linear form", verdict, .valid)
    }
    var longer = proof
    longer.items.append(.zero)
    try require(longer.verify(leaves: leaves, root: root) != .valid, "a surplus item is accepted")
    return true
  }

  private static func checkLeaf(_ json: JSON) throws(Mismatch) -> Bool {
    let leaf = try json.hash(of: "leaf_hash")
    let root = try json.hash(of: "mmr_root")
    let index: UInt64 = try json.integer(of: "leaf_index")
    let count: UInt64 = try json.integer(of: "leaf_count")
    let proof = LeafProof(leafIndices: [index], leafCount: count, items: try json.hashes(of: "proof_items"))
    try expect("verdict", proof.verify(leaves: [leaf], root: root), .valid)
    guard json.has("simplified_items", "simplified_order") else { return true }
    let linear = LinearProof(
      items: try json.hashes(of: "simplified_items"), order: try json.integer(of: "simplified_order"))
    try expect(
      "verdict on the linear form", linear.verify(leaf: leaf, index: index, leafCount: count, root: root), .valid)
    try expect("linear form", proof.linear, linear)
    return true
  }

  private static func checkLinear(_ json: JSON, _ range: MountainRange<[H256]>, root: JSON?) throws(Mismatch) -> Bool {
    let index: UInt64 = try json.integer(of: "leaf_index")
    let proof = try attempt { try range.proof(of: [index]) }
    let linear = LinearProof(items: try json.hashes(of: "items"), order: try json.integer(of: "order"))
    try expect("linear form", proof.linear, linear)
    if let root { try expect("root", try attempt { try range.root() } ?? .zero, try root.hash("root")) }
    return true
  }

  private static func checkPrefixRoots(_ json: JSON, _ tally: inout Tally) {
    guard let leaves = try? json.hashes(of: "leaves"), let roots = try? json.items(of: "roots") else {
      return tally.fail("roots", "leaves or roots are malformed")
    }
    let range = MountainRange(leaves: leaves)
    for root in roots {
      tally.check("root of \((try? root.integer(of: "leaf_count", as: UInt64.self)) ?? 0)") {
        let found = try attempt { try range.root(leafCount: try root.integer(of: "leaf_count")) } ?? .zero
        try expect("root", found, try root.hash(of: "root"))
      }
    }
  }

  /// Leaves of the pallet's own tests: keccak-256 of the two parts' hashes, each behind a byte 1.
  private static func checkPreimages(_ json: JSON) throws(Mismatch) {
    let hashes = try json.hashes(of: "leaf_hashes")
    let preimages = try json.items(of: "leaf_preimages")
    try expect("number of leaves", preimages.count, hashes.count)
    for (preimage, hash) in zip(preimages, hashes) {
      var bytes: [UInt8] = []
      for part in ["part1", "part2"] { bytes += [1] + Hash.keccak256(try preimage.bytes(of: part)).bytes }
      try expect("leaf hash", Hash.keccak256(bytes), hash)
    }
  }

  private static func checkSizes(_ json: JSON) throws(Mismatch) {
    let leaves = try json.items(of: "leaves")
    let sizes = try json.items(of: "mmr_size")
    try expect("number of sizes", sizes.count, leaves.count)
    for (leaf, size) in zip(leaves, sizes) {
      let count: UInt64 = try leaf.integer("leaves")
      guard count <= 1 << 16 else { throw Mismatch("more leaves than a check should append") }
      let range = MountainRange(leaves: (0..<count).map { _ in H256.zero })
      try expect("nodes of \(count) leaves", UInt64(range.nodes.count), try size.integer("mmr_size"))
    }
  }

  private static func checkSeven(_ json: JSON) throws(Mismatch) {
    let range = MountainRange(leaves: try json.hashes(of: "leaf_hashes"))
    if json.has("root_at_7") {
      try expect("root", try attempt { try range.root(leafCount: 7) } ?? .zero, try json.hash(of: "root_at_7"))
    }
    guard json.has("peaks_at_7") else { return }
    let peaks = try attempt { try range.peaks(leafCount: 7) }
    try expect("peaks", peaks, try json.hashes(of: "peaks_at_7"))
    for (position, peak) in zip(try json["node_positions_at_7"]?.items("positions") ?? [], peaks) {
      try expect("node", range.nodes.node(at: try position.integer("position")), peak)
    }
  }
}
