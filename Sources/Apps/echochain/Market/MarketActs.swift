import ChainClient
import Commerce
import EchoRuntime
import Keys
import PalletMarketplace
import PalletSupport
import PalletXcm
import Primitives
import RPC
import ScaleCodec
import XCM

/// What a call of the market did, here or on the other chain.
struct MarketReport: Sendable {
  /// On the signer's chain.
  var inclusion: Inclusion
  /// The message that carried the call; `nil` on the market's own chain.
  var message: H256?
  var ending: MessageEnding?
  /// Whether the message was to be followed to its end.
  var isFollowed = false
  /// What the market's chain told of the call, as far as it was followed.
  var events: [Marketplace.Event]
  /// The block of the market's chain in which that was.
  var block: BlockNumber?
}

extension Market {
  /// What is bought of execution for a message unless the caller says: 150 ms, enough for any call of the market with a
  /// way back. What is not needed stays in the caller's account there.
  private static let execution = Weight(refTime: 150_000_000_000, proofSize: 200_000)

  /// Makes a call of the market as the signer: on the market's chain, or from the caller's by a message.
  /// - Parameters:
  ///   - deposit: What the call takes from the caller's account at the market; from elsewhere it travels along.
  ///   - asset: Of the deposit and the fees, as the market knows it; unless given, that of the order or listing.
  /// - Throws: A ``Complaint`` when a chain refuses it.
  func act(
    _ call: Marketplace.Call, by caller: MarketCaller, deposit: Balance = 0, asset: KnownAsset? = nil, _ output: Output
  ) async throws -> MarketReport {
    let key = try await key(caller)
    guard isRemote else {
      let inclusion = try await client.submitAndWait(.marketplace(call), key: key, timeout: caller.patience)
      if let failure = inclusion.failure { throw Complaint.refused("\(name) refused the call: \(spell(failure))") }
      return MarketReport(
        inclusion: inclusion, message: nil, ending: nil, events: inclusion.marketEvents, block: inclusion.block.number)
    }
    let asset = try await feeAsset(of: call, deposit: deposit, asset, by: caller)
    let fees = try await fees(caller, in: asset)
    let act = Marketplace.RemoteAct(
      asset: try seenFromHome(asset.location), deposit: deposit, fees: fees, timeout: caller.timeout.milliseconds)
    return try await send(.actRemotely(market: location, act: act, call: call), key: key, by: caller, output)
  }

  /// Sends a message of the market from the caller's chain and, if wanted, follows it.
  func send(
    _ call: Marketplace.Call, key: SecretKey, by caller: MarketCaller, following: Bool? = nil, _ output: Output
  ) async throws -> MarketReport {
    guard let network else { throw Complaint.usage("--from is needed to act from another chain") }
    try await tryOut(call, by: key.publicKey.accountID, in: network)
    var trail = try await MessageTrail.begin(on: network)
    let inclusion = try await home.submitAndWait(.marketplace(call), key: key, timeout: caller.patience)
    if let failure = inclusion.failure { throw Complaint.refused("\(home.info.name) refused the call: \(spell(failure))") }
    guard let message = inclusion.sentMessages.first else {
      throw Complaint.refused("\(home.info.name) took the call and sent no message")
    }
    var report = MarketReport(inclusion: inclusion, message: message.topic, ending: .pending, events: [], block: nil)
    output.progress(
      MessageStep.sent(chain: home.info.name, block: inclusion.block.number, lane: message.lane, nonce: message.nonce).text)
    guard following ?? caller.wait else { return report }
    report.isFollowed = true
    trail.start(message.topic, at: inclusion.block, on: home)
    try await trail.follow(until: .now + caller.longest.duration, network: network) { output.progress($0.text) }
    report.ending = trail.ending
    if let number = trail.hops.first?.receivedAt, let (_, hash) = try await client.header(at: number) {
      report.block = number
      // The block may have executed other messages, and calls of other people.
      let told = MessageEvents.of(message.topic, in: try await client.events(at: hash)) { event in
        if case .xcmPallet(.processed) = event { true } else { false }
      }
      report.events = told.compactMap { if case .marketplace(let event) = $0.event { event } else { nil } }
    }
    return report
  }

  /// Refuses what would fail on the way, before anything moves. A chain that cannot be asked is passed over.
  private func tryOut(_ call: Marketplace.Call, by account: AccountID, in network: LinkedNetwork) async throws {
    var network = network
    guard let trial = try? await NetworkTrial.of(.marketplace(call), by: account, on: home.info.name, in: &network),
      let (hop, text) = trial.failure
    else { return }
    if case .expectedStatus(_, .error(let code))? = hop.failedStep?.detail?.requirement,
      let failure = try? DispatchError(decoding: code.items)
    {
      throw Complaint.refused("nothing was sent: \(hop.chain) would refuse the call: \(spell(failure))")
    }
    throw Complaint.refused("nothing was sent: on \(hop.chain), \(text)")
  }

  /// What a message pays its fees in: the asset of what it brings along, else as the caller says, else the one that the
  /// order or the listing is paid in, which its parties on other chains have.
  private func feeAsset(
    of call: Marketplace.Call, deposit: Balance, _ asset: KnownAsset?, by caller: MarketCaller
  ) async throws -> KnownAsset {
    if deposit > 0 { return asset ?? client.nativeAsset }
    if let text = caller.fees { return try await money(text).asset }
    if let asset { return asset }
    switch call {
    case .deliver(let order, _), .confirm(let order), .answerChallenge(let order, _, _), .review(let order, _, _), .reply(let order, _):
      return try await self.asset(at: try await self.order(order).asset)
    case .update(let listing, _), .delist(let listing), .takeBond(let listing, _):
      return try await self.asset(at: try await self.listing(listing).terms.asset)
    default: return client.nativeAsset
    }
  }

  /// What a message pays for its execution: as the caller says, or as the market's chain quotes.
  func fees(_ caller: MarketCaller, in asset: KnownAsset) async throws -> Balance {
    if let text = caller.fees { return try Amount.parse(text, symbol: asset.symbol, decimals: asset.decimals) }
    // Both chains price it: the sending one refuses what it takes for too little.
    var fee: Balance = 0
    for (chain, location) in [(client, asset.location), (home, try seenFromHome(asset.location))] {
      switch try await chain.weightFee(Self.execution, in: AssetID(location)) {
      case .ok(let price): fee = max(fee, price)
      case .err:
        throw Complaint.usage("\(asset.symbol) buys no execution on \(chain.info.name); use an asset that does, or state --fees")
      }
    }
    return fee
  }
}

extension MarketReport {
  /// - Throws: A ``Complaint`` when the message did not do what it was for.
  func check() throws {
    switch ending {
    case .pending where isFollowed:
      throw Complaint.partial("the message is still on its way; it ends by itself, executed or with its money back")
    case nil, .executed, .pending: return
    case .failed(let chain, let reason): throw Complaint.refused("the call failed on \(chain): \(reason)")
    case .refunded(let chain): throw Complaint.refused("the message was not executed; its assets came back on \(chain)")
    }
  }

  /// Members of JSON that every report has.
  var json: [String: JSON] {
    [
      "extrinsic": .hash(inclusion.extrinsicHash), "sentIn": JSON(inclusion.block.number),
      "message": message.map { .hash($0) } ?? .null, "status": .string(ending?.name ?? "executed"),
      "block": block.map { JSON($0) } ?? .null,
    ]
  }

  /// Prints what happened, with a line for each fact, and refuses what failed.
  func show(_ output: Output, on market: Market, _ members: [String: JSON], _ facts: [(name: String, value: String)]) throws {
    output.json(.object(json.merging(members) { $1 }))
    var lines = facts
    if let message { lines.append(("message", message.hex)) }
    let place = "\(market.home.info.name) #\(inclusion.block.number)"
    lines.append(("block", block.map { message == nil ? place : "\(place) → \(market.name) #\($0)" } ?? place))
    if ending == .pending { lines.append(("status", output.terminal.style("on its way", .yellow))) }
    output.facts(lines)
    try check()
  }
}

extension Inclusion {
  /// What the marketplace told of the extrinsic.
  var marketEvents: [Marketplace.Event] {
    events.compactMap { record in
      guard case .marketplace(let event) = record.event else { return nil }
      return event
    }
  }
}
