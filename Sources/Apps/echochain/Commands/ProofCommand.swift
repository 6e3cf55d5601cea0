import ArgumentParser
import ChainClient
import Finality
import Foundation
import Lanes
import PalletSupport
import PalletSystem
import Primitives
import Proofs
import RPC
import ScaleCodec
import StateTrie
import XCM

/// `echochain proof …`
struct ProofCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof", abstract: "Make and check proofs that need no node to believe.",
    discussion: """
      A proof leads from a validator set that you trust over signatures and a header to rows of a chain's state. It is \
      one file and is checked without a network.
      """,
    subcommands: [ProofExport.self, ProofVerify.self, ProofInspect.self, ProofAnchor.self])
}

struct ProofExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a proof of a message, a receipt or storage rows.",
    discussion: """
      Examples:

        echochain proof export --chain hub --message 0x5c1e… --out message.json
        echochain proof export --chain market --receipt 0x5c1e… --out receipt.json
        echochain proof export --chain hub --lane 0x91fa… --nonce 1 --last-nonce 100 --at 118 --out batch.json
        echochain proof export --chain hub --account alice --certified-by 200 --out balance.json
        echochain proof export --chain hub --item System.Number --out number.json
      """)

  @Option(help: "Id of a message that was sent from this chain.") var message: String?
  @Option(help: "Id of a message that was received on this chain.") var receipt: String?
  @Option(help: "Lane whose rows are shown, with --nonce.") var lane: String?
  @Option(help: "First nonce on the lane.") var nonce: UInt64?
  @Option(help: "Last nonce on the lane; the first unless given.") var lastNonce: UInt64?
  @Option(help: "Rows of the lane: outbound, receipts or no-receipts.") var rows = "outbound"
  @Option(help: "Whole storage key in hexadecimal. May be given several times.") var key: [String] = []
  @Option(help: "Storage item by pallet and name, such as System.Number. May be given several times.") var item: [String] = []
  @Option(help: "Account whose row is shown. May be given several times.") var account: [String] = []
  @Option(name: .customLong("at"), help: "Height of the block whose state is shown.") var block: BlockNumber?
  @Option(help: "Height whose certificate is used, with an MMR leaf that leads back; the block's own unless given.") var certifiedBy:
    BlockNumber?
  @Option(help: "Number of the validator set that the verifier knows.") var fromSet: UInt64 = 0
  @Option(help: "How many blocks to look back for a message.") var depth: BlockNumber = 2400
  @Option(help: "Words for people, kept in the proof.") var note: String?
  @Option(help: "File to write; - for standard output.") var out = "-"
  @Flag(help: "Write the bytes alone, without the JSON envelope.") var binary = false
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    let kinds = [message != nil, receipt != nil, lane != nil, !(key + item + account).isEmpty].count { $0 }
    guard kinds == 1 else { throw ValidationError("give one of --message, --receipt, --lane, or storage by --key, --item and --account") }
    guard (lane == nil) == (nonce == nil) else { throw ValidationError("--lane and --nonce belong together") }
  }

  func run() async throws {
    let client = try await target.connect()
    let request = ProofRequest(
      subject: try await subject(on: client), block: block, certifiedBy: certifiedBy, fromSet: fromSet, note: note, depth: depth)
    let bundle = try await exportProof(request, from: client)
    await client.close()
    let data = binary ? Data(bundle.encoded()) : Data((PrettyJSON.text(ProofFile.envelope(bundle)) + "\n").utf8)
    try Files.write(data, to: out)
    guard out != "-" else { return }
    print.output.json(bundle.summary)
    print.output.facts(bundle.facts + [("file", "\(out), \(Spoken.bytes(data.count))")])
  }

  private func subject(on client: ChainClient) async throws -> ProofSubject {
    if let message { return .message(try ProofExport.hash(message, "--message")) }
    if let receipt { return .receipt(try ProofExport.hash(receipt, "--receipt")) }
    if let lane, let nonce {
      let kind: MessageRows
      switch rows {
      case "outbound": kind = .outbound
      case "receipts": kind = .receipts
      case "no-receipts": kind = .noReceipts
      default: throw Complaint.usage("--rows is outbound, receipts or no-receipts")
      }
      return .rows(kind, lane: try ProofExport.hash(lane, "--lane"), NonceRange(nonce, lastNonce ?? nonce))
    }
    var list = try key.map { try StorageText.key($0, item: nil) } + item.map { try StorageText.key(nil, item: $0) }
    for text in account { list.append(System.account.key(try await keys.account(text, on: client))) }
    return .storage(list)
  }

  private static func hash(_ text: String, _ option: String) throws(Complaint) -> H256 {
    guard let hash = H256(hex: text) else { throw .usage("\(option) is not 32 bytes in hexadecimal") }
    return hash
  }
}

struct ProofVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a proof without a network.",
    discussion: """
      Takes proofs of Echochain, storage proofs of any Substrate chain, and BEEFY commitments with their validators' \
      proofs. Exit code 5 when a proof does not hold. Examples:

        echochain proof verify message.json --anchor hub-anchor.json
        echochain proof verify message.json --spec hub
        echochain proof verify --substrate --root 0x29d0… --key 0x9c5d… --value 0x0d14… read-proof.json
        echochain proof verify --substrate --case polkadot-genesis-one-key proofs.json
        echochain proof verify --beefy mainnet_submit_final.json
      """)

  @Argument(help: "File of the proof; - for standard input.") var file: String
  @Option(help: "File with the genesis hash and validator set that you trust.") var anchor: String?
  @Option(help: "Chain spec, by file or by the name of a built-in one, whose genesis you trust.") var spec: String?
  @Flag(help: "The file is a storage proof of a Substrate chain.") var substrate = false
  @Flag(help: "The file is a BEEFY commitment with validators' proofs.") var beefy = false
  @Option(help: "State root that you trust, for --substrate.") var root: String?
  @Option(help: "Storage key, for --substrate.") var key: String?
  @Option(help: "Value that the key must have.") var value: String?
  @Flag(help: "The key must be absent.") var absent = false
  @Option(name: .customLong("case"), help: "Name of one case of a file that holds several; all unless given.") var caseName: String?
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard !(substrate && beefy) else { throw ValidationError("--substrate and --beefy exclude each other") }
    guard anchor == nil || spec == nil else { throw ValidationError("--anchor and --spec exclude each other") }
    guard !absent || value == nil else { throw ValidationError("--value and --absent exclude each other") }
    guard (root == nil) == (key == nil) else { throw ValidationError("--root and --key belong together") }
    guard substrate || (root == nil && value == nil && !absent) else {
      throw ValidationError("--root, --key, --value and --absent need --substrate")
    }
  }

  func run() async throws {
    let data = try Files.read(file)
    if substrate { return try finish(try storageProofs(data)) }
    if beefy { return try finish(try beefyProofs(data)) }
    let trusted = try trustAnchor() ?? builtInAnchor(for: data)
    var proof = try verifyProof(file: data, anchor: trusted).proof
    proof.isAnchored = trusted != nil
    try finish([proof])
    // Anybody can make a chain of their own whose proofs agree with themselves.
    if trusted == nil {
      throw Complaint.partial("the proof agrees with itself, but nothing says that its validators are anybody: give --anchor or --spec")
    }
  }

  /// The anchor of a built-in spec when the proof is of exactly that chain.
  private func builtInAnchor(for data: Data) throws -> TrustAnchor? {
    let genesis = try ProofFile.read(data).claim.genesisHash
    for name in BuiltInChain.names {
      guard let spec = BuiltInChain.spec(named: name), let anchor = try? SpecAnchor.anchor(of: spec), anchor.genesisHash == genesis else {
        continue
      }
      print.output.progress("the chain is the built-in \(name): its spec is the anchor")
      return anchor
    }
    return nil
  }

  private func trustAnchor() throws -> TrustAnchor? {
    if let anchor { return try TrustAnchor(json: try JSON(parsing: [UInt8](try Files.read(anchor, limit: 1 << 16)))) }
    return try spec.map { try SpecAnchor.anchor(of: try ChainSpecFile.load($0)) }
  }

  private func storageProofs(_ data: Data) throws -> [CheckedProof] {
    if root == nil {
      guard let cases = try RecordedStorageProof.cases(data, named: caseName) else {
        throw Complaint.usage("the file holds one proof: say what it proves with --root and --key")
      }
      return cases.map { $0.check() }
    }
    guard let root = root.flatMap({ H256(hex: $0) }), let key = key.flatMap({ Hex.decode($0) }) else {
      throw Complaint.usage("--root is not 32 bytes in hexadecimal, or --key is not hexadecimal")
    }
    var claim = StorageClaim(key: key, value: absent ? .absent : .present)
    if let value {
      guard let bytes = Hex.decode(value) else { throw Complaint.usage("--value is not hexadecimal") }
      claim.value = .equals(bytes)
    }
    let proof = SubstrateStorageProof(root: root, proof: try RecordedStorageProof.nodes(data), claims: [claim])
    let size = proof.proof.nodes.reduce(0) { $0 + $1.count }
    let single = RecordedStorageProof.Case(name: Spoken.short(Hex.encode(key)), proof: proof, size: size)
    let checked = single.check()
    if checked.report.isValid, case .value(let found)? = try? proof.answers(strict: false).first {
      print.output.facts([("value", Hex.encode(found))])
    }
    return [checked]
  }

  private func beefyProofs(_ data: Data) throws -> [CheckedProof] {
    try RecordedBeefyProof.cases(data, named: caseName).map { entry in
      let clock = ContinuousClock()
      let start = clock.now
      let report = entry.proof.verify()
      return CheckedProof(name: entry.name, report: report, elapsed: clock.now - start, size: entry.size, isAnchored: false)
    }
  }

  private func finish(_ proofs: [CheckedProof]) throws {
    print.output.json(proofs.count == 1 ? proofs[0].json : .array(proofs.map(\.json)))
    for proof in proofs { proof.show(print.output) }
    let refused = proofs.filter { !$0.report.isValid }
    guard let first = refused.first else { return }
    let reason = first.report.failure.map { "\($0)" } ?? "nothing was checked"
    let count = proofs.count > 1 ? "\(refused.count) of \(proofs.count) proofs do not hold; \(first.name): " : "the proof does not hold: "
    throw Complaint.proofInvalid(count + reason)
  }
}

struct ProofInspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a proof says, whether it holds or not.",
    discussion: "  echochain proof inspect message.json\n  echochain proof inspect message.json --json")

  @Argument(help: "File of the proof; - for standard input.") var file: String
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let bundle = try ProofFile.read(try Files.read(file))
    let findings = bundle.examine(anchor: nil)
    var members = bundle.summary.asObject ?? [:]
    members["consistent"] = JSON(findings.report.isValid)
    members["rows"] = .array(zip(bundle.claims, findings.answers).map { ["key": .hex($0.key), "value": $1.json] })
    members["messages"] = .array(findings.messages.map(\.json))
    print.output.json(.object(members))
    print.output.facts(bundle.facts)
    for (claim, answer) in zip(bundle.claims, findings.answers) {
      print.output.line("  \(Hex.encode(claim.key))  \(answer.json.asString ?? "absent")")
    }
    for message in findings.messages {
      print.output.line()
      for line in message.lines { print.output.line("  \(line)") }
    }
    if let failure = findings.report.failure { print.output.line("  \(print.output.terminal.style("does not hold", .red)): \(failure)") }
  }
}

struct ProofAnchor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anchor", abstract: "Write the anchor that a chain spec, or a node that you trust, amounts to.",
    discussion: """
      The anchor is what 'proof verify' starts from: genesis hash and validator set. From a spec it is computed; from a \
      node it is only as true as the node.

        echochain proof anchor --spec hub --out hub-anchor.json
        echochain proof anchor --chain hub --out hub-anchor.json
      """)

  @Option(help: "Chain spec, by file or by the name of a built-in one.") var spec: String?
  @Option(help: "File to write; - for standard output.") var out = "-"
  @OptionGroup var target: ChainOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let anchor: TrustAnchor
    if let spec {
      anchor = try SpecAnchor.anchor(of: try ChainSpecFile.load(spec))
    } else {
      let client = try await target.connect()
      guard let newest = try await client.finalityProof(at: nil) else {
        throw Complaint.refused("\(client.info.name) has no finality proof yet")
      }
      let set = ValidatorSetSummary(id: newest.setID, addresses: newest.addresses)
      anchor = TrustAnchor(genesisHash: client.info.genesisHash, set: set)
    }
    try Files.write(Data((PrettyJSON.text(anchor.json) + "\n").utf8), to: out)
  }
}
