import PalletAssets
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing

@Suite("Fungibles ledger") struct LedgerTests {
  private let context: ExecutionContext
  init() throws { context = try endowed() }

  private func refusal(_ body: () throws(DispatchError) -> Void) -> DispatchError? {
    let before = context.trace
    let error = attempt(in: context, body)
    if error != nil { #expect(context.trace == before) }
    return error
  }

  @Test func aSufficientAssetKeepsAnAccountAlive() throws {
    try TestAssets.mint(10, of: 2, to: newcomer, in: context)
    #expect(try System.account.get(newcomer, in: context).sufficients == 1)
    #expect(try AssetsConfig.store.asset.get(2, in: context)?.sufficients == 2)
    try TestAssets.transfer(10, of: 2, from: newcomer, to: bob, .expendable, in: context)
    #expect(try !TestSystem.exists(newcomer, in: context))
    #expect(try AssetsConfig.store.asset.get(2, in: context)?.sufficients == 2)
  }

  @Test func aPlainAssetNeedsAnAccountAndPinsIt() throws {
    #expect(
      refusal { () throws(DispatchError) in
        try TestAssets.mint(10, of: 1, to: newcomer, in: context)
      } == .token(.cannotCreate))
    try TestAssets.mint(10, of: 1, to: bob, in: context)
    #expect(try TestBalances.reducibleBalance(of: bob, .expendable, in: context) == 990)
  }

  @Test func burningLeavesNoDust() throws {
    #expect(
      refusal { () throws(DispatchError) in
        try TestAssets.burn(491, of: 1, from: alice, in: context)
      } == TestAssets.failure(.wouldBurn))
    #expect(
      refusal { () throws(DispatchError) in
        try TestAssets.burn(501, of: 1, from: alice, in: context)
      } == TestAssets.failure(.balanceLow))
    #expect(
      refusal { () throws(DispatchError) in
        try TestAssets.burn(1, of: 1, from: bob, in: context)
      } == TestAssets.failure(.noAccount))
    try TestAssets.burn(490, of: 1, from: alice, in: context)
    try TestAssets.burn(10, of: 1, from: alice, in: context)
    #expect(try TestAssets.totalIssuance(of: 1, in: context) == 0)
    #expect(
      context.events(of: TestAssets.self) == [
        .burned(assetId: 1, owner: alice, balance: 490), .burned(assetId: 1, owner: alice, balance: 10),
      ])
  }

  @Test func unknownAssetsAnswerZero() throws {
    #expect(try !TestAssets.exists(9, in: context))
    #expect(try TestAssets.totalIssuance(of: 9, in: context) == 0)
    #expect(try TestAssets.minimumBalance(of: 9, in: context) == 0)
    #expect(try TestAssets.balance(of: 9, who: alice, in: context) == 0)
  }

  @Test func twoInstancesDoNotMeet() throws {
    let id = try #require(FixedBytes<4>([1, 0, 0, 0]))
    try TestForeign.forceCreate(id, owner: bob, isSufficient: true, minBalance: 1, in: context)
    try TestForeign.mint(7, of: id, to: newcomer, in: context)
    // The same bytes name asset 1 of the other instance.
    #expect(try TestAssets.balance(of: 1, who: newcomer, in: context) == 0)
    #expect(try TestForeign.totalIssuance(of: id, in: context) == 7)
    #expect(ForeignConfig.store.asset.key(id).starts(with: storagePrefix("ForeignAssets", "Asset")))
    #expect(AssetsConfig.store.asset.key(1).suffix(4) == ForeignConfig.store.asset.key(id).suffix(4))
    #expect(TestForeign.name == "ForeignAssets" && TestAssets.name == "Assets")
    #expect(TestForeign.storage.map(\.name) == ["Asset", "Account", "Metadata"])
    #expect(TestForeign.constants.count == 4)
  }

  @Test func anInstanceDecidesWhoCreates() throws {
    let call = Assets.Call<FixedBytes<4>>.create(id: .zero, admin: .test(1), minBalance: 1)
    let before = context.trace
    #expect(attempt(call, of: TestForeign.self, origin: .test(1), in: context) == .badOrigin)
    #expect(context.trace == before)
  }

  @Test func genesisRefusesWhatCallsWouldRefuse() {
    let empty = Assets.AssetMetadata()
    func build(_ id: UInt32, minBalance: Balance, for account: AccountID) -> DispatchError? {
      let asset = Assets.GenesisAsset(
        id: id, owner: alice, isSufficient: false, minBalance: minBalance, metadata: empty, balances: [(account, 1)])
      return refusal { () throws(DispatchError) in try TestAssets.buildGenesis(assets: [asset], in: context) }
    }
    #expect(build(1, minBalance: 1, for: bob) == TestAssets.failure(.inUse))
    #expect(build(5, minBalance: 0, for: bob) == TestAssets.failure(.minBalanceZero))
    #expect(build(5, minBalance: 1, for: newcomer) == .token(.cannotCreate))
    #expect(build(5, minBalance: 1, for: bob) == nil)
  }

  @Test("balances add up to the supply", arguments: 0..<32 as Range<UInt64>)
  func conserves(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for step in 0..<100 {
      let id = random.chance(1, in: 2) ? UInt32(1) : 2
      let (from, to) = (AccountID.test(UInt8(random.next() % 4 + 1)), AccountID.test(UInt8(random.next() % 4 + 1)))
      let amount = Balance(random.next() % (random.chance(1, in: 4) ? 600 : 40))
      let choice = random.next() % 5
      let before = context.trace
      let error = attempt(in: context) { () throws(DispatchError) in
        switch choice {
        case 0: try TestAssets.transfer(amount, of: id, from: from, to: to, .expendable, in: context)
        case 1: try TestAssets.transfer(amount, of: id, from: from, to: to, .preserve, in: context)
        case 2: try TestAssets.mint(amount, of: id, to: to, in: context)
        case 3: try TestAssets.burn(amount, of: id, from: from, in: context)
        default:
          let call = Assets.Call<Compact<UInt32>>.burn(id: Compact(id), who: .id(from), amount: Compact(amount))
          try TestAssets.dispatch(call, origin: .signed(alice), in: context)
        }
      }
      if error != nil { #expect(context.trace == before, "seed \(seed) step \(step)") }
      for id in [UInt32(1), 2] {
        let rows = try AssetsConfig.store.account.rows(id, in: context, limit: 100)
        let details = try #require(try AssetsConfig.store.asset.get(id, in: context))
        let sum = rows.reduce(Balance(0)) { $0 + $1.value.balance }
        #expect(sum == details.supply, "seed \(seed) step \(step) choice \(choice)")
        #expect(rows.count == Int(details.accounts), "seed \(seed) step \(step)")
        #expect(rows.allSatisfy { $0.value.balance >= details.minBalance }, "seed \(seed) step \(step)")
        #expect(Int(details.sufficients) == (id == 2 ? rows.count : 0), "seed \(seed) step \(step)")
      }
    }
  }
}
