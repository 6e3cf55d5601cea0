internal import BlockExecution
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

  /// The height that a parameter names as a number, a hash or nothing (the best block); `nil` for an unknown block.
  nonisolated func height(_ params: RPCParams, _ index: Int, _ name: String) throws -> BlockNumber? {
    guard let value = params.value(index, name) else { return chain.best.number }
    if let hash = value.asHash { return try chain.number(of: hash) }
    let number = try params.number(index, name, as: BlockNumber.self)
    return number <= chain.best.number ? number : nil
  }
}
