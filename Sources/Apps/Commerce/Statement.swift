public import PalletRoyalty
public import Primitives
public import Proofs
public import ScaleCodec
public import XCM

/// Whose account of which asset a statement is about.
@ScaleCodable(path: "echo_statement::Subject")
public struct StatementSubject: Hashable, Sendable {
  /// The split that the sales were credited to.
  public var split: UInt64
  public var party: Royalty.Party
  /// As the chain that credited it names it.
  public var asset: Location
  /// The work whose split it is, when the statement is about a work; the chain's row of it is proven along.
  public var work: H256?

  public init(split: UInt64, party: Royalty.Party, asset: Location, work: H256? = nil) {
    self.split = split
    self.party = party
    self.asset = asset
    self.work = work
  }
}

/// One credited sale. Its number is its place in the list, its asset the statement's.
@ScaleCodable(path: "echo_statement::Line")
public struct StatementLine: Hashable, Sendable {
  /// The work that was sold; zero for what was owed outside works.
  public var work: H256
  /// The order, or what the payer stated.
  public var reference: H256
  /// Smallest units of the asset.
  public var amount: Balance
  /// The block that credited it.
  public var block: BlockNumber

  public init(work: H256, reference: H256, amount: Balance, block: BlockNumber) {
    self.work = work
    self.reference = reference
    self.amount = amount
    self.block = block
  }
}

/// What a party has earned in one asset of one split, with every sale, and the proof that none is missing.
///
/// The lines hash to a head that stands in the chain's state; the bundle proves that head, with the rows from which the
/// party's share follows, in one certified block.
/// - SeeAlso: Docs/formats/royalty-statement.md.
public struct Statement: Hashable, Sendable {
  public var subject: StatementSubject
  /// All sales from the first on; at most ``maximumLines``.
  public var lines: [StatementLine]
  /// Payouts that are under way and hold something of the split and asset, strictly ascending; at most ``maximumPayouts``.
  public var payouts: [UInt64]
  /// Proves the rows that ``StatementSubject/keys(version:)`` names, and nothing else.
  public var proof: ProofBundle

  public init(subject: StatementSubject, lines: [StatementLine], payouts: [UInt64] = [], proof: ProofBundle) {
    self.subject = subject
    self.lines = lines
    self.payouts = payouts
    self.proof = proof
  }

  /// First bytes of every statement: `ECRS`.
  public static let magic: [UInt8] = Array("ECRS".utf8)
  /// The version that this room writes, and the only one that it reads.
  public static let version: UInt8 = 1
  /// The most sales of one statement.
  public static let maximumLines = 131_072
  /// The most payouts under way.
  public static let maximumPayouts = 256
  /// The number of the first sale.
  public static let firstLine: UInt64 = 0
  /// The longest statement that is decoded, in bytes: the longest bundle, the most lines, and what stands before them.
  public static let maximumSize = ProofBundle.maximumSize + maximumLines * lineSize + 4096
  /// The largest file that is written and read, in bytes. The longest statements fit it without an envelope only, whose
  /// hexadecimal takes twice as many.
  public static let maximumFile = 64 << 20
  /// Bytes of one line.
  static let lineSize = 32 + 32 + 16 + 4
}

extension Statement {
  /// The first sales, for a statement of a block that had credited so many: this one may be of a later block.
  public func lines(upTo count: UInt64) -> [StatementLine] { Array(lines.prefix(Int(clamping: count))) }
}

extension Statement: ScaleCodable {
  public static var typeShape: TypeShape {
    TypeShape(
      path: ["echo_statement", "Statement"],
      .composite([
        .init(name: "magic", type: TypeReference(FixedBytes<4>.self), typeName: "[u8; 4]"),
        .init(name: "version", type: TypeReference(UInt8.self), typeName: "u8"),
        .init(name: "subject", type: TypeReference(StatementSubject.self), typeName: "Subject"),
        .init(name: "lines", type: TypeReference([StatementLine].self), typeName: "Vec<Line>"),
        .init(name: "payouts", type: TypeReference([UInt64].self), typeName: "Vec<u64>"),
        .init(name: "proof", type: TypeReference(ProofBundle.self), typeName: "ProofBundle"),
      ]))
  }

  public var encodedSize: Int {
    Statement.magic.count + 1 + subject.encodedSize + lines.encodedSize + payouts.encodedSize + proof.encodedSize
  }

  public func encode(into writer: inout ScaleWriter) {
    writer.writeBytes(Statement.magic)
    writer.writeByte(Statement.version)
    subject.encode(into: &writer)
    lines.encode(into: &writer)
    payouts.encode(into: &writer)
    proof.encode(into: &writer)
  }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    let start = reader.offset
    guard reader.remaining <= Statement.maximumSize else {
      throw .lengthOverLimit(length: reader.remaining, limit: Statement.maximumSize, offset: start)
    }
    guard try reader.readBytes(count: Statement.magic.count) == Statement.magic else {
      throw .invalidValue(type: "Statement", reason: "does not begin with ECRS", offset: start)
    }
    guard try reader.readByte() == Statement.version else {
      throw .invalidValue(type: "Statement", reason: "unknown version", offset: start + Statement.magic.count)
    }
    subject = try StatementSubject(from: &reader)
    let at = reader.offset
    let count = try reader.readLength()
    guard count <= Statement.maximumLines else {
      throw .lengthOverLimit(length: count, limit: Statement.maximumLines, offset: at)
    }
    // A length is believed only as far as bytes are there to hold it.
    guard count <= reader.remaining / Statement.lineSize else {
      throw .lengthOverLimit(length: count, limit: reader.remaining / Statement.lineSize, offset: at)
    }
    var lines: [StatementLine] = []
    lines.reserveCapacity(count)
    for _ in 0..<count { lines.append(try StatementLine(from: &reader)) }
    self.lines = lines
    let place = reader.offset
    let listed = try reader.readLength()
    guard listed <= Statement.maximumPayouts else {
      throw .lengthOverLimit(length: listed, limit: Statement.maximumPayouts, offset: place)
    }
    var payouts: [UInt64] = []
    for _ in 0..<listed { payouts.append(try reader.readInteger()) }
    self.payouts = payouts
    proof = try ProofBundle(from: &reader)
  }
}
