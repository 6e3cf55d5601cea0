import EchoRuntime
import PalletAssets
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import Testing
import XCM

@Suite("Accounts of other chains") struct SovereignAccountTests {
  private let hub: TestChain
  private let market: TestChain
  private let sovereign: AccountID

  init() throws {
    (hub, market, _) = try TestChain.network()
    sovereign = try hub.sovereign(of: TestChain.market)
  }

  /// Puts as many kinds of worthless assets into market's account as nobody's account may have.
  private func pin() throws {
    let ids = 100..<100 + SystemPallet.maximumConsumers
    let junk = ids.map {
      PalletAssets.Assets.GenesisAsset<UInt32>(
        id: $0, owner: bob, isSufficient: false, minBalance: 1, metadata: PalletAssets.Assets.AssetMetadata())
    }
    try AssetsPallet.buildGenesis(assets: junk, in: hub.context)
    for id in ids { try AssetsPallet.mint(5, of: id, to: sovereign, in: hub.context) }
  }

  @Test("a lane gives the chain at its other end an account that stays") func existsFromTheStart() throws {
    #expect(try System.account.get(sovereign, in: hub.context) == System.AccountInfo(providers: 1))
  }

  @Test("an asset that needs an account may come first") func firstAsset() throws {
    let token = assets(Asset(TestChain.token, amount: 500))
    #expect(hub.call(transfer(token, to: .sibling(TestChain.market))) == nil)
    #expect(try hub.tokens(sovereign) == 500 && hub.escrow(for: TestChain.market) == 0)
  }

  @Test("junk pins neither the last native units nor the next asset") func pinned() throws {
    #expect(hub.call(transfer(assets(Asset(.here, amount: 5 * unit)), to: .sibling(TestChain.market))) == nil)
    #expect(try hub.deliver(1, to: market).failure == nil)
    try pin()
    #expect(hub.call(transfer(assets(Asset(TestChain.token, amount: 500)), to: .sibling(TestChain.market))) == nil)
    #expect(try hub.tokens(sovereign) == 500)
    // Everything that backs a voucher may leave, and come back.
    let total = try hub.issuance()
    try hub.refund(1, to: market)
    #expect(try hub.escrow(for: TestChain.market) == 0)
    #expect(try hub.issuance() == total)
    #expect(try SystemPallet.exists(sovereign, in: hub.context))
    #expect(hub.call(transfer(assets(Asset(.here, amount: unit)), to: .sibling(TestChain.market))) == nil)
    #expect(try hub.escrow(for: TestChain.market) == unit)
  }
}
