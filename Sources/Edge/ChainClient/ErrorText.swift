internal import EchoRuntime
internal import PalletMarketplace
internal import PalletRoyalty
public import PalletSupport

/// Says why a call failed: the pallet's and the error's name, and a sentence where one helps.
///
/// For example `Messages.nothingNew: all messages of the range were received before`.
public func describe(_ error: DispatchError) -> String {
  switch error {
  case .module(let module):
    guard let name = EchoRuntime.failureName(module) else { return "pallet \(module.index), error \(module.number)" }
    return sentence(module, named: name).map { "\(name): \($0)" } ?? name
  case .token(let reason): return "token: \(spelled(reason))"
  case .arithmetic(let reason): return "arithmetic: \(spelled(reason))"
  case .transactional(let reason): return "transactional: \(spelled(reason))"
  case .badOrigin: return "badOrigin: the signer may not make this call"
  case .exhausted: return "exhausted: the block has no room left for this call"
  case .corruption: return "corruption: a stored row does not decode"
  case .other, .cannotLookup, .consumerRemaining, .noProviders, .tooManyConsumers, .unavailable, .rootNotAllowed:
    return spelled(error)
  }
}

/// What an error means; `nil` when its name says it.
private func sentence(_ error: ModuleError, named name: String) -> String? {
  switch error.index {
  case RoyaltyConfig.palletIndex: Royalty.Failure(rawValue: error.number)?.sentence
  case MarketplaceConfig.palletIndex: Marketplace.Failure(rawValue: error.number)?.sentence
  default: sentences[name]
  }
}

/// `fundsUnavailable` as `funds unavailable`.
private func spelled(_ value: some Sendable) -> String {
  "\(value)".reduce(into: "") { text, letter in text += letter.isUppercase ? " " + letter.lowercased() : String(letter)
  }
}

private let sentences: [String: String] = [
  "Balances.insufficientBalance": "the account has less than the amount",
  "Balances.existentialDeposit": "the amount is less than an account must hold",
  "Balances.expendability": "the account would fall below what it must hold",
  "Balances.liquidityRestrictions": "part of the balance is held or frozen",
  "Assets.balanceLow": "the account has less of the asset",
  "Assets.noAccount": "the account holds none of the asset",
  "Assets.noPermission": "sign with the asset's issuer, admin or owner",
  "Assets.unknown": "there is no such asset",
  "Assets.wouldBurn": "less than the asset's minimum would be left",
  "ForeignAssets.balanceLow": "the account has less of the asset",
  "ForeignAssets.noAccount": "the account holds none of the asset",
  "ForeignAssets.unknown": "the asset is not registered on this chain",
  "Sudo.requireSudo": "only the sudo account may make this call",
  "Utility.tooManyCalls": "a batch makes at most 10,922 calls; cut it into several",
  "LightClients.unknownClient": "no light client has this number",
  "LightClients.notActive": "the light client is frozen, expired or not approved",
  "LightClients.invalidCertificate": "a signature, a set or a proof of the certificate does not hold",
  "LightClients.badTime": "the certificate's time is ahead of the chain's clock or outside the trusting period",
  "LightClients.badHandover": "the proof of the next validator set is missing or does not belong",
  "LightClients.tooOld": "the height is older than the light client keeps",
  "LightClients.alreadyKnown": "the light client has this height already",
  "LightClients.unknownHeight": "the height has not been shown to the light client",
  "LightClients.wrongHeader": "the header is not the one that was certified",
  "LightClients.tooEarly": "the height may not be used yet",
  "Messages.unknownLane": "no lane has this id",
  "Messages.wrongStatus": "the lane is paused, draining or closed",
  "Messages.invalidRange": "the nonces are none, too many, or not rising",
  "Messages.outOfOrder": "the ordered lane takes another nonce next",
  "Messages.nothingNew": "all messages of the range were received before",
  "Messages.tooLate": "the messages' timeout has passed",
  "Messages.tooManyReceipts": "too many receipts wait for settlement",
  "Messages.tooManyRelayers": "too many relayers wait for settlement",
  "Messages.congested": "too many messages wait for settlement",
  "Messages.invalidProof": "the proof does not hold against the header's state root, or has surplus nodes",
  "Messages.missingFromProof": "the proof lacks a message or a receipt",
  "Messages.alreadySettled": "the message is settled already",
  "Messages.notYetExpired": "the message could still be received",
  "Messages.wasReceived": "the message was received at its destination",
  "XcmPallet.unreachable": "no lane goes to the destination",
  "XcmPallet.sendFailure": "the message is too large, or the lane is paused or full",
  "XcmPallet.filtered": "an asset does not travel this way to this chain; transfer_assets picks the way",
  "XcmPallet.unweighableMessage": "the program weighs more than the limit",
  "XcmPallet.destinationNotInvertible": "no answer would find back from the destination",
  "XcmPallet.empty": "no assets were given",
  "XcmPallet.cannotReanchor": "an asset cannot be named at the destination",
  "XcmPallet.tooManyAssets": "a transfer moves at most two assets",
  "XcmPallet.badVersion": "an argument says what XCM version 5 cannot, or a version is below 3",
  "XcmPallet.badLocation": "the location cannot be used for this",
  "XcmPallet.noSubscription": "this chain is not subscribed to the location's version",
  "XcmPallet.alreadySubscribed": "this chain is subscribed to the location's version already",
  "XcmPallet.feesNotMet": "the balance is too low for the assets and the delivery fee",
  "XcmPallet.invalidAssetUnknownReserve": "the asset has no reserve on the way; send it to its home chain first",
  "XcmPallet.invalidAssetUnsupportedReserve":
    "assets and fees go different ways, one through a third chain; send them in two calls",
  "XcmPallet.tooManyReserves": "the assets do not all go the same way; send them in several calls",
  "XcmPallet.tooManyAuthorizedAliases": "at most ten locations may act in an account's name; remove one first",
  "XcmPallet.expiresInPast": "the block is not ahead; name a later one",
  "XcmPallet.aliasNotFound": "the location may not act in the account's name",
  "XcmPallet.localExecutionIncompleteWithError": "the program failed on this chain, so nothing was sent",
  "XcmPallet.unknownClaim": "no trap holds exactly these assets for the caller",
  "XcmPallet.badFeeItem": "the fee asset's place is not one of the assets; the first is 0",
  "XcmPallet.badTimeout": "the timeout is 0 or longer than a week",
  "XcmPallet.unknownRefund": "no refund of this message is overdue",
  "XcmPallet.reserveTooLow": "the account that holds the assets still has too little",
  "XcmPallet.unknownQuery": "no account has such an open query",
  "XcmPallet.queryPending": "the query is neither answered nor past its timeout, or is somebody else's",
  "XcmPallet.tooManyQueries": "the account has 64 open queries; close one first",
]
