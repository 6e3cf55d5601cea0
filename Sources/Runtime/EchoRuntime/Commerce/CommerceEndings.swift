internal import PalletMarketplace
internal import PalletRoyalty
internal import PalletSupport
internal import PalletXcm
internal import Primitives
internal import XCM

/// Tells market and royalties how their messages ended.
enum CommerceEndings {
  static func messageEnded(_ id: H256, from origin: Location?, _ ending: XcmPallet.MessageEnding, in context: ExecutionContext) {
    guard let sender = origin.flatMap(EchoRuntime.localAccount) else { return }
    switch ending {
    case .executed:
      RoyaltyPallet.payoutEnded(message: id, by: sender, .executed, in: context)
      MarketplacePallet.purchaseEnded(message: id, by: sender, .executed, in: context)
    case .failed(let index, let error):
      RoyaltyPallet.payoutEnded(message: id, by: sender, .failed(index: index, error: error), in: context)
      // Behind the call only what is left of the fees is put away: the order stands.
      let isPlaced = index >= PurchaseProgram.placedFrom
      MarketplacePallet.purchaseEnded(message: id, by: sender, isPlaced ? .executed : .failed(index: index, error: error), in: context)
    case .returned:
      RoyaltyPallet.payoutEnded(message: id, by: sender, .returned, in: context)
      MarketplacePallet.purchaseEnded(message: id, by: sender, .returned, in: context)
    }
  }
}
