public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

extension Royalty {
  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Royalty.Call
    public typealias Event = Royalty.Event
    public typealias Failure = Royalty.Failure

    public static var name: String { "Royalty" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] {
      [
        works.entry, nextSplit.entry, splits.entry, members.entry, acc.entry, closings.entry, ledger.entry, pendingChanges.entry,
        ancestors.entry, payouts.entry, nextPayout.entry, inFlight.entry, payoutByMessage.entry, paidAlone.entry, frozenEdges.entry,
        frozenSplits.entry,
        accounted.entry, accepted.entry, soleSplits.entry, boundSplits.entry, automaticRows.entry, automaticPlaces.entry,
        automaticCount.entry,
        automaticCursor.entry,
      ]
    }
    public static var constants: [PalletConstant] {
      [
        PalletConstant("Notice", C.notice, docs: ["Blocks between the proposal of a change and its activation."]),
        PalletConstant("WorkDeposit", C.workDeposit, docs: ["Held for a work."]),
        PalletConstant("SplitDeposit", C.splitDeposit, docs: ["Held for a split."]),
        PalletConstant("MemberDeposit", C.memberDeposit, docs: ["Held for each member of a split."]),
      ]
    }

    /// From what a call does at most. Loops over members, assets and parents are bounded by the pallet's constants.
    public static func info(of call: Call) -> DispatchInfo {
      let weight: Weight =
        switch call {
        case .registerWork(_, _, let members, let parents, _, _):
          .of(
            reads: 6 + UInt64(members.count) + 12 * UInt64(parents.count),
            writes: 10 + 2 * UInt64(members.count) + 16 * UInt64(parents.count))
        case .createSplit(let members, _): .of(reads: 6 + UInt64(members.count), writes: 4 + 2 * UInt64(members.count))
        case .proposeChange(_, let members):
          .of(reads: 8 + 2 * UInt64(members.count) + walkReads(members.map(\.party)), writes: 4 + UInt64(members.count))
        case .activateChange: .of(reads: 96, writes: 148)
        case .withdrawChange: .of(reads: 4, writes: 4)
        case .transferUnits(_, let to, _):
          .of(reads: 72 + UInt64(maximumAssets) * 2 * catchUpReads + walkReads([to]), writes: 36)
        case .pay: .of(reads: 8, writes: 6)
        case .claim, .claimFor: .of(reads: 14 + catchUpReads, writes: 8)
        case .pullEdge: .of(reads: 12 + catchUpReads, writes: 8)
        case .setPayout: .of(reads: 1, writes: 1)
        case .setAutomatic: .of(reads: 6, writes: 5)
        case .claimRemote(_, _, let claims):
          .of(reads: 32 + (9 + catchUpReads) * UInt64(claims.count), writes: 16 + 4 * UInt64(claims.count))
        case .returnPayout: .of(reads: 72, writes: 44)
        case .freezeEdge, .resolveEdge: .of(reads: 4, writes: 2)
        case .sweepUnattributed: .of(reads: 5, writes: 2)
        case .acceptAsset: .of(reads: 5, writes: 4)
        case .closeSplit: .of(reads: 90, writes: 84)
        case .recoverPayout: .of(reads: 24, writes: 12)
        case .resolvePayout: .of(reads: 36, writes: 34)
        case .reserveAsset: .of(reads: 4, writes: 2)
        case .settle: .of(reads: 3 + catchUpReads, writes: 1)
        }
      return DispatchInfo(weight)
    }

    /// What a party that is behind reads more than one that is not.
    static var catchUpReads: UInt64 { 2 * UInt64(maximumVersionsAtOnce) }

    /// What the search for cycles reads at most: each split with its members and announced members.
    private static func walkReads(_ parties: [Party]) -> UInt64 {
      let hasPot = parties.contains { if case .splitPot = $0 { true } else { false } }
      return hasPot ? UInt64(maximumVisits * (maximumMembers + 2)) : 0
    }

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .registerWork(let meta, let royalty, let members, let parents, let mode, let isImmutable):
        try registerWork(
          meta: meta, royalty: royalty, members: members, parents: parents, mode: mode, isImmutable: isImmutable,
          owner: origin.signer(), in: context)
      case .createSplit(let members, let isImmutable):
        _ = try makeSplit(members, controller: origin.signer(), isImmutable: isImmutable, in: context)
      case .proposeChange(let split, let members):
        try proposeChange(split: split, members: members, by: origin.signer(), in: context)
      case .activateChange(let split):
        _ = try origin.signer()
        try activateChange(split: split, in: context)
      case .withdrawChange(let split): try withdrawChange(split: split, by: origin.signer(), in: context)
      case .transferUnits(let split, let to, let units):
        try transferUnits(split: split, from: party(of: origin), to: to, units: units, in: context)
      case .pay(let work, let asset, let amount, let reference):
        try credit(work: work, asset: asset, amount: amount, from: origin.signer(), reference: reference, in: context)
      case .claim(let split, let asset):
        try payHere(.account(origin.signer()), split: split, asset: asset, by: .party, in: context)
      case .claimFor(let party, let split, let asset):
        try payHere(party, split: split, asset: asset, by: .keeper(origin.signer()), in: context)
      case .pullEdge(let from, let to, let asset):
        _ = try origin.signer()
        try pullEdge(from: from, to: to, asset: asset, in: context)
      case .setPayout(let terms): try setPayout(terms, of: party(of: origin), in: context)
      case .setAutomatic(let split, let asset, let isOn):
        try setAutomatic(origin.signer(), split: split, asset: asset, isOn: isOn, in: context)
      case .claimRemote(let chain, let asset, let claims):
        try claimRemote(chain: chain, asset: asset, claims: claims, payer: origin.signer(), in: context)
      case .returnPayout(let payout):
        _ = try origin.signer()
        try returnPayout(payout, in: context)
      case .freezeEdge(let child, let parent):
        try origin.ensureRoot()
        try setEdge(child: child, parent: parent, isFrozen: true, in: context)
      case .resolveEdge(let child, let parent):
        try origin.ensureRoot()
        try setEdge(child: child, parent: parent, isFrozen: false, in: context)
      case .sweepUnattributed(let asset):
        _ = try origin.signer()
        try sweep(asset, in: context)
      case .acceptAsset(let asset): try accept(asset, from: origin.signer(), in: context)
      case .closeSplit(let split): try closeSplit(split, by: origin.signer(), in: context)
      case .recoverPayout(let payout, let amount, let isTrapped):
        try recoverPayout(payout, amount: amount, isTrapped: isTrapped, payer: origin.signer(), in: context)
      case .resolvePayout(let payout, let paid):
        try origin.ensureRoot()
        try resolvePayout(payout, paid: paid, in: context)
      case .reserveAsset(let split, let asset):
        _ = try controlled(split, by: origin.signer(), in: context)
        try reserve(asset, in: split, in: context)
        deposit(.assetReserved(split: split, asset: asset), in: context)
      case .settle(let party, let split, let asset):
        _ = try origin.signer()
        try settle(party, split: split, asset: asset, in: context)
      }
    }

    /// Who calls: an account of this chain, or whoever a program from another chain speaks for.
    private static func party(of origin: Origin) throws(DispatchError) -> Party {
      switch origin {
      case .signed(let account): return .account(account)
      case .xcm(let bytes):
        guard let location = try? Location(decoding: bytes) else { throw .badOrigin }
        return C.localAccount(of: location).map(Party.account) ?? .remote(location)
      case .root, .none: throw .badOrigin
      }
    }

    /// Accepts the native asset, of which the pot has its base already. Called at genesis.
    public static func buildGenesis(native: Location, base: Balance, in context: ExecutionContext) {
      accepted.set(native, to: base, in: context)
      putStorageVersion(0, of: name, in: context)
    }
  }
}
