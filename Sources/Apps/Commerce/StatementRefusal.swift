public import Primitives
public import ScaleCodec
public import XCM

/// Why a statement is not believed. One sentence each.
public enum StatementRefusal: Error, Equatable, Sendable {
  /// The proof of the chain's state does not hold.
  case proof(String)
  /// The proof lacks a row that the statement needs.
  case missing(StatementRow)
  /// The proof shows something that no statement of this subject needs.
  case surplus(key: [UInt8])
  /// A row does not decode.
  case undecodable(StatementRow, ScaleError)
  /// The chain has no split of that number.
  case noSplit
  /// The party is written as one on another chain, and its location is on this one: it would read like the account, and
  /// its rows are others.
  case partyNotElsewhere(Location)
  /// The work is not registered, or neither of its splits is the statement's.
  case otherWork
  /// More changes of members than a statement covers.
  case tooManyVersions(UInt32)
  /// The statement has fewer sales than the chain has credited.
  case omitted(count: UInt64, of: UInt64)
  /// The statement has more sales than the chain has credited.
  case invented(count: UInt64, of: UInt64)
  /// The sales do not hash to the chain's head.
  case otherHead(computed: H256, expected: H256)
  /// The sales sum up to another account than the chain has.
  case otherAccount(String)
  /// A sale stands behind a later one.
  case blockFalls(sale: UInt64, block: BlockNumber, after: BlockNumber)
  /// A sum with this sale is more than there can be.
  case tooLarge(sale: UInt64)
  /// A version of the split ended at a point that no sale leads to.
  case closingOutside(version: UInt32)
  /// The ledger was settled at a point that no sale leads to.
  case ledgerAhead
  /// Payouts under way are left out, or are none of this split.
  case otherInFlight(found: Balance, expected: Balance)
  /// The party would have earned more than was received.
  case overCredited
}

extension StatementRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .proof(let reason): "the proof of the chain's state does not hold: \(reason)"
    case .missing(let row): "the proof says nothing about \(row)"
    case .surplus(let key): "the proof shows key \(Hex.encode(key)), which no statement of this subject needs"
    case .undecodable(let row, let error): "\(row) does not decode: \(error)"
    case .noSplit: "the chain has no such split"
    case .partyNotElsewhere(let location):
      "the party is written as one of another chain, and \(location) is on the chain itself"
    case .otherWork: "the chain does not credit the work to this split"
    case .tooManyVersions(let count): "the split has changed \(count) times, more than one statement covers"
    case .omitted(let count, let all): "the chain has credited \(all) sales and the statement has \(count): some are left out"
    case .invented(let count, let all): "the chain has credited \(all) sales and the statement has \(count): some are invented"
    case .otherHead(let computed, let expected):
      "the sales hash to \(computed) and the chain has \(expected): a sale was changed, replaced or moved"
    case .otherAccount(let what): "the sales hash to the chain's head, but it has other figures for them: \(what)"
    case .blockFalls(let sale, let block, let after): "sale \(sale) is of block \(block), the one before it of block \(after)"
    case .tooLarge(let sale): "with sale \(sale) the sum is more than there can be of any asset"
    case .closingOutside(let version): "version \(version) of the split ended at a point that no sale leads to"
    case .ledgerAhead: "the party was settled at a point that no sale leads to"
    case .otherInFlight(let found, let expected):
      "the chain has \(expected) units of the split on their way and the statement shows \(found): a payout is left out or wrong"
    case .overCredited: "the party would have earned more than was received"
    }
  }
}
