import Hashing
import Primitives
import StateTrie
import TestKit
import Testing

/// Follows the encoded nodes of a proof from the root down to a key, as a reader would that has nothing but them.
///
/// - Returns: What the parent of the nearest node at or below the key holds of it.
private func reference(to key: [UInt8], root: [UInt8], nodes: [[UInt8]]) -> [UInt8]? {
  let byHash = Dictionary(nodes.map { (Hash.blake2b256($0).bytes, $0) }) { first, _ in first }
  let path = key.flatMap { [$0 >> 4, $0 & 15] }
  var reference = root
  var depth = 0
  while true {
    guard let node = reference.count == 32 ? byHash[reference] : reference, let parsed = EncodedNode(node) else { return nil }
    let rest = Array(path.dropFirst(depth))
    let shared = zip(parsed.partial, rest).prefix { $0 == $1 }.count
    if shared == rest.count { return reference }
    guard shared == parsed.partial.count, let child = parsed.children[rest[shared]] else { return nil }
    reference = child
    depth += shared + 1
  }
}

/// The partial key and children of an encoded node, read without the room under test. Short keys only.
private struct EncodedNode {
  var partial: [UInt8] = []
  var children: [UInt8: [UInt8]] = [:]

  init?(_ bytes: [UInt8]) {
    guard let first = bytes.first, first != 0 else { return nil }
    let (mask, isBranch, hasHash): (UInt8, Bool, Bool) =
      switch first {
      case 0xc0...: (0x3f, true, false)
      case 0x80...: (0x3f, true, false)
      case 0x40...: (0x3f, false, false)
      case 0x20...: (0x1f, false, true)
      default: (0x0f, true, true)
      }
    var offset = 1
    var count = Int(first & mask)
    if count == Int(mask) {
      repeat {
        count += Int(bytes[offset])
        offset += 1
      } while bytes[offset - 1] == 255
    }
    for byte in bytes[offset..<offset + (count + 1) / 2] { partial += [byte >> 4, byte & 15] }
    if count % 2 == 1 { partial.removeFirst() }
    offset += (count + 1) / 2
    guard isBranch else { return }
    let bitmap = UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
    offset += 2
    if hasHash { offset += 32 }
    if first >= 0xc0 { offset += 1 + Int(bytes[offset] >> 2) }
    for nibble in 0..<UInt8(16) where bitmap >> UInt16(nibble) & 1 == 1 {
      let length = Int(bytes[offset] >> 2)
      children[nibble] = Array(bytes[offset + 1..<offset + 1 + length])
      offset += 1 + length
    }
  }
}

@Suite("Merkle values") struct MerkleValueTests {
  @Test("an empty trie has none; the root counts by its hash, however short it is")
  func root() {
    var trie = StateTrie()
    #expect(trie.merkleValue(closestTo: []) == nil && trie.merkleValue(closestTo: [1]) == nil)
    trie.insert([7], for: [0x12, 0x34])
    for key in [[], [0x12], [0x12, 0x34]] as [[UInt8]] { #expect(trie.merkleValue(closestTo: key) == trie.root().bytes) }
    for key in [[0x13], [0x12, 0x34, 0], [0x12, 0x35]] as [[UInt8]] { #expect(trie.merkleValue(closestTo: key) == nil) }
  }

  @Test("a short node is its own Merkle value, a long one its hash")
  func forms() {
    var trie = StateTrie()
    trie.apply(changes: [(key: [0x10, 1], value: [9]), (key: [0x20, 2], value: [UInt8](repeating: 5, count: 40))])
    // Leaf, partial key 0 0 1 (3 nibbles), one byte of value.
    #expect(trie.merkleValue(closestTo: [0x10]) == [0x43, 0x00, 0x01, 0x04, 9])
    let long = [0x23, 0x00, 0x02] + Hash.blake2b256([UInt8](repeating: 5, count: 40)).bytes
    #expect(trie.merkleValue(closestTo: [0x20, 2]) == Hash.blake2b256(long).bytes)
    #expect(trie.merkleValue(closestTo: [0x30]) == nil)
  }

  @Test("it is what the parent holds, whatever is in the trie", arguments: 0..<48 as Range<UInt64>)
  func agreesWithProofs(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var rows: [(key: [UInt8], value: [UInt8])] = []
    for _ in 0..<Int.random(in: 1...120, using: &random) {
      let key = (0..<Int.random(in: 1...4, using: &random)).map { _ in UInt8(Int.random(in: 0...3, using: &random)) * 17 }
      // Inline values are short here, so that one byte tells their length.
      let length = Int.random(in: 0...3, using: &random) == 0 ? 33 : Int.random(in: 0...20, using: &random)
      rows.append((key: key, value: [UInt8](repeating: UInt8(Int.random(in: 0...255, using: &random)), count: length)))
    }
    let trie = StateTrie(entries: rows)
    for _ in 0..<40 {
      let key = (0..<Int.random(in: 0...4, using: &random)).map { _ in UInt8(Int.random(in: 0...4, using: &random)) * 17 }
      let nodes = trie.proof(ofKeysUnder: key)
      let expected = reference(to: key, root: trie.root().bytes, nodes: nodes)
      #expect(trie.merkleValue(closestTo: key) == expected, "seed \(seed), key \(key)")
      #expect((expected == nil) == trie.keys(prefix: key, limit: 1).isEmpty, "seed \(seed), key \(key)")
    }
  }

  @Test("it changes with what lies below, and with nothing else")
  func changes() {
    var trie = StateTrie(entries: (0..<200).map { (key: [UInt8($0 % 4), UInt8($0)], value: [UInt8($0), 1, 2]) })
    let before = (0..<4).map { trie.merkleValue(closestTo: [UInt8($0)]) }
    trie.insert([0xff], for: [2, 50])
    for prefix in 0..<4 { #expect((trie.merkleValue(closestTo: [UInt8(prefix)]) != before[prefix]) == (prefix == 2)) }
  }
}
