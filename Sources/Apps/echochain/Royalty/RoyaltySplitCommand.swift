import ArgumentParser
import ChainClient
import Finality
import Foundation
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import ScaleCodec

/// `echochain royalty split …`
struct RoyaltySplit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Make splits of income, look at them, and change who shares.",
    discussion: """
      A change of members is announced and comes into force after a notice; what was earned until then stays with those \
      who earned it. A member gives its own units to somebody else at once. Examples:

        echochain royalty split show 7 --chain market
        echochain royalty split propose 7 --chain market --sender alice --member alice=50% --member bob=50%
        echochain royalty split transfer 7 --chain market --sender alice --to carol --share 10%
      """,
    subcommands: [
      RoyaltySplitCreate.self, RoyaltySplitShow.self, RoyaltySplitPropose.self, RoyaltySplitActivate.self,
      RoyaltySplitWithdraw.self, RoyaltySplitTransfer.self, RoyaltySplitReserve.self, RoyaltySplitClose.self,
    ])
}

extension RoyaltyChain {
  /// Reads members and checks their sum.
  fileprivate func shares(_ texts: [String]) async throws -> [Royalty.Share] {
    var shares: [Royalty.Share] = []
    for text in texts { shares.append(try await share(text)) }
    try WorkText.checkSum(shares)
    return shares
  }

  /// Sends a call and reports what it did.
  /// - Parameter facts: What the events say, for programs and for people; `nil` when they do not say it.
  func report(
    _ call: Royalty.Call, by signer: RoyaltySigner, _ output: Output,
    facts: (Royalty.Event) -> (json: [String: JSON], lines: [(name: String, value: String)])?
  ) async throws {
    let inclusion = try await submit(call, by: signer)
    var members = inclusion.royaltyJSON
    var lines: [(name: String, value: String)] = []
    for event in inclusion.royaltyEvents {
      guard let (json, more) = facts(event) else { continue }
      members.merge(json) { $1 }
      lines += more
    }
    output.json(.object(members))
    output.facts(lines + [inclusion.place(on: self)])
    await client.close()
  }
}

struct RoyaltySplitCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a split that belongs to no work.",
    discussion: "  echochain royalty split create --chain market --sender alice --member alice=70% --member studio:bob=30%")

  @Option(help: "Member with its share, such as alice=600000 or studio:bob=40%. May be given several times.") var member: [String] = []
  @Flag(help: "Nobody may change the members later.") var immutable = false
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let call = Royalty.Call.createSplit(members: try await chain.shares(member), isImmutable: immutable)
    try await chain.report(call, by: signer, options.output) { event in
      guard case .splitCreated(let split, _) = event else { return nil }
      return (["split": JSON(split)], [("split", "\(split)")])
    }
  }
}

struct RoyaltySplitShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a split's members and what they are due.",
    discussion: "  echochain royalty split show 7 --chain market")

  @Argument(help: "Number of the split.") var split: UInt64
  @OptionGroup var block: BlockOptions
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let (header, hash) = try await block.resolve(on: chain.client)
    let tree = try await SplitTree.read(split, on: chain, at: hash)
    options.output.json(
      ["chain": .string(chain.name), "block": JSON(header.number.value), "splits": .array(tree.books.map { $0.json(chain) })])
    for line in tree.lines(chain) { options.output.line("  \(line)") }
    await chain.client.close()
  }
}

struct RoyaltySplitPropose: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose", abstract: "Announce other members.",
    discussion: "  echochain royalty split propose 7 --chain market --sender alice --member alice=50% --member bob=50%")

  @Argument(help: "Number of the split.") var split: UInt64
  @Option(help: "Member with its share. May be given several times; those who are not named leave.") var member: [String] = []
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let call = Royalty.Call.proposeChange(split: split, members: try await chain.shares(member))
    try await chain.report(call, by: signer, options.output) { event in
      guard case .changeProposed(let split, let from) = event else { return nil }
      return (
        ["split": JSON(split), "activeFrom": JSON(from)],
        [("in force", "from block #\(from) on, when somebody calls 'echochain royalty split activate \(split)'")]
      )
    }
  }
}

struct RoyaltySplitActivate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate", abstract: "Put an announced change in force after its notice.",
    discussion: "  echochain royalty split activate 7 --chain market --sender dave")

  @Argument(help: "Number of the split.") var split: UInt64
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    try await chain.report(.activateChange(split: split), by: signer, options.output) { event in
      guard case .changeActivated(let split, let version) = event else { return nil }
      return (["split": JSON(split), "version": JSON(version)], [("split", "\(split), version \(version)")])
    }
  }
}

struct RoyaltySplitWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Take an announced change back.",
    discussion: "  echochain royalty split withdraw 7 --chain market --sender alice")

  @Argument(help: "Number of the split.") var split: UInt64
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    try await chain.report(.withdrawChange(split: split), by: signer, options.output) { event in
      guard case .changeWithdrawn(let split) = event else { return nil }
      return (["split": JSON(split)], [("split", "\(split) keeps its members")])
    }
  }
}

struct RoyaltySplitTransfer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer", abstract: "Give units of one's own to somebody else.",
    discussion: """
      What both have earned until now stays theirs.

        echochain royalty split transfer 7 --chain market --sender alice --to carol --share 10%
      """)

  @Argument(help: "Number of the split.") var split: UInt64
  @Option(help: "Who gets them: an account, chain:account, or split:N.") var to: String
  @Option(help: "How much: parts of a million, or 10%.") var share: String
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let call = Royalty.Call.transferUnits(
      split: split, to: try await chain.party(to), units: try RoyaltyText.parts(share))
    try await chain.report(call, by: signer, options.output) { event in
      guard case .unitsTransferred(let split, let from, let to, let units) = event else { return nil }
      return (
        ["split": JSON(split), "from": from.json(chain), "to": to.json(chain), "units": JSON(units)],
        [("moved", "\(RoyaltyText.percent(units)) of split \(split) from \(chain.text(from)) to \(chain.text(to))")]
      )
    }
  }
}

struct RoyaltySplitReserve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reserve", abstract: "Make sure that a split can be credited in an asset, as its controller.",
    discussion: """
      A split has income in 16 assets at most. Strangers can begin with 8 of them; the others are its controller's to give. \
      What a work is listed in has its place already. Example:

        echochain royalty split reserve 7 --chain market --sender alice --asset ECHO
      """)

  @Argument(help: "Number of the split.") var split: UInt64
  @Option(help: "The asset, by symbol or location; the chain's own unless given.") var asset: String?
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let known = try await chain.asset(asset)
    try await chain.report(.reserveAsset(split: split, asset: known.location), by: signer, options.output) { event in
      guard case .assetReserved(let split, let asset) = event else { return nil }
      return (
        ["split": JSON(split), "asset": .string(chain.symbol(asset))], [("reserved", "\(chain.symbol(asset)) in split \(split)")]
      )
    }
  }
}

struct RoyaltySplitClose: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Close a split that is used no more, and get its deposit back.",
    discussion: "  echochain royalty split close 7 --chain market --sender alice")

  @Argument(help: "Number of the split.") var split: UInt64
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    try await chain.report(.closeSplit(split: split), by: signer, options.output) { event in
      guard case .splitClosed(let split) = event else { return nil }
      return (["split": JSON(split)], [("split", "\(split) is closed")])
    }
  }
}
