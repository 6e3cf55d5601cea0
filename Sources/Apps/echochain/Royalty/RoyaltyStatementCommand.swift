import ArgumentParser
import ChainClient
import Commerce
import EchoRuntime
import Foundation
import Hashing
import Keys
import PalletRoyalty
import PalletSupport
import Primitives
import Proofs
import RPC
import ScaleCodec
import XCM
import XcmTools

/// `echochain royalty statement`
struct RoyaltyStatement: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "statement", abstract: "Write a party's statement: every sale, and the proof that none is missing.",
    discussion: """
      The file is checked without a network by 'echochain royalty verify'. --since takes the sales of an older statement \
      over and reads the newer ones only. With --work the contributors' split is meant, with --sales the one that the \
      work's sales are credited to. Examples:

        echochain royalty statement --chain market --party alice --work 0x5c1e… --out statement.json
        echochain royalty statement --chain market --party studio:bob --split 7 --asset ECHO --out statement.json --csv sales.csv
        echochain royalty statement --chain market --party alice --work 0x5c1e… --since statement.json --out newer.json
      """)

  @Option(help: "Whose statement: an account, chain:account, or split:N.") var party: String
  @Option(help: "Number of the split.") var split: UInt64?
  @Option(help: "The work, 32 bytes after 0x.") var work: String?
  @Flag(help: "Of the split that the work's sales are credited to.") var sales = false
  @Option(help: "The asset, by symbol or location; the chain's own unless given.") var asset: String?
  @Option(name: .customLong("at"), help: "Height of the finalised block whose state is shown; the newest unless given.") var block:
    BlockNumber?
  @Option(help: "An older statement of the same party.") var since: String?
  @Option(help: "Number of the validator set that the verifier knows.") var fromSet: UInt64 = 0
  @Option(help: "Words for people, kept in the proof.") var note: String?
  @Option(help: "File to write; - for standard output.") var out = "-"
  @Option(help: "File for the sales as comma-separated values.") var csv: String?
  @Flag(help: "Write the bytes alone, without the JSON envelope.") var binary = false
  @OptionGroup var options: RoyaltyOptions

  func validate() throws {
    guard (split == nil) != (work == nil) else { throw ValidationError("give --split or --work") }
    guard !sales || work != nil else { throw ValidationError("--sales needs --work") }
  }

  func run() async throws {
    let chain = try await options.open()
    let output = options.output
    let known = try await chain.asset(asset)
    let (number, id) = try await chain.split(split, work: work, ofSales: sales)
    let subject = StatementSubject(split: number, party: try await chain.party(party), asset: known.location, work: id)
    var earlier: Statement?
    if let since {
      let older = try StatementFile.read(try Files.read(since, limit: Statement.maximumFile))
      guard older.subject.split == subject.split, older.subject.asset == subject.asset else {
        throw Complaint.usage("\(since) is a statement of split \(older.subject.split), not of \(number), or of another asset")
      }
      earlier = older
    }
    let statement = try await makeStatement(
      subject, from: chain.client, block: block, earlier: earlier, fromSet: fromSet, note: note
    ) { output.progress($0) }
    await chain.client.close()
    let findings = try statement.examine(anchor: nil)
    let view = StatementView(
      statement: statement, findings: findings, names: chain.names,
      unit: XcmNames.Unit(symbol: known.symbol, decimals: known.decimals))
    let data = try StatementFile.data(statement, summary: view.summary, isBinary: binary)
    try Files.write(data, to: out)
    if let csv { try Files.write(Data(statement.csv(findings).utf8), to: csv) }
    guard out != "-" else { return }
    var members = view.summary.asObject ?? [:]
    members["lines"] = view.lines
    output.json(.object(members))
    output.facts(view.facts + [("file", "\(out), \(Spoken.bytes(data.count))")])
  }
}

/// `echochain royalty verify`
struct RoyaltyVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a statement without a network.",
    discussion: """
      Checks the validators' signatures and the proof of the state, adds all sales up again, and works out what the party \
      is due. A sale that was left out, invented or changed is refused. Trusts what 'echochain proof verify' trusts: \
      --spec, --anchor, or the built-in chain that the statement is of. --party, --split, --work and --asset say what it \
      must be about, to the last byte. Exit code 5 when it does not hold or is about something else. Examples:

        echochain royalty verify statement.json --spec market --party alice --work 0x5c1e…
        echochain royalty verify statement.json --anchor market-anchor.json --party 2001:bob --split 7 --asset here
        echochain royalty verify statement.json --csv sales.csv

      A chain in --party is named as the network here, if there is one, or the spec names it, or by its para id. An asset \
      is named by its location, as in here, 7 or 1000/native, or by a symbol of the spec.
      """)

  @Argument(help: "File of the statement; - for standard input.") var file: String
  @Option(help: "File with the genesis hash and validator set that you trust.") var anchor: String?
  @Option(help: "Chain spec, by file or by the name of a built-in one, whose genesis you trust.") var spec: String?
  @Option(help: "Whose the statement must be: an account, chain:account, or split:N.") var party: String?
  @Option(help: "Number of the split that it must be of.") var split: UInt64?
  @Option(help: "Work that it must be about, 32 bytes after 0x.") var work: String?
  @Option(help: "Asset that it must be about.") var asset: String?
  @Option(name: .customLong("base-path"), help: "State folder of the network whose chains --party names.")
  var basePath = NetworkFile.defaultFolder
  @Option(help: "File for the sales as comma-separated values.") var csv: String?
  @Flag(help: "List the sales.") var sales = false
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard anchor == nil || spec == nil else { throw ValidationError("--anchor and --spec exclude each other") }
  }

  func run() async throws {
    let output = print.output
    let clock = ContinuousClock()
    let start = clock.now
    let data = try Files.read(file, limit: Statement.maximumFile)
    let statement = try StatementFile.read(data)
    let trust = try StatementTrust.find(anchor: anchor, spec: spec, genesis: statement.proof.claim.genesisHash)
    if let note = trust.note { output.progress(note) }
    let expected = try expectation(trust)
    let findings: StatementFindings
    do throws(StatementRefusal) { findings = try statement.examine(anchor: trust.anchor) } catch {
      output.json(["valid": false, "reason": .string("\(error)")])
      throw Complaint.proofInvalid("the statement is refused: \(error)")
    }
    do throws(StatementMismatch) { try expected.check(statement.subject) } catch {
      output.json(["valid": false, "reason": .string("\(error)")])
      throw Complaint.proofInvalid("\(error), which is not what was asked for")
    }
    var names = XcmNames()
    for (account, name) in AccountText.developmentNames { names.name(account: account, name) }
    for (paraId, name) in trust.chains { names.name(chain: paraId, name) }
    let view = StatementView(statement: statement, findings: findings, names: names, unit: trust.unit(of: statement, findings))
    if let csv { try Files.write(Data(statement.csv(findings).utf8), to: csv) }
    var members = view.summary.asObject ?? [:]
    members["valid"] = true
    members["anchored"] = JSON(trust.anchor != nil)
    members["milliseconds"] = .double((clock.now - start).milliseconds)
    members["lines"] = view.lines
    output.json(.object(members))
    let proof = CheckedProof(
      name: "\(statement.proof.claim.chain) of \(statement.proof.claim.network)", report: findings.report,
      elapsed: clock.now - start, size: data.count, isAnchored: trust.anchor != nil)
    proof.show(output)
    output.line()
    output.facts(view.facts)
    if sales { output.table(view.table) }
    let verdict = findings.wasMember ? output.terminal.style("complete", .green) : output.terminal.style("no member", .yellow)
    output.line("  \(verdict): \(view.verdict)")
    // Anybody can make a chain of their own whose statements agree with themselves.
    if trust.anchor == nil {
      throw Complaint.partial("the statement agrees with itself, but nothing says that its validators are anybody: give --anchor or --spec")
    }
  }
}

extension RoyaltyVerify {
  /// What the statement must be about.
  private func expectation(_ trust: StatementTrust) throws -> StatementExpectation {
    StatementExpectation(
      party: try party.map { try self.party($0, trust) }, split: split, work: try work.map { try RoyaltyText.hash($0, "work") },
      asset: try asset.map { try trust.asset($0) })
  }

  /// Reads a party as `royalty statement` does, without a network.
  private func party(_ text: String, _ trust: StatementTrust) throws -> Royalty.Party {
    func account(_ name: String) throws -> AccountID { try AccountText.parse(name, development: true, keystore: keys.keystore) }
    switch PartyName(text) {
    case nil: throw Complaint.usage("'\(text)' is no split: write split: and its number")
    case .split(let number)?: return .splitPot(number)
    case .account(let name)?: return .account(try account(name))
    case .elsewhere(let chain, let name)?: return Royalty.Party(try account(name), on: try paraId(chain, trust), seenFrom: trust.paraId)
    }
  }

  /// The para id of a chain, by its name in the network here or in the spec, or the number itself.
  private func paraId(_ chain: String, _ trust: StatementTrust) throws(Complaint) -> UInt32 {
    if let entry = (try? NetworkFile.read(folder: basePath))?.chains.first(where: { $0.name == chain }) { return entry.paraId }
    if let link = trust.chains.first(where: { $0.name == chain }) { return link.paraId }
    guard let number = UInt32(chain) else { throw .usage("no chain '\(chain)' is known without a network; name it by its para id") }
    return number
  }
}

/// What a verifier starts from.
struct StatementTrust: Sendable {
  var anchor: TrustAnchor?
  /// The native asset, when a chain spec names it.
  var native: XcmNames.Unit?
  /// The chain's para id and assets, when a chain spec names them.
  var paraId: UInt32?
  var assets: [KnownAsset] = []
  /// What the spec calls the chain and others.
  var chains: [(paraId: UInt32, name: String)] = []
  /// Said when the anchor was not named.
  var note: String?

  /// The anchor of a file, of a spec, or of the built-in chain that has the genesis hash.
  static func find(anchor: String?, spec: String?, genesis: H256) throws -> StatementTrust {
    if let anchor {
      return StatementTrust(anchor: try TrustAnchor(json: try JSON(parsing: [UInt8](try Files.read(anchor, limit: 1 << 16)))))
    }
    if let spec {
      let spec = try ChainSpecFile.load(spec)
      return StatementTrust(spec, anchor: try SpecAnchor.anchor(of: spec))
    }
    for name in BuiltInChain.names {
      guard let spec = BuiltInChain.spec(named: name), let anchor = try? SpecAnchor.anchor(of: spec), anchor.genesisHash == genesis else {
        continue
      }
      return StatementTrust(spec, anchor: anchor, note: "the chain is the built-in \(name): its spec is the anchor")
    }
    return StatementTrust()
  }

  private init(anchor: TrustAnchor? = nil) { self.anchor = anchor }

  private init(_ spec: ChainSpec, anchor: TrustAnchor, note: String? = nil) {
    self.anchor = anchor
    native = XcmNames.Unit(symbol: spec.tokenSymbol, decimals: spec.tokenDecimals)
    paraId = spec.paraId
    chains = [(spec.paraId, spec.name)] + spec.links.map { ($0.paraId, $0.name) }
    assets = spec.knownAssets
    self.note = note
  }

  /// The location of an asset that is named by it, or by a symbol that the spec gives to one asset.
  func asset(_ text: String) throws(Complaint) -> Location {
    if let location = AssetText.location(text) { return location }
    switch AssetSymbol.match(text, among: assets.map { ($0.symbol, $0.location) }) {
    case .one(let place): return assets[place].location
    case .none: throw .usage("without a spec that has an asset '\(text)' name it by its location, as in here, 7 or 1000/native")
    case .several(let locations):
      let list = locations.map { "'\($0)'" }.joined(separator: ", ")
      throw .usage("the spec calls \(locations.count) assets \(text): \(list); name the one that you mean by its location")
    }
  }

  /// How the statement's asset is written; `nil` for smallest units.
  func unit(of statement: Statement, _ findings: StatementFindings) -> XcmNames.Unit? {
    if statement.subject.asset.isHere { return native }
    return findings.unit.map { XcmNames.Unit(symbol: $0.symbol, decimals: $0.decimals) }
  }
}

extension ChainSpec {
  /// The chain's native asset, its own, and those of the chains that it is linked with.
  fileprivate var knownAssets: [KnownAsset] {
    func known(_ name: AssetName, _ symbol: String, _ decimals: UInt8) -> KnownAsset {
      KnownAsset(symbol: symbol, decimals: decimals, location: name.location)
    }
    return [known(AssetName(home: nil, id: nil), tokenSymbol, tokenDecimals)]
      + assets.map { known(AssetName(home: nil, id: $0.id), $0.symbol, $0.decimals) }
      + links.flatMap { link in
        [known(AssetName(home: link.paraId, id: nil), link.symbol, link.decimals)]
          + link.assets.map { known(AssetName(home: link.paraId, id: $0.id), $0.symbol, $0.decimals) }
      }
  }
}
