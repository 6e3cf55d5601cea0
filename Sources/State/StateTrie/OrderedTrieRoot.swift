public import Primitives
import ScaleCodec

/// The root of the trie that maps positions to values: the extrinsics root of a block.
///
/// The key of position i is the SCALE compact integer i.
/// - Parameters:
///   - values: In order; extrinsics with their length prefix, as they stand in the block's body.
///   - layout: Chains on state version 1 use v1 here as well.
/// - SeeAlso: Polkadot specification, "Block header", extrinsics root.
public func orderedTrieRoot(_ values: [[UInt8]], layout: TrieLayout) -> H256 {
  let entries = values.indices.map { (key: Compact(UInt32(truncatingIfNeeded: $0)).encoded(), value: values[$0]) }
  return StateTrie(layout: layout, entries: entries).root()
}
