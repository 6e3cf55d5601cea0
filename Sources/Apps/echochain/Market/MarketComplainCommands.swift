import ArgumentParser
import ChainClient
import Commerce
import EchoRuntime
import Files
import Foundation
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// `echochain market complain`
struct MarketComplain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complain", abstract: "Complain of a delivery with a proof that the chain checks.",
    discussion: """
      --proof sends what 'market fetch' wrote about a wrong key or wrong content: decided at once, and checked here first, \
      because a complaint that fails costs half its bond. The file shows what opens the delivered key box, as the complaint \
      does once it is sent: keep it to yourself until then. --not-retrievable names a block of 4,096 bytes that no source \
      serves: the seller or anybody shows it in time, or you have the money back. Examples:

        echochain market complain 0x5c1e… --chain market --sender bob --proof song.flac.complaint
        echochain market complain 0x5c1e… --chain market --sender bob --not-retrievable 12
      """)

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "Complaint file.") var proof: String?
  @Option(name: .customLong("not-retrievable"), help: "Number of a block that nobody serves.") var block: UInt64?
  @Flag(help: "Send the proof even if it looks as if it would fail.") var unchecked = false
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func validate() throws {
    guard (proof == nil) != (block == nil) else { throw ValidationError("give --proof or --not-retrievable") }
  }

  func run() async throws {
    let market = try await options.open(from: caller.from)
    let id = try MarketText.order(order)
    let order = try await market.order(id)
    let complaint: Marketplace.Complaint
    if let proof {
      let file = try ComplaintFile.read(proof)
      guard file.order == id else { throw Complaint.usage("\(proof) is about order \(file.order)") }
      complaint = file.complaint
      let box: BoundedVector<UInt8, 128>? = try await market.row(Marketplace.keyBoxes.key(id))
      if case .notRetrievable = complaint {
      } else if !unchecked {
        guard SaleComplaint.isUpheld(complaint, order: order, box: box?.items ?? []) else {
          throw Complaint.proofInvalid("the chain would not uphold this complaint, and it costs half a bond; nothing was sent")
        }
      }
    } else {
      complaint = .notRetrievable(index: block ?? 0)
    }
    let rate = try await market.parameters().complaintBondRate
    let bond = (order.price / 1_000_000).multipliedSaturating(by: Balance(rate)).addingSaturating(Balance(rate))
    let asset = try await market.asset(at: order.asset)
    let report = try await market.act(
      .complain(order: id, proof: complaint), by: caller, deposit: bond, asset: asset, options.output)
    var verdict = "sent"
    for event in report.events {
      switch event {
      case .complained(id, _, let isUpheld): verdict = isUpheld ? "upheld" : "refused"
      case .challenged(id, let block, let deadline): verdict = "block \(block) is to be shown until #\(deadline)"
      default: break
      }
    }
    var facts: [(name: String, value: String)] = [("complaint", ComplaintFile.kind(complaint)), ("verdict", verdict)]
    for case .refunded(id, let reason) in report.events { facts.append(("refunded", SaleWords.sentence(reason))) }
    try report.show(
      options.output, on: market,
      ["order": .hash(id), "complaint": .string(ComplaintFile.kind(complaint)), "verdict": .string(verdict)], facts)
    await market.close()
    if verdict == "refused" { throw Complaint.refused("the chain did not uphold the complaint: half its bond is lost") }
  }
}

/// `echochain market answer`
struct MarketAnswer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer", abstract: "Show the block that a complaint says nobody serves.",
    discussion: "  echochain market answer 0x5c1e… --chain market --sender alice --bundle song.bundle")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "Folder of the bundle, which holds the file.") var bundle: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    let id = try MarketText.order(order)
    let order = try await market.order(id)
    guard case .challenged(let index, _, _) = order.state, let file = order.manifest,
      let place = SegmentCipher.BlockPlace(index: index, cipherSize: file.cipherSize)
    else { throw Complaint.usage("order \(id) asks for no block; it is \(SaleWords.name(order.state))") }
    let content = URL(filePath: bundle, directoryHint: .isDirectory).appending(path: SaleBundle.contentName).path
    guard let source = FileHandle(forReadingAtPath: content) else { throw Complaint.configuration("there is no file \(content)") }
    defer { try? source.close() }
    func read(_ offset: UInt64, _ count: Int) throws -> [UInt8] {
      try source.seek(toOffset: offset)
      return [UInt8](try source.read(upToCount: count) ?? Data())
    }
    guard try source.seekToEnd() == file.cipherSize else { throw Complaint.configuration("\(content) is not the file of this order") }
    let leaves = try SaleCheck.leaves(of: file, read: read)
    guard let tree = AuditTree(leaves: leaves), tree.root == file.auditRoot, let path = tree.path(to: Int(index)) else {
      throw Complaint.configuration("\(content) is not the file of this order")
    }
    let block = try read(index * UInt64(AuditTree.blockLength), place.length)
    let report = try await market.act(.answerChallenge(order: id, block: block, path: path), by: caller, options.output)
    try report.show(options.output, on: market, ["order": .hash(id), "block": JSON(index)], [("shown", "block \(index) of the file")])
    await market.close()
  }
}

/// `echochain market panel …`
struct MarketPanel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "panel", abstract: "Have jurors judge the quality of a delivery.",
    discussion: """
      Jurors stake to be drawn. Each commits to the part of the price that the buyer should get back, then reveals it; the \
      middle of the votes counts. Then anybody ends it with 'market settle'. Jurors are drawn by the hash of a block that \
      nobody knew when the panel was asked for: 'open' waits for it, and so does 'draw', for a panel asked for from afar or \
      a second one. Examples:

        echochain market panel join --chain market --sender dave
        echochain market panel open 0x5c1e… --chain market --sender bob --evidence "the last minute is missing"
        echochain market panel commit 0x5c1e… --chain market --sender dave --share 30%
        echochain market panel reveal 0x5c1e… --chain market --sender dave
      """,
    subcommands: [PanelOpen.self, PanelDraw.self, PanelCommit.self, PanelReveal.self, PanelShow.self, PanelJoin.self, PanelLeave.self])
}

/// `echochain market panel open`
struct PanelOpen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Ask for a panel, as the buyer.",
    discussion: "  echochain market panel open 0x5c1e… --chain market --sender bob --evidence \"the last minute is missing\"")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "What is wrong, or the content id of the evidence; at most 128 bytes.") var evidence: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    let id = try MarketText.order(order)
    let order = try await market.order(id)
    let text: BoundedVector<UInt8, 128> = try MarketText.text(evidence, "--evidence")
    let rate = try await market.parameters().complaintBondRate
    let bond = (order.price / 1_000_000).multipliedSaturating(by: Balance(rate)).addingSaturating(Balance(rate))
    let report = try await market.act(
      .openPanel(order: id, evidence: text.items), by: caller, deposit: bond, asset: try await market.asset(at: order.asset), options.output
    )
    // From another chain nobody signs here: whoever likes draws.
    let jurors = market.isRemote ? nil : try await market.drawPanel(id, by: caller, options.output)
    try report.show(
      options.output, on: market, ["order": .hash(id), "jurors": jurors.map { .array($0.map { .hex($0.bytes) }) } ?? .null],
      [("panel", jurors.map(market.names(of:)) ?? "to be drawn: 'echochain market panel draw'")])
    await market.close()
  }
}

/// `echochain market panel draw`
struct PanelDraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draw the jurors of a panel that was asked for; anybody may.",
    discussion: "  echochain market panel draw 0x5c1e… --chain market --sender anybody")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    guard caller.from == nil else { throw Complaint.usage("jurors are drawn by somebody at the market; leave --from out") }
    let market = try await options.open()
    let id = try MarketText.order(order)
    let jurors = try await market.drawPanel(id, by: caller, options.output)
    options.output.json(["order": .hash(id), "jurors": .array(jurors.map { .hex($0.bytes) })])
    options.output.facts([("panel", market.names(of: jurors))])
    await market.close()
  }
}

extension Market {
  /// Waits for the block whose hash draws a panel, and draws it.
  func drawPanel(_ id: H256, by caller: MarketCaller, _ output: Output) async throws -> [AccountID] {
    guard let dispute: Marketplace.Dispute = try await row(Marketplace.disputes.key(id)) else {
      throw Complaint.refused("no panel was asked for on order \(id)")
    }
    guard dispute.votes.isEmpty else { return dispute.votes.map(\.juror) }
    let height = dispute.openedAt.addingSaturating(1)
    output.progress("\(name) draws the jurors by the hash of #\(height)")
    _ = try await Patience.wait(for: "block #\(height) of \(name)", at: .seconds(60)) { () -> Bool? in
      try await self.height() >= height ? true : nil
    }
    let report = try await act(.settle(order: id), by: caller, output)
    for case .panelOpened(id, let drawn) in report.events { return drawn }
    throw Complaint.partial("no juror could be drawn for order \(id); try 'echochain market panel draw' again")
  }

  func names(of accounts: [AccountID]) -> String { accounts.map { names.text($0) }.joined(separator: ", ") }
}

/// `echochain market panel show`
struct PanelShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a panel: who sits, and who has voted.",
    discussion: "  echochain market panel show 0x5c1e… --chain market")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let id = try MarketText.order(order)
    let now = try await market.height()
    guard let dispute: Marketplace.Dispute = try await market.row(Marketplace.disputes.key(id)) else {
      throw Complaint.refused("no panel sits on order \(id)")
    }
    try options.output.json(["order": .hash(id), "panel": try ScaleJSON.decode(Marketplace.Dispute.self, bytes: dispute.encoded())])
    options.output.facts([
      ("evidence", MarketText.plain(dispute.evidence.items)), ("commit", market.until(dispute.commitUntil, now: now)),
      ("reveal", market.until(dispute.revealUntil, now: now)),
    ])
    for vote in dispute.votes {
      let state =
        vote.vote.map { "gives the buyer \(MarketText.percent($0))" } ?? (vote.commitment == nil ? "has not voted" : "has committed")
      options.output.line("  \(market.names.text(vote.juror)) \(state)")
    }
    await market.close()
  }
}

/// Votes until they are revealed: one private file for each juror and order.
struct VoteFile {
  let path: String

  init(order: H256, juror: AccountID, keystore: Keystore) {
    path = keystore.folder.appending(path: "votes/\(order.hex.dropFirst(2).prefix(16))-\(juror.hex.dropFirst(2).prefix(16)).json").path
  }

  /// Keeps a vote; one that is kept already stays as it is, for its salt is the only one that opens what was committed.
  /// - Returns: The vote that is kept.
  /// - Throws: A ``Complaint`` when another share is kept.
  func keep(share: UInt32) throws -> PanelVote {
    let kept = try kept()
    let vote: PanelVote
    do throws(PanelVoteChanged) { vote = try PanelVote(share: share, kept: kept, salt: H256(Secrets.random(32)) ?? .zero) } catch {
      throw Complaint.usage(
        "\(path) has a vote for \(MarketText.percent(error.kept)), which may be on its way: only this file can reveal it; "
          + "remove it if 'echochain market panel show' lists no vote of yours")
    }
    guard kept == nil else { return vote }
    let text = PrettyJSON.text(["version": 1, "share": JSON(vote.share), "salt": .hash(vote.salt)]) + "\n"
    try PrivateFile.create(Data(text.utf8), at: path)
    return vote
  }

  func read() throws -> PanelVote {
    if let vote = try kept() { return vote }
    throw Complaint.configuration("\(path) does not exist: the vote was not committed with this keystore")
  }

  private func kept() throws -> PanelVote? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let value = try? JSON(parsing: [UInt8](try Files.read(path, limit: 4096))), value["version"]?.asUInt64 == 1,
      let share = value["share"]?.asUInt64.flatMap({ UInt32(exactly: $0) }), let salt = value["salt"]?.asHash
    else { throw Complaint.configuration("\(path) is no vote of version 1") }
    return PanelVote(share: share, salt: salt)
  }
}

/// `echochain market panel commit`
struct PanelCommit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit", abstract: "Vote as a juror, hidden until it is revealed.",
    discussion: """
      The vote and its salt are kept in a file beside your keys, for 'market panel reveal'. Example:

        echochain market panel commit 0x5c1e… --chain market --sender dave --share 30%
      """)

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "Part of the price that the buyer should get back: 0% to 100%.") var share: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    try market.needsAccountHere("a vote")
    let id = try MarketText.order(order)
    let share = try MarketText.parts(share)
    let juror = try await market.key(caller).publicKey.accountID
    guard let dispute: Marketplace.Dispute = try await market.row(Marketplace.disputes.key(id)) else {
      throw Complaint.refused("no panel sits on order \(id)")
    }
    guard let seat = dispute.votes.first(where: { $0.juror == juror }) else {
      throw Complaint.refused("\(caller.sender) is not on the panel of order \(id)")
    }
    // What was committed can be revealed with its own salt only: the file that has it is not touched any more.
    guard seat.commitment == nil else { throw Complaint.refused("\(caller.sender) has voted on order \(id) already") }
    let vote = try VoteFile(order: id, juror: juror, keystore: options.keys.keystore).keep(share: share)
    let commitment = vote.commitment(order: id, juror: juror)
    let report = try await market.act(.voteCommit(order: id, commitment: commitment), by: caller, options.output)
    try report.show(
      options.output, on: market, ["order": .hash(id), "commitment": .hash(commitment)], [("committed", commitment.hex)])
    await market.close()
  }
}

/// `echochain market panel reveal`
struct PanelReveal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reveal", abstract: "Open a vote that was committed.",
    discussion: "  echochain market panel reveal 0x5c1e… --chain market --sender dave")

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    try market.needsAccountHere("a vote")
    let id = try MarketText.order(order)
    let juror = try await market.key(caller).publicKey.accountID
    let vote = try VoteFile(order: id, juror: juror, keystore: options.keys.keystore).read()
    let report = try await market.act(.voteReveal(order: id, buyerShare: vote.share, salt: vote.salt), by: caller, options.output)
    try report.show(
      options.output, on: market, ["order": .hash(id), "buyerShare": JSON(vote.share)],
      [("revealed", "the buyer gets \(MarketText.percent(vote.share))")])
    await market.close()
  }
}

/// `echochain market panel join`
struct PanelJoin: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "Stake to be drawn for panels.", discussion: "  echochain market panel join --chain market --sender dave"
  )
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.joinPanel, by: caller, "joined the jurors", "joining the jurors") }
}

/// `echochain market panel leave`
struct PanelLeave: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leave", abstract: "Take the stake back, while on no panel.",
    discussion: "  echochain market panel leave --chain market --sender dave")
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws { try await options.make(.leavePanel, by: caller, "left the jurors", "leaving the jurors") }
}
