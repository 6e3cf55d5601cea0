public import Finality
public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import StateTrie

/// The state after one block: a snapshot that stays whole while the chain goes on.
///
/// States of recent blocks lie in memory. An older one is read from disk value by value, and its trie is made when a
/// proof is asked for. What then goes wrong, a damaged database or a state that is pruned meanwhile, is found in
/// ``failure`` and in the ``ReadFailures`` around the reader; an answer that was made before it is not to be trusted.
public struct StateView: Sendable {
  enum Source: Sendable {
    case trie(StateTrie)
    case past(PastState)
  }

  /// The block whose execution left this state.
  public let header: Header
  public let hash: H256
  let source: Source

  init(header: Header, hash: H256, trie: StateTrie) {
    self.header = header
    self.hash = hash
    source = .trie(trie)
  }

  init(hash: H256, past: PastState) {
    header = past.header
    self.hash = hash
    source = .past(past)
  }

  /// The height of the block.
  public var number: BlockNumber { header.number.value }

  /// The value at a storage key, or `nil`.
  public func value(for key: [UInt8]) -> [UInt8]? {
    switch source {
    case .trie(let trie): trie.value(for: key)
    case .past(let past): past.value(for: key)
    }
  }

  /// Keys under a prefix in byte order, strictly after `after`, at most `limit`.
  public func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]] {
    switch source {
    case .trie(let trie): trie.keys(prefix: prefix, after: after, limit: limit)
    case .past(let past): past.keys(prefix: prefix, after: after, limit: limit)
    }
  }

  /// A storage proof of the given keys against the header's state root.
  public func proof(for keys: [[UInt8]]) -> [[UInt8]] {
    switch source {
    case .trie(let trie): trie.proof(for: keys)
    case .past(let past): past.proof(for: keys)
    }
  }

  /// The state as a trie.
  func trie() throws(ChainError) -> StateTrie {
    switch source {
    case .trie(let trie): trie
    case .past(let past): try past.trie()
    }
  }

  /// Why reading this state failed, if it did.
  public var failure: ChainError? {
    switch source {
    case .trie: nil
    case .past(let past): past.failures.first
    }
  }

  /// A context to read or dry-run on; what it writes goes nowhere.
  public func context() -> ExecutionContext { ExecutionContext(self) }
}

extension StateView: StateBackend {}
