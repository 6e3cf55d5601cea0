internal import BlockExecution
internal import Primitives
internal import RPC

/// One operation of a follow, as its work sees it: where its events go.
struct FollowOperation: Sendable {
  let follow: Follow
  let id: String
  /// How many slots it was granted.
  let slots: Int
  /// Has an element for each `chainHead_v1_continue`.
  let resumes: AsyncStream<Void>

  /// The answer that tells the client of it, with the work that begins behind the answer.
  func started(_ more: [String: JSON] = [:], _ work: @escaping @Sendable (FollowOperation) async throws -> Void) -> RPCAnswer {
    let answer: [String: JSON] = ["result": "started", "operationId": .string(id)]
    return RPCAnswer(
      .object(answer.merging(more) { first, _ in first }), sent: { follow.start(self, work) }, unsent: { follow.stop(id) })
  }

  /// Reports that the operation has succeeded.
  func done(_ event: String, _ members: [String: JSON] = [:]) throws(SubscriptionClosed) {
    try follow.send(json(event, members), of: id, isLast: true)
  }

  /// Reports that it failed, and would fail again.
  func failed(_ reason: String) throws(SubscriptionClosed) { try done("operationError", ["error": .string(reason)]) }

  /// Reports rows that were found, when the client has read what came before.
  func found(_ items: [StorageItem]) async throws {
    guard !items.isEmpty else { return }
    await follow.whenRead()
    try follow.send(json("operationStorageItems", ["items": .array(items.map { .object($0.members) })]), of: id)
  }

  /// Asks the client to go on, and waits for it.
  func waitForContinue() async throws {
    try follow.send(json("operationWaitingForContinue", [:]), of: id, waits: true)
    var iterator = resumes.makeAsyncIterator()
    guard await iterator.next() != nil else { throw CancellationError() }
  }

  private func json(_ event: String, _ members: [String: JSON]) -> JSON {
    .object(members.merging(["event": .string(event), "operationId": .string(id)]) { first, _ in first })
  }
}

extension FollowOperation {
  /// The work of `chainHead_v1_storage`: first single keys, then what lies below keys, page by page.
  func read(_ queries: [StorageQuery], childTrie: [UInt8]?, of block: StateView) async throws {
    let limits = follow.limits
    do {
      var single = try StorageReader(block, queries.filter { !$0.type.isDescendants }, childTrie: childTrie)
      while !single.isDone {
        try Task.checkCancellation()
        try await found(single.page(rows: limits.pageRows, bytes: limits.pageBytes))
      }
      var below = try StorageReader(block, queries.filter(\.type.isDescendants), childTrie: childTrie)
      while !below.isDone {
        try Task.checkCancellation()
        let page = try below.page(rows: limits.pageRows, bytes: limits.pageBytes)
        try await found(page)
        if !below.isDone, !page.isEmpty { try await waitForContinue() }
      }
    } catch let error as StorageReadError {
      return try failed("\(error)")
    } catch let error as ChainError {
      return try failed("\(error)")
    }
    try done("operationStorageDone")
  }
}
