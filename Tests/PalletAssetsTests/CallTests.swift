import PalletAssets
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

private typealias Call = Assets.Call<Compact<UInt32>>

@Suite("Assets calls") struct AssetsCallTests {
  private let context: ExecutionContext
  init() throws { context = try endowed() }

  private func run(_ call: Assets.Call<Compact<UInt32>>, _ origin: Origin = .test(1)) -> DispatchError? {
    attempt(call, of: TestAssets.self, origin: origin, in: context)
  }
  private var events: [Assets.Event<UInt32>] { context.events(of: TestAssets.self) }
  private func details(_ id: UInt32) throws -> Assets.AssetDetails? {
    try AssetsConfig.store.asset.get(id, in: context)
  }

  @Test func anybodyCreatesAnAssetForADeposit() throws {
    #expect(run(.create(id: 7, admin: .test(1), minBalance: 5), .test(2)) == nil)
    #expect(events == [.created(assetId: 7, creator: bob, owner: alice)])
    let created = try #require(try details(7))
    #expect(created.owner == bob && created.issuer == alice && created.admin == alice)
    #expect(created.deposit == 100 && created.minBalance == 5 && !created.isSufficient && created.status == .live)
    #expect(try TestBalances.heldBalance(of: bob, reason: deposit, in: context) == 100)
  }

  @Test func rootCreatesWithoutDeposit() throws {
    #expect(run(.forceCreate(id: 7, owner: .test(8), isSufficient: true, minBalance: 1), .root) == nil)
    #expect(events == [.forceCreated(assetId: 7, owner: newcomer)])
    #expect(try details(7)?.isSufficient == true)
    #expect(try TestAssets.exists(7, in: context))
    #expect(try TestAssets.minimumBalance(of: 7, in: context) == 1)
  }

  @Test func theIssuerMints() throws {
    #expect(run(.mint(id: 1, beneficiary: .test(2), amount: 10)) == nil)
    #expect(events == [.issued(assetId: 1, owner: bob, amount: 10)])
    #expect(try TestAssets.totalIssuance(of: 1, in: context) == 510)
    #expect(try details(1)?.accounts == 2)
  }

  @Test func theAdminBurnsAsMuchAsThereIs() throws {
    #expect(run(.burn(id: 1, who: .test(1), amount: 100)) == nil)
    #expect(run(.burn(id: 1, who: .test(1), amount: 395)) == nil)
    #expect(
      events == [
        .burned(assetId: 1, owner: alice, balance: 100), .burned(assetId: 1, owner: alice, balance: 400),
      ])
    #expect(try details(1)?.supply == 0)
    #expect(try details(1)?.accounts == 0)
    #expect(run(.mint(id: 1, beneficiary: .test(1), amount: 10)) == nil)
    #expect(run(.burn(id: 1, who: .test(1), amount: 999)) == nil)
    #expect(try TestAssets.totalIssuance(of: 1, in: context) == 0)
  }

  @Test func dustMovesAlongWithATransfer() throws {
    #expect(run(.transfer(id: 1, target: .test(2), amount: 100)) == nil)
    #expect(run(.transfer(id: 1, target: .test(2), amount: 395)) == nil)
    #expect(
      events == [
        .transferred(assetId: 1, from: alice, to: bob, amount: 100),
        .transferred(assetId: 1, from: alice, to: bob, amount: 400),
      ])
    #expect(try balance(1, bob, context) == 500)
    #expect(!AssetsConfig.store.account.exists(1, alice, in: context))
    #expect(try System.account.get(alice, in: context).consumers == 0)
  }

  @Test func aSenderMayKeepTheMinimum() throws {
    #expect(run(.transferKeepAlive(id: 1, target: .test(2), amount: 490)) == nil)
    #expect(try balance(1, alice, context) == 10)
  }

  @Test func aTransferOfNothingOrToOneselfChangesNothing() {
    let before = context.trace
    #expect(run(.transfer(id: 1, target: .test(2), amount: 0)) == nil)
    #expect(run(.transfer(id: 1, target: .test(1), amount: 500)) == nil)
    #expect(run(.mint(id: 1, beneficiary: .test(2), amount: 0)) == nil)
    #expect(run(.burn(id: 1, who: .test(1), amount: 0)) == nil)
    #expect(context.trace == before)
  }

  @Test func theOwnersDepositFollowsTheName() throws {
    #expect(run(.setMetadata(id: 1, name: [1, 2, 3], symbol: [4], decimals: 6)) == nil)
    #expect(try TestBalances.heldBalance(of: alice, reason: deposit, in: context) == 28)
    #expect(run(.setMetadata(id: 1, name: [1], symbol: [4], decimals: 6)) == nil)
    #expect(try TestBalances.heldBalance(of: alice, reason: deposit, in: context) == 24)
    #expect(run(.forceSetMetadata(id: 1, name: [9], symbol: [], decimals: 1, isFrozen: true), .root) == nil)
    let metadata = try AssetsConfig.store.metadata.get(1, in: context)
    #expect(metadata == Assets.AssetMetadata(deposit: 24, name: [9], decimals: 1, isFrozen: true))
    #expect(events.last == .metadataSet(assetId: 1, name: [9], symbol: [], decimals: 1, isFrozen: true))
    #expect(run(.setMetadata(id: 1, name: [1], symbol: [4], decimals: 6)) == TestAssets.failure(.noPermission))
  }

  private static func own(_ failure: Assets.Failure) -> DispatchError { TestAssets.failure(failure) }
  private static let nine = [UInt8](repeating: 65, count: 9)
  private static let refusals: [(Call, Origin, DispatchError)] = [
    (.create(id: 1, admin: .test(1), minBalance: 1), .test(1), own(.inUse)),
    (.create(id: 7, admin: .test(1), minBalance: 0), .test(1), own(.minBalanceZero)),
    (.create(id: 7, admin: .test(1), minBalance: 1), .root, .badOrigin),
    (.create(id: 7, admin: .index, minBalance: 1), .test(1), .cannotLookup),
    (.create(id: 7, admin: .test(1), minBalance: 1), .test(8), .token(.cannotCreateHold)),
    (.forceCreate(id: 1, owner: .test(1), isSufficient: false, minBalance: 1), .root, own(.inUse)),
    (.forceCreate(id: 7, owner: .test(1), isSufficient: false, minBalance: 0), .root, own(.minBalanceZero)),
    (.forceCreate(id: 7, owner: .test(1), isSufficient: false, minBalance: 1), .test(1), .badOrigin),
    (.mint(id: 9, beneficiary: .test(1), amount: 1), .test(1), own(.unknown)),
    (.mint(id: 1, beneficiary: .test(1), amount: 1), .test(2), own(.noPermission)),
    (.mint(id: 1, beneficiary: .test(1), amount: Compact(.max)), .test(1), .arithmetic(.overflow)),
    (.mint(id: 1, beneficiary: .test(2), amount: 9), .test(1), .token(.belowMinimum)),
    (.mint(id: 1, beneficiary: .test(8), amount: 10), .test(1), .token(.cannotCreate)),
    (.mint(id: 1, beneficiary: .index, amount: 10), .test(1), .cannotLookup),
    (.burn(id: 9, who: .test(1), amount: 1), .test(1), own(.unknown)),
    (.burn(id: 1, who: .test(1), amount: 1), .test(2), own(.noPermission)),
    (.burn(id: 1, who: .test(2), amount: 1), .test(1), own(.noAccount)),
    (.transfer(id: 9, target: .test(2), amount: 1), .test(1), own(.unknown)),
    (.transfer(id: 1, target: .test(1), amount: 1), .test(2), own(.noAccount)),
    (.transfer(id: 1, target: .test(2), amount: 501), .test(1), own(.balanceLow)),
    (.transfer(id: 1, target: .test(2), amount: 9), .test(1), .token(.belowMinimum)),
    (.transfer(id: 1, target: .test(8), amount: 500), .test(1), .token(.cannotCreate)),
    (.transfer(id: 1, target: .test(2), amount: 10), .root, .badOrigin),
    (.transferKeepAlive(id: 1, target: .test(2), amount: 491), .test(1), own(.balanceLow)),
    (.setMetadata(id: 9, name: [], symbol: [], decimals: 0), .test(1), own(.unknown)),
    (.setMetadata(id: 1, name: [], symbol: [], decimals: 0), .test(2), own(.noPermission)),
    (.setMetadata(id: 1, name: nine, symbol: [], decimals: 0), .test(1), own(.badMetadata)),
    (.forceSetMetadata(id: 1, name: [], symbol: nine, decimals: 0, isFrozen: false), .root, own(.badMetadata)),
    (.forceSetMetadata(id: 9, name: [], symbol: [], decimals: 0, isFrozen: false), .root, own(.unknown)),
    (.forceSetMetadata(id: 1, name: [], symbol: [], decimals: 0, isFrozen: false), .test(1), .badOrigin),
  ]

  @Test("a refused call leaves no trace", arguments: refusals)
  fileprivate func refuses(call: Call, origin: Origin, error: DispatchError) {
    let before = context.trace
    #expect(run(call, origin) == error)
    #expect(context.trace == before)
  }

  @Test("nothing moves in an asset that is not live", arguments: [Assets.AssetStatus.frozen, .destroying])
  func refusesMovingFrozenAssets(status: Assets.AssetStatus) throws {
    var frozen = try #require(try details(1))
    frozen.status = status
    AssetsConfig.store.asset.set(1, to: frozen, in: context)
    let before = context.trace
    for call: Call in [
      .mint(id: 1, beneficiary: .test(1), amount: 10), .burn(id: 1, who: .test(1), amount: 10),
      .transfer(id: 1, target: .test(2), amount: 10), .setMetadata(id: 1, name: [], symbol: [], decimals: 0),
    ] {
      #expect(run(call) == TestAssets.failure(.assetNotLive))
    }
    #expect(context.trace == before)
  }

  @Test func aFrozenRowOnlyGrowsAndABlockedOneStands() throws {
    var row = try #require(try AssetsConfig.store.account.get(1, alice, in: context))
    row.status = .frozen
    AssetsConfig.store.account.set(1, alice, to: row, in: context)
    #expect(run(.transfer(id: 1, target: .test(2), amount: 10)) == TestAssets.failure(.frozen))
    #expect(run(.mint(id: 1, beneficiary: .test(1), amount: 10)) == nil)
    row.status = .blocked
    AssetsConfig.store.account.set(1, alice, to: row, in: context)
    #expect(run(.mint(id: 1, beneficiary: .test(1), amount: 10)) == .token(.blocked))
  }

  @Test(
    "calls have Substrate's bytes",
    arguments: [
      (Call.create(id: 1, admin: .index, minBalance: 1), [0, 4, 1, 1] + [UInt8](repeating: 0, count: 15)),
      (.forceCreate(id: 1, owner: .index, isSufficient: true, minBalance: 1), [1, 4, 1, 1, 4]),
      (.mint(id: 1, beneficiary: .index, amount: 1), [6, 4, 1, 4]), (.burn(id: 1, who: .index, amount: 1), [7, 4, 1, 4]),
      (.transfer(id: 1, target: .index, amount: 1), [8, 4, 1, 4]),
      (.transferKeepAlive(id: 1, target: .index, amount: 1), [9, 4, 1, 4]),
      (.setMetadata(id: 1, name: [2], symbol: [3], decimals: 4), [17, 4, 4, 2, 4, 3, 4]),
      (.forceSetMetadata(id: 1, name: [], symbol: [], decimals: 0, isFrozen: true), [19, 4, 0, 0, 0, 1]),
    ] as [(Call, [UInt8])])
  fileprivate func bytes(call: Call, bytes: [UInt8]) throws {
    #expect(call.encoded() == bytes)
    #expect(try Call(decoding: bytes) == call)
    #expect(TestAssets.info(of: call).class == .normal)
  }

  @Test func failuresAreDense() { #expect(Assets.Failure.allCases.map(\.rawValue) == Array(0..<24)) }
}
