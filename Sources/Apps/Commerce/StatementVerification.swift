internal import EchoRuntime
public import Finality
internal import PalletAssets
public import PalletRoyalty
internal import Primitives
public import Proofs
internal import ScaleCodec
internal import StateTrie
internal import XCM

/// What a statement shows, checked.
public struct StatementFindings: Sendable {
  /// The steps from the trust anchor to the state.
  public var report: VerificationReport
  /// The block in whose state everything stands.
  public var header: Header
  public var split: Royalty.Split
  /// The work, when the statement is about one, and which of its splits this is.
  public var work: Royalty.Work?
  public var workSplit: WorkSplit?
  /// What was received, and what of it was paid; `nil` when the split never had income in the asset.
  public var account: Royalty.Acc?
  public var replay: StatementReplay
  public var party: StatementAccount
  /// Whether the party had units in any version of the split, or was ever settled.
  public var wasMember: Bool
  /// How the asset is written; `nil` for the native one and for one without a name.
  public var unit: (symbol: String, decimals: UInt8)?
}

extension Statement {
  /// Checks everything and works out what the party is due.
  ///
  /// Needs no network and no clock. Refuses a sale that was left out, invented, changed or moved, a row of the chain
  /// that is missing, and any figure that does not follow from the sales.
  /// - Parameter anchor: As for ``verify(_:anchor:)`` of a proof bundle.
  public func examine(anchor: TrustAnchor?) throws(StatementRefusal) -> StatementFindings {
    if case .remote(let location) = subject.party, location.parents == 0 { throw .partyNotElsewhere(location) }
    let bundle = proof.examine(anchor: anchor)
    if let failure = bundle.report.failure { throw .proof("\(failure)") }
    guard let header = bundle.header else { throw .proof("it shows no header") }
    guard proof.messages == nil else { throw .proof("it speaks of messages") }
    let state = ProvenRows(
      answers: Dictionary(zip(proof.claims.map(\.key), bundle.answers)) { first, _ in first }, subject: subject)

    guard let split: Royalty.Split = try state.row(.split) else { throw .noSplit }
    guard split.version <= StatementSubject.maximumVersion else { throw .tooManyVersions(split.version) }
    let rows = subject.rows(version: split.version, payouts: payouts)
    let known = Set(rows.map(\.key))
    if let surplus = proof.claims.first(where: { !known.contains($0.key) }) { throw .surplus(key: surplus.key) }
    for (row, key) in rows where state.answers[key] == nil { throw .missing(row) }

    var work: Royalty.Work?
    var workSplit: WorkSplit?
    if subject.work != nil {
      work = try state.row(.work)
      workSplit = work.flatMap { WorkSplit(subject.split, of: $0) }
      guard workSplit != nil else { throw .otherWork }
    }
    let account: Royalty.Acc? = try state.row(.account)
    let replay = try replay(account, at: header.number.value)
    var units: [UInt32?] = []
    for version in 0...split.version { units.append(try state.row(.units(version: version))) }
    var closings: [UInt128] = []
    for version in 0..<split.version {
      // Without a row the asset had no income when the version ended, or it ended at the same point.
      closings.append(try state.row(.closing(version: version)) ?? 0)
    }
    let entry: Royalty.Entry? = try state.row(.ledger)
    let party = try StatementAccount(
      replay, entry: entry, units: units.map { $0 ?? 0 }, closings: closings,
      inFlight: try inFlight(account?.inFlight ?? 0, in: state))
    var unit: (symbol: String, decimals: UInt8)?
    if rows.contains(where: { $0.row == .name }), let name: PalletAssets.Assets.AssetMetadata = try state.row(.name) {
      unit = (String(decoding: name.symbol, as: UTF8.self), name.decimals)
    }
    return StatementFindings(
      report: bundle.report, header: header, split: split, work: work, workSplit: workSplit, account: account,
      replay: replay, party: party, wasMember: entry != nil || units.contains { $0 != nil }, unit: unit)
  }

  /// What is on its way to the party: the payouts of the statement are all that the split has under way.
  private func inFlight(_ expected: Balance, in state: ProvenRows) throws(StatementRefusal) -> Balance {
    var all: Balance = 0
    var own: Balance = 0
    for payout in payouts {
      guard let row: Royalty.InFlight = try state.row(.payout(payout)) else { throw .missing(.payout(payout)) }
      guard row.asset == subject.asset else { continue }
      var paid = 0
      if case .failed(let count) = row.state { paid = Int(count) }
      for item in row.items.dropFirst(paid) where item.claim.split == subject.split {
        all = all.addingSaturating(item.amount)
        if item.claim.party == subject.party { own = own.addingSaturating(item.amount) }
      }
    }
    guard all == expected, Set(payouts).count == payouts.count else { throw .otherInFlight(found: all, expected: expected) }
    return own
  }

  /// Adds the sales up and compares every figure with the chain's.
  private func replay(_ account: Royalty.Acc?, at height: BlockNumber) throws(StatementRefusal) -> StatementReplay {
    let count = UInt64(lines.count)
    let expected = account?.n ?? 0
    guard count >= expected else { throw .omitted(count: count, of: expected) }
    guard count <= expected else { throw .invented(count: count, of: expected) }
    let replay = try StatementReplay(lines, asset: subject.asset)
    guard let account else { return replay }
    guard replay.head == account.head else { throw .otherHead(computed: replay.head, expected: account.head) }
    // The head vouches for the sales; these say that the chain has added them up by its rule.
    guard replay.perUnit == account.perUnit, replay.carry == account.carry else { throw .otherAccount("per unit") }
    guard replay.received == account.received else { throw .otherAccount("received") }
    guard replay.lastBlock == account.lastBlock, replay.lastBlock <= height else { throw .otherAccount("the last block") }
    return replay
  }
}

/// Rows of the state, as the bundle proves them.
private struct ProvenRows {
  let answers: [[UInt8]: ProofAnswer]
  let subject: StatementSubject

  /// A row; `nil` when it is proven that there is none.
  func row<T: ScaleDecodable>(_ row: StatementRow) throws(StatementRefusal) -> T? {
    switch answers[subject.key(of: row)] {
    case nil, .incomplete?: throw .missing(row)
    case .absent?: return nil
    case .value(let bytes)?:
      do throws(ScaleError) { return try T(decoding: bytes) } catch { throw .undecodable(row, error) }
    }
  }
}
