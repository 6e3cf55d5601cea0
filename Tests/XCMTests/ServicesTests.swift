import Hashing
import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let all = AssetFilter.wild(.all)
private let info = QueryResponseInfo(destination: World.market, queryId: 7, maxWeight: .zero)
private let jit = Instruction.setFeesMode(jitWithdraw: true)

/// Everything that a run wrote, to be compared with another run.
private func written(_ run: Run) -> [[UInt8]: [UInt8]] {
  run.state.changes().reduce(into: [:]) { $0[$1.key] = $1.value }
}

/// What a run leaves behind in a world where nothing but `before` happened.
private func leavesNoTrace(_ run: Run, beyond before: Xcm = [], from origin: Location = World.alice) -> Bool {
  written(run) == written(Run(before, from: origin))
}

@Suite("Services") struct ServicesTests {
  @Test("QueryResponse hands an answer over; one that nobody awaits changes nothing")
  func queryResponse() {
    let answer = Response.version(5)
    func response(_ id: UInt64, _ querier: Location? = .here) -> Instruction {
      .queryResponse(queryId: Compact(id), response: answer, maxWeight: .zero, querier: querier)
    }
    let run = Run([response(7)], from: World.market)
    #expect(run.error == nil)
    #expect(
      LedgerResponses.received(in: run.state) == [
        Answer(origin: World.market, id: 7, querier: .here, response: answer)
      ])
    for run in [
      Run([response(8)], from: World.market), Run([response(7)], from: World.studio),
      Run([response(7, nil)], from: World.market),
    ] {
      #expect(run.error == nil && leavesNoTrace(run))
    }
    let nobody = Run([.clearOrigin, response(7)], from: World.market)
    #expect(nobody.error == .badOrigin && leavesNoTrace(nobody))
  }

  @Test("a relay chain's notices reach the chain, and one that it refuses leaves no trace")
  func notices() {
    let run = Run([
      .hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 2, maxCapacity: 3), .hrmpChannelAccepted(recipient: 4),
      .hrmpChannelClosing(initiator: 5, sender: 6, recipient: 7),
    ])
    #expect(run.error == nil && LedgerNotices.received(in: run.state) == [[7, 1, 2, 3], [8, 4], [9, 5, 6, 7]])
    let refused = Run([.hrmpChannelAccepted(recipient: 13)])
    #expect(refused.error == .noPermission && leavesNoTrace(refused))
  }

  @Test("subscriptions are for the first origin only")
  func subscriptions() {
    let subscribe = Instruction.subscribeVersion(queryId: 9, maxResponseWeight: .zero)
    let run = Run([subscribe], from: World.market)
    #expect(run.error == nil && LedgerSubscriptions.query(of: World.market, in: run.state) == 9)
    #expect(Run([subscribe], from: World.market, on: run.state).error == .invalidLocation)
    let ended = Run([.unsubscribeVersion, .unsubscribeVersion], from: World.market, on: run.state)
    #expect(ended.error == nil && !LedgerSubscriptions.isSubscribed(World.market, in: ended.state))
    for instruction in [subscribe, .unsubscribeVersion] {
      for change in [Instruction.clearOrigin, .descendOrigin(Junctions(.onlyChild))] {
        let derived = Run([change, instruction], from: World.market)
        #expect(derived.error == .badOrigin && derived.index == 1 && leavesNoTrace(derived, from: World.market))
      }
      let inside = Run([.executeWithOrigin(descendantOrigin: Junctions(.onlyChild), xcm: [instruction])])
      #expect(inside.error == .badOrigin)
      #expect(Run([.descendOrigin(.here), instruction]).error == nil, "the same origin")
    }
  }

  @Test("QueryPallet names every pallet of a module")
  func queryPallet() {
    let run = Run([jit, .queryPallet(moduleName: Array("pallet_assets".utf8), responseInfo: info)])
    let pallets = TestConfig.pallets.filter { $0.index.value > 4 }
    let querier = World.alice.reanchored(to: World.market, universal: World.universal)
    #expect(run.error == nil && run.home(World.sink) == 5 && pallets.count == 2)
    #expect(
      run.sent.first?.program.instructions.first
        == .queryResponse(
          queryId: 7, response: .palletsInfo(BoundedVector(pallets) ?? BoundedVector()), maxWeight: .zero,
          querier: querier))
    let none = Run([jit, .queryPallet(moduleName: [], responseInfo: info)])
    guard case .queryResponse(_, .palletsInfo(let answer), _, _)? = none.sent.first?.program.instructions.first else {
      Issue.record("no answer")
      return
    }
    #expect(answer.items.isEmpty)
    #expect(Run([.queryPallet(moduleName: [], responseInfo: info)]).error == .notHoldingFees)
    let nobody = Run([.withdrawAsset(.home(5)), .clearOrigin, .queryPallet(moduleName: [], responseInfo: info)])
    guard case .queryResponse(_, _, _, nil)? = nobody.sent.first?.program.instructions.first else {
      Issue.record("a query on behalf of nobody has no querier")
      return
    }
  }

  @Test("more pallets than an answer has room for", arguments: [(64, nil), (65, XcmError.overflow)])
  func manyPallets(count: Int, error: XcmError?) {
    let state = Run.world()
    var id = H256.zero
    let program: Xcm = [jit, .queryPallet(moduleName: Array("\(count)".utf8), responseInfo: info)]
    let outcome = XcmExecutor<BareConfig>.prepareAndExecute(
      program, origin: World.alice, id: &id, weightLimit: .max, in: state)
    #expect(outcome.failure?.error == error && LedgerRouter.sent(in: state).count == (error == nil ? 1 : 0))
  }

  @Test(
    "ExpectPallet wants the index, both names, the major version and at least the minor",
    arguments: [
      (4, "Balances", "pallet_balances", 1, 2, nil), (4, "Balances", "pallet_balances", 1, 0, nil),
      (3, "Balances", "pallet_balances", 1, 2, XcmError.palletNotFound),
      (4, "Balance", "pallet_balances", 1, 2, .nameMismatch), (4, "Balances", "balances", 1, 2, .nameMismatch),
      (4, "Balances", "pallet_balances", 0, 2, .versionIncompatible),
      (4, "Balances", "pallet_balances", 2, 0, .versionIncompatible),
      (4, "Balances", "pallet_balances", 1, 3, .versionIncompatible),
    ] as [(UInt32, String, String, UInt32, UInt32, XcmError?)])
  func expectPallet(
    index: UInt32, name: String, module: String, major: UInt32, minor: UInt32, error: XcmError?
  ) {
    let instruction = Instruction.expectPallet(
      index: Compact(index), name: Array(name.utf8), moduleName: Array(module.utf8), crateMajor: Compact(major),
      minCrateMinor: Compact(minor))
    #expect(Run([instruction]).error == error)
  }
}

@Suite("ExchangeAsset") struct ExchangeTests {
  private static func exchange(_ give: AssetFilter, _ want: Assets, maximal: Bool = false) -> Instruction {
    .exchangeAsset(give: give, want: want, maximal: maximal)
  }

  @Test("gives as little as buys what is wanted, or everything for as much as there is")
  func swaps() {
    let least = Run([.withdrawAsset(.home(100)), Self.exchange(all, .token(51))])
    #expect(least.error == nil && least.holding == Holding(.both(74, 51)))
    #expect(least.home(World.pool) == 526 && least.token(World.pool) == 449)
    let most = Run([.withdrawAsset(.home(100)), Self.exchange(all, .token(50), maximal: true)])
    #expect(most.holding == Holding(.token(200)) && most.home(World.pool) == 600 && most.token(World.pool) == 300)
    let part = Run([.withdrawAsset(.both(100, 30)), Self.exchange(.definite(.home(10)), .token(1), maximal: true)])
    #expect(part.holding == Holding(.both(90, 50)), "what the filter does not name stays")
    let nobody = Run([.withdrawAsset(.home(100)), .clearOrigin, Self.exchange(all, .token(50))])
    #expect(nobody.error == nil)
  }

  @Test(
    "no deal: holding is what it was, and the exchanger's writes are undone",
    arguments: [
      exchange(.definite(.home(10)), .token(21)), exchange(.definite(.home(10)), .token(21), maximal: true),
      exchange(.definite(.token(100)), .foreign(1)), exchange(all, .token(1)),
      exchange(.definite(Assets()), .token(1)),
      exchange(.definite(.home(300)), .token(501), maximal: false),
    ])
  func noDeal(_ instruction: Instruction) {
    let before: Xcm = [.withdrawAsset(.both(300, 100))]
    let run = Run(Xcm(before.instructions + [instruction]))
    #expect(run.error == .noDeal && run.index == 1)
    #expect(run.trapped == [Pair(World.alice, .both(300, 100))] && leavesNoTrace(run, beyond: before))
  }

  @Test("what a swap brings has to fit holding: with what is wanted, and with what was not spent")
  func limit() {
    // Twice the limit is eight items.
    let eight = (0..<8).map { Asset(World.foreign, instance: .index(Compact(UInt128($0)))) }
    let instances = (try? Assets(eight)) ?? Assets()
    let seven = (try? Assets(instances.items.prefix(6) + [Asset(World.foreign, amount: 20)])) ?? Assets()
    let arrive = Instruction.reserveAssetDeposited
    let state = Run.world()
    Ledger.set(World.studio, World.home, 100, in: state)
    let hundred = AssetFilter.definite(.home(100))
    let fits = Run(
      [arrive(seven), .withdrawAsset(.home(100)), Self.exchange(hundred, .token(50), maximal: true)],
      from: World.studio, on: state)
    #expect(fits.error == nil && fits.holding.count == 8)
    Ledger.set(World.studio, World.home, 100, in: state)
    let rest = Run(
      [arrive(seven), .withdrawAsset(.home(100)), Self.exchange(hundred, .token(50))], from: World.studio, on: state)
    #expect(rest.error == .holdingWouldOverflow && rest.index == 2)
    #expect(rest.holding.amount(of: AssetID(World.home)) == 100)
    let full = Run([arrive(instances), Self.exchange(hundred, .token(50))], from: World.studio)
    #expect(full.error == .holdingWouldOverflow && full.index == 1)
  }
}

@Suite("ExportMessage") struct ExportTests {
  private static func export(
    to network: NetworkID = .kusama, _ destination: Junctions = Junctions(.para(5)), _ xcm: Xcm = [.clearError]
  ) -> Instruction { .exportMessage(network: network, destination: destination, xcm: xcm) }

  @Test("a program leaves under the origin's universal name, in the channel of origin and destination, paid for")
  func exports() {
    let run = Run([.withdrawAsset(.home(10)), Self.export()])
    let destination = Junctions(.para(5))
    let hash = Hash.blake2b128([1] + World.alice.encoded() + destination.encoded())
    let channel = UInt32(hash[0]) | UInt32(hash[1]) << 8 | UInt32(hash[2]) << 16 | UInt32(hash[3]) << 24
    #expect(run.error == nil && run.home(World.sink) == 7 && run.trapped == [Pair(World.alice, .home(3))])
    #expect(
      LedgerExporter.sent(in: run.state) == [
        Export(
          network: .kusama, channel: channel,
          source: World.universal.appending(World.alice.interior) ?? .here, destination: destination,
          program: [.clearError, .setTopic(run.id)])
      ])
    let sibling = Run([Self.export(Junctions(.para(5)), [.setTopic(World.topic)])], from: World.market)
    #expect(sibling.error == .notHoldingFees)
    let paid = Run([jit, Self.export(Junctions(.para(5)), [.setTopic(World.topic)])], from: World.market)
    let sent = LedgerExporter.sent(in: paid.state).first
    #expect(sent?.program == [.setTopic(World.topic)] && sent?.channel != channel)
    #expect(sent?.source == Junctions(.globalConsensus(World.network), .para(2000)))
  }

  @Test(
    "refused, with fee and bridge untouched",
    arguments: [
      (export(to: .polkadot), XcmError.unroutable), (export(to: .bitcoinCore), .exportError),
      (export(Junctions(.para(5)), Xcm(Array(repeating: .clearError, count: 100))), .exceedsMaxMessageSize),
    ])
  func refused(_ instruction: Instruction, _ error: XcmError) {
    // The weigher of this world counts local programs only, so that the long program gets as far as the bridge.
    let run = Run([.withdrawAsset(.home(10)), instruction])
    #expect(run.error == error && run.index == 1 && leavesNoTrace(run, beyond: [.withdrawAsset(.home(10))]))
  }

  @Test("nobody exports, and neither does who is outside of this network")
  func origins() {
    #expect(Run([.clearOrigin, Self.export()]).error == .badOrigin)
    let outside = Location(parents: 2, .globalConsensus(.polkadot))
    let run = Run([Self.export()], from: outside)
    #expect(run.error == .unanchored && leavesNoTrace(run))
  }
}

@Suite("Locks") struct LockTests {
  private let coins = Asset(World.home, amount: 40)
  private let remote = Asset(.sibling(1000), amount: 40)
  private var owner: Location { World.alice.reanchored(to: World.market, universal: World.universal) ?? .here }

  @Test("LockAsset keeps an asset where it is and tells who may unlock it")
  func lock() {
    let run = Run([jit, .lockAsset(asset: coins, unlocker: World.market)])
    #expect(run.error == nil && run.home(World.alice) == 995 && run.home(World.sink) == 5)
    #expect(LedgerLocker.locked(World.alice, World.home, in: run.state) == 40)
    #expect(
      run.sent.map(\.program) == [[.noteUnlockable(asset: remote, owner: owner), .setTopic(run.id)]]
        && run.sent.first?.destination == World.market)
    #expect(Run([.withdrawAsset(.home(956))], on: run.state).error == .failedToTransactAsset)
    #expect(Run([.withdrawAsset(.home(955))], on: run.state).error == nil)
  }

  @Test("a lock that is refused or cannot be told leaves no trace")
  func refusedLock() {
    func lock(_ asset: Asset, _ unlocker: Location = World.market) -> Instruction {
      .lockAsset(asset: asset, unlocker: unlocker)
    }
    let poor = Run([jit, lock(Asset(World.home, amount: 1001))])
    #expect(poor.error == .lockError && leavesNoTrace(poor))
    let far = Run([jit, lock(coins, .parent)])
    #expect(far.error == .unroutable && leavesNoTrace(far))
    let unpaid = Run([lock(coins)])
    #expect(unpaid.error == .notHoldingFees && leavesNoTrace(unpaid))
    #expect(Run([.clearOrigin, lock(coins)]).error == .badOrigin)
    let deep = Location(parents: 1, interior: Junctions(repeatElement(.onlyChild, count: 8)) ?? .here)
    let long = Asset(Location(parents: 0, interior: Junctions(repeatElement(.onlyChild, count: 8)) ?? .here), amount: 1)
    #expect(Run([jit, lock(long, deep)]).error == .reanchorFailed)
  }

  @Test("UnlockAsset is for the unlocker, up to what is locked")
  func unlock() {
    func unlock(_ amount: Balance, from origin: Location = World.market, on state: ExecutionContext) -> XcmError? {
      Run([.unlockAsset(asset: Asset(World.home, amount: amount), target: World.alice)], from: origin, on: state).error
    }
    let state = Run([jit, .lockAsset(asset: coins, unlocker: World.market)]).state
    #expect(unlock(40, from: World.studio, on: state) == .lockError)
    #expect(unlock(41, on: state) == .lockError)
    #expect(LedgerLocker.locked(World.alice, World.home, in: state) == 40)
    #expect(unlock(10, on: state) == nil && LedgerLocker.locked(World.alice, World.home, in: state) == 30)
    #expect(unlock(30, on: state) == nil && unlock(1, on: state) == .lockError)
    #expect(Run([.clearOrigin, .unlockAsset(asset: coins, target: World.alice)]).error == .badOrigin)
  }

  @Test("NoteUnlockable and RequestUnlock: noted by the locker, given up by the owner")
  func request() {
    let theirs = Asset(World.market, amount: 25)
    let note = Instruction.noteUnlockable(asset: theirs, owner: World.alice)
    let state = Run([note], from: World.market).state
    #expect(LedgerLocker.noted(World.alice, World.market, in: state) == Pair(World.market, 25))
    #expect(Run([note], from: World.studio, on: state).error == .lockError)
    #expect(Run([.clearOrigin, note], from: World.market).error == .badOrigin)
    let request = Instruction.requestUnlock(asset: theirs, locker: World.market)
    #expect(Run([.clearOrigin, request], on: state).error == .badOrigin)
    #expect(Run([jit, request], from: World.bob, on: state).error == .lockError)
    #expect(Run([jit, .requestUnlock(asset: theirs, locker: World.studio)], on: state).error == .lockError)
    let unpaid = Run([request], on: state)
    #expect(unpaid.error == .notHoldingFees && unpaid.sent.isEmpty)
    #expect(LedgerLocker.noted(World.alice, World.market, in: state) == Pair(World.market, 25))
    let run = Run([jit, request], on: state)
    #expect(run.error == nil && LedgerLocker.noted(World.alice, World.market, in: state) == nil)
    #expect(
      run.sent.map(\.program) == [
        [.unlockAsset(asset: Asset(.here, amount: 25), target: owner), .setTopic(run.id)]
      ])
  }
}

@Suite("A runtime without services") struct BareTests {
  @Test(
    "refuses with the error that XCM has for it",
    arguments: [
      (Instruction.hrmpChannelAccepted(recipient: 1), XcmError.unimplemented),
      (.hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 1, maxCapacity: 1), .unimplemented),
      (.hrmpChannelClosing(initiator: 1, sender: 1, recipient: 1), .unimplemented),
      (.exchangeAsset(give: all, want: .token(1), maximal: true), .noDeal),
      (.subscribeVersion(queryId: 1, maxResponseWeight: .zero), .unimplemented), (.unsubscribeVersion, .unimplemented),
      (.expectPallet(index: 1, name: [], moduleName: [], crateMajor: 1, minCrateMinor: 1), .palletNotFound),
      (.exportMessage(network: .kusama, destination: .here, xcm: []), .unroutable),
      (.lockAsset(asset: Asset(.here, amount: 1), unlocker: World.market), .lockError),
      (.unlockAsset(asset: Asset(.here, amount: 1), target: .here), .lockError),
      (.noteUnlockable(asset: Asset(.here, amount: 1), owner: .here), .lockError),
      (.requestUnlock(asset: Asset(.here, amount: 1), locker: World.market), .lockError),
    ])
  func refuses(_ instruction: Instruction, _ error: XcmError) {
    let (before, after) = (Run.world(), Run.world())
    var id = H256.zero
    let outcome = XcmExecutor<BareConfig>.prepareAndExecute(
      [instruction], origin: World.alice, id: &id, weightLimit: .max, in: after)
    #expect(outcome.failure == InstructionError(index: 0, error: error))
    #expect(before.changes().map(\.key) == after.changes().map(\.key))
  }

  @Test("an answer that nobody awaits is no error")
  func answer() {
    var id = H256.zero
    let outcome = XcmExecutor<BareConfig>.prepareAndExecute(
      [.queryResponse(queryId: 1, response: .null, maxWeight: .zero, querier: nil)], origin: World.market, id: &id,
      weightLimit: .max, in: Run.world())
    #expect(outcome.failure == nil)
  }
}

/// No services, and as many pallets of the modules `64` and `65` as their names say.
enum BareConfig: XcmConfigOverride {
  static let pallets: [PalletInfo] = [64, 65].flatMap { (count: UInt32) in
    (0..<count).map { PalletInfo.test(count * 100 + $0, "P\($0)", module: "\(count)", 1, 0, 0) }
  }
}
