import BlockExecution
import EchoRuntime
import Finality
import Keys
import Lanes
import LightClient
import PalletLightClients
import PalletMessages
import PalletAssets
import PalletBalances
import PalletSudo
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit = TestChain.unit

@Suite("Linked chains") struct LinkedChainsTests {
  @Test("a reserve transfer arrives, its receipt settles it, the relayer is paid") func oneHop() throws {
    let network = try TestNetwork()
    let (hub, market) = (network.hub, network.market)
    let before = try hub.balance(.alice)
    try hub.seal([(.alice, try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))])
    #expect(try hub.failures().isEmpty)
    #expect(try hub.escrow(for: 2000) == 25 * unit)
    #expect(try before - hub.balance(.alice) > 25 * unit)
    try network.deliver(from: hub, to: market)
    #expect(try market.failures().isEmpty)
    let received = try market.balance(.bob, of: 1000)
    #expect(received > 24 * unit && received < 25 * unit, "execution was paid out of the transfer")
    #expect(try market.issuance(of: 1000) == 25 * unit, "what was paid went to the treasury, not away")
    let relayer = try hub.balance(.dave)
    try network.confirm([1], from: hub, at: market)
    #expect(try hub.failures().isEmpty)
    #expect(try network.pending(hub, to: market) == nil)
    #expect(try hub.events().contains { if case .messages(.rewarded) = $0 { true } else { false } })
    #expect(try hub.balance(.dave) > relayer, "the reward exceeds the relayer's own fees")
    #expect(try XcmPallet.refunds.get(Pair(TestNetwork.lane(hub, market), 1), in: hub.context()) == nil)
  }

  @Test("a voucher goes home") func home() throws {
    let network = try TestNetwork()
    let (hub, market) = (network.hub, network.market)
    try hub.seal([(.alice, try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))])
    try network.deliver(from: hub, to: market)
    let alice = try hub.balance(.alice)
    try market.seal([(.bob, try TestNetwork.transfer(10 * unit, of: .sibling(1000), to: 1000, beneficiary: .alice))])
    #expect(try market.failures().isEmpty)
    try network.deliver(from: market, to: hub)
    #expect(try hub.failures().isEmpty)
    #expect(try hub.balance(.alice) > alice + 9 * unit)
    #expect(try hub.escrow(for: 2000) == 15 * unit)
    #expect(try market.issuance(of: 1000) == 15 * unit)
  }

  @Test("a foreign asset reaches a third chain through its reserve") func twoHops() throws {
    let network = try TestNetwork()
    let (hub, market, studio) = (network.hub, network.market, network.studio)
    try hub.seal([(.alice, try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))])
    try network.deliver(from: hub, to: market)
    try market.seal([(.bob, try TestNetwork.transfer(5 * unit, of: .sibling(1000), to: 2001, beneficiary: .charlie))])
    #expect(try market.failures().isEmpty)
    try network.deliver(from: market, to: hub)
    #expect(try hub.failures().isEmpty)
    #expect(try hub.escrow(for: 2000) == 20 * unit)
    let onTheWay = try hub.escrow(for: 2001)
    #expect(onTheWay > 4 * unit)
    try network.deliver(from: hub, to: studio)
    #expect(try studio.failures().isEmpty)
    #expect(try studio.balance(.charlie, of: 1000) > 4 * unit)
    #expect(try studio.issuance(of: 1000) == onTheWay)
  }

  @Test("an expired message is refused by its destination and refunded at its source") func expiry() throws {
    let network = try TestNetwork()
    let (hub, market) = (network.hub, network.market)
    let before = try hub.balance(.alice)
    try hub.seal([(.alice, try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob, timeout: 5_000))])
    #expect(try hub.failures().isEmpty)
    try network.timeout(1, from: hub, at: market)
    #expect(try hub.failures() == [.module(ModuleError(pallet: 32, error: Messages.Failure.notYetExpired.rawValue))])
    try market.seal(advance: 60_000)
    hub.now = market.now
    try hub.seal()
    try network.deliver(from: hub, to: market)
    #expect(try market.failures() == [.module(ModuleError(pallet: 32, error: Messages.Failure.tooLate.rawValue))])
    #expect(try market.balance(.bob, of: 1000) == 0)
    try network.timeout(1, from: hub, at: market)
    #expect(try hub.failures().isEmpty)
    #expect(try hub.escrow(for: 2000) == 0)
    #expect(try before - hub.balance(.alice) < unit / 10, "all but the fees came back")
    try network.timeout(1, from: hub, at: market)
    #expect(try hub.failures().last == .module(ModuleError(pallet: 32, error: Messages.Failure.alreadySettled.rawValue)))
    try network.deliver(from: hub, to: market, range: 1...1)
    #expect(try !market.failures().isEmpty, "a refunded message can never be executed")
  }

  @Test("an expired second hop comes back to the sender's account on the reserve chain") func expiryOnTheWay() throws {
    let network = try TestNetwork()
    let (hub, market, studio) = (network.hub, network.market, network.studio)
    try hub.seal([(.alice, try TestNetwork.transfer(25 * unit, of: .here, to: 2000, beneficiary: .bob))])
    try network.deliver(from: hub, to: market)
    try market.seal([(.bob, try TestNetwork.transfer(5 * unit, of: .sibling(1000), to: 2001, beneficiary: .charlie))])
    try network.deliver(from: market, to: hub)
    let bob = try hub.balance(.bob)
    try studio.seal(advance: 5_000_000)
    for chain in [hub, market] {
      chain.now = studio.now
      try chain.seal()
    }
    try network.timeout(1, from: hub, at: studio)
    #expect(try hub.failures().isEmpty)
    #expect(try hub.balance(.bob) > bob + 4 * unit)
    #expect(try hub.escrow(for: 2001) == 0)
  }

  @Test("a replayed delivery, a wrong lane, a wrong range and a surplus node are refused") func hostileDelivery() throws {
    let network = try TestNetwork()
    let (hub, market, studio) = (network.hub, network.market, network.studio)
    try hub.seal([(.alice, try TestNetwork.transfer(2 * unit, of: .here, to: 2000, beneficiary: .bob))])
    try network.deliver(from: hub, to: market)
    let after = try market.balance(.bob, of: 1000)
    func refusal(_ failure: Messages.Failure) -> [DispatchError] { [.module(ModuleError(pallet: 32, error: failure.rawValue))] }
    try hub.seal()
    try network.deliver(from: hub, to: market, range: 1...1)
    #expect(try market.failures() == refusal(.nothingNew))
    try hub.seal()
    try network.deliver(from: hub, to: market, range: 2...2)
    #expect(try market.failures() == refusal(.missingFromProof))
    let lane = TestNetwork.lane(hub, market)
    let keys = [Messages.outbound.key(MessageKey(lane, 1)), Messages.outboundLanes.key(lane)]
    let proof = hub.chain.best.proof(for: keys)
    func deliver(_ lane: H256, header: [UInt8], range: NonceRange, proof: [[UInt8]]) throws {
      try market.seal([
        (.dave, .messages(.deliver(lane: lane, height: hub.height, header: header, range: range, proof: proof, relayer: .zero)))
      ])
    }
    try deliver(lane, header: hub.header(), range: NonceRange(1, 1), proof: proof + [[1, 2, 3]])
    #expect(try market.failures() == refusal(.invalidProof))
    try deliver(lane, header: hub.header(), range: NonceRange(1, 1), proof: Array(proof.dropLast()))
    #expect(try market.failures() == refusal(.missingFromProof))
    try deliver(lane, header: hub.header(), range: NonceRange(0, 1), proof: proof)
    #expect(try market.failures() == refusal(.invalidRange))
    try deliver(TestNetwork.lane(hub, studio), header: hub.header(), range: NonceRange(1, 1), proof: proof)
    #expect(try market.failures() == refusal(.unknownLane))
    try deliver(lane, header: studio.header(), range: NonceRange(1, 1), proof: proof)
    #expect(try market.failures() == [.module(ModuleError(pallet: 31, error: LightClients.Failure.wrongHeader.rawValue))])
    #expect(try market.balance(.bob, of: 1000) == after)
  }

  @Test("fees too small for the treasury's account wait, and vouchers always equal their backing") func revenue() throws {
    let network = try TestNetwork(minimumVoucher: unit)
    let (hub, market) = (network.hub, network.market)
    for _ in 0..<3 {
      try hub.seal([(.alice, try TestNetwork.transfer(5 * unit, of: .here, to: 2000, beneficiary: .bob))])
      try network.deliver(from: hub, to: market)
      #expect(try market.failures().isEmpty)
    }
    let waiting = try XcmPallet.pendingRevenue.get(.sibling(1000), in: market.context())
    #expect(waiting > 0)
    #expect(try market.issuance(of: 1000) + waiting == hub.escrow(for: 2000))
  }

  @Test("a transfer that would leave dust in the escrow is refused whole and comes back") func escrowDust() throws {
    let network = try TestNetwork()
    let (hub, market) = (network.hub, network.market)
    try hub.seal([(.alice, try TestNetwork.transfer(5 * unit, of: .here, to: 2000, beneficiary: .bob))])
    try network.deliver(from: hub, to: market)
    let bob = try market.balance(.bob, of: 1000)
    let almost = 5 * unit - EchoRuntime.existentialDeposit / 2
    #expect(almost < bob)
    try market.seal([(.bob, try TestNetwork.transfer(almost, of: .sibling(1000), to: 1000, beneficiary: .alice))])
    #expect(try market.failures().isEmpty)
    try network.deliver(from: market, to: hub)
    #expect(try hub.escrow(for: 2000) == 5 * unit, "nothing left the escrow")
    try network.confirm([1], from: market, at: hub)
    #expect(try market.failures().isEmpty)
    #expect(try market.balance(.bob, of: 1000) == bob)
    #expect(try market.issuance(of: 1000) == 5 * unit)
  }

  @Test("clients follow handovers from session to session") func handover() throws {
    let network = try TestNetwork(sessionLength: 12)
    let (hub, market) = (network.hub, network.market)
    var client = try LightClientsPallet.client(2000, in: hub.context())
    let first = client.current.id
    for _ in 0..<40 {
      let block = try market.seal()
      let number = block.header.number.value
      hub.now = market.now
      guard block.validatorSetId > client.current.id else { continue }
      try hub.seal([
        (
          .dave,
          .lightClients(
            .update(
              clientId: 2000,
              update: ClientUpdate(certificate: try market.certificate(at: number), handover: try market.handover(at: number))))
        )
      ])
      #expect(try hub.failures().isEmpty)
      client = try LightClientsPallet.client(2000, in: hub.context())
      #expect(client.current.id == block.validatorSetId)
    }
    #expect(client.current.id >= first + 3)
  }

  @Test("assets of a program that fails after they arrived are trapped and claimed") func trapAndClaim() throws {
    let network = try TestNetwork()
    let (hub, market) = (network.hub, network.market)
    // A beneficiary that no ledger knows makes DepositAsset fail on market.
    let nowhere = VersionedLocation.v5(Location(parents: 0, .generalIndex(7)))
    let assets = VersionedAssets.v5(try Assets([Asset(.here, amount: 3 * unit)]))
    try hub.seal([
      (
        .alice,
        .xcmPallet(
          .transferAssets(dest: .v5(.sibling(2000)), beneficiary: nowhere, assets: assets, feeAssetItem: 0, weightLimit: .unlimited))
      )
    ])
    #expect(try hub.failures().isEmpty)
    try network.deliver(from: hub, to: market)
    let traps = try XcmPallet.assetTraps.rows(in: market.context(), limit: 10)
    #expect(traps.count == 1)
    guard let trap = traps.first?.value else { return }
    #expect(trap.claimer == .account(DevelopmentKey.alice.secretKey.publicKey.accountID))
    let claim = RuntimeCall.xcmPallet(
      .claimAssets(assets: trap.assets, beneficiary: .v5(.account(DevelopmentKey.alice.secretKey.publicKey.accountID))))
    try market.seal([(.bob, claim)])
    #expect(try market.failures() == [.module(ModuleError(pallet: 33, error: XcmPallet.Failure.unknownClaim.rawValue))])
    try market.seal([(.alice, claim)])
    #expect(try market.failures().isEmpty)
    #expect(try market.balance(.alice, of: 1000) > 2 * unit)
    #expect(try XcmPallet.assetTraps.rows(in: market.context(), limit: 10).isEmpty)
    #expect(try market.issuance(of: 1000) == hub.escrow(for: 2000))
  }
}
