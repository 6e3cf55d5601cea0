internal import Hashing
internal import Primitives

extension StateTrie {
  /// The Merkle value of the topmost node whose keys all begin with `key`: the node of the key itself, or the nearest
  /// one below it, whether or not a value stands there.
  ///
  /// It is what that node's parent holds of it, and so changes with every change below `key`: the node's encoding when
  /// that is shorter than 32 bytes, else its blake2b-256 hash. The root has no parent and always counts by its hash.
  /// - Returns: 1...32 bytes; `nil` when no key begins with `key`.
  /// - Complexity: O(length of the key).
  /// - SeeAlso: Polkadot specification, "Merkle value" of the state trie; `closestDescendantMerkleValue` of JSON-RPC.
  public func merkleValue(closestTo key: [UInt8]) -> [UInt8]? {
    guard let node = subtree(of: key) else { return nil }
    if node === top { return topHash.bytes }
    let reference = node.reference()
    return withUnsafeBytes(of: reference.words) { Array($0.prefix(Int(reference.length))) }
  }
}
