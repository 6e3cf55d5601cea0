public import EchoRuntime
internal import Finality
public import Keys
internal import PalletSupport
internal import PalletSystem
public import Primitives
internal import RPC
internal import ScaleCodec

/// An extrinsic that is signed and ready to be sent.
public struct SignedExtrinsic: Hashable, Sendable {
  public var bytes: [UInt8]
  public var hash: H256

  public init(bytes: [UInt8]) {
    self.bytes = bytes
    hash = Extrinsic.hash(of: bytes)
  }
}

extension ChainClient {
  /// The account's next nonce, transactions in the node's pool counted.
  public func nonce(of account: AccountID) async throws(ChainClientError) -> UInt32 {
    try await answer("system_accountNextIndex", [.string(SS58.encode(account, prefix: info.ss58Prefix))]).number()
  }

  /// What a signature at this moment covers besides the call.
  /// - Parameters:
  ///   - era: Blocks for which the extrinsic stays valid; rounded up to a power of two.
  ///   - birth: The block from which it is valid; `nil` asks for the newest finalised one.
  public func signingTerms(nonce: UInt32, tip: Balance = 0, era period: UInt64 = 64, birth: BlockRef? = nil)
    async throws(ChainClientError) -> (extra: SignedExtra, context: SigningContext)
  {
    let block: BlockRef
    if let birth { block = birth } else { block = try await finalized() }
    let era = Era(period: period, current: UInt64(block.number))
    let start = BlockNumber(clamping: era.birth(current: UInt64(block.number)))
    var birthHash = block.hash
    if start != block.number {
      guard let header = try await header(at: start) else {
        throw .malformed(method: "echo_header", reason: "no block \(start)")
      }
      birthHash = header.hash
    }
    return (SignedExtra(era: era, nonce: nonce, tip: tip), signingContext(birthHash: birthHash))
  }

  /// What a signature from a birth block on covers.
  public func signingContext(birthHash: H256) -> SigningContext {
    let names = ChainNames(name: Array(info.name.utf8), tokenSymbol: Array(info.tokenSymbol.utf8), tokenDecimals: info.tokenDecimals)
    return SigningContext(
      specVersion: info.specVersion, transactionVersion: info.transactionVersion, genesisHash: info.genesisHash,
      birthHash: birthHash, chain: names)
  }

  /// Signs a call.
  /// - Parameters:
  ///   - era: Blocks for which the extrinsic stays valid; rounded up to a power of two.
  ///   - birth: The block from which it is valid; `nil` asks for the newest finalised one.
  public func sign(
    _ call: RuntimeCall, key: SecretKey, nonce: UInt32, tip: Balance = 0, era period: UInt64 = 64,
    birth: BlockRef? = nil
  ) async throws(ChainClientError) -> SignedExtrinsic {
    try await sign(call, key: .ecdsa(key), nonce: nonce, tip: tip, era: period, birth: birth)
  }

  /// Signs a call with a key of any kind.
  public func sign(
    _ call: RuntimeCall, key: AccountKey, nonce: UInt32, tip: Balance = 0, era period: UInt64 = 64,
    birth: BlockRef? = nil
  ) async throws(ChainClientError) -> SignedExtrinsic {
    let terms = try await signingTerms(nonce: nonce, tip: tip, era: period, birth: birth)
    do throws(ScaleError) {
      return SignedExtrinsic(bytes: try Extrinsic(call: call, extra: terms.extra, context: terms.context, key: key).encoded())
    } catch { throw .undecodable(what: "the call", error) }
  }

  /// Sends a signed extrinsic.
  /// - Throws: ``ChainClientError/refused(_:)`` when the node does not take it.
  @discardableResult public func submit(_ extrinsic: SignedExtrinsic) async throws(ChainClientError) -> H256 {
    do throws(RPCClientError) { _ = try await rpc.call("author_submitExtrinsic", [.hex(extrinsic.bytes)]) } catch {
      throw Self.refusal(error)
    }
    return extrinsic.hash
  }

  /// Signs a call and sends it.
  /// - Parameter nonce: `nil` for the account's next one.
  /// - Returns: The extrinsic's hash.
  @discardableResult public func submit(
    _ call: RuntimeCall, key: SecretKey, nonce: UInt32? = nil, tip: Balance = 0
  ) async throws(ChainClientError) -> H256 {
    try await submit(call, key: .ecdsa(key), nonce: nonce, tip: tip)
  }

  /// Signs a call with a key of any kind and sends it.
  @discardableResult public func submit(
    _ call: RuntimeCall, key: AccountKey, nonce: UInt32? = nil, tip: Balance = 0
  ) async throws(ChainClientError) -> H256 {
    try await submit(try await signed(call, key: key, nonce: nonce, tip: tip))
  }

  /// Signs a call, sends it and waits until it is in a finalised block.
  /// - Throws: ``ChainClientError/refused(_:)``, ``ChainClientError/dropped(extrinsic:status:)``,
  ///   ``ChainClientError/notIncluded(extrinsic:within:)``. A call that ran and failed is no error here: see
  ///   ``Inclusion/failure``.
  public func submitAndWait(
    _ call: RuntimeCall, key: SecretKey, nonce: UInt32? = nil, tip: Balance = 0, timeout: Duration = .seconds(60)
  ) async throws(ChainClientError) -> Inclusion {
    try await submitAndWait(call, key: .ecdsa(key), nonce: nonce, tip: tip, timeout: timeout)
  }

  /// Signs a call with a key of any kind, sends it and waits until it is in a finalised block.
  public func submitAndWait(
    _ call: RuntimeCall, key: AccountKey, nonce: UInt32? = nil, tip: Balance = 0, timeout: Duration = .seconds(60)
  ) async throws(ChainClientError) -> Inclusion {
    try await submitAndWait(try await signed(call, key: key, nonce: nonce, tip: tip), timeout: timeout)
  }

  /// Sends a signed extrinsic and waits until it is in a finalised block.
  public func submitAndWait(_ extrinsic: SignedExtrinsic, timeout: Duration = .seconds(60))
    async throws(ChainClientError) -> Inclusion
  {
    try await inclusion(of: extrinsic.hash, in: try await watch(extrinsic).block(within: timeout))
  }

  /// Sends a signed extrinsic and follows it.
  /// - Throws: ``ChainClientError/refused(_:)`` when the node does not take it.
  public func watch(_ extrinsic: SignedExtrinsic) async throws(ChainClientError) -> ExtrinsicWatch {
    do throws(RPCClientError) {
      let updates = try await rpc.subscribe(
        "author_submitAndWatchExtrinsic", [.hex(extrinsic.bytes)], unsubscribe: "author_unwatchExtrinsic")
      return ExtrinsicWatch(hash: extrinsic.hash, updates: updates)
    } catch { throw Self.refusal(error) }
  }

  /// What an extrinsic did in a block.
  /// - Throws: ``ChainClientError/unknownBlock(_:)``, or `malformed` when the block does not hold it.
  public func inclusion(of extrinsic: H256, in hash: H256) async throws(ChainClientError) -> Inclusion {
    let answer = try await answer("chain_getBlock", [.hash(hash)])
    guard !answer.value.isNull else { throw .unknownBlock(hash) }
    let block = try answer.member("block")
    let header = try Header(try block.member("header"))
    var place: UInt32?
    for (index, element) in try block.member("extrinsics").elements().enumerated()
    where Extrinsic.hash(of: try element.bytes()) == extrinsic {
      place = UInt32(index)
    }
    guard let place else { throw block.failure("extrinsic \(extrinsic) is not in it") }
    return try await inclusion(of: extrinsic, at: place, number: header.number.value, hash: hash)
  }

  /// Looks for an extrinsic in the chain, without reading the block that holds it.
  /// - Returns: `nil` when no block that the node remembers holds it.
  public func inclusion(of extrinsic: H256) async throws(ChainClientError) -> Inclusion? {
    let answer = try await answer("echo_extrinsic", [.hash(extrinsic)])
    guard !answer.value.isNull else { return nil }
    let block = try answer.member("block")
    return try await inclusion(
      of: extrinsic, at: try answer.member("index").number(), number: try block.member("number").number(),
      hash: try block.member("hash").hash())
  }

  private func inclusion(of extrinsic: H256, at index: UInt32, number: BlockNumber, hash: H256)
    async throws(ChainClientError) -> Inclusion
  {
    let events = try await events(at: hash).filter { $0.phase == .applyExtrinsic(index) }
    var failure: DispatchError?
    for case .system(.extrinsicFailed(let error, _)) in events.map(\.event) { failure = error }
    let block = BlockRef(number: number, hash: hash, timestamp: try await timestamp(at: hash))
    return Inclusion(extrinsicHash: extrinsic, block: block, index: index, failure: failure, events: events)
  }

  private func signed(_ call: RuntimeCall, key: AccountKey, nonce: UInt32?, tip: Balance) async throws(ChainClientError)
    -> SignedExtrinsic
  {
    let next: UInt32
    if let nonce { next = nonce } else { next = try await self.nonce(of: key.accountID) }
    return try await sign(call, key: key, nonce: next, tip: tip)
  }

  private static func refusal(_ error: RPCClientError) -> ChainClientError {
    if case .rpc(let refusal) = error, (1000..<1100).contains(refusal.code) { return .refused(refusal) }
    return .rpc(error)
  }
}

/// An extrinsic that the node took and reports about. Its block can be asked for once.
public struct ExtrinsicWatch: Sendable {
  public let hash: H256
  let updates: RPCSubscription

  /// Waits until the extrinsic is in a finalised block.
  /// - Returns: The block's hash.
  /// - Throws: ``ChainClientError/dropped(extrinsic:status:)``, ``ChainClientError/notIncluded(extrinsic:within:)``.
  public func block(within timeout: Duration) async throws(ChainClientError) -> H256 {
    let expiry = Task { [updates] in
      try await Task.sleep(for: timeout)
      updates.cancel()
    }
    defer { expiry.cancel() }
    var iterator = updates.makeAsyncIterator()
    while true {
      let update: JSON?
      do throws(RPCClientError) { update = try await iterator.next() } catch { throw .rpc(error) }
      guard let update else {
        throw Task.isCancelled ? .rpc(.cancelled) : .notIncluded(extrinsic: hash, within: timeout)
      }
      if let block = (update["finalized"] ?? update["inBlock"])?.asHash { return block }
      for status in ["dropped", "invalid"] where update.asString == status {
        throw .dropped(extrinsic: hash, status: status)
      }
      if update["usurped"] != nil { throw .dropped(extrinsic: hash, status: "usurped") }
    }
  }
}
