import Commerce
import Finality
import Hashing
import Keys
import LightClient
import PalletAssets
import PalletRoyalty
import PalletSupport
import Primitives
import Proofs
import ScaleCodec
import StateTrie
import XCM

/// A split's books as the chain keeps them, and a certified block whose state has them.
struct Books {
  var subject = StatementSubject(split: 7, party: .account(DevelopmentKey.alice.secretKey.publicKey.accountID), asset: .here)
  var lines: [StatementLine] = []
  var version: UInt32 = 0
  /// The party's units by version; absent for versions in which it is no member.
  var units: [UInt32?] = [600_000]
  /// By version; absent where the asset had no income.
  var closings: [UInt128?] = []
  var perUnit: UInt128 = 0
  var carry: UInt128 = 0
  var received: Balance = 0
  var head = H256.zero
  /// Settlement version, `perUnit`, due and claimed.
  var entry: (version: UInt32, last: UInt128, due: Balance, claimed: Balance)?
  /// Payouts under way: number, whose, amount of each item, and how many of them were paid before one failed.
  var payouts: [(number: UInt64, items: [(party: Royalty.Party, amount: Balance)], paid: UInt32?)] = []
  /// Rows that are there besides.
  var others: [(key: [UInt8], value: [UInt8])] = []
  /// What the chain's work row says of its splits, when the subject has one.
  var workSplits: (own: UInt64, sales: UInt64)?

  static let genesis = Hash.blake2b256(Array("genesis".utf8))
  static let height: BlockNumber = 900
  static let keys = [DevelopmentKey.alice, .bob, .charlie, .dave].map(\.secretKey)
  static let set = ValidatorSet(id: 3, validators: keys.map(\.publicKey))
  static var anchor: TrustAnchor { TrustAnchor(genesisHash: genesis, set: set.summary) }

  static func hash(_ text: String) -> H256 { Hash.blake2b256(Array(text.utf8)) }

  /// Credits a sale by the pallet's rule.
  mutating func sell(_ amount: Balance, block: BlockNumber? = nil) {
    let number = UInt64(lines.count)
    let line = StatementLine(
      work: Books.hash("work"), reference: Books.hash("order \(number)"), amount: amount,
      block: block ?? (lines.last?.block ?? 10) + 3)
    let row = Royalty.StatementRow(
      n: number + Statement.firstLine, work: line.work, reference: line.reference, asset: subject.asset, amount: amount,
      block: line.block)
    head = Hash.blake2b256(head.bytes + row.encoded())
    let total = amount + carry
    perUnit += total / 1_000_000
    carry = total % 1_000_000
    received += amount
    lines.append(line)
  }

  /// Ends the version; the party has other units from now on.
  mutating func change(units: UInt32?) {
    closings.append(received > 0 ? perUnit : nil)
    version += 1
    self.units.append(units)
  }

  /// What the party is due by hand: its units over all of each version.
  func dueByHand() -> Balance {
    var due = entry?.due ?? 0
    var from = entry?.last ?? 0
    for at in Int(entry?.version ?? 0)...Int(version) {
      let to = at < Int(version) ? closings[at] ?? 0 : perUnit
      due += Balance(units[at] ?? 0) * (max(to, from) - from)
      from = max(to, from)
    }
    return due
  }

  /// Settles the party and pays it part of what it is due.
  mutating func claim(_ amount: Balance) {
    let due = dueByHand()
    entry = (version, perUnit, due - amount, (entry?.claimed ?? 0) + amount)
  }

  /// What the chain says is on its way.
  var inFlight: Balance {
    payouts.reduce(0) { $0 + $1.items.dropFirst(Int($1.paid ?? 0)).reduce(0) { $0 + $1.amount } }
  }

  /// Every row that the chain has.
  var state: [(key: [UInt8], value: [UInt8])] {
    func key(_ row: Commerce.StatementRow) -> [UInt8] { subject.key(of: row) }
    var rows: [(key: [UInt8], value: [UInt8])] = others
    let controller: AccountID? = nil
    rows.append(
      (
        key(.split),
        controller.encoded() + UInt32(2).encoded() + version.encoded() + false.encoded() + UInt32(1).encoded()
          + Balance(5).encoded()
      ))
    if !lines.isEmpty {
      let account =
        perUnit.encoded() + UInt32(carry).encoded() + received.encoded() + Balance(0).encoded() + inFlight.encoded()
        + head.encoded() + UInt64(lines.count).encoded() + (lines.last?.block ?? 0).encoded()
      rows.append((key(.account), account))
    }
    if let entry {
      rows.append(
        (key(.ledger), entry.version.encoded() + entry.last.encoded() + entry.due.encoded() + entry.claimed.encoded()))
    }
    for (at, units) in units.enumerated() {
      if let units { rows.append((key(.units(version: UInt32(at))), units.encoded())) }
    }
    for (at, closing) in closings.enumerated() {
      if let closing { rows.append((key(.closing(version: UInt32(at))), closing.encoded())) }
    }
    for payout in payouts {
      let items = payout.items.map { item in
        Royalty.Claim(split: subject.split, party: item.party).encoded() + Location.sibling(2001).encoded() + item.amount.encoded()
      }
      let state: [UInt8] = payout.paid.map { [1] + $0.encoded() } ?? [0]
      let start = Location.sibling(2001).encoded() + subject.asset.encoded() + Compact(UInt32(items.count)).encoded()
      rows.append(
        (
          key(.payout(payout.number)),
          start + items.flatMap { $0 } + Balance(7).encoded() + AccountID.zero.encoded() + H256.zero.encoded() + state
            + UInt32(5).encoded()
        ))
    }
    if let workSplits, subject.work != nil {
      let owner = DevelopmentKey.bob.secretKey.publicKey.accountID
      rows.append(
        (
          key(.work),
          owner.encoded() + workSplits.own.encoded() + workSplits.sales.encoded() + [H256]().encoded() + UInt8(0).encoded()
            + UInt32(100_000).encoded() + UInt32(0).encoded() + Royalty.DerivativeMode.absolute.encoded() + H256.zero.encoded()
        ))
    }
    // A neighbour, so that the trie has something to prove absence with.
    rows.append((Array("neighbour of everything, thirty-two".utf8), [1]))
    return rows
  }

  /// A statement by an honest exporter.
  /// - Parameter claims: Changes what is claimed of the state before it is proven.
  func statement(_ claims: (inout [StorageClaim]) -> Void = { _ in }) throws -> Statement {
    let trie = StateTrie(entries: state)
    let header = Header(
      parentHash: .zero, number: Compact(Books.height), stateRoot: trie.root(), extrinsicsRoot: StateTrie.emptyRoot, digest: [])
    let commitment = Commitment(
      headerHash: header.hash, genesisHash: Books.genesis, mmrRoot: Books.hash("mmr"), timestamp: 1_700_000_000_000,
      blockNumber: Books.height, validatorSetID: Books.set.id)
    guard let proof = FinalityProof.make(commitment, set: Books.set, keys: Books.keys),
      let chain = ChainClaim(chain: "market", network: "test", genesisHash: Books.genesis)
    else { throw Missing() }
    var list = subject.rows(version: version, payouts: payouts.map(\.number)).map { row in
      StorageClaim(key: row.key, value: trie.value(for: row.key) == nil ? .absent : .present)
    }
    list.sort { $0.key.lexicographicallyPrecedes($1.key) }
    claims(&list)
    let bundle = ProofBundle(
      claim: chain, anchor: Books.set.summary, certificate: Certificate(proof: proof, addresses: Books.set.addresses),
      header: header.encoded(), storage: StorageProof(nodes: trie.proof(for: list.map(\.key))), claims: list)
    return Statement(subject: subject, lines: lines, payouts: payouts.map(\.number), proof: bundle)
  }

  /// Sales, a change of units in the middle, a claim, and more sales.
  static func eventful() -> Books {
    var books = Books()
    for amount in [25_000_000, 999_999, 1, 3_141_592_653] as [Balance] { books.sell(amount) }
    books.change(units: 250_000)
    books.sell(10_000_003)
    books.claim(1_000_000)
    books.sell(7)
    books.sell(44_000_000_000, block: 60)
    books.sell(1_000_000, block: 60)
    return books
  }
}

struct Missing: Error {}
