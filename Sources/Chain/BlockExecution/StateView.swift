public import Finality
public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import StateTrie

/// The state after one block: a snapshot that stays whole while the chain goes on.
public struct StateView: Sendable {
  /// The block whose execution left this state.
  public let header: Header
  public let hash: H256
  let trie: StateTrie

  /// The height of the block.
  public var number: BlockNumber { header.number.value }

  /// The value at a storage key, or `nil`.
  public func value(for key: [UInt8]) -> [UInt8]? { trie.value(for: key) }

  /// Keys under a prefix in byte order, strictly after `after`, at most `limit`.
  public func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]] { trie.keys(prefix: prefix, after: after, limit: limit) }

  /// A storage proof of the given keys against the header's state root.
  public func proof(for keys: [[UInt8]]) -> [[UInt8]] { trie.proof(for: keys) }

  /// A context to read or dry-run on; what it writes goes nowhere.
  public func context() -> ExecutionContext { ExecutionContext(self) }
}

extension StateView: StateBackend {}
