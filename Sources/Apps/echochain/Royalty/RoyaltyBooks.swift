import ChainClient
import Commerce
import EchoRuntime
import PalletRoyalty
import PalletSupport
import Primitives
import ScaleCodec
import XCM

/// A split with everything that the chain says of it.
struct SplitBook: Sendable {
  /// What the split has earned of one asset, and what its members are due.
  struct Income: Sendable {
    var asset: Location
    var account: Royalty.Acc
    /// By the place of the member.
    var due: [Balance]
    var claimed: [Balance]
  }

  var number: UInt64
  var split: Royalty.Split
  /// In the order of their units, most first.
  var members: [Royalty.Share]
  var income: [Income]
  var pending: Royalty.PendingChange?
}

extension RoyaltyChain {
  /// The most versions of a split that are followed to say what a member is due.
  private static let versionLimit: UInt32 = 256

  /// Reads a row.
  func row<T: ScaleDecodable>(_ key: [UInt8], at block: H256?, as type: T.Type = T.self) async throws -> T? {
    try await client.value(key, at: block, as: type)
  }

  /// The work with an id.
  func work(_ id: H256, at block: H256? = nil) async throws -> Royalty.Work {
    guard let work: Royalty.Work = try await row(Royalty.works.key(id), at: block) else {
      throw Complaint.refused("\(name) has no work \(id)")
    }
    return work
  }

  /// Reads a split, its members and its income.
  func book(_ number: UInt64, at block: H256) async throws -> SplitBook {
    guard let split: Royalty.Split = try await row(Royalty.splits.key(number), at: block) else {
      throw Complaint.refused("\(name) has no split \(number)")
    }
    let units = try await client.rows(
      Royalty.members.key(Pair(number, split.version)), skip: 16, key: Royalty.Party.self, value: UInt32.self, at: block)
    let members = units.map { Royalty.Share($0.key, units: $0.value) }.sorted { ($1.units, "\($0.party)") < ($0.units, "\($1.party)") }
    let accounts = try await client.rows(
      Royalty.acc.key(number), skip: 8, key: Location.self, value: Royalty.Acc.self, at: block)
    var income: [SplitBook.Income] = []
    for (asset, account) in accounts {
      var entry = SplitBook.Income(asset: asset, account: account, due: [], claimed: [])
      for member in members {
        let (due, claimed) = try await due(member.party, number, split, asset, account, at: block)
        entry.due.append(due)
        entry.claimed.append(claimed)
      }
      income.append(entry)
    }
    return SplitBook(
      number: number, split: split, members: members, income: income,
      pending: try await row(Royalty.pendingChanges.key(number), at: block))
  }

  /// What a party could be paid now, and was paid so far.
  func due(
    _ party: Royalty.Party, _ number: UInt64, _ split: Royalty.Split, _ asset: Location, _ account: Royalty.Acc, at block: H256
  ) async throws -> (due: Balance, claimed: Balance) {
    let entry: Royalty.Entry? = try await row(Royalty.ledger.key(Pair(number, party), asset), at: block)
    let first = entry?.version ?? 0
    guard first <= split.version, split.version - first <= Self.versionLimit else {
      throw Complaint.refused("split \(number) has changed \(split.version) times; catch up first: 'echochain royalty settle'")
    }
    let versions = Array(first...split.version)
    let units = try await client.values(
      versions.map { Royalty.members.key(Pair(number, $0), party) }, at: block, as: UInt32.self)
    let closings = try await client.values(
      versions.dropLast().map { Royalty.closings.key(Pair(number, $0), asset) }, at: block, as: UInt128.self)
    // Versions before the last settlement count no more.
    var start = entry
    start?.version = 0
    do throws(StatementRefusal) {
      let periods = try StatementAccount.periods(
        entry: start, units: units.map { $0 ?? 0 }, closings: closings.map { $0 ?? 0 }, perUnit: account.perUnit)
      var due = entry?.due ?? 0
      for period in periods { due = due.addingSaturating((try? period.earned()) ?? 0) }
      return (due, entry?.claimed ?? 0)
    } catch { throw Complaint.refused("split \(number) is not understood: \(error)") }
  }

  /// Every split in which a party has or had units, or was paid, ascending.
  func splits(of party: Royalty.Party, at block: H256) async throws -> [UInt64] {
    var found: Set<UInt64> = []
    let prefix = Royalty.members.prefix
    for key in try await client.keys(prefix: prefix, at: block) {
      // twox64 before split and version, blake2-128 before the party.
      let tail = key.dropFirst(prefix.count + 8)
      guard tail.count > 28, Array(tail.dropFirst(28)) == party.encoded() else { continue }
      found.insert(try UInt64(decoding: Array(tail.prefix(8))))
    }
    let ledger = Royalty.ledger.prefix
    for key in try await client.keys(prefix: ledger, at: block) {
      // blake2-128 before split and party.
      let tail = key.dropFirst(ledger.count + 16)
      guard tail.count > 8, tail.dropFirst(8).starts(with: party.encoded()) else { continue }
      found.insert(try UInt64(decoding: Array(tail.prefix(8))))
    }
    return found.sorted()
  }

  /// The split that a command is about: by number, or a work's.
  /// - Parameter ofSales: Whether a work's sales are meant rather than its contributors.
  func split(_ number: UInt64?, work text: String?, ofSales: Bool = false) async throws -> (split: UInt64, work: H256?) {
    if let number { return (number, nil) }
    guard let text else { throw Complaint.usage("say which split: --split or --work") }
    let id = try RoyaltyText.hash(text, "work")
    let work = try await work(id)
    return (ofSales ? work.saleSplit : work.ownSplit, id)
  }
}
