import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import Lanes
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import XCM
import XcmTools

struct RoyaltyPayoutSend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Pay parties on another chain by one message.",
    discussion: """
      Pays up to 16 parties: those of --claim, or without it all members of a split that are paid on that chain. The \
      signer pays the delivery; execution there is taken out of what is paid. What it costs is shown before it is sent, \
      and --quote shows it only. --wait follows the message until its ending is proven here: paid, or due again. Examples:

        echochain royalty payout send --chain market --to studio --split 0 --sender dave --wait
        echochain royalty payout send --chain market --to studio --claim 0=studio:bob --claim 4=alice --asset ECHO --sender dave
        echochain royalty payout send --chain market --to studio --work 0x5c1e… --sender dave --quote
      """)

  @Option(help: "Chain that the parties are paid on.") var to: String
  @Option(help: "The asset, by symbol or location; the chain's own unless given.") var asset: String?
  @Option(help: "Split and party, such as 7=studio:bob. May be given several times.") var claim: [String] = []
  @Option(help: "A split whose members are paid.") var split: UInt64?
  @Option(help: "A work whose contributors are paid.") var work: String?
  @Flag(help: "Show what it would cost, and send nothing.") var quote = false
  @Flag(help: "Send it without asking the chains first.") var untried = false
  @Flag(help: "Follow it to its ending.") var wait = false
  @Option(name: .customLong("wait-for"), help: "How long to follow it: 30s, 10m.") var longest = TimeSpan(milliseconds: 180_000)
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func validate() throws {
    guard [!claim.isEmpty, split != nil, work != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("give --claim, --split or --work")
    }
    guard !(quote && (wait || untried)) else { throw ValidationError("--quote sends nothing; leave --wait and --untried out") }
  }

  func run() async throws {
    let chain = try await options.open()
    guard let file = chain.file else {
      throw Complaint.usage("a payout needs the network that the chains belong to; give --chain instead of --url")
    }
    let output = options.output
    let known = try await chain.asset(asset)
    let paraId = try file.chain(to).paraId
    let claims = try await claims(to: paraId, known, on: chain)
    let call = Royalty.Call.claimRemote(chain: .sibling(paraId), asset: known.location, claims: claims)

    var linked = LinkedNetwork(file, timeout: options.target.network.timeout)
    let key = try await chain.keys.signer(signer.from, on: chain.client)
    if !untried {
      let trial = try await NetworkTrial.of(
        .royalty(call), by: key.publicKey.accountID, on: chain.name, in: &linked)
      let price = PayoutPrice(trial: trial)
      if quote { output.json(price.json) }
      price.show(output)
      if let (hop, text) = trial.failure { throw Complaint.refused("nothing was sent: on \(hop.chain), \(text)") }
      if quote {
        await linked.close()
        return await chain.client.close()
      }
    }
    if wait { try await linked.connect([try file.chain(chain.name), try file.chain(to)]) }
    let trail = wait ? try await MessageTrail.begin(on: linked) : nil
    let inclusion = try await chain.submit(call, by: signer)
    let sent = inclusion.royaltyEvents.lazy.compactMap { event -> (UInt64, Balance, H256)? in
      if case .remoteSent(let payout, _, _, let amount, let message) = event { (payout, amount, message) } else { nil }
    }.first
    guard let (payout, amount, message) = sent else { throw Complaint.refused("\(chain.name) took the call and sent nothing") }
    var report = PayoutReport(
      chain: chain, payout: payout, amount: amount, asset: known.location, message: message, inclusion: inclusion)
    if var trail {
      let deadline = ContinuousClock.now + longest.duration
      trail.start(message, at: inclusion.block, on: chain.client)
      try await trail.follow(until: deadline, network: linked) { output.progress($0.text) }
      try await report.followEnding(until: deadline) { output.progress($0) }
    }
    output.json(report.json)
    output.facts(report.facts(output))
    await linked.close()
    await chain.client.close()
    try report.check(isFollowed: wait)
  }

  /// Who is paid: as named, or all members of the split that are due something there.
  private func claims(to paraId: UInt32, _ asset: KnownAsset, on chain: RoyaltyChain) async throws -> [Royalty.Claim] {
    var claims: [Royalty.Claim] = []
    for text in claim {
      guard let sign = text.firstIndex(of: "="), let number = UInt64(text[..<sign]) else {
        throw Complaint.usage("'\(text)' is no claim such as 7=studio:bob")
      }
      claims.append(Royalty.Claim(split: number, party: try await chain.party(String(text[text.index(after: sign)...]))))
    }
    guard claim.isEmpty else { return claims }
    let number = try await chain.split(split, work: work).split
    let now = try await chain.client.finalized().hash
    let book = try await chain.book(number, at: now)
    guard let income = book.income.first(where: { $0.asset == asset.location }) else {
      throw Complaint.refused("split \(number) has no income in \(asset.symbol)")
    }
    for (place, member) in book.members.enumerated() where income.due[place] > 0 && claims.count < Royalty.maximumBatch {
      let terms: Royalty.PayoutTerms? = try await chain.row(Royalty.payouts.key(member.party), at: now)
      var destination = terms?.destination
      if destination == nil, case .remote(let location) = member.party { destination = location }
      guard destination?.siblingParaID == paraId, terms?.isPaused != true else { continue }
      claims.append(Royalty.Claim(split: number, party: member.party))
    }
    guard !claims.isEmpty else { throw Complaint.refused("no member of split \(number) is due \(asset.symbol) on \(to)") }
    return claims
  }
}

/// What a payout costs, found by trying it out.
struct PayoutPrice {
  private let lines: [Quote.Line]
  private let received: [(change: XcmLedgerChange, names: XcmNames, chain: String)]

  init(trial: NetworkTrial) {
    lines = Quote.lines(of: trial)
    received = trial.hops.filter { $0.sender != nil }.flatMap { hop in
      hop.run.ledger.filter { $0.difference.isGain && $0.account != EchoRuntime.treasury }.map { ($0, hop.names, hop.chain) }
    }
  }

  var json: JSON {
    [
      "fees": .array(lines.flatMap(\.json)),
      "received": .array(
        received.map { change, names, chain in
          [
            "chain": .string(chain), "account": .hex(change.account.bytes), "amount": .decimal(change.difference.amount),
            "asset": .string(names.unit(of: change.asset)?.symbol ?? "\(change.asset)"),
          ]
        }),
    ]
  }

  func show(_ output: Output) {
    var table = Table("chain", "fee", "amount", numeric: [2])
    for line in lines { table.rows.append([line.chain, line.what, line.names.text(line.assets)]) }
    output.table(table)
    for (change, names, chain) in received {
      output.line("  \(names.text(change.account)) gets \(names.text(change.difference.amount, of: change.asset)) on \(chain)")
    }
  }
}

/// What became of a payout.
struct PayoutReport: Sendable {
  enum Ending: Sendable {
    case pending
    case paid
    /// All of it, or the part that failed, is due again.
    case returned(Balance)
    /// A beneficiary could not be paid; what was not paid is on its way back.
    case failed(paid: UInt32, reason: String)
    case stranded(reason: String)
  }

  let chain: RoyaltyChain
  let payout: UInt64
  let amount: Balance
  let asset: Location
  let message: H256
  let inclusion: Inclusion
  private(set) var ending = Ending.pending

  init(chain: RoyaltyChain, payout: UInt64, amount: Balance, asset: Location, message: H256, inclusion: Inclusion) {
    self.chain = chain
    self.payout = payout
    self.amount = amount
    self.asset = asset
    self.message = message
    self.inclusion = inclusion
  }

  /// Reads the chain's blocks until the payout has ended there or time is over.
  mutating func followEnding(until deadline: ContinuousClock.Instant, progress: (String) -> Void) async throws {
    var next = inclusion.block.number
    while ContinuousClock.now < deadline {
      let head = try await chain.client.finalized().number
      while next <= head {
        guard let (_, hash) = try await chain.client.header(at: next) else { break }
        for record in try await chain.client.events(at: hash) {
          guard case .royalty(let event) = record.event, note(event) else { continue }
          progress("\(chain.name) #\(next)  \(endingText)")
        }
        next += 1
      }
      switch ending {
      case .paid, .returned, .failed, .stranded: return
      case .pending: try await Task.sleep(for: MessageTrail.pause)
      }
    }
  }

  /// - Returns: Whether the event was about this payout's ending.
  private mutating func note(_ event: Royalty.Event) -> Bool {
    switch event {
    case .remoteSettled(payout): ending = .paid
    case .remoteReturned(payout, let amount): ending = .returned(amount)
    case .remoteStranded(payout, let error): ending = .stranded(reason: DeliveryOutcome.reason(error))
    case .remoteFailed(payout, let paid, let error): ending = .failed(paid: paid, reason: DeliveryOutcome.reason(error))
    default: return false
    }
    return true
  }

  private var endingText: String {
    switch ending {
    case .pending: "on its way"
    case .paid: "paid"
    case .returned(let amount): "\(chain.text(amount, of: asset)) is due again"
    case .stranded(let reason):
      "failed, and so did the way home: \(reason); 'echochain royalty payout recover \(payout)' calls it home"
    case .failed(let paid, let reason):
      "failed after \(paid) were paid: \(reason); the rest comes back, then 'echochain royalty payout return \(payout)'"
    }
  }

  private var status: String {
    switch ending {
    case .pending: "pending"
    case .paid: "paid"
    case .returned: "returned"
    case .failed: "failed"
    case .stranded: "stranded"
    }
  }

  var json: JSON {
    var members = inclusion.royaltyJSON
    members.merge([
      "payout": JSON(payout), "amount": .decimal(amount), "asset": .string(chain.symbol(asset)), "messageId": .hash(message),
      "status": .string(status),
    ]) { $1 }
    if case .failed(let paid, let reason) = ending {
      members["paid"] = JSON(paid)
      members["reason"] = .string(reason)
    }
    return .object(members)
  }

  func facts(_ output: Output) -> [(name: String, value: String)] {
    let style: Terminal.Style =
      switch ending {
      case .paid: .green
      case .pending, .returned: .yellow
      case .failed, .stranded: .red
      }
    return [
      ("payout", "\(payout), \(chain.text(amount, of: asset))"), ("message", message.hex), inclusion.place(on: chain),
      ("status", output.terminal.style(endingText, style)),
    ]
  }

  /// - Parameter isFollowed: Whether it was to be followed to its ending.
  /// - Throws: A ``Complaint`` unless the payout was paid or is on its way as expected.
  func check(isFollowed: Bool) throws {
    switch ending {
    case .pending where isFollowed: throw Complaint.partial("the payout is still on its way; 'echochain royalty payout list' shows it")
    case .paid, .pending: return
    case .returned: throw Complaint.refused("the payout was not executed; \(endingText)")
    case .failed, .stranded: throw Complaint.refused("the payout \(endingText)")
    }
  }
}
