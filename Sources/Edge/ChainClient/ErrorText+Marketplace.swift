internal import PalletMarketplace

extension Marketplace.Failure {
  /// What it means, and what helps.
  var sentence: String {
    switch self {
    case .notForSale: "there is no such listing, or it takes no orders now, or is sold in another way (buy, bid or subscribe)"
    case .priceMoved: "the price is above what the buyer accepts; look at it again and raise --max-price"
    case .quantityUnavailable: "the listing has fewer units left, or none were asked for"
    case .wrongState: "the order does not stand where this can be done"
    case .tooEarly: "the deadline has not passed yet"
    case .tooLate: "the deadline has passed; 'echochain market settle' ends the order"
    case .badProof: "the proof does not show what it should"
    case .bondTooSmall: "the seller's bond does not cover the order; 'echochain market bond add' raises it"
    case .assetNotAccepted: "the market is not paid in this asset yet; 'echochain market accept' does that once"
    case .royaltyStackTooHigh: "royalty and fee together are more than the price"
    case .bidTooLow: "the bid is below the reserve, or not enough above the highest one"
    case .notParty: "only the buyer, or only the seller, or for a licence only its holder, may do this"
    case .duplicateOrder: "an order with this id exists, has existed, or was cancelled"
    case .windowOutOfRange: "the time to deliver or to complain is outside the market's bounds; 'echochain market parameters' shows them"
    case .frozen: "the listing is frozen"
    case .belowMinimumPrice: "a price is at least 1,000,000 of the asset's smallest units"
    case .unknownOrder: "no order has this id"
    case .unknownOffer: "no offer has this number"
    case .tooMuch: "too many tags, offers, orders or listings, or a text that is too long"
    case .badKey: "the buyer's key is missing or no point of the curve"
    case .badBox: "a key box has 93 bytes and begins with a point of the curve; what has no key is delivered without one"
    case .badSignature: "the signature is not the seller's, was made void, was used, or has expired"
    case .subscription: "the subscription exists already, or does not"
    case .badListing:
      "the listing lacks what its kind needs: a file its manifest and key, a licence its terms, a subscription a fixed price"
    case .licence: "no licence has this number, or it has expired, or may not be handed on"
    case .noPanel: "there are too few jurors to draw a panel from"
    case .notJuror: "the signer is not on the panel, sits on one still, or has voted already"
    case .badReveal: "the vote is not what was committed, or more than the whole price"
    case .badReview: "a review has 1 to 5 stars and is of a settled order that has none yet"
    case .nothingToWithdraw: "no money waits to be withdrawn"
    case .badParameters: "a period or a rate is outside its bounds"
    case .assetAccepted: "the asset is accepted already"
    case .badPurchase: "the purchase cannot travel: see its chain, asset, fees and timeout"
    case .notRemotable: "this can be done on the market's own chain only"
    }
  }
}
