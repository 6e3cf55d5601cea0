import Hashing
public import Primitives

/// How values are stored in nodes; Substrate calls it the state version.
///
/// The layout is chosen when a value is written, so a chain that moved from v0 to v1 has nodes of both kinds.
public enum TrieLayout: UInt8, Sendable, Hashable {
  /// Every value stands in its node.
  case v0 = 0
  /// A value of ``hashedValueThreshold`` bytes or more is stored beside its node, which holds the value's hash.
  case v1 = 1

  /// Shortest value that layout v1 replaces by its hash, in bytes.
  public static let hashedValueThreshold = 33

  /// Says whether a value of `count` bytes is replaced by its hash.
  func hashesValue(ofLength count: Int) -> Bool { self == .v1 && count >= TrieLayout.hashedValueThreshold }
}

extension StateTrie {
  /// The root of a trie without keys: blake2b-256 of the single byte 0.
  public static let emptyRoot: H256 = Hash.blake2b256([0])

  /// Longest key, in bytes. Bounds the depth of every walk; Substrate's own keys stay below 200 bytes.
  public static let maximumKeyBytes = 1024
}

/// A key in nibbles: the high half of a byte stands before its low half.
enum Nibbles {
  /// The nibble at `index`, 0...15.
  @inline(__always) static func at(_ key: [UInt8], _ index: Int) -> Int {
    let byte = key[index &>> 1]
    return Int(index & 1 == 0 ? byte &>> 4 : byte & 0xf)
  }

  /// How many leading nibbles two keys share, given that they share the first `start`; at most `limit`.
  static func common(_ a: [UInt8], _ b: [UInt8], from start: Int, limit: Int) -> Int {
    let end = min(limit, min(a.count, b.count) &* 2)
    var index = start &>> 1
    while index &* 2 < end {
      let difference = a[index] ^ b[index]
      if difference != 0 { return min(end, index &* 2 &+ (difference < 16 ? 1 : 0)) }
      index &+= 1
    }
    return end
  }
}
