internal import PalletRoyalty

extension Royalty.Failure {
  /// What it means, and what helps.
  var sentence: String {
    switch self {
    case .unitsMismatch: "the members' units do not sum to 1,000,000, or a member has none"
    case .tooManyMembers: "a split has 1 to 64 members; give some of them a split of their own"
    case .duplicateMember: "a party is named twice"
    case .stackTooHigh:
      "shares are too high: all ancestors together get at most one half of a sale, a parent a quarter, everybody 97.5 %"
    case .cycle: "a split would pay itself, at once or through others"
    case .depth: "a work has at most 8 generations and 32 ancestors above it, and a change reaches at most 64 splits"
    case .nothingDue: "nothing is due"
    case .belowMinimum: "what is due is below the party's minimum, or below 20 times the fee of paying it; wait for more"
    case .edgeFrozen: "the two works are in dispute and nothing moves between them until it is resolved"
    case .notController: "only the split's controller may do this"
    case .noticePending: "a change is announced and its notice not over"
    case .noChange: "no change is announced"
    case .unknownWork: "no work has this id"
    case .workExists: "this work is registered already"
    case .unknownSplit: "no split has this number"
    case .immutable: "the split was made unchangeable"
    case .notMember: "the party is no member, or has fewer units"
    case .notLicensed: "the licence does not permit the signer derivatives of this work, or asks for another share"
    case .assetNotAccepted: "the asset has not been accepted; 'echochain royalty accept' does that once"
    case .assetAccepted: "the asset is accepted already"
    case .tooManyAssets: "the split has income in as many assets as it may; sell or pay in one of those"
    case .zeroAmount: "the amount is zero"
    case .badTerms: "a keeper gets at most 2 % (20,000 parts of a million), and the destination must be one that can be paid"
    case .paused: "the party has paused its payments"
    case .isRemote: "the party is paid on another chain; 'echochain royalty payout send' does that"
    case .isLocal: "the party is paid on this chain; claim instead"
    case .badBatch: "a payout is for 1 to 16 parties, each once, all on one other chain"
    case .unknownPayout: "no payout has this number, or it has ended"
    case .notReturned: "nothing of the payout has come back yet"
    case .automaticQueue: "the queue of automatic payments is full, or this one is in it already, or not in it"
    case .unknownEdge: "the two works have no such edge, or it is frozen already, or not frozen"
    case .splitInUse: "the split belongs to a work, is a member of another, or has income that is not paid out"
    case .settleFirst: "more changes happened than one settlement catches up with; 'echochain royalty settle' catches up"
    case .modeMismatch: "the parent shares with works before it in the other mode; use the parent's mode"
    case .paidAlone: "the party's last payment failed, so its next one travels alone; send it by itself"
    }
  }
}
