import EchoRuntime
import Keys
import PalletAssets
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

private let unit = TestChain.unit
private let credits = TestChain.credits

@Suite("Books over chains") struct BooksTests {
  @Test(
    "whatever is sent, what is away is what the home chain counts", .timeLimit(.minutes(2)), arguments: [1, 2, 3, 4] as [UInt64])
  func conserved(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let network = try TestNetwork()
    let (hub, market) = (network.hub, network.market)
    let supply = try AssetsPallet.totalIssuance(of: 7, in: hub.context())
    let people: [DevelopmentKey] = [.alice, .bob, .charlie]
    for step in 0..<14 {
      let isOutward = random.chance(3, in: 5)
      let (source, target) = isOutward ? (hub, market) : (market, hub)
      let isCredits = random.chance(1, in: 2)
      let asset: Location = isCredits ? TestChain.credits(on: source.paraId) : isOutward ? .here : .sibling(1000)
      guard let sender = people.randomElement(using: &random), let receiver = people.randomElement(using: &random) else { return }
      let owned = try source.balance(of: asset, sender)
      let most = isCredits ? 100 * credits : 20 * unit
      guard owned > 0 else { continue }
      // Now and then the beneficiary is nobody, or there is too little for fees or for the receiver.
      let amount = Balance.random(in: 1...min(owned, random.chance(1, in: 6) ? 50 : most), using: &random)
      let beneficiary = random.chance(1, in: 6) ? Location(.generalIndex(Compact(7))) : receiver.location
      let call = try transfer([Asset(asset, amount: amount)], to: target.paraId, beneficiary)
      try source.seal([(sender, random.chance(1, in: 5) ? stopping(call) : call)])
      if random.chance(1, in: 2) { try network.settle() }
      #expect(try hub.credits() <= supply, "seed \(seed) step \(step)")
    }
    try network.settle()
    let away = TestChain.credits(on: 2000)
    #expect(try hub.credits() == market.credits() + market.waiting(away) + market.trapped(away), "seed \(seed)")
    let here = TestChain.credits(on: 1000)
    let atHome = try AssetsPallet.totalIssuance(of: 7, in: hub.context()) + hub.waiting(here) + hub.trapped(here)
    #expect(atHome == supply, "seed \(seed): the checking account is part of the supply")
    #expect(
      try hub.escrow(for: 2000) == market.issuance(of: 1000) + market.waiting(.sibling(1000)) + market.trapped(.sibling(1000)),
      "seed \(seed)")
  }

  /// The same transfer by its stated route, which for what teleports is the wrong one.
  private func stopping(_ call: RuntimeCall) -> RuntimeCall {
    guard case .xcmPallet(.transferAssets(let dest, let beneficiary, let assets, let item, let limit)) = call else { return call }
    return .xcmPallet(
      .limitedReserveTransferAssets(dest: dest, beneficiary: beneficiary, assets: assets, feeAssetItem: item, weightLimit: limit))
  }
}

extension TestChain {
  /// What programs left here of an asset.
  func trapped(_ asset: Location) throws -> Balance {
    try XcmPallet.assetTraps.rows(in: context(), limit: 1000).reduce(0) { sum, row in
      let amount = try row.value.assets.latest().items.first { $0.id.location == asset }?.amount ?? 0
      return sum + amount * Balance(row.value.count)
    }
  }
}
