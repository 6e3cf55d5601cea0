import ChainClient
import EchoRuntime
import Foundation
import Keys
import Lanes
import LightClient
import PalletAssets
import PalletBalances
import PalletLightClients
import PalletMessages
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import ScaleCodec
import Testing
import XCM

private let unit: Balance = 1_000_000_000_000
private let alice = DevelopmentKey.alice.secretKey
private let bob = DevelopmentKey.bob.secretKey.publicKey.accountID

private func transfer(_ amount: Balance, to para: UInt32, timeout: UInt64? = nil) throws -> RuntimeCall {
  let destination = VersionedLocation.v5(.sibling(para))
  let assets = VersionedAssets.v5(try XCM.Assets([Asset(.here, amount: amount)]))
  let beneficiary = VersionedLocation.v5(.account(bob))
  guard let timeout else {
    return .xcmPallet(
      .transferAssets(dest: destination, beneficiary: beneficiary, assets: assets, feeAssetItem: 0, weightLimit: .unlimited))
  }
  return .xcmPallet(
    .transferAssetsWithTimeout(
      dest: destination, beneficiary: beneficiary, assets: assets, feeAssetItem: 0, weightLimit: .unlimited, timeout: Compact(timeout)))
}

extension ChainClient {
  /// Native units in another chain's sovereign account.
  func escrow(for paraId: UInt32) async throws -> Balance {
    guard let account = EchoRuntime.account(of: .sibling(paraId)) else { throw HarnessError("no sovereign account") }
    return try await value(System.account.key(account), at: nil, as: System.AccountInfo.self)?.data.free ?? 0
  }

  /// Vouchers in existence for another chain's asset.
  func vouchers(of paraId: UInt32) async throws -> Balance {
    try await value(ForeignAssetsConfig.store.asset.key(.sibling(paraId)), at: nil, as: PalletAssets.Assets.AssetDetails.self)?.supply ?? 0
  }
}

@Suite("Killed processes", .serialized) struct CrashTests {
  @Test("two hundred transfers end exactly once though relayer and node are killed on the way", .timeLimit(.minutes(10)))
  func killed() async throws {
    let network = try await RunningNetwork.up()
    let hub = try await network.client("hub")
    let count = 200
    let first = try await hub.nonce(of: alice.publicKey.accountID)
    let call = try transfer(unit, to: 2000)
    for number in 0..<UInt32(count) { try await hub.submit(call, key: alice, nonce: first + number) }
    let market = try await network.client("market")
    // In the middle: some messages have arrived, others wait.
    try await RunningNetwork.wait(for: "some messages received", on: market) { hash in
      try await market.inboundLane(from: 1000, at: hash).map { $0.highestReceived >= 10 } ?? false
    }
    try await network.kill("relayer")
    try await network.kill("market")
    await market.close()
    try network.restart("market")
    let again = try await network.clientOfStarting("market")
    try network.restart("relayer")
    try await RunningNetwork.wait(for: "the relayer delivers again", on: again) { hash in
      try await again.inboundLane(from: 1000, at: hash).map { $0.highestReceived > 100 } ?? false
    }
    // Once more, only the relayer, while receipts travel back.
    try await network.kill("relayer")
    try network.restart("relayer")
    try await RunningNetwork.wait(for: "every message settled", on: hub) { hash in
      guard let lane = try await hub.outboundLane(to: 2000, at: hash) else { return false }
      return lane.latestGenerated == UInt64(count) && lane.unsettled == 0
    }
    let lane = try #require(try await hub.outboundLane(to: 2000, at: nil))
    #expect(lane.confirmed == UInt64(count) && lane.timedOut == 0)
    // Each transfer minted exactly one unit, so a message that ran twice, or never, would show here.
    #expect(try await again.vouchers(of: 1000) == Balance(count) * unit)
    #expect(try await hub.escrow(for: 2000) == Balance(count) * unit)
    let id = try #require(try await hub.lane(to: 2000))
    #expect(try await hub.keys(prefix: Messages.outbound.prefix + id.bytes, at: nil).isEmpty)
    let audit = try await Programs.run(["audit", "supply", "--base-path", network.basePath])
    #expect(audit.code == 0, "\(audit.output)\(audit.errors)")
    try await network.down()
  }

  @Test("a hundred transfers end exactly once though their source is killed while they are on their way", .timeLimit(.minutes(5)))
  func killedSource() async throws {
    let network = try await RunningNetwork.up()
    let (hub, market) = (try await network.client("hub"), try await network.client("market"))
    let count = 100
    let first = try await hub.nonce(of: alice.publicKey.accountID)
    let call = try transfer(unit, to: 2000)
    for number in 0..<UInt32(count) { try await hub.submit(call, key: alice, nonce: first + number) }
    try await RunningNetwork.wait(for: "some messages received", on: market) { hash in
      try await market.inboundLane(from: 1000, at: hash).map { $0.highestReceived >= 5 } ?? false
    }
    try await network.kill("hub")
    await hub.close()
    try network.restart("hub")
    let again = try await network.clientOfStarting("hub")
    // The pool is memory: what waited in it is lost, and the account's nonce says how much of it was not.
    let sent = try await again.nonce(of: alice.publicKey.accountID) - first
    #expect(sent <= UInt32(count))
    for number in min(sent, UInt32(count))..<UInt32(count) { try await again.submit(call, key: alice, nonce: first + number) }
    try await RunningNetwork.wait(for: "every message settled", on: again) { hash in
      guard let lane = try await again.outboundLane(to: 2000, at: hash) else { return false }
      return lane.latestGenerated == UInt64(count) && lane.unsettled == 0
    }
    let lane = try #require(try await again.outboundLane(to: 2000, at: nil))
    #expect(lane.confirmed == UInt64(count) && lane.timedOut == 0)
    #expect(try await market.vouchers(of: 1000) == Balance(count) * unit)
    #expect(try await again.escrow(for: 2000) == Balance(count) * unit)
    let audit = try await Programs.run(["audit", "supply", "--base-path", network.basePath])
    #expect(audit.code == 0, "\(audit.text)")
    try await network.down()
  }

  @Test("a message that expires while the relayer is down is refunded and can no longer be executed", .timeLimit(.minutes(5)))
  func expired() async throws {
    let network = try await RunningNetwork.up()
    let (hub, market) = (try await network.client("hub"), try await network.client("market"))
    try await network.kill("relayer")
    let before = try await hub.escrow(for: 2000)
    let sent = try await hub.submitAndWait(try transfer(7 * unit, to: 2000, timeout: 4_000), key: alice)
    #expect(sent.failure == nil)
    let lane = try #require(try await hub.lane(to: 2000))
    let key = Messages.outbound.key(MessageKey(lane, 1))
    let message = try #require(try await hub.value(key, at: sent.block.hash, as: OutboundMessage.self))
    // What a hostile relayer would keep: a proof of the message, made in time.
    let kept = try await hub.readProof([key, Messages.outboundLanes.key(lane)], at: sent.block.hash)
    let certified = try #require(try await hub.finalityProof(at: sent.block.number))
    let header = try #require(try await hub.header(at: sent.block.number)).header
    try await RunningNetwork.wait(for: "market's clock passes the timeout", on: market) { hash in
      try await market.timestamp(at: hash) >= message.timeoutAt
    }
    try network.restart("relayer")
    try await RunningNetwork.wait(for: "the refund", on: hub) { hash in
      try await hub.outboundLane(to: 2000, at: hash).map { $0.unsettled == 0 } ?? false
    }
    let settled = try #require(try await hub.outboundLane(to: 2000, at: nil))
    #expect(settled.timedOut == 1 && settled.confirmed == 0)
    #expect(try await hub.escrow(for: 2000) == before)
    // The kept proof is still true, and of no use.
    let charlie = DevelopmentKey.charlie.secretKey
    _ = try await market.submitAndWait(
      .lightClients(.update(clientId: 1000, update: ClientUpdate(certificate: certified.certificate))), key: charlie)
    let delivery = try await market.submitAndWait(
      .messages(
        .deliver(
          lane: lane, height: sent.block.number, header: header.encoded(), range: NonceRange(1, 1), proof: kept,
          relayer: charlie.publicKey.accountID)),
      key: charlie)
    #expect(delivery.failure == .module(ModuleError(pallet: 32, error: Messages.Failure.tooLate.rawValue)))
    #expect(try await market.vouchers(of: 1000) == 0)
    try await network.down()
  }
}
