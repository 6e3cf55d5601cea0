import ArgumentParser
import ChainClient
import Foundation
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// `echochain royalty payout …`
struct RoyaltyPayout: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "payout", abstract: "Say how you are paid, and pay parties on other chains.",
    discussion: """
        echochain royalty payout set --chain market --sender alice --destination studio:alice
        echochain royalty payout send --chain market --to studio --split 0 --sender dave --wait
        echochain royalty payout list --chain market
      """,
    subcommands: [
      RoyaltyPayoutSet.self, RoyaltyPayoutTerms.self, RoyaltyPayoutAuto.self, RoyaltyPayoutSend.self, RoyaltyPayoutReturn.self,
      RoyaltyPayoutRecover.self, RoyaltyPayoutList.self,
    ])
}

struct RoyaltyPayoutSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Say where and how the signer is paid.",
    discussion: """
      Examples:

        echochain royalty payout set --chain market --sender alice --destination studio:alice
        echochain royalty payout set --chain market --sender alice --minimum 5 --keeper 1% --automatic
        echochain royalty payout set --chain market --sender alice --paused
      """)

  @Option(help: "Who is paid: an account of the chain, or of another one as in studio:alice; the signer unless given.")
  var destination: String?
  @Option(help: "What is not worth a payment, in units of the chain's own asset.") var minimum = "0"
  @Option(help: "What whoever makes the payment may keep of it, at most 2%.") var keeper = "0"
  @Flag(help: "Blocks with room pay unasked what 'payout auto' has queued.") var automatic = false
  @Flag(help: "Nobody pays until this is set again.") var paused = false
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let terms = Royalty.PayoutTerms(
      destination: try await chain.destination(destination ?? signer.from),
      minimum: try Amount.parse(minimum, symbol: chain.client.info.tokenSymbol, decimals: chain.client.info.tokenDecimals),
      keeperRate: try RoyaltyText.parts(keeper), isAutomatic: automatic, isPaused: paused)
    try await chain.report(.setPayout(terms: terms), by: signer, options.output) { event in
      guard case .payoutSet(let party) = event else { return nil }
      return (["party": party.json(chain), "terms": terms.json(chain)], terms.facts(chain))
    }
  }
}

extension Royalty.PayoutTerms {
  fileprivate func json(_ chain: RoyaltyChain) -> JSON {
    [
      "destination": .string(chain.text(destination)), "location": .string("\(destination)"), "minimum": .decimal(minimum),
      "keeper": JSON(keeperRate), "automatic": JSON(isAutomatic), "paused": JSON(isPaused),
    ]
  }

  fileprivate func facts(_ chain: RoyaltyChain) -> [(name: String, value: String)] {
    [
      ("paid to", chain.text(destination)), ("from", chain.text(minimum, of: .here)),
      ("keeper", RoyaltyText.percent(keeperRate)),
      ("state", isPaused ? "paused" : isAutomatic ? "automatic" : "when asked"),
    ]
  }
}

struct RoyaltyPayoutTerms: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terms", abstract: "Show where and how a party is paid.",
    discussion: "  echochain royalty payout terms alice --chain market")

  @Argument(help: "The party.") var party: String
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let party = try await chain.party(party)
    let terms: Royalty.PayoutTerms? = try await chain.row(Royalty.payouts.key(party), at: nil)
    options.output.json(["party": party.json(chain), "terms": terms?.json(chain) ?? .null])
    options.output.facts([("party", chain.text(party))] + (terms?.facts(chain) ?? [("paid to", "itself, when asked")]))
    await chain.client.close()
  }
}

struct RoyaltyPayoutAuto: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "auto", abstract: "Queue what the signer is due for automatic payment, or take it out of the queue.",
    discussion: """
        echochain royalty payout auto --chain market --sender alice --split 7 --asset ECHO
        echochain royalty payout auto --chain market --sender alice --split 7 --off
      """)

  @Option(help: "Number of the split.") var split: UInt64?
  @Option(help: "A work whose contributors' split is meant.") var work: String?
  @Option(help: "The asset, by symbol or location; the chain's own unless given.") var asset: String?
  @Flag(help: "Take it out of the queue.") var off = false
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func validate() throws {
    guard (split == nil) != (work == nil) else { throw ValidationError("give --split or --work") }
  }

  func run() async throws {
    let chain = try await options.open()
    let known = try await chain.asset(asset)
    let number = try await chain.split(split, work: work).split
    let call = Royalty.Call.setAutomatic(split: number, asset: known.location, isOn: !off)
    try await chain.report(call, by: signer, options.output) { event in
      guard case .automaticSet(let split, let party, let asset, let isOn) = event else { return nil }
      return (
        ["split": JSON(split), "party": party.json(chain), "asset": .string(chain.symbol(asset)), "automatic": JSON(isOn)],
        [("automatic", "\(isOn ? "on" : "off") for \(chain.text(party)), split \(split), \(chain.symbol(asset))")]
      )
    }
  }
}

struct RoyaltyPayoutReturn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "return", abstract: "Put what came back of a payout into what is due again.",
    discussion: "  echochain royalty payout return 4 --chain market --sender dave")

  @Argument(help: "Number of the payout.") var payout: UInt64
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let row: Royalty.InFlight? = try await chain.row(Royalty.inFlight.key(payout), at: nil)
    try await chain.report(.returnPayout(payout: payout), by: signer, options.output) { event in
      guard case .remoteReturned(let payout, let amount) = event else { return nil }
      let what = row.map { chain.text(amount, of: $0.asset) } ?? "\(amount)"
      return (["payout": JSON(payout), "amount": .decimal(amount)], [("due again", "\(what) of payout \(payout)")])
    }
  }
}

struct RoyaltyPayoutRecover: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover", abstract: "Call home what a failed payout has left on the other chain.",
    discussion: """
      For a payout whose way home failed too. What it has left is in the payout's own account there, or in a trap for it \
      (--trapped: all of one trap). Then 'payout return' puts it into what is due again. Anybody may, and pays the \
      delivery. Examples:

        echochain royalty payout recover 4 --chain market --sender dave --amount 9.5
        echochain royalty payout recover 4 --chain market --sender dave --amount 9.5 --trapped
      """)

  @Argument(help: "Number of the payout.") var payout: UInt64
  @Option(help: "How much, in units of the payout's asset.") var amount: String
  @Flag(help: "It is in a trap of exactly this amount.") var trapped = false
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    guard let row: Royalty.InFlight = try await chain.row(Royalty.inFlight.key(payout), at: nil) else {
      throw Complaint.refused("no payout \(payout) is under way")
    }
    let known = try await chain.asset(row.asset.isHere ? nil : chain.symbol(row.asset))
    let units = try Amount.parse(amount, symbol: known.symbol, decimals: known.decimals)
    let call = Royalty.Call.recoverPayout(payout: payout, amount: units, isTrapped: trapped)
    try await chain.report(call, by: signer, options.output) { event in
      guard case .remoteRecovered(let payout, let amount, let message) = event else { return nil }
      return (
        ["payout": JSON(payout), "amount": .decimal(amount), "message": .hash(message)],
        [("called home", "\(chain.text(amount, of: row.asset)) of payout \(payout)"), ("message", message.hex)]
      )
    }
  }
}

struct RoyaltyPayoutList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List payouts that have not ended.",
    discussion: "  echochain royalty payout list --chain market")

  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let rows = try await chain.client.rows(
      Royalty.inFlight.prefix, skip: 8, key: UInt64.self, value: Royalty.InFlight.self, at: nil
    ).sorted { $0.key < $1.key }
    await chain.client.close()
    options.output.json(["payouts": .array(rows.map { $0.value.json($0.key, chain) })])
    guard !rows.isEmpty else { return options.output.line("  no payout is under way") }
    var table = Table("payout", "to", "amount", "parties", "sent", "state", "message", numeric: [0, 2])
    for (number, row) in rows {
      table.rows.append([
        "\(number)", chain.names.text(row.chain), chain.text(row.total, of: row.asset),
        row.items.map { chain.text($0.claim.party) }.joined(separator: ", "), "#\(row.sentAt)", row.state.text,
        Spoken.short(row.message.hex),
      ])
    }
    options.output.table(table)
  }
}

extension Royalty.PayoutState {
  /// Words for people.
  var text: String {
    switch self {
    case .sent: "on its way"
    case .stranded: "failed, and so did the way home; 'payout recover' calls it home once root has said how many were paid"
    case .failed(let paid): "failed after \(paid) were paid; the rest comes back, then 'payout return'"
    }
  }
}

extension Royalty.InFlight {
  /// What all parties of it get, before the fee of execution.
  var total: Balance { items.reduce(0) { $0.addingSaturating($1.amount) } }

  /// The payout for programs.
  func json(_ number: UInt64, _ chain: RoyaltyChain) -> JSON {
    [
      "payout": JSON(number), "chain": .string(chain.names.text(self.chain)), "asset": .string(chain.symbol(asset)),
      "amount": .decimal(total), "message": .hash(message), "sentAt": JSON(sentAt), "state": .string(state.text),
      "items": .array(
        items.map {
          [
            "split": JSON($0.claim.split), "party": $0.claim.party.json(chain), "beneficiary": .string(chain.text($0.beneficiary)),
            "amount": .decimal($0.amount),
          ]
        }),
    ]
  }
}
