internal import BlockExecution
internal import PalletSystem
internal import Primitives
internal import RPC

extension NodeService {
  /// The state that an "at" parameter names; the best block's when it is absent.
  nonisolated func state(at hash: H256?) throws -> StateView {
    guard let hash else { return chain.best }
    guard let state = try chain.state(of: hash) else {
      throw try chain.number(of: hash) == nil ? RPCError.unknownBlock(hash.hex) : RPCError.stateDiscarded(hash.hex)
    }
    return state
  }

  /// A value of the state that an "at" parameter names.
  ///
  /// Events are read from what the block changed, without its state being rebuilt, and so of blocks too whose states
  /// count as discarded: who walks back along events, as statements do, reaches the first block.
  nonisolated func value(of key: [UInt8], at hash: H256?) throws -> [UInt8]? {
    if key == System.eventsKey, let hash, let number = try chain.number(of: hash),
      number < chain.best.number.subtractingSaturating(BlockNumber(Chain.recentStates)), let events = try chain.written(key, in: hash)
    {
      return events
    }
    return try state(at: hash).value(for: key)
  }

  /// The height that a parameter names as a number, a hash or nothing (the best block); `nil` for an unknown block.
  nonisolated func height(_ params: RPCParams, _ index: Int, _ name: String) throws -> BlockNumber? {
    guard let value = params.value(index, name) else { return chain.best.number }
    if let hash = value.asHash { return try chain.number(of: hash) }
    let number = try params.number(index, name, as: BlockNumber.self)
    return number <= chain.best.number ? number : nil
  }
}
