internal import StateTrie

extension StateView {
  /// The Merkle value of the trie's topmost node at or below a key, see ``StateTrie/merkleValue(closestTo:)``.
  ///
  /// - Complexity: O(length of the key) when the state is in memory; else its trie is made first and kept for a while.
  public func merkleValue(closestTo key: [UInt8]) throws(ChainError) -> [UInt8]? { try trie().merkleValue(closestTo: key) }
}
