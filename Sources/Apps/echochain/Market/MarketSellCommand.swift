import ArgumentParser
import ChainClient
import Commerce
import EchoRuntime
import Files
import Foundation
import Hashing
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM

/// `echochain market sell`
struct MarketSell: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sell", abstract: "Put something up for sale.",
    discussion: """
      --file encrypts a file into a folder (--bundle) that buyers fetch, keeps its key in a file of yours and shows the \
      chain what the key commits to. --licence sells the right to use a work, with terms from options or from a TOML or \
      JSON file. Else --kind says what it is. Examples:

        echochain market sell --chain market --sender alice --file song.flac --price "2.5 MRKT" --bundle song.bundle
        echochain market sell --chain market --sender alice --licence --use view --use derive --derivative 10% \\
          --price "50 MRKT" --work 0x5c1e… --quantity 20
        echochain market sell --chain market --sender alice --licence --terms licence.toml --price "50 MRKT"
        echochain market sell --chain market --sender alice --kind service --price "5 ECHO" --title "Mastering"
        echochain market sell --chain market --sender alice --kind subscription --price "0.001 MRKT" --quantity 100
        echochain market sell --chain market --from studio --sender alice --file song.flac --price "2 MRKT" \\
          --bundle song.bundle --auction 1000

      A bond of the seller's backs every open order; unless given it is enough for all units, and in an auction for bids \
      of up to ten times the reserve.
      """)

  @Option(help: "File to sell.") var file: String?
  @Option(help: "Folder that the encrypted file, its manifest and its leaves are written to.") var bundle: String?
  @Option(help: "Media type of the file.") var mime = "application/octet-stream"
  @Option(name: .customLong("content-keys"), help: "Your file of content keys.") var contentKeys: String?
  @Option(help: "What is sold: file, service, licence, compute or subscription; file or licence need not be said.") var kind: String?
  @Option(help: "Price of one unit, such as '2.5 MRKT'; of one block for a subscription; the reserve of an auction.") var price: String
  @Option(help: "Sell to the highest bidder after so many blocks.") var auction: BlockNumber?
  @Option(help: "Let the price fall to this amount.") var floor: String?
  @Option(name: .customLong("falling"), help: "In so many blocks.") var falling: BlockNumber?
  @Option(help: "How many units there are.") var quantity: UInt32 = 1
  @Option(help: "Bond for open orders, in the asset of the price.") var bond: String?
  @Option(help: "Royalty work whose members share in every sale, 32 bytes after 0x.") var work: String?
  @Option(help: "A title, or the content id of a description; at most 128 bytes.") var title: String?
  @Option(help: "Number of a category.") var category: UInt16 = 0
  @Option(help: "A tag of at most 24 bytes; may be given eight times.") var tag: [String] = []
  @Option(name: .customLong("deliver-in"), help: "Blocks that you have to deliver; 600 unless given.") var deliverIn: BlockNumber?
  @Option(name: .customLong("complain-in"), help: "Blocks that the buyer has to complain after that; 14400 unless given.")
  var complainIn: BlockNumber?
  @Option(name: .customLong("sign-to"), help: "Sign the listing into this file and send nothing; 'market post' puts it up.") var post:
    String?
  @Option(name: .customLong("valid-for"), help: "Blocks that such a file is good for.") var validFor: BlockNumber = 14_400
  /// A bond that nobody states covers bids of up to so many times the reserve.
  private static let auctionRoom: Balance = 10
  @OptionGroup(title: "Licence") var licence: LicenceOptions
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func validate() throws {
    if kind == "file", bundle == nil { throw ValidationError("a file is named with --file, or is in a --bundle") }
    if file != nil, bundle == nil { throw ValidationError("--file needs a folder for what buyers fetch: --bundle") }
    if auction != nil, floor != nil || quantity != 1 { throw ValidationError("an auction sells one unit, and has no --floor") }
    if (floor == nil) != (falling == nil) { throw ValidationError("--floor and --falling go together") }
    if tag.count > Marketplace.maximumTags { throw ValidationError("at most \(Marketplace.maximumTags) tags") }
    if !licence.use.isEmpty, !licence.isGiven { throw ValidationError("--use is of a licence: add --licence") }
    if file == nil, bundle == nil, kind == nil, !licence.isGiven {
      throw ValidationError("say what is sold: --file, --licence or --kind")
    }
    if post != nil, caller.from != nil { throw ValidationError("a listing that is only signed is one of the market's own chain") }
  }

  func run() async throws {
    let market = try await options.open(from: caller.from)
    let output = options.output
    let (asset, price) = try await market.money(price)
    let parameters = try await market.parameters()
    let sale = try await sale(price, asset, on: market)
    let unitBond = price.multipliedSaturating(by: Balance(parameters.sellerBondRate)) / 1_000_000
    var bond = max(1, unitBond).multipliedSaturating(by: auction == nil ? Balance(quantity) : Self.auctionRoom)
    if let text = self.bond { bond = try market.amount(text, of: asset) }
    let work = try work.map { try RoyaltyText.hash($0, "work") }
    let sold = try seal(output)
    let terms = Marketplace.NewListing(
      kind: try listingKind(), work: work, sale: sale, asset: asset.location, quantity: quantity,
      manifest: sold?.bundle.reference, keyCommit: sold?.key.commitment ?? .zero, licence: try licence.chosen(),
      windows: Marketplace.Windows(
        deliverIn: deliverIn ?? min(max(600, parameters.minimumDeliverIn), parameters.maximumDeliverIn),
        complainIn: complainIn ?? min(max(14_400, parameters.minimumComplainIn), parameters.maximumComplainIn)), bond: bond,
      category: category, tags: try tags(), meta: try MarketText.text(title ?? sold?.bundle.manifest.name ?? "", "--title"))
    if let post { return try await sign(terms, to: post, on: market) }
    var deposit = bond
    if market.isRemote, asset.location.isHere { deposit = deposit.addingSaturating(deposits(of: terms, on: market)) }
    let report: MarketReport
    do { report = try await market.act(.list(listing: terms), by: caller, deposit: deposit, asset: asset, output) } catch {
      if let bundle, file != nil { output.progress("\(bundle) is ready: --bundle \(bundle) without --file lists it again") }
      throw error
    }
    let seller = market.identity(try await market.key(caller).publicKey.accountID)
    let number = report.events.compactMap { event -> UInt64? in
      guard case .listed(let listing, seller) = event else { return nil }
      return listing
    }.last
    var members: [String: JSON] = [
      "listing": number.map { JSON($0) } ?? .null, "keyCommit": .hash(terms.keyCommit), "bond": .decimal(bond),
      "asset": .string(asset.symbol),
    ]
    var facts: [(name: String, value: String)] = [
      ("listing", number.map { "\($0)" } ?? "not known yet"), ("price", market.price(terms)), ("bond", asset.text(bond)),
    ]
    if auction != nil, parameters.sellerBondRate > 0 {
      let most = bond.multipliedSaturating(by: 1_000_000) / Balance(parameters.sellerBondRate)
      facts.append(("takes bids", "up to \(asset.text(most)); 'market bond add' raises that"))
    }
    if let sold {
      members["cid"] = .string("\(sold.bundle.manifest.cid)")
      members["manifest"] = .hash(sold.bundle.manifest.hash)
      members["contentKeys"] = .string(sold.keys)
      facts += [
        ("cid", "\(sold.bundle.manifest.cid)"), ("bundle", bundle ?? ""), ("content key", "in \(sold.keys)"),
      ]
    }
    try report.show(output, on: market, members, facts)
    await market.close()
  }

  private func listingKind() throws -> Marketplace.ListingKind {
    if bundle != nil, kind == nil || kind == "file" { return .file }
    if licence.isGiven, kind == nil || kind == "licence" { return .licence }
    switch kind {
    case "service": return .service
    case "compute": return .compute
    case "subscription": return .subscription
    case "licence": throw Complaint.usage("a licence has terms: --licence")
    default: throw Complaint.usage("'\(kind ?? "")' is not file, service, licence, compute or subscription")
    }
  }

  private func sale(_ price: Balance, _ asset: KnownAsset, on market: Market) async throws -> Marketplace.Sale {
    if let auction { return .english(reserve: price, duration: auction) }
    if let floor, let falling { return .dutch(start: price, floor: try market.amount(floor, of: asset), duration: falling) }
    return .fixed(price: price)
  }

  private func tags() throws -> BoundedVector<Marketplace.Tag, 8> {
    let items: [Marketplace.Tag] = try tag.map { try MarketText.text($0, "tag '\($0)'") }
    return BoundedVector(items) ?? BoundedVector()
  }

  /// What a listing holds of the seller's account at the market, in the native asset, and what keeps that account alive.
  private func deposits(of terms: Marketplace.NewListing, on market: Market) -> Balance {
    let bytes = MarketplaceConfig.depositPerByte.multipliedSaturating(by: Balance(terms.encodedSize))
    return MarketplaceConfig.listingDeposit.addingSaturating(bytes).addingSaturating(market.client.info.existentialDeposit)
  }

  /// Signs the listing for somebody else to put up; it can be made void with 'market cancel-all'.
  private func sign(_ terms: Marketplace.NewListing, to path: String, on market: Market) async throws {
    let key = try await market.key(caller)
    let seller = key.publicKey.accountID
    let epoch: UInt64 = try await market.row(Marketplace.cancelEpoch.key(seller)) ?? 0
    let end = try await market.height().addingSaturating(validFor)
    let salt = try UInt64(decoding: Secrets.random(8))
    let payload = Marketplace.SignedListing(seller: seller, listing: terms, epoch: epoch, salt: salt, validUntil: end)
    let signature = key.sign(message: Marketplace.signedBytes(payload, genesis: market.client.info.genesisHash))
    try SignedListingFile.write(payload, signature, to: path)
    options.output.json(["file": .string(path), "validUntil": JSON(end), "seller": .hex(seller.bytes)])
    options.output.facts([
      ("signed", path), ("price", market.price(terms)), ("good until", "#\(end)"),
      ("next", "anybody: 'echochain market post \(path)'"),
    ])
    await market.close()
  }

  /// The file that is sold: encrypted now, or in a bundle of before. The key is kept before anything else is done with it.
  private func seal(_ output: Output) throws -> (bundle: SaleBundle, key: ContentKey, keys: String)? {
    guard let bundle else { return nil }
    guard let file else {
      let keys = MarketKeys(path: contentKeys, keystore: options.keys.keystore)
      let sealed = try BundleFolder(path: bundle).read()
      return (sealed, try keys.key(sealed.manifest.keyCommit), keys.path)
    }
    // A key is kept for good: only for a file that can be read, and a folder that can take it.
    let source = try NewFile.reading(file)
    defer { try? source.close() }
    let folder = BundleFolder(path: bundle)
    try folder.prepare()
    var random = SystemRandomNumberGenerator()
    let key = ContentKey(using: &random)
    let keys = MarketKeys(path: contentKeys, keystore: options.keys.keystore)
    let name = URL(filePath: file).lastPathComponent
    try keys.add(key, name: name)
    let sealed = try folder.write(
      source, named: file, key: key, salt: FixedBytes(Secrets.random(16)) ?? .zero, mime: mime, name: name)
    output.progress("encrypted \(Spoken.bytes(Int(clamping: sealed.manifest.plainSize))) into \(bundle)")
    return (sealed, key, keys.path)
  }
}

/// The terms of a licence, from options or a file.
struct LicenceOptions: ParsableArguments {
  @Flag(name: .customLong("licence"), help: "Sell a licence, or a file with one.") var isLicence = false
  @Option(help: "TOML or JSON file with the terms: uses, seats, territory, term, transferable, derivative, mode, text.") var terms: String?
  @Option(help: "What it permits: view, commercial, derive, train; may be given several times.") var use: [String] = []
  @Option(help: "How many may use it at once.") var seats: UInt32 = 1
  @Option(help: "Blocks that it lasts; for ever unless given.") var term: BlockNumber = 0
  @Flag(help: "The holder may hand it on.") var transferable = false
  @Option(help: "Share of derived works' sales, such as 10%.") var derivative = "0"
  @Option(help: "How that share is meant: in all descendants (absolute), or from parent to parent (relative).") var mode = "absolute"
  @Option(name: .customLong("licence-text"), help: "File with the text of the licence; the chain keeps its hash.") var text: String?

  var isGiven: Bool { isLicence || terms != nil }

  func chosen() throws -> Marketplace.LicenceTerms? {
    guard isGiven else { return nil }
    guard let terms else {
      return try Self.make(
        uses: use, seats: seats, territory: 0, term: term, transferable: transferable, derivative: derivative, mode: mode, text: text)
    }
    guard use.isEmpty else { throw Complaint.usage("the terms come from \(terms); leave --use out") }
    let table = try SettingsTable.read(
      terms, what: "terms file",
      known: ["uses", "seats", "territory", "term", "transferable", "derivative", "mode", "text"])
    return try Self.make(
      uses: try table.texts("uses"), seats: try table.number("seats", default: 1), territory: try table.number("territory", default: 0),
      term: try table.number("term", default: 0), transferable: try table.flag("transferable", default: false),
      derivative: try table.text("derivative", default: "0"), mode: try table.text("mode", default: "absolute"),
      text: table.has("text") ? try table.text("text") : nil)
  }

  private static func make(
    uses: [String], seats: UInt32, territory: UInt64, term: BlockNumber, transferable: Bool, derivative: String, mode: String,
    text: String?
  ) throws -> Marketplace.LicenceTerms {
    let (bits, unknown) = SaleTerms.bits(uses)
    guard let bits else { throw Complaint.usage("'\(unknown ?? "")' is no use; there are view, commercial, derive and train") }
    guard bits != 0 else { throw Complaint.usage("a licence permits something: --use view, commercial, derive or train") }
    guard mode == "absolute" || mode == "relative" else { throw Complaint.usage("the mode is absolute or relative, not '\(mode)'") }
    let hash = try text.map { Hash.blake2b256([UInt8](try Files.read($0, limit: 1 << 20))) } ?? .zero
    return Marketplace.LicenceTerms(
      uses: bits, seats: seats, territory: territory, term: term, isTransferable: transferable,
      derivativeShare: try MarketText.parts(derivative), isAbsolute: mode == "absolute", text: hash)
  }
}
