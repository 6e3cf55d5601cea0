import ArgumentParser
import ChainClient
import Foundation
import Hashing
import PalletMarketplace
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM

/// `echochain royalty work …`
struct RoyaltyWork: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "work", abstract: "Register works, and look at who shares in them.",
    discussion: """
        echochain royalty work register --chain market --sender alice --title "Dawn" --royalty 10%
        echochain royalty work show 0x5c1e… --chain market
      """,
    subcommands: [RoyaltyWorkRegister.self, RoyaltyWorkShow.self])
}

struct RoyaltyWorkRegister: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register", abstract: "Register a work with its contributors, and the works that it derives from.",
    discussion: """
      Contributors share what the work asks of each sale; parents get their share of the sale before. Without --member \
      the signer is the only contributor. A parent of somebody else needs a licence that permits derivatives, by its \
      number after the colon; the share is the licence's unless given. --file reads the same from TOML or JSON \
      (Docs/guides/royalties.md). Examples:

        echochain royalty work register --chain market --sender alice --title "Dawn" --royalty 10% --member alice=60% --member studio:bob=40%
        echochain royalty work register --chain market --sender bob --title "Dawn, slow" --royalty 5% --parent 0x5c1e…:3
        echochain royalty work register --chain market --sender alice --file work.toml
      """)

  @Option(help: "Title; the chain keeps a hash of it.") var title: String?
  @Option(help: "What commits to the work's description instead: 32 bytes after 0x.") var meta: String?
  @Option(help: "What the contributors ask of each sale: parts of a million, or 10%.") var royalty: String?
  @Option(help: "Contributor with its share, such as alice=600000 or studio:bob=40%. May be given several times.")
  var member: [String] = []
  @Option(help: "Work that this derives from, as ID, ID:LICENCE or ID:LICENCE:SHARE; LICENCE is - for a work of one's own.")
  var parent: [String] = []
  @Flag(help: "Parents share in a parent's share, instead of all ancestors in each sale.") var relative = false
  @Flag(help: "Nobody may change the contributors later.") var immutable = false
  @Option(help: "TOML or JSON file with all of this.") var file: String?
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func validate() throws {
    let given = title != nil || meta != nil || royalty != nil || !member.isEmpty || !parent.isEmpty || relative || immutable
    guard file == nil || !given else { throw ValidationError("--file says everything; leave the other options out") }
    guard file != nil || (title != nil) != (meta != nil) else { throw ValidationError("give --title or --meta") }
    guard file != nil || royalty != nil else { throw ValidationError("give --royalty") }
  }

  func run() async throws {
    let text =
      try file.map { try WorkText.read($0) }
      ?? WorkText(
        title: title, meta: meta, royalty: royalty ?? "", members: member, parents: parent, isRelative: relative,
        isImmutable: immutable)
    let chain = try await options.open()
    let call = try await text.call(on: chain, owner: signer.from)
    let inclusion = try await chain.submit(call, by: signer)
    let output = options.output
    guard
      let (work, split, stack) = inclusion.royaltyEvents.lazy.compactMap({ event -> (H256, UInt64, UInt32)? in
        if case .workRegistered(let work, _, let split, let stack) = event { (work, split, stack) } else { nil }
      }).first
    else { throw Complaint.refused("\(chain.name) took the call and registered no work") }
    let own = try await chain.work(work, at: inclusion.block.hash).ownSplit
    var members = inclusion.royaltyJSON
    members.merge([
      "work": .hash(work), "ownSplit": JSON(own), "saleSplit": JSON(split), "stack": JSON(stack),
    ]) { $1 }
    output.json(.object(members))
    output.facts([
      ("work", work.hex), ("contributors", "split \(own)"), ("sales", "credited to split \(split)"),
      ("of each sale", RoyaltyText.percent(stack)), inclusion.place(on: chain),
    ])
    await chain.client.close()
  }
}

/// A work as people write it.
struct WorkText: Sendable {
  var title: String?
  var meta: String?
  var royalty: String
  var members: [String]
  var parents: [String]
  var isRelative = false
  var isImmutable = false

  /// Reads a settings file.
  static func read(_ path: String) throws(Complaint) -> WorkText {
    let table = try SettingsTable.read(
      path, what: "work", known: ["title", "meta", "royalty", "members", "parents", "mode", "immutable"])
    var members: [String] = []
    for member in try table.tables("members", known: ["party", "share"]) {
      members.append("\(try member.text("party"))=\(try member.text("share"))")
    }
    var parents: [String] = []
    for parent in try table.tables("parents", known: ["work", "licence", "share"]) {
      let licence = parent.has("licence") ? "\(try parent.number("licence") as UInt64)" : "-"
      let share = parent.has("share") ? ":\(try parent.text("share"))" : ""
      parents.append("\(try parent.text("work")):\(licence)\(share)")
    }
    guard table.has("title") != table.has("meta") else { throw .configuration("work \(path): give title or meta") }
    let mode = try table.text("mode", default: "absolute")
    guard ["absolute", "relative"].contains(mode) else { throw .configuration("work \(path): mode is absolute or relative") }
    let fixed = try table.text("immutable", default: "no")
    guard ["yes", "no"].contains(fixed) else { throw .configuration("work \(path): immutable is \"yes\" or \"no\"") }
    return WorkText(
      title: table.has("title") ? try table.text("title") : nil, meta: table.has("meta") ? try table.text("meta") : nil,
      royalty: try table.text("royalty"), members: members, parents: parents, isRelative: mode == "relative",
      isImmutable: fixed == "yes")
  }

  /// The call that registers the work.
  /// - Parameter owner: The only contributor when none is named.
  func call(on chain: RoyaltyChain, owner: String) async throws -> Royalty.Call {
    var shares: [Royalty.Share] = []
    for member in members { shares.append(try await chain.share(member)) }
    if shares.isEmpty { shares = [Royalty.Share(try await chain.party(owner), units: Royalty.units)] }
    try Self.checkSum(shares)
    let commitment = try meta.map { try RoyaltyText.hash($0, "commitment") } ?? RoyaltyText.commitment(title ?? "")
    var links: [Royalty.ParentLink] = []
    for parent in parents { links.append(try await link(parent, on: chain)) }
    return .registerWork(
      meta: commitment, royalty: try RoyaltyText.parts(royalty), members: shares, parents: links,
      mode: isRelative ? .relative : .absolute, isImmutable: isImmutable)
  }

  /// A sum that the chain would refuse is said here, with the sum.
  static func checkSum(_ shares: [Royalty.Share]) throws(Complaint) {
    let sum = shares.reduce(UInt64(0)) { $0 + UInt64($1.units) }
    guard sum == UInt64(Royalty.units) else {
      throw .usage("the members have \(sum) parts of a million together; they need to have 1000000")
    }
  }

  /// Reads `ID`, `ID:LICENCE` or `ID:LICENCE:SHARE`.
  private func link(_ text: String, on chain: RoyaltyChain) async throws -> Royalty.ParentLink {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (1...3).contains(parts.count) else { throw Complaint.usage("'\(text)' is no parent such as 0x5c1e…:3") }
    let work = try RoyaltyText.hash(parts[0], "work")
    var licence: UInt64?
    if parts.count > 1, parts[1] != "-" {
      guard let number = UInt64(parts[1]) else { throw Complaint.usage("'\(parts[1])' is no number of a licence") }
      licence = number
    }
    let share = try parts.count > 2 ? RoyaltyText.parts(parts[2]) : nil
    if let share, licence == nil { return Royalty.ParentLink(work: work, licence: nil, share: share) }
    guard let licence else {
      throw Complaint.usage("'\(text)' has neither a licence nor a share; a work of one's own is named as ID:-:SHARE")
    }
    guard let terms = try await chain.row(Marketplace.licences.key(licence), at: nil, as: Marketplace.Licence.self)?.terms else {
      throw Complaint.refused("\(chain.name) has no licence \(licence)")
    }
    guard terms.isAbsolute != isRelative else {
      throw Complaint.usage(
        terms.isAbsolute
          ? "licence \(licence) has all ancestors share in each sale; register the work without --relative"
          : "licence \(licence) has parents share in their child's part; register the work with --relative")
    }
    return Royalty.ParentLink(work: work, licence: licence, share: share ?? terms.derivativeShare)
  }
}
