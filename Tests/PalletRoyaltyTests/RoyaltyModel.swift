import PalletRoyalty
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import XCM

/// Random operations on the pallet, and the laws that must hold between them.
struct RoyaltyModel {
  let chain = TestRoyalties()
  private(set) var accepted = 0
  /// Whether a refused call has left an event.
  private var hasRefusalSpoken = false
  private var random: SeededRandom
  private var works: [H256] = []
  /// What was last seen of an account of income: R5 compares with it.
  private var seen: [Pair<UInt64, Location>: UInt128] = [:]
  /// What a party had earned of an asset when it last changed hands: R8 compares with it.
  private var earned: [Pair<Pair<UInt64, Royalty.Party>, Location>: Balance] = [:]
  private var away: [(message: H256, payout: UInt64, asset: Location)] = []

  private static let assets = [here, gold]
  private static let remotes = (1...3).map { Royalty.Party.remote(Location(parents: 1, .para(2001), .account(.test($0)))) }

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    for _ in 0..<3 { register() }
  }

  private var splits: UInt64 { (try? Royalty.nextSplit.get(in: chain.context)) ?? 0 }
  private mutating func split() -> UInt64 { UInt64.random(in: 0..<max(1, splits), using: &random) }
  private mutating func someone() -> UInt8 { UInt8.random(in: 1...6, using: &random) }
  private mutating func asset() -> Location { Self.assets[Int.random(in: 0..<2, using: &random)] }
  private mutating func party() -> Royalty.Party {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<6: account(someone())
    case 6..<8: Self.remotes[Int.random(in: 0..<3, using: &random)]
    default: .splitPot(split())
    }
  }

  private mutating func members() -> [Royalty.Share] {
    var parties: [Royalty.Party] = []
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let party = party()
      if !parties.contains(party) { parties.append(party) }
    }
    var left = Royalty.units
    var shares: [Royalty.Share] = []
    for (place, party) in parties.enumerated() {
      let last = place == parties.count - 1
      let units = last ? left : UInt32.random(in: 1...max(1, left / 2), using: &random)
      guard units > 0, left >= units else { break }
      left -= units
      shares.append(Royalty.Share(party, units: units))
    }
    // A wrong sum now and then: it must be refused.
    if random.chance(1, in: 20), !shares.isEmpty { shares[0].units += 1 }
    return shares
  }

  private mutating func register() {
    let tag = UInt64(works.count)
    let meta = H256(words: Words32(tag, random.next(), 0, 0))
    var parents: [Royalty.ParentLink] = []
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      guard let work = works.randomElement(using: &random), !parents.contains(where: { $0.work == work }) else { continue }
      parents.append(Royalty.ParentLink(work: work, licence: nil, share: UInt32.random(in: 0...200_000, using: &random)))
    }
    let call = Royalty.Call.registerWork(
      meta: meta, royalty: UInt32.random(in: 0...600_000, using: &random), members: members(), parents: parents,
      mode: random.chance(1, in: 2) ? .relative : .absolute, isImmutable: false)
    if run(call, .test(1)) { works.append(TestRoyalty.workID(owner: .test(1), meta: meta)) }
  }

  private mutating func run(_ call: Royalty.Call, _ origin: Origin) -> Bool {
    let before = chain.context.events.count
    let error = chain.run(call, origin)
    if error == nil { accepted += 1 } else if chain.context.events.count != before { hasRefusalSpoken = true }
    return error == nil
  }

  /// Does one random thing.
  /// - Returns: What, for the report of a failure.
  mutating func operate() -> String {
    earned = [:]
    let call: Royalty.Call
    var origin = Origin.test(someone())
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30:
      guard let work = works.randomElement(using: &random) else { return "nothing" }
      let amount = Balance.random(in: 1...(random.chance(1, in: 3) ? 1_000 : 1_000_000_000), using: &random)
      call = .pay(work: work, asset: asset(), amount: amount, reference: .zero)
      origin = .test(UInt8.random(in: 7...9, using: &random))
    case 30..<45: call = .claim(split: split(), asset: asset())
    case 45..<50: call = .claimFor(party: party(), split: split(), asset: asset())
    case 50..<60: call = .pullEdge(from: split(), to: split(), asset: asset())
    case 60..<68:
      // What both sides have earned is noted, for it must be the same afterwards (R8).
      call = .transferUnits(split: split(), to: party(), units: UInt32.random(in: 1...300_000, using: &random))
    case 68..<73:
      call = .proposeChange(split: split(), members: members())
      origin = .test(1)
    case 73..<78: call = .activateChange(split: split())
    case 78..<80:
      call = .withdrawChange(split: split())
      origin = .test(1)
    case 80..<88:
      var claims: [Royalty.Claim] = []
      let asset = asset()
      // What is due somewhere: blind choices would hardly ever be worth a message.
      for number in 0..<splits {
        for party in Self.remotes where (try? chain.due(party, number, asset)) ?? 0 > 100 && claims.count < 4 {
          claims.append(Royalty.Claim(split: number, party: party))
        }
      }
      call = .claimRemote(chain: studio, asset: asset, claims: claims)
    case 88..<93: return end()
    case 93..<95:
      call = .setPayout(
        terms: Royalty.PayoutTerms(
          destination: .account(.test(someone())), minimum: Balance.random(in: 0...1_000, using: &random),
          keeperRate: UInt32.random(in: 0...21_000, using: &random), isAutomatic: random.chance(1, in: 2), isPaused: random.chance(1, in: 8)
        ))
    case 95: call = .setAutomatic(split: split(), asset: asset(), isOn: random.chance(3, in: 4))
    case 96:
      _ = TestRoyalty.onIdle(remaining: .max, in: chain.context)
      return "idle"
    case 97:
      try? chain.pass(BlockNumber.random(in: 1...12, using: &random))
      return "time"
    case 98:
      if works.count < 24 { register() }
      return "register"
    default: call = .sweepUnattributed(asset: asset())
    }
    note(before: call, origin)
    guard run(call, origin) else { return "refused \(call)" }
    if case .claimRemote(_, let asset, _) = call, let number = try? Royalty.nextPayout.get(in: chain.context) - 1,
      let row = try? Royalty.inFlight.get(number, in: chain.context)
    {
      away.append((row.message, number, asset))
    }
    return "\(call)"
  }

  /// Ends a payout in one of its three ways, or brings the rest of a failed one home.
  private mutating func end() -> String {
    guard !away.isEmpty else { return "nothing" }
    let (message, payout, asset) = away.remove(at: Int.random(in: 0..<away.count, using: &random))
    guard let row = (try? Royalty.inFlight.get(payout, in: chain.context)) ?? nil else { return "gone" }
    let total = row.items.reduce(Balance(0)) { $0 + $1.amount }
    switch Int.random(in: 0..<3, using: &random) {
    case 0: try? chain.end(message, .executed, back: 0, payout: payout, asset: asset)
    case 1: try? chain.end(message, .returned, back: total, payout: payout, asset: asset)
    default:
      let index = UInt32.random(in: 1...UInt32(row.items.count), using: &random)
      let paid =
        TestSender.paidShares(
          PayoutBatch(chain: row.chain, asset: asset, items: row.items.map { .init(beneficiary: $0.beneficiary, amount: $0.amount) }),
          failedAt: index) ?? 0
      let rest = row.items.dropFirst(paid).reduce(Balance(0)) { $0 + $1.amount }
      try? chain.end(message, .failed(index: index, error: 1), back: rest - min(rest / 2, 4), payout: payout, asset: asset)
      _ = run(.returnPayout(payout: payout), .test(1))
    }
    return "ending of payout \(payout)"
  }

  /// Remembers what the two sides of a change of units have earned.
  private mutating func note(before call: Royalty.Call, _ origin: Origin) {
    earned = [:]
    let number: UInt64
    switch call {
    case .transferUnits(let split, _, _), .activateChange(let split): number = split
    default: return
    }
    for asset in Self.assets {
      for party in (1...6).map({ account($0) }) + Self.remotes {
        guard let due = try? chain.due(party, number, asset) else { continue }
        earned[Pair(Pair(number, party), asset)] = due
      }
    }
  }

  // MARK: Laws

  /// The first law about what the last operation did that does not hold: units (R8), and that the pot can pay what it
  /// owes (R3).
  func brokenStep() throws -> String? {
    if hasRefusalSpoken { return "a refused call left an event" }
    for (key, due) in earned where try chain.due(key.first.second, key.first.first, key.second) != due {
      return "R8: a change of units changed what \(key.first.second) had earned in split \(key.first.first)"
    }
    for asset in Self.assets {
      let owed = try Royalty.accounted.get(asset, in: chain.context)
      let has = try TestBook.balance(of: asset, who: TestConfig.pot, in: chain.context)
      guard has >= owed + TestBook.minimum else { return "R3: the pot has \(has) and owes \(owed)" }
    }
    return nil
  }

  /// The first law that does not hold of all rows; `nil` when all do.
  mutating func brokenLaw() throws -> String? {
    for asset in Self.assets {
      var owed: Balance = 0
      for (number, split) in try Royalty.splits.rows(in: chain.context, limit: 10_000) {
        let members = try Royalty.members.rows(Pair(number, split.version), in: chain.context, limit: 100)
        guard members.reduce(UInt64(0), { $0 + UInt64($1.value) }) == UInt64(Royalty.units) else { return "R1: units of split \(number)" }
        guard members.count == Int(split.memberCount) else { return "R1: members of split \(number)" }
        guard let acc = try Royalty.acc.get(number, asset, in: chain.context) else { continue }
        guard acc.carry < Royalty.units else { return "R2: carry of split \(number)" }
        var parties = Set(members.map(\.key))
        for version in 0..<split.version {
          parties.formUnion(try Royalty.members.rows(Pair(number, version), in: chain.context, limit: 100).map(\.key))
        }
        for party in (1...6).map({ account($0) }) + Self.remotes { parties.insert(party) }
        var due: Balance = 0
        var claimed: Balance = 0
        for party in parties {
          due += try chain.due(party, number, asset)
          claimed += try Royalty.ledger.get(Pair(number, party), asset, in: chain.context)?.claimed ?? 0
        }
        let pot = acc.received - acc.paid - acc.inFlight
        guard pot == due + Balance(acc.carry) else { return "R2, R3: split \(number) has \(pot), owes \(due) and carries \(acc.carry)" }
        guard claimed == acc.paid else { return "R4: split \(number) paid \(acc.paid), its parties claimed \(claimed)" }
        let key = Pair(number, asset)
        guard acc.perUnit >= seen[key] ?? 0 else { return "R5: split \(number)" }
        seen[key] = acc.perUnit
        owed += pot
      }
      guard try Royalty.accounted.get(asset, in: chain.context) == owed else { return "R2: what the pot owes" }
    }
    for work in works {
      guard let row = try Royalty.works.get(work, in: chain.context) else { return "R6: a work is gone" }
      for parent in row.parents {
        guard let above = try Royalty.works.get(parent, in: chain.context), above.depth < row.depth, row.depth <= Royalty.maximumDepth
        else {
          return "R6: depth"
        }
      }
    }
    for (number, row) in try Royalty.inFlight.rows(in: chain.context, limit: 10_000) {
      guard try Royalty.payoutByMessage.get(row.message, in: chain.context) == number else { return "R7: payout \(number)" }
    }
    return nil
  }
}
