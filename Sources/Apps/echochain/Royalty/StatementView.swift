import ChainClient
import Commerce
import Finality
import Foundation
import LightClient
import PalletRoyalty
import Primitives
import Proofs
import RPC
import ScaleCodec
import XCM
import XcmTools

/// What a checked statement says, for people and for programs.
struct StatementView {
  let statement: Statement
  let findings: StatementFindings
  private let names: XcmNames
  private let symbol: String

  /// - Parameter unit: How the asset is written; `nil` for smallest units.
  init(statement: Statement, findings: StatementFindings, names: XcmNames, unit: XcmNames.Unit?) {
    self.statement = statement
    self.findings = findings
    var names = names
    if let unit { names.name(asset: statement.subject.asset, unit) }
    self.names = names
    symbol = unit?.symbol ?? "\(statement.subject.asset)"
  }

  private func text(_ amount: Balance) -> String { names.text(amount, of: AssetID(statement.subject.asset)) }

  private var party: String {
    switch statement.subject.party {
    case .account(let account): names.text(account)
    case .remote(let location): names.text(location)
    case .splitPot(let number): "split:\(number)"
    }
  }

  private var onItsWay: String {
    findings.party.inFlight > 0 ? "on its way \(text(findings.party.inFlight)), " : ""
  }

  /// `5 sales, received 100 MRKT, earned 60 MRKT, claimed 40 MRKT, due 20 MRKT`
  var verdict: String {
    let account = findings.party
    guard findings.wasMember else {
      return "\(party) was never a member of split \(statement.subject.split); it has \(statement.lines.count) sales, "
        + "received \(text(findings.replay.received))"
    }
    return "\(statement.lines.count) sales, received \(text(findings.replay.received)), earned \(text(account.earned)), "
      + "claimed \(text(account.claimed)), \(onItsWay)due \(text(account.due))"
  }

  var facts: [(name: String, value: String)] {
    let subject = statement.subject
    let split = findings.split
    var facts: [(name: String, value: String)] = [
      ("statement", "\(party), split \(subject.split) on \(statement.proof.claim.chain), \(symbol)")
    ]
    if let work = subject.work { facts.append(("work", "\(work.hex)\(findings.workSplit.map { ", \($0.words)" } ?? "")")) }
    facts += [
      ("block", "#\(statement.proof.shownBlock)  \(Spoken.time(statement.proof.certificate.commitment.timestamp))"),
      ("sales", "\(statement.lines.count), hashed to \(findings.replay.head)"), ("received", text(findings.replay.received)),
    ]
    guard findings.wasMember else { return facts + [("member", "never")] }
    if findings.party.settled > 0 {
      facts.append(("settled", "\(text(findings.party.settled)) with the first \(findings.party.settledSales) sales"))
    }
    let since = findings.party.settled > 0 ? " since" : ""
    for period in findings.party.periods where period.to > period.from || period.version == split.version {
      let name = split.version == 0 ? "units" : "units, version \(period.version)"
      let earned = (try? period.earned()) ?? 0
      facts.append((name, RoyaltyText.percent(period.units) + (earned > 0 ? ", earned \(text(earned))\(since)" : "")))
    }
    facts.append(("claimed", text(findings.party.claimed)))
    if findings.party.inFlight > 0 { facts.append(("on its way", text(findings.party.inFlight))) }
    facts.append(("due", text(findings.party.due)))
    return facts
  }

  var table: Table {
    var table = Table("sale", "block", "work", "reference", "amount", "share", numeric: [0, 1, 4, 5])
    for (place, line) in statement.lines.enumerated() {
      table.rows.append([
        "\(UInt64(place) + Statement.firstLine)", "#\(line.block)", Spoken.short(line.work.hex), Spoken.short(line.reference.hex),
        text(line.amount), findings.party.shares[place].map { text($0) } ?? "settled",
      ])
    }
    return table
  }

  var lines: JSON {
    .array(
      statement.lines.enumerated().map { place, line in
        [
          "sale": JSON(UInt64(place) + Statement.firstLine), "block": JSON(line.block), "work": .hash(line.work),
          "reference": .hash(line.reference), "amount": .decimal(line.amount),
          "share": findings.party.shares[place].map { .decimal($0) } ?? .null,
        ]
      })
  }

  var summary: JSON {
    let subject = statement.subject
    let account = findings.party
    return [
      "chain": .string(statement.proof.claim.chain), "genesisHash": .hash(statement.proof.claim.genesisHash),
      "block": JSON(statement.proof.shownBlock), "split": JSON(subject.split), "party": .string(party),
      "partyBytes": .hex(subject.party.encoded()), "asset": .string(symbol), "location": .string("\(subject.asset)"),
      "work": subject.work.map { .hash($0) } ?? .null, "workSplit": findings.workSplit.map { .string($0.rawValue) } ?? .null,
      "member": JSON(findings.wasMember), "complete": true, "sales": JSON(statement.lines.count),
      "head": .hash(findings.replay.head), "received": .decimal(findings.replay.received), "earned": .decimal(account.earned),
      "claimed": .decimal(account.claimed), "inFlight": .decimal(account.inFlight), "due": .decimal(account.due),
      "settled": .decimal(account.settled),
      "settledSales": JSON(account.settledSales), "version": JSON(findings.split.version),
      "periods": .array(
        account.periods.map {
          [
            "version": JSON($0.version), "units": JSON($0.units), "from": .decimal($0.from), "to": .decimal($0.to),
            "earned": .decimal((try? $0.earned()) ?? 0),
          ]
        }),
    ]
  }
}
