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
  /// Events are answered for blocks too whose states are pruned: who walks back along events, as statements do, reaches
  /// the first block.
  nonisolated func value(of key: [UInt8], at hash: H256?) throws -> [UInt8]? {
    if key == System.eventsKey, let hash, let number = try chain.number(of: hash), number < chain.oldestState {
      return try chain.events(at: number)
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

/// Keeps answers back that were made from a state which could not be read: one that was pruned meanwhile, or a
/// damaged row.
struct ReadGuard: RPCCallGuard {
  let chain: Chain

  func run<R: Sendable>(_ call: @Sendable () async throws -> R) async throws -> R {
    let failures = ReadFailures()
    let result: Result<R, any Error>
    do { result = .success(try await ReadFailures.$current.withValue(failures) { try await call() }) } catch { result = .failure(error) }
    switch failures.first {
    case nil: return try result.get()
    case .stateDiscarded(let block)?: throw RPCError.stateDiscarded(try chain.hash(at: block)?.hex ?? "block \(block)")
    case let failure?: throw failure
    }
  }
}
