internal import Hashing
public import PalletSupport
public import Primitives
internal import ScaleCodec
internal import XCM

// Works and what their sales are credited to.

extension Royalty.Pallet {
  /// The part of a work's sales that is credited, in parts of a million.
  /// - Throws: ``Royalty/Failure/unknownWork``.
  public static func stack(of work: H256, in context: ExecutionContext) throws(DispatchError) -> UInt32 {
    guard let row = try Royalty.works.get(work, in: context) else { throw failure(.unknownWork) }
    return row.stack
  }

  /// A work's id: blake2_256("echo/work/v1" ‖ SCALE(owner, meta)).
  public static func workID(owner: AccountID, meta: H256) -> H256 {
    Hash.blake2b256(Array("echo/work/v1".utf8) + owner.encoded() + meta.encoded())
  }

  /// What a work owes to those before it.
  private struct Lineage {
    /// Splits with their shares of a sale's price, in parts of a million.
    var shares: [Royalty.Share] = []
    var depth: UInt8 = 0
    var total: UInt32 = 0
  }

  static func registerWork(
    meta: H256, royalty: UInt32, members: [Royalty.Share], parents: [Royalty.ParentLink], mode: Royalty.DerivativeMode,
    isImmutable: Bool, owner: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    let id = workID(owner: owner, meta: meta)
    guard !Royalty.works.exists(id, in: context) else { throw failure(.workExists) }
    let lineage = try lineage(of: parents, mode, owner: owner, in: context)
    guard royalty <= Royalty.maximumStack, royalty + lineage.total <= Royalty.maximumStack else { throw failure(.stackTooHigh) }
    let stack = royalty + lineage.total
    try C.Currency.hold(C.workDeposit, of: owner, reason: holdReason, in: context)
    let own = try makeSplit(members, controller: owner, isImmutable: isImmutable, in: context)
    var sale = own
    if !lineage.shares.isEmpty {
      let rows = shares(of: lineage.shares, stack: stack, rest: own)
      sale = try addSplit(rows, controller: nil, isImmutable: true, deposit: 0, in: context)
    }
    for split in [own, sale] { Royalty.boundSplits.set(split, to: true, in: context) }
    let row = Royalty.Work(
      owner: owner, ownSplit: own, saleSplit: sale, parents: parents.map(\.work), depth: lineage.depth, stack: stack,
      ancestorShare: lineage.total, mode: mode, meta: meta)
    Royalty.works.set(id, to: row, in: context)
    if mode == .absolute, !lineage.shares.isEmpty { Royalty.ancestors.set(id, to: lineage.shares, in: context) }
    deposit(.workRegistered(work: id, owner: owner, split: sale, stack: stack), in: context)
  }

  /// Units of the split that sales are credited to.
  ///
  /// Ancestors' units are rounded up, so that nobody gets less than was agreed; the contributors have the rest.
  private static func shares(of ancestors: [Royalty.Share], stack: UInt32, rest own: UInt64) -> [Royalty.Share] {
    var left = Royalty.units
    var rows: [Royalty.Share] = []
    for ancestor in ancestors {
      let exact = (UInt64(ancestor.units) * UInt64(Royalty.units) + UInt64(stack) - 1) / UInt64(max(stack, 1))
      let units = min(left, UInt32(clamping: exact))
      left -= units
      if units > 0 { rows.append(Royalty.Share(ancestor.party, units: units)) }
    }
    if left > 0 { rows.append(Royalty.Share(.splitPot(own), units: left)) }
    return rows
  }

  /// Checks the parents and their licences, and flattens what is owed.
  private static func lineage(
    of parents: [Royalty.ParentLink], _ mode: Royalty.DerivativeMode, owner: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> Lineage {
    guard parents.count <= Royalty.maximumParents, Set(parents.map(\.work)).count == parents.count else {
      throw failure(parents.count > Royalty.maximumParents ? .depth : .duplicateMember)
    }
    var lineage = Lineage()
    func add(_ party: Royalty.Party, _ share: UInt32) throws(DispatchError) {
      guard share <= Royalty.maximumAncestorShare, lineage.total <= Royalty.maximumAncestorShare - share else {
        throw failure(.stackTooHigh)
      }
      lineage.total += share
      if let place = lineage.shares.firstIndex(where: { $0.party == party }) {
        lineage.shares[place].units += share
      } else if share > 0 {
        lineage.shares.append(Royalty.Share(party, units: share))
      }
    }
    for link in parents {
      guard let parent = try Royalty.works.get(link.work, in: context) else { throw failure(.unknownWork) }
      guard parent.depth < Royalty.maximumDepth else { throw failure(.depth) }
      lineage.depth = max(lineage.depth, parent.depth + 1)
      guard parent.parents.isEmpty || parent.mode == mode else { throw failure(.modeMismatch) }
      guard link.share <= Royalty.maximumParentShare else { throw failure(.stackTooHigh) }
      if let licence = link.licence {
        let terms = try C.Licences.derivativeTerms(of: licence, work: link.work, holder: owner, in: context)
        guard let terms, terms.share == link.share, terms.mode == mode else { throw failure(.notLicensed) }
      } else {
        guard parent.owner == owner else { throw failure(.notLicensed) }
      }
      switch mode {
      case .relative: try add(.splitPot(parent.saleSplit), link.share)
      case .absolute:
        try add(.splitPot(parent.ownSplit), link.share)
        for ancestor in try Royalty.ancestors.get(link.work, in: context) ?? [] { try add(ancestor.party, ancestor.units) }
      }
    }
    guard lineage.shares.count <= Royalty.maximumAncestors else { throw failure(.depth) }
    return lineage
  }

  // MARK: Edges

  /// Whether an edge between two splits belongs to works that quarrel.
  static func isFrozen(from: UInt64, to: UInt64, in context: ExecutionContext) throws(DispatchError) -> Bool {
    Royalty.frozenSplits.exists(from, to, in: context)
  }

  static func setEdge(child: H256, parent: H256, isFrozen: Bool, in context: ExecutionContext) throws(DispatchError) {
    guard let below = try Royalty.works.get(child, in: context), let above = try Royalty.works.get(parent, in: context),
      Royalty.frozenEdges.exists(child, parent, in: context) != isFrozen
    else { throw failure(.unknownEdge) }
    let target = below.mode == .absolute ? above.ownSplit : above.saleSplit
    guard Royalty.members.exists(Pair(below.saleSplit, 0), .splitPot(target), in: context) else { throw failure(.unknownEdge) }
    if isFrozen {
      Royalty.frozenEdges.set(child, parent, to: true, in: context)
      Royalty.frozenSplits.set(below.saleSplit, target, to: true, in: context)
      deposit(.edgeFrozen(child: child, parent: parent), in: context)
    } else {
      Royalty.frozenEdges.remove(child, parent, in: context)
      Royalty.frozenSplits.remove(below.saleSplit, target, in: context)
      deposit(.edgeResolved(child: child, parent: parent), in: context)
    }
  }
}
