public import PalletRoyalty
public import Primitives
public import XCM

/// What somebody who checks a statement wants it to be about; what is `nil` may be anything.
public struct StatementExpectation: Hashable, Sendable {
  public var party: Royalty.Party?
  public var split: UInt64?
  public var work: H256?
  public var asset: Location?

  public init(party: Royalty.Party? = nil, split: UInt64? = nil, work: H256? = nil, asset: Location? = nil) {
    self.party = party
    self.split = split
    self.work = work
    self.asset = asset
  }

  /// Compares every field that is expected, to the last byte.
  /// - Throws: The first ``StatementMismatch``.
  public func check(_ subject: StatementSubject) throws(StatementMismatch) {
    if let party, party != subject.party { throw .party(subject.party) }
    if let split, split != subject.split { throw .split(subject.split) }
    if let work, work != subject.work { throw .work(subject.work) }
    if let asset, asset != subject.asset { throw .asset(subject.asset) }
  }
}

/// What a statement is about instead.
public enum StatementMismatch: Error, Hashable, Sendable {
  case party(Royalty.Party)
  case split(UInt64)
  case work(H256?)
  case asset(Location)
}

extension StatementMismatch: CustomStringConvertible {
  public var description: String {
    switch self {
    case .party(.account(let account)): "the statement is of account \(account)"
    case .party(.remote(let location)): "the statement is of \(location)"
    case .party(.splitPot(let split)): "the statement is of split \(split)"
    case .split(let split): "the statement is about split \(split)"
    case .work(let work?): "the statement is about work \(work)"
    case .work(nil): "the statement is about no work"
    case .asset(let asset): "the statement is about the asset at \(asset)"
    }
  }
}

/// Which of a work's two splits a statement is of.
public enum WorkSplit: String, Hashable, Sendable {
  /// What the contributors share.
  case contributors
  /// What sales are credited to: contributors and ancestors share it.
  case sales
  /// A work without parents has one split that is both.
  case both

  /// - Returns: `nil` when the split is neither.
  init?(_ split: UInt64, of work: Royalty.Work) {
    switch (work.ownSplit == split, work.saleSplit == split) {
    case (true, true): self = .both
    case (true, false): self = .contributors
    case (false, true): self = .sales
    case (false, false): return nil
    }
  }

  /// Words for people.
  public var words: String {
    switch self {
    case .contributors: "contributors' split"
    case .sales: "sales' split"
    case .both: "contributors' and sales' split"
    }
  }
}
