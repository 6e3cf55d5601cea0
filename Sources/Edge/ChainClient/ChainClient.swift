public import Finality
internal import PalletSupport
internal import PalletTimestamp
public import Primitives
public import RPC
internal import ScaleCodec

/// A typed client of one node over one WebSocket connection. Usable from any task.
///
/// It trusts the node for what no proof covers: whoever needs more checks the proofs that it returns. It does not
/// reconnect; make a new client when ``isOpen`` is false.
public final class ChainClient: Sendable {
  /// The node's address, `ws://host:port`.
  public let url: String
  /// What the node said about its chain when the client connected.
  public let info: ChainInfo
  let rpc: RPCClient

  private init(url: String, info: ChainInfo, rpc: RPCClient) {
    self.url = url
    self.info = info
    self.rpc = rpc
  }

  /// Connects and asks which chain this is.
  /// - Parameters:
  ///   - url: `ws://host:port`; `http://` means the same, since both are served on one port.
  ///   - timeout: For the connection, and for each later call.
  public static func connect(_ url: String, timeout: Duration = .seconds(10)) async throws(ChainClientError)
    -> ChainClient
  {
    var configuration = RPCClient.Configuration()
    configuration.connectTimeout = timeout
    configuration.callTimeout = timeout
    let address = url.hasPrefix("http://") ? "ws://" + url.dropFirst("http://".count) : url
    let rpc: RPCClient
    let answer: Answer
    do throws(RPCClientError) {
      rpc = try await RPCClient.connect(address, configuration: configuration)
      answer = Answer(method: "echo_chainInfo", value: try await rpc.call("echo_chainInfo"))
    } catch { throw .rpc(error) }
    return ChainClient(url: address, info: try ChainInfo(answer), rpc: rpc)
  }

  /// False once the connection has ended.
  public var isOpen: Bool { rpc.isOpen }

  /// Closes the connection.
  public func close() async { await rpc.close() }

  /// Waits for the end of the connection.
  /// - Returns: Why it ended.
  @discardableResult public func waitUntilClosed() async -> String { await rpc.waitUntilClosed() }

  /// Makes a call that has no name here.
  public func call(_ method: String, _ params: [JSON] = [], timeout: Duration? = nil) async throws(ChainClientError)
    -> JSON
  {
    do throws(RPCClientError) { return try await rpc.call(method, params, timeout: timeout) } catch {
      throw .rpc(error)
    }
  }

  func answer(_ method: String, _ params: [JSON] = []) async throws(ChainClientError) -> Answer {
    Answer(method: method, value: try await call(method, params))
  }
}

// MARK: Blocks

extension ChainClient {
  /// The newest finalised block.
  public func finalized() async throws(ChainClientError) -> BlockRef {
    try BlockRef(try await answer("echo_chainInfo").member("finalized"))
  }

  /// A header by height.
  /// - Returns: The header and its hash, computed here; `nil` above the newest block.
  public func header(at number: BlockNumber) async throws(ChainClientError) -> (header: Header, hash: H256)? {
    try header(try await answer("echo_header", [JSON(number)]))
  }

  /// A header by its hash.
  /// - Returns: The header and its hash, computed here; `nil` for an unknown block.
  public func header(at hash: H256) async throws(ChainClientError) -> (header: Header, hash: H256)? {
    try header(try await answer("echo_header", [.hash(hash)]))
  }

  private func header(_ answer: Answer) throws(ChainClientError) -> (header: Header, hash: H256)? {
    guard !answer.value.isNull else { return nil }
    let header: Header = try answer.member("header").decoded("header")
    return (header, header.hash)
  }

  /// The time of a block, in milliseconds since 1970.
  public func timestamp(at hash: H256?) async throws(ChainClientError) -> Milliseconds {
    try await value(Timestamp.now.key, at: hash, as: UInt64.self) ?? 0
  }

  /// The finalised headers from now on, the newest one first. Ends with an error when the connection does.
  public func finalizedHeads() async throws(ChainClientError) -> FinalizedHeads {
    do throws(RPCClientError) {
      let subscription = try await rpc.subscribe(
        "chain_subscribeFinalizedHeads", unsubscribe: "chain_unsubscribeFinalizedHeads")
      return FinalizedHeads(subscription: subscription)
    } catch { throw .rpc(error) }
  }
}

/// Finalised headers as a node reports them. One task may read them, once.
public struct FinalizedHeads: AsyncSequence, Sendable {
  public typealias Element = FinalizedHead
  public typealias Failure = ChainClientError

  let subscription: RPCSubscription

  /// Ends the subscription.
  public func cancel() { subscription.cancel() }

  /// To be called once.
  public func makeAsyncIterator() -> Iterator { Iterator(base: subscription.makeAsyncIterator()) }

  /// Reads the headers one by one.
  public struct Iterator: AsyncIteratorProtocol {
    var base: RPCSubscription.Iterator

    /// The next header; `nil` at the end or when the reading task is cancelled.
    public mutating func next() async throws(ChainClientError) -> FinalizedHead? {
      try await next(isolation: #isolation)
    }

    /// As ``next()``, on the caller's actor.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(ChainClientError) -> FinalizedHead? {
      let value: JSON?
      do throws(RPCClientError) { value = try await base.next(isolation: actor) } catch { throw .rpc(error) }
      guard let value else { return nil }
      return FinalizedHead(try Header(Answer(method: "chain_finalizedHead", value: value)))
    }
  }
}
