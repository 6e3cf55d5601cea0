import BlockExecution
import Node
import Primitives
import RPC
import Testing

/// A `chainHead_v1_follow` as its client has it.
struct FollowedChain {
  let client: RPCClient
  let subscription: RPCSubscription
  private var events: RPCSubscription.Iterator
  /// Events that were read while another one was looked for.
  private var kept: [JSON] = []

  /// Opens a follow.
  init(_ client: RPCClient, withRuntime: Bool = true) async throws {
    self.client = client
    subscription = try await client.subscribe(
      "chainHead_v1_follow", [.bool(withRuntime)], unsubscribe: "chainHead_v1_unfollow", buffer: 16_384)
    events = subscription.makeAsyncIterator()
  }

  var id: JSON { .string(subscription.id) }

  /// The next event.
  mutating func next() async throws -> JSON {
    if !kept.isEmpty { return kept.removeFirst() }
    return try #require(try await events.next())
  }

  /// The next event of a kind; those before it are kept.
  mutating func next(_ kind: String, of operation: JSON? = nil) async throws -> JSON {
    func isWanted(_ event: JSON) -> Bool {
      event["event"]?.asString == kind && (operation == nil || event["operationId"] == operation)
    }
    if let index = kept.firstIndex(where: isWanted) { return kept.remove(at: index) }
    while true {
      let event = try #require(try await events.next())
      if isWanted(event) { return event }
      kept.append(event)
    }
  }

  /// Hashes of the blocks that the follow starts with.
  mutating func initialize() async throws -> [JSON] { try #require(try await next("initialized")["finalizedBlockHashes"]?.asArray) }

  /// Calls a method of the group with the follow's id before the parameters.
  func call(_ method: String, _ params: JSON...) async throws -> JSON {
    try await client.call("chainHead_v1_" + method, [id] + params)
  }

  /// Starts an operation.
  /// - Returns: Its id.
  func start(_ method: String, _ params: JSON...) async throws -> JSON {
    let answer = try await client.call("chainHead_v1_" + method, [id] + params)
    #expect(answer["result"] == "started", "\(answer)")
    return try #require(answer["operationId"])
  }

  /// Everything that a storage operation finds, going on whenever it asks to.
  /// - Returns: Its items, and how often it asked.
  mutating func items(of operation: JSON) async throws -> (items: [JSON], pauses: Int) {
    var items: [JSON] = []
    var pauses = 0
    while true {
      let event = try await events(of: operation)
      switch event["event"]?.asString {
      case "operationStorageItems": items += event["items"]?.asArray ?? []
      case "operationWaitingForContinue":
        pauses += 1
        #expect(try await call("continue", operation).isNull)
      case "operationStorageDone": return (items, pauses)
      default: Issue.record("unexpected \(event)")
      }
    }
  }

  /// The next event of an operation; others are kept.
  private mutating func events(of operation: JSON) async throws -> JSON {
    if let index = kept.firstIndex(where: { $0["operationId"] == operation }) { return kept.remove(at: index) }
    while true {
      let event = try #require(try await events.next())
      if event["operationId"] == operation { return event }
      kept.append(event)
    }
  }
}

/// One item of a storage request.
func item(_ key: [UInt8], _ type: String, after start: [UInt8]? = nil) -> JSON {
  var item: [String: JSON] = ["key": .hex(key), "type": .string(type)]
  item["paginationStartKey"] = start.map { .hex($0) }
  return .object(item)
}

/// Waits until something holds that another task brings about.
func eventually(
  _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ holds: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now.advanced(by: .seconds(30))
  while try await !holds() {
    guard ContinuousClock.now < deadline else {
      Issue.record("never: \(what)", sourceLocation: sourceLocation)
      return
    }
    try await Task.sleep(for: .milliseconds(2))
  }
}

/// A hash that no block has.
let nowhere = JSON.hash(H256(words: Words32(9, 8, 7, 6)))

/// All rows of a state.
func rows(of state: StateView, under prefix: [UInt8] = []) -> [(key: [UInt8], value: [UInt8])] {
  state.keys(prefix: prefix, after: nil, limit: .max).compactMap { key in state.value(for: key).map { (key, $0) } }
}
