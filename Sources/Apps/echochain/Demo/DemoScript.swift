import ChainClient
import Finality
import Foundation
import Keys
import LightClient
import MerkleMountainRange
import Primitives
import Proofs
import RPC
import StateTrie

/// The steps of the demonstration over a network that runs. Throws at the first that does not end as it should.
struct DemoScript: Sendable {
  let network: LinkedNetwork
  let topology: Topology
  let folder: NetworkFolder
  let report: DemoReport

  /// The chains that it needs.
  static let chains = ["hub", "market", "studio"]

  /// How long a transfer may take.
  private static let patience = Duration.seconds(60)

  /// Somebody on a chain.
  private struct Holder {
    var key: DevelopmentKey
    var chain: String

    var account: AccountID { key.secretKey.publicKey.accountID }
    var name: String { "\(key.rawValue.lowercased())@\(chain)" }
  }
  private static let alice = Holder(key: .alice, chain: "hub")
  private static let bob = Holder(key: .bob, chain: "market")
  private static let charlie = Holder(key: .charlie, chain: "studio")
  private static let holders = [alice, bob, charlie]

  func run() async throws {
    let symbol = try network.chain("hub").info.tokenSymbol
    let before = try await balances(of: symbol)
    report.step("before", text(before, symbol: symbol))
    let first = try await transfer(25, symbol, from: DemoScript.alice, to: DemoScript.bob)
    let second = try await transfer(5, symbol, from: DemoScript.bob, to: DemoScript.charlie)
    guard second.hops.count == 2 else {
      throw Complaint.partial("the transfer from market to studio took \(second.hops.count) hops, not 2")
    }
    let third = try await transfer(2, symbol, from: DemoScript.charlie, to: DemoScript.alice)
    let after = try await balances(of: symbol)
    report.step("after", text(after, symbol: symbol))
    let hops = [first, second, third].flatMap { sent in sent.hops.map { (sent.messageID, $0) } }
    for (number, hop) in hops.enumerated() {
      let (bundle, anchor) = try await prove(hop.0, on: hop.1.from, to: hop.1.to, file: "message-\(number + 1).json")
      if number == 0 { try tamper(bundle, anchor) }
    }
    try await TradeScript(network: network, topology: topology, folder: folder, report: report).run()
    try await audit()
  }

  // MARK: Transfers

  private func transfer(_ units: Balance, _ symbol: String, from: Holder, to: Holder) async throws -> TransferReport {
    let asset = try await network.chain(from.chain).asset(named: symbol)
    let amount = try Amount.parse("\(units)", symbol: symbol, decimals: asset.decimals)
    let target = try network.chain(to.chain)
    let had = try await target.balance(of: to.account, asset: try await target.asset(named: symbol).location)
    let order = TransferOrder(from: from.chain, to: to.chain, asset: asset, amount: amount, recipient: to.account)
    let result = try await sendAndFollow(order, over: network, key: from.key.secretKey, wait: DemoScript.patience)
    guard result.ending == .executed else {
      throw Complaint.partial("the transfer \(from.name) → \(to.name) ended as \(result.ending.name), not executed: \(result.ending)")
    }
    let has = try await target.balance(of: to.account, asset: try await target.asset(named: symbol).location)
    guard has > had else { throw Complaint.partial("\(to.name) has not more than before the transfer") }
    let hops = result.hops.count
    let via = result.hops.dropLast().map(\.to).joined(separator: ", ")
    let way = "\(from.name) → \(to.name)".padded(to: 26) + asset.text(amount).padded(to: 9, leading: true)
    let count = "\(hops) hop\(hops == 1 ? " " : "s")".padded(to: 8) + Spoken.duration(result.elapsed).padded(to: 8, leading: true)
    report.step(
      "transfer", "\(way)   \(count)   \((via.isEmpty ? "" : "via \(via)").padded(to: 8))  \(Spoken.short(result.messageID.hex))",
      report.good("executed"))
    return result
  }

  private func balances(of symbol: String) async throws -> [(holder: Holder, asset: KnownAsset, amount: Balance)] {
    var rows: [(holder: Holder, asset: KnownAsset, amount: Balance)] = []
    for holder in DemoScript.holders {
      let chain = try network.chain(holder.chain)
      let asset = try await chain.asset(named: symbol)
      rows.append((holder, asset, try await chain.balance(of: holder.account, asset: asset.location)))
    }
    return rows
  }

  private func text(_ rows: [(holder: Holder, asset: KnownAsset, amount: Balance)], symbol: String) -> String {
    rows.map { "\($0.holder.name) \(rounded($0.amount, $0.asset))" }.joined(separator: " · ") + " \(symbol)"
  }

  /// An amount with four decimals at most, which is what people want to compare.
  private func rounded(_ amount: Balance, _ asset: KnownAsset) -> String {
    var step: Balance = 1
    for _ in 0..<min(max(0, Int(asset.decimals) - 4), 38) { step *= 10 }
    return Amount.format(amount / step * step, decimals: asset.decimals)
  }

  // MARK: Proof

  /// Exports the proof of a message on one hop to a file and verifies the file without the network.
  private func prove(_ id: H256, on source: String, to target: String, file: String) async throws -> (ProofBundle, TrustAnchor) {
    let chain = try network.chain(source)
    let shown = try await exportProof(ProofRequest(subject: .message(id)), from: chain).certificate.proof.commitment.blockNumber
    // A later certificate leads back to the block over the Merkle mountain range, as light clients use it.
    let head = try await Patience.wait(for: "a block after the message's") {
      let head = try await chain.finalized().number
      return head > shown ? head : nil
    }
    let request = ProofRequest(subject: .message(id), certifiedBy: head, note: "made by echochain demo")
    let bundle = try await exportProof(request, from: chain)
    let path = folder.path + "/" + file
    try Files.write(Data((PrettyJSON.text(ProofFile.envelope(bundle)) + "\n").utf8), to: path)
    guard let spec = topology.chains.first(where: { $0.name == source })?.spec else {
      throw Complaint.partial("the topology has no chain \(source)")
    }
    let anchor = try SpecAnchor.anchor(of: spec)
    let (_, _, good) = try verifyProof(file: try Files.read(path), anchor: anchor)
    guard good.report.isValid else {
      throw Complaint.proofInvalid("the proof of message \(id.hex) is refused: \(good.report.failure.map { "\($0)" } ?? "")")
    }
    let signatures = bundle.certificate.proof.signed.signatures
    var facts = ["\(signatures.count) of \(signatures.validatorCount) signatures"]
    if let proof = bundle.ancestor?.proof, let leaf = proof.leafIndices.first { facts.append("MMR leaf \(leaf) of \(proof.leafCount)") }
    facts.append("\(bundle.storage.nodes.count) trie nodes")
    report.step(
      "proof",
      "\("\(source) → \(target)".padded(to: 17))\(Spoken.short(id.hex))  \(facts.joined(separator: " · ")) · \(Spoken.bytes(good.size))",
      report.good("verified offline") + ", \(Spoken.duration(good.elapsed))")
    return (bundle, anchor)
  }

  /// Changes one bit of a proof, which must be noticed at its header.
  private func tamper(_ bundle: ProofBundle, _ anchor: TrustAnchor) throws {
    var tampered = bundle
    let place = tampered.header.count / 2
    tampered.header[place] ^= 1
    let path = folder.path + "/tampered.json"
    try Files.write(Data((PrettyJSON.text(ProofFile.envelope(tampered)) + "\n").utf8), to: path)
    let (_, _, bad) = try verifyProof(file: try Files.read(path), anchor: anchor)
    guard let failure = bad.report.failure else { throw Complaint.proofInvalid("a proof with a changed header was accepted") }
    guard failure.step == .header else {
      throw Complaint.proofInvalid("a proof with a changed header was refused at \(failure.step), not at its header")
    }
    report.step(
      "tampered", "one bit flipped in byte \(place) of the header", "refused at step \(bad.report.entries.count): \(failure.step)")
  }

  // MARK: Supply

  private func audit() async throws {
    let supply = try await auditSupply(network)
    if let row = supply.rows.first(where: { !$0.isBalanced }) {
      throw Complaint.partial(
        "\(row.symbol) is out of balance between \(row.reserve) and \(row.holder) by \(Amount.format(row.difference, symbol: row.symbol, decimals: row.decimals))"
      )
    }
    var symbols: [String] = []
    for row in supply.rows where !symbols.contains(row.symbol) { symbols.append(row.symbol) }
    report.step(
      "supply", "\(symbols.joined(separator: ", ")) over \(network.chains.count) chains, \(supply.messagesInFlight) messages in flight",
      report.good("escrow = vouchers + in flight"))
  }
}

/// ``transfer(_:over:key:wait:progress:)`` under a name that a method of that name does not hide.
private func sendAndFollow(_ order: TransferOrder, over network: LinkedNetwork, key: SecretKey, wait: Duration?) async throws
  -> TransferReport
{
  try await transfer(order, over: network, key: key, wait: wait)
}
