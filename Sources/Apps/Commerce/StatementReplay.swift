internal import Hashing
public import PalletRoyalty
public import Primitives
internal import ScaleCodec
public import XCM

/// The sales of one (split, asset), added up from nothing as the chain adds them.
///
/// `t = amount + carry; perUnit += t / 1,000,000; carry = t mod 1,000,000; head = blake2_256(head ‖ row)`.
public struct StatementReplay: Hashable, Sendable {
  /// What the sales before some point come to.
  public private(set) var head = H256.zero
  public private(set) var count: UInt64 = 0
  public private(set) var received: Balance = 0
  /// What one unit has earned.
  public private(set) var perUnit: UInt128 = 0
  /// What is left over: below ``Royalty/units``.
  public private(set) var carry: UInt32 = 0
  public private(set) var lastBlock: BlockNumber = 0
  /// ``perUnit`` after each sale, in order.
  public private(set) var steps: [UInt128] = []

  /// No sales yet.
  public init() {}

  /// Adds all sales of a list.
  /// - Throws: ``StatementRefusal`` when the blocks fall or a sum leaves its range.
  public init(_ lines: [StatementLine], asset: Location) throws(StatementRefusal) {
    steps.reserveCapacity(lines.count)
    for line in lines { try add(line, asset: asset) }
  }

  /// Adds one sale.
  public mutating func add(_ line: StatementLine, asset: Location) throws(StatementRefusal) {
    let number = count.addingSaturating(Statement.firstLine)
    guard line.block >= lastBlock else { throw .blockFalls(sale: number, block: line.block, after: lastBlock) }
    let total: Balance
    let sum: Balance
    do throws(ArithmeticError) {
      sum = try received.adding(line.amount)
      total = try line.amount.adding(UInt128(carry))
    } catch { throw .tooLarge(sale: number) }
    let row = Royalty.StatementRow(
      n: number, work: line.work, reference: line.reference, asset: asset, amount: line.amount, block: line.block)
    head = Hash.blake2b256(head.bytes + row.encoded())
    received = sum
    // Shares sum up to what was received, so this cannot leave its range.
    perUnit += total / UInt128(Royalty.units)
    carry = UInt32(total % UInt128(Royalty.units))
    count += 1
    lastBlock = line.block
    steps.append(perUnit)
  }

  /// How many sales come to exactly this much for one unit; the most when sales brought one unit nothing.
  /// - Returns: `nil` when no number of sales does.
  public func sales(upTo perUnit: UInt128) -> Int? {
    var low = 0
    var high = steps.count
    while low < high {
      let middle = (low + high) / 2
      if steps[middle] <= perUnit { low = middle + 1 } else { high = middle }
    }
    let found = low == 0 ? 0 : steps[low - 1]
    return found == perUnit ? low : nil
  }
}

/// The time in which a party had the same share of a split.
public struct StatementPeriod: Hashable, Sendable {
  /// Of the split.
  public var version: UInt32
  /// Out of ``Royalty/units``; 0 when the party was no member.
  public var units: UInt32
  /// What one unit had earned when it began and when it ended, or has earned now.
  public var from: UInt128
  public var to: UInt128

  /// What the party earned in it.
  public func earned() throws(ArithmeticError) -> Balance { try UInt128(units).multiplied(by: try to.subtracting(from)) }
}

/// What a party has earned, and how that follows from the sales.
public struct StatementAccount: Hashable, Sendable {
  /// The rule's periods since the party was last settled, in order; the last one is open.
  public var periods: [StatementPeriod]
  /// Sales that the chain had settled with the party: their part is ``settled``, as the ledger says.
  public var settledSales: Int
  /// What the party had earned when it was last settled.
  public var settled: Balance
  /// What it has earned since, by its units.
  public var since: Balance
  /// What the party was paid.
  public var claimed: Balance
  /// What is on its way to the party on another chain.
  public var inFlight: Balance
  /// What it could be paid now.
  public var due: Balance
  /// Its part of each sale, as its units say; `nil` for sales in ``settled`` when its units were changed within a
  /// version, which the ledger knows in sum only.
  public var shares: [Balance?]

  /// Everything that the party has earned.
  public var earned: Balance { settled.addingSaturating(since) }
}

extension StatementAccount {
  /// Settles a party over the versions of a split as the chain does when it pays.
  /// - Parameters:
  ///   - entry: The party's ledger; `nil` when it was never settled.
  ///   - units: The party's units by version, from 0 to the split's current one.
  ///   - closings: What one unit had earned when each version but the last ended.
  ///   - inFlight: What is on its way to the party; the ledger has it neither as due nor as claimed.
  init(
    _ replay: StatementReplay, entry: Royalty.Entry?, units: [UInt32], closings: [UInt128], inFlight: Balance
  ) throws(StatementRefusal) {
    var before: UInt128 = 0
    for (version, closing) in closings.enumerated() {
      guard closing >= before, closing == 0 || replay.sales(upTo: closing) != nil else {
        throw .closingOutside(version: UInt32(clamping: version))
      }
      before = closing
    }
    guard before <= replay.perUnit else { throw .closingOutside(version: 0) }
    guard let settledSales = replay.sales(upTo: entry?.last ?? 0) else { throw .ledgerAhead }
    periods = try Self.periods(entry: entry, units: units, closings: closings, perUnit: replay.perUnit)
    self.settledSales = entry == nil ? 0 : settledSales
    do throws(ArithmeticError) {
      self.inFlight = inFlight
      settled = try (entry?.due ?? 0).adding(entry?.claimed ?? 0).adding(inFlight)
      since = 0
      for period in periods { since = try since.adding(period.earned()) }
      claimed = entry?.claimed ?? 0
      due = try (entry?.due ?? 0).adding(since)
      let all = try Self.shares(replay, units: units, closings: closings)
      var early: Balance = 0
      for share in all.prefix(self.settledSales) { early = try early.adding(share) }
      let hidden = early == settled ? 0 : settledSales
      shares = all.enumerated().map { $0 < hidden ? nil : $1 }
      guard try claimed.adding(due).adding(inFlight) <= replay.received else { throw .overflow }
    } catch { throw .overCredited }
  }

  /// What a settlement of the party goes through, as the chain does it when it pays.
  /// - Parameters:
  ///   - entry: The party's ledger; `nil` when it was never settled.
  ///   - units: The party's units by version, from 0 to the split's current one.
  ///   - closings: What one unit had earned when each version but the last ended; 0 where the chain has no row.
  ///   - perUnit: What one unit has earned now.
  public static func periods(
    entry: Royalty.Entry?, units: [UInt32], closings: [UInt128], perUnit: UInt128
  ) throws(StatementRefusal) -> [StatementPeriod] {
    let start = Int(entry?.version ?? 0)
    guard let last = units.indices.last, start <= last, closings.count == last else { throw .ledgerAhead }
    var periods: [StatementPeriod] = []
    var from = entry?.last ?? 0
    for version in start...last {
      let to = version < last ? closings[version] : perUnit
      // A version may have ended before the asset had income, and the party may have been settled since.
      guard to >= from || version < last && closings[version] == 0 else { throw .ledgerAhead }
      periods.append(StatementPeriod(version: UInt32(version), units: units[version], from: from, to: max(from, to)))
      from = max(from, to)
    }
    return periods
  }

  /// Each sale's part by the units of the version in which it fell.
  private static func shares(
    _ replay: StatementReplay, units: [UInt32], closings: [UInt128]
  ) throws(ArithmeticError) -> [Balance] {
    var shares: [Balance] = []
    shares.reserveCapacity(replay.steps.count)
    var version = 0
    var before: UInt128 = 0
    for step in replay.steps {
      while version < closings.count, closings[version] < step { version += 1 }
      shares.append(try UInt128(units[version]).multiplied(by: try step.subtracting(before)))
      before = step
    }
    return shares
  }
}
