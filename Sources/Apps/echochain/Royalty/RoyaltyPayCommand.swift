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

/// `echochain royalty pay`
struct RoyaltyPay: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pay", abstract: "Pay for a work outside a market.",
    discussion: """
      The whole amount is credited to everybody who shares in the work's sales. --reference goes into their statements: \
      32 bytes, or a text whose hash does. Examples:

        echochain royalty pay --chain market --sender carol --work 0x5c1e… --amount 25
        echochain royalty pay --chain market --sender carol --work 0x5c1e… --amount "5 ECHO" --asset ECHO --reference "invoice 12"
      """)

  @Option(help: "The work, 32 bytes after 0x.") var work: String
  @Option(help: "Amount such as 12.5.") var amount: String
  @Option(help: "The asset, by symbol or location; the chain's own unless given.") var asset: String?
  @Option(help: "What the payment is for: 32 bytes after 0x, or a text.") var reference: String?
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let known = try await chain.asset(asset)
    let value = try Amount.parse(amount, symbol: known.symbol, decimals: known.decimals)
    var note = H256.zero
    if let reference { note = H256(hex: reference) ?? RoyaltyText.commitment(reference) }
    let call = Royalty.Call.pay(
      work: try RoyaltyText.hash(work, "work"), asset: known.location, amount: value, reference: note)
    try await chain.report(call, by: signer, options.output) { event in
      guard case .credited(let split, let asset, let amount, let n, let work, let reference, _) = event else { return nil }
      return (
        [
          "split": JSON(split), "work": .hash(work), "amount": .decimal(amount), "asset": .string(chain.symbol(asset)),
          "sale": JSON(n), "reference": .hash(reference),
        ],
        [("credited", "\(chain.text(amount, of: asset)) to split \(split), sale \(n)"), ("reference", reference.hex)]
      )
    }
  }
}

/// `echochain royalty claim`
struct RoyaltyClaim: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim", abstract: "Take what is due, or have somebody else paid.",
    discussion: """
      Takes every asset that something is due in, or one with --asset. With --work it first moves what the work's sales \
      owe to its contributors. --for pays somebody else, whose terms say what the signer may keep for it. Who is paid on \
      another chain: 'echochain royalty payout'. Examples:

        echochain royalty claim --chain market --sender alice --work 0x5c1e…
        echochain royalty claim --chain market --sender dave --for alice --split 7 --asset ECHO

      Each asset is a call of its own. When one fails, those before it count and the exit code is 7.
      """)

  @Option(help: "Number of the split.") var split: UInt64?
  @Option(help: "A work whose contributors' split is meant.") var work: String?
  @Option(help: "One asset, by symbol or location; all unless given.") var asset: String?
  @Option(name: .customLong("for"), help: "Party that is paid; the signer unless given.") var party: String?
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func validate() throws {
    guard (split == nil) != (work == nil) else { throw ValidationError("give --split or --work") }
  }

  func run() async throws {
    let chain = try await options.open()
    let output = options.output
    let (number, work) = try await chain.split(split, work: work)
    let wanted = try await asset == nil ? nil : chain.asset(asset).location
    let payee = try await chain.party(party ?? signer.from)
    var calls = CallList(member: "claims")
    var paid = false
    do {
      if let work { try await pull(work, into: number, on: chain, &calls) }
      paid = try await claim(number, payee, wanted, on: chain, &calls)
    } catch { throw calls.failed(error, output) }
    calls.show(output)
    await chain.client.close()
    guard paid else { throw Complaint.refused("\(chain.text(payee)) is due nothing in split \(number)\(asset.map { " in \($0)" } ?? "")") }
  }

  /// Claims every asset that something is due in.
  /// - Returns: Whether anything was paid.
  private func claim(
    _ number: UInt64, _ payee: Royalty.Party, _ wanted: Location?, on chain: RoyaltyChain, _ calls: inout CallList
  ) async throws -> Bool {
    let now = try await chain.client.finalized().hash
    let book = try await chain.book(number, at: now)
    var paid = false
    for income in book.income where wanted.map({ $0 == income.asset }) ?? true {
      guard try await chain.due(payee, number, book.split, income.asset, income.account, at: now).due > 0 else { continue }
      let call: Royalty.Call =
        party == nil ? .claim(split: number, asset: income.asset) : .claimFor(party: payee, split: number, asset: income.asset)
      let inclusion = try await chain.submit(call, by: signer)
      for case .claimed(let split, let party, let asset, let amount, let keeper, let tip) in inclusion.royaltyEvents {
        paid = true
        var members = inclusion.royaltyJSON
        members.merge([
          "split": JSON(split), "party": party.json(chain), "asset": .string(chain.symbol(asset)), "amount": .decimal(amount),
          "keeper": keeper.map { .hex($0.bytes) } ?? .null, "tip": .decimal(tip),
        ]) { $1 }
        calls.done.append(.object(members))
        let kept = tip > 0 ? ", \(chain.text(tip, of: asset)) of it to \(keeper.map { chain.names.text($0) } ?? "the keeper")" : ""
        options.output.line(
          "  \(chain.name) #\(inclusion.block.number)  \(chain.text(amount, of: asset)) of split \(split) to \(chain.text(party))\(kept)")
      }
    }
    return paid
  }

  /// Moves what a work's sales owe to its contributors.
  private func pull(_ id: H256, into own: UInt64, on chain: RoyaltyChain, _ calls: inout CallList) async throws {
    let work = try await chain.work(id)
    guard work.saleSplit != own else { return }
    let now = try await chain.client.finalized().hash
    let sales = try await chain.book(work.saleSplit, at: now)
    for income in sales.income {
      guard let place = sales.members.firstIndex(where: { $0.party == .splitPot(own) }), income.due[place] > 0 else { continue }
      calls.done.append(try await chain.pull(from: work.saleSplit, to: own, income.asset, by: signer, options.output))
    }
  }
}

/// The calls that a command has made so far: they count whatever becomes of those after them.
struct CallList {
  /// What programs call the list.
  let member: String
  var done: [JSON] = []

  init(member: String) { self.member = member }

  func show(_ output: Output) { output.json([member: .array(done)]) }

  /// Tells programs what was done before a call failed; people have read it.
  /// - Returns: What the command ends with.
  func failed(_ error: any Error, _ output: Output) -> any Error {
    guard !done.isEmpty else { return error }
    let reason = Complaint(error).sentence
    output.json([member: .array(done), "error": .string(reason)])
    return Complaint.partial("\(done.count) of the calls \(done.count == 1 ? "was" : "were") made, then one failed: \(reason)")
  }
}

extension RoyaltyChain {
  /// Moves what a split is due from another on to its members, and says so.
  func pull(from: UInt64, to: UInt64, _ asset: Location, by signer: RoyaltySigner, _ output: Output) async throws -> JSON {
    let inclusion = try await submit(.pullEdge(from: from, to: to, asset: asset), by: signer)
    var members = inclusion.royaltyJSON
    for case .edgePulled(let from, let to, let asset, let amount) in inclusion.royaltyEvents {
      members.merge(["from": JSON(from), "to": JSON(to), "asset": .string(symbol(asset)), "amount": .decimal(amount)]) { $1 }
      output.line("  \(name) #\(inclusion.block.number)  \(text(amount, of: asset)) of split \(from) to split \(to)")
    }
    return .object(members)
  }
}

/// `echochain royalty pull`
struct RoyaltyPull: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Move what a split is due from another on to its own members.",
    discussion: """
      Anybody may; a parent's members see their part of a child's sales after it. Examples:

        echochain royalty pull --chain market --sender dave --source 3 --into 1
        echochain royalty pull --chain market --sender dave --source 3 --into 1 --asset ECHO
      """)

  @Option(help: "Number of the split that owes.") var source: UInt64
  @Option(help: "Number of the split that gets it.") var into: UInt64
  @Option(help: "One asset, by symbol or location; all unless given.") var asset: String?
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let wanted = try await asset == nil ? nil : chain.asset(asset).location
    let book = try await chain.book(source, at: try await chain.client.finalized().hash)
    guard let place = book.members.firstIndex(where: { $0.party == .splitPot(into) }) else {
      throw Complaint.refused("split \(into) is no member of split \(source)")
    }
    var calls = CallList(member: "pulled")
    for income in book.income where income.due[place] > 0 && wanted.map({ $0 == income.asset }) ?? true {
      do { calls.done.append(try await chain.pull(from: source, to: into, income.asset, by: signer, options.output)) } catch {
        throw calls.failed(error, options.output)
      }
    }
    calls.show(options.output)
    await chain.client.close()
    guard !calls.done.isEmpty else { throw Complaint.refused("split \(source) owes split \(into) nothing") }
  }
}

/// `echochain royalty accept`
struct RoyaltyAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Make an asset payable: gives the pot its minimum balance, once.",
    discussion: "  echochain royalty accept --chain market --sender alice --asset ECHO")

  @Option(help: "The asset, by symbol or location.") var asset: String
  @OptionGroup var signer: RoyaltySigner
  @OptionGroup var options: RoyaltyOptions

  func run() async throws {
    let chain = try await options.open()
    let known = try await chain.asset(asset)
    try await chain.report(.acceptAsset(asset: known.location), by: signer, options.output) { event in
      guard case .assetAccepted(let location) = event else { return nil }
      return (["asset": .string(chain.symbol(location))], [("accepted", chain.symbol(location))])
    }
  }
}
