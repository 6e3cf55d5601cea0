internal import BlockExecution
internal import Finality
internal import PalletSystem
internal import Primitives
internal import RPC
internal import ScaleCodec

/// What a follow reports of the chain.
extension NodeService {
  /// Reports the latest blocks and then every new one, until the follow or the node is over.
  ///
  /// No block is kept without its certificate, so each is reported as new, best and finalised at once, in this order.
  /// Returns when the follow must stop: it has too much pinned, or fell so far behind that blocks are missing.
  nonisolated func report(to follow: Follow, _ sink: SubscriptionSink) async throws {
    // First the ears, then the blocks that are there: what comes in between is not missed.
    let wakes = blocks.values(buffering: 1)
    let known = chain.recentViews.suffix(max(1, min(follow.limits.initialBlocks, follow.limits.pinsPerFollow)))
    guard var last = known.last else { return }
    for block in known { guard follow.pin(block) else { return } }
    var event: [String: JSON] = ["event": "initialized", "finalizedBlockHashes": .array(known.map { .hash($0.hash) })]
    if follow.withRuntime { event["finalizedBlockRuntime"] = try chain.runtime(at: last.number).version.specificationJSON }
    try follow.begin(sink, .object(event))
    for await _ in wakes {
      guard !follow.hasExpiredPins else { return }
      for block in chain.recentViews where block.number > last.number {
        guard block.header.parentHash == last.hash, follow.pin(block) else { return }
        try report(block, to: follow)
        last = block
      }
    }
  }

  private nonisolated func report(_ block: StateView, to follow: Follow) throws {
    let hash = JSON.hash(block.hash)
    var event: [String: JSON] = ["event": "newBlock", "blockHash": hash, "parentBlockHash": .hash(block.header.parentHash)]
    if follow.withRuntime {
      let version = try chain.runtime(at: block.number).version
      let changed = try chain.runtime(at: block.number.subtractingSaturating(1)).version != version
      event["newRuntime"] = changed ? version.specificationJSON : .null
    }
    try follow.send(.object(event))
    try follow.send(["event": "bestBlockChanged", "bestBlockHash": hash])
    try follow.send(["event": "finalized", "finalizedBlockHashes": [hash], "prunedBlockHashes": []])
  }
}

extension RuntimeVersion {
  /// The runtime as `chainHead_v1` describes it: `apis` is an object here, unlike in `state_getRuntimeVersion`.
  var specificationJSON: JSON {
    let apis = Dictionary(apis.map { (Hex.encode($0.first.bytes), JSON($0.second)) }) { _, later in later }
    return [
      "type": "valid",
      "spec": [
        "specName": .string(specName), "implName": .string(implName), "specVersion": JSON(specVersion),
        "implVersion": JSON(implVersion), "transactionVersion": JSON(transactionVersion), "apis": .object(apis),
      ],
    ]
  }
}
