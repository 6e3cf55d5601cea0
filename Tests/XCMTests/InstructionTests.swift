import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let all = AssetFilter.wild(.all)
private let info = QueryResponseInfo(destination: World.market, queryId: 7, maxWeight: .zero)

/// An instruction's rule in one line: what a program does and the error it ends with.
/// What a message with assets of alice says about what is left over.
private let aliceClaims = Instruction.setHints(
  hints: BoundedVector([.assetClaimer(location: World.alice)]) ?? BoundedVector())

@Suite("Instruction rules") struct InstructionTests {
  @Test("WithdrawAsset takes all or nothing")
  func withdraw() {
    let fine = Run([.withdrawAsset(.both(100, 50))])
    #expect(fine.holding == Holding(.both(100, 50)) && fine.home(World.alice) == 900)
    let poor = Run([.withdrawAsset(.both(100, 2000))])
    #expect(
      poor.error == .failedToTransactAsset && poor.home(World.alice) == 1000 && poor.holding.isEmpty
        && poor.trapped.isEmpty)
    #expect(Run([.clearOrigin, .withdrawAsset(.home(1))]).error == .badOrigin)
    let unknown = Run([.withdrawAsset(Assets(Asset(.parent, amount: 1)))])
    #expect(unknown.error == .assetNotFound)
  }

  @Test("ReserveAssetDeposited believes the reserve only")
  func reserve() {
    #expect(Run([.reserveAssetDeposited(.foreign(9))], from: World.studio).holding == Holding(.foreign(9)))
    #expect(Run([.reserveAssetDeposited(.foreign(9))], from: World.market).error == .untrustedReserveLocation)
    #expect(Run([.clearOrigin, .reserveAssetDeposited(.foreign(9))], from: World.studio).error == .badOrigin)
  }

  @Test("ReceiveTeleportedAsset cannot bring more than left")
  func receiveTeleport() {
    let fine = Run([.receiveTeleportedAsset(.home(50))], from: World.market)
    #expect(fine.holding == Holding(.home(50)) && fine.home(World.checking) == 0)
    let more = Run([.receiveTeleportedAsset(.home(51))], from: World.market)
    #expect(more.error == .notWithdrawable && more.home(World.checking) == 50)
    #expect(Run([.receiveTeleportedAsset(.home(1))], from: World.studio).error == .untrustedTeleportLocation)
  }

  @Test("TransferAsset moves all or nothing")
  func transfer() {
    #expect(Run([.transferAsset(assets: .home(30), beneficiary: World.bob)]).home(World.bob) == 30)
    let below = Run([.transferAsset(assets: .home(3), beneficiary: World.bob)])
    #expect(below.error == .failedToTransactAsset && below.home(World.bob) == 0 && below.home(World.alice) == 1000)
    let half = Run([.transferAsset(assets: .both(30, 5000), beneficiary: World.bob)])
    #expect(half.error == .failedToTransactAsset && half.home(World.bob) == 0)
  }

  @Test("DepositAsset tries again behind the asset that creates the account")
  func deposit() {
    // The token comes first by its id and cannot create the account; the foreign asset behind it can.
    let state = Run.world()
    Ledger.set(World.alice, World.foreign, 70, in: state)
    let two = (try? Assets([Asset(World.token, amount: 5), Asset(World.foreign, amount: 40)])) ?? Assets()
    let both = Run([.withdrawAsset(two), .depositAsset(assets: all, beneficiary: World.bob)], on: state)
    #expect(both.error == nil && both.token(World.bob) == 5 && Ledger.balance(World.bob, World.foreign, in: state) == 40)
    let token = Run([.withdrawAsset(.token(5)), .depositAsset(assets: all, beneficiary: World.bob)])
    #expect(token.error == .failedToTransactAsset && token.token(World.bob) == 0)
    #expect(token.trapped == [Pair(World.alice, .token(5))])
    let counted = Run([
      .withdrawAsset(.both(20, 5)), .depositAsset(assets: .wild(.allCounted(1)), beneficiary: World.bob),
    ])
    #expect(counted.home(World.bob) == 20 && counted.trapped == [Pair(World.alice, .token(5))])
    let part = Run([.withdrawAsset(.home(20)), .depositAsset(assets: .definite(.home(900)), beneficiary: World.bob)])
    #expect(part.home(World.bob) == 20)
  }

  @Test("TransferReserveAsset pays for delivery from holding or from the account")
  func transferReserve() {
    let program: Xcm = [
      .setFeesMode(jitWithdraw: true),
      .transferReserveAsset(assets: .home(100), dest: World.market, xcm: [.refundSurplus]),
    ]
    let run = Run(program)
    #expect(
      run.error == nil && run.home(World.market) == 1100 && run.home(World.alice) == 895 && run.home(World.sink) == 5)
    let ours = Asset(.sibling(1000), amount: 100)
    #expect(
      run.sent == [
        SentMessage(
          destination: World.market,
          program: [.reserveAssetDeposited(Assets(ours)), aliceClaims, .clearOrigin, .refundSurplus, .setTopic(run.id)],
          claimer: World.alice, topic: run.id)
      ])
    let unpaid = Run([.transferReserveAsset(assets: .home(100), dest: World.market, xcm: [])])
    #expect(unpaid.error == .notHoldingFees && unpaid.home(World.market) == 1000 && unpaid.sent.isEmpty)
    #expect(Run([.transferReserveAsset(assets: .home(100), dest: .parent, xcm: [])]).error == .unroutable)
    let full = Location(parents: 1, interior: Junctions(repeatElement(.onlyChild, count: 8)) ?? .here)
    let tooLong = Run([.transferReserveAsset(assets: .token(50), dest: full, xcm: [])])
    #expect(tooLong.error != nil && tooLong.token(World.alice) == 1000)
  }

  @Test("DepositReserveAsset sets the delivery fee aside before a wildcard takes all")
  func depositReserve() {
    let run = Run([.withdrawAsset(.home(100)), .depositReserveAsset(assets: all, dest: World.market, xcm: [])])
    #expect(run.error == nil && run.home(World.market) == 1095 && run.home(World.sink) == 5 && run.holding.isEmpty)
    #expect(
      run.sent.first?.program.instructions.first == .reserveAssetDeposited(Assets(Asset(.sibling(1000), amount: 95))))
    let failed = Run([.withdrawAsset(.home(2)), .depositReserveAsset(assets: all, dest: World.market, xcm: [])])
    #expect(failed.error == .notHoldingFees && failed.trapped == [Pair(World.alice, .home(2))])
  }

  @Test("InitiateReserveWithdraw asks the reserve to give")
  func reserveWithdraw() {
    let state = Run.world()
    Ledger.set(World.alice, World.foreign, 70, in: state)
    let assets = (try? Assets([Asset(World.foreign, amount: 40), Asset(.here, amount: 3)])) ?? Assets()
    let run = Run(
      [
        .withdrawAsset(assets),
        .initiateReserveWithdraw(assets: .definite(.foreign(40)), reserve: World.studio, xcm: [.clearError]),
      ],
      on: state)
    #expect(run.error == nil && run.home(World.sink) == 3 && run.trapped.isEmpty)
    #expect(
      run.sent.first?.program == [.withdrawAsset(.home(40)), aliceClaims, .clearOrigin, .clearError, .setTopic(run.id)])
    let other = Run([.withdrawAsset(.token(40)), .initiateReserveWithdraw(assets: all, reserve: World.market, xcm: [])])
    #expect(other.error == .untrustedReserveLocation && other.trapped == [Pair(World.alice, .token(40))])
  }

  @Test("InitiateTeleport checks out, all or nothing")
  func teleport() {
    let run = Run([.withdrawAsset(.home(100)), .initiateTeleport(assets: all, dest: World.market, xcm: [])])
    #expect(
      run.home(World.checking) == 145
        && run.sent.first?.program.instructions.first
          == .receiveTeleportedAsset(Assets(Asset(.sibling(1000), amount: 95)))
    )
    #expect(
      Run([.withdrawAsset(.home(9)), .initiateTeleport(assets: all, dest: World.studio, xcm: [])]).error
        == .untrustedTeleportLocation)
    let refused = Run([
      .setFeesMode(jitWithdraw: true), .withdrawAsset(.home(9)),
      .initiateTeleport(assets: all, dest: World.bob, xcm: []),
    ])
    #expect(
      refused.error == .notDepositable && refused.home(World.checking) == 50
        && refused.trapped == [Pair(World.alice, .home(9))])
  }

  @Test("BuyExecution: unlimited buys nothing, a limit is paid, the rest returns")
  func buyExecution() {
    let fees = Asset(World.home, amount: 60)
    #expect(
      Run([.withdrawAsset(.home(60)), .buyExecution(fees: fees, weightLimit: .unlimited)]).holding == Holding(.home(60))
    )
    let limited = WeightLimit.limited(Weight(refTime: 200, proofSize: 2))
    let paid = Run([.withdrawAsset(.home(60)), .buyExecution(fees: fees, weightLimit: limited)])
    #expect(paid.holding == Holding(.home(40)) && paid.home(World.sink) == 20)
    #expect(Run([.buyExecution(fees: fees, weightLimit: limited)]).error == .notHoldingFees)
    let poor = Run([
      .withdrawAsset(.home(60)), .buyExecution(fees: Asset(World.home, amount: 19), weightLimit: limited),
    ])
    #expect(poor.error == .tooExpensive && poor.trapped == [Pair(World.alice, .home(60))])
  }

  @Test("PayFees pays the whole message once and keeps the rest for delivery")
  func payFees() {
    let pay = Instruction.payFees(asset: Asset(World.home, amount: 50))
    let run = Run([
      .withdrawAsset(.home(100)), pay, pay, .depositReserveAsset(assets: all, dest: World.market, xcm: []),
    ])
    // Four instructions cost 4; the delivery fee of 5 comes from the fees register, whose rest of 41 is trapped.
    #expect(run.error == nil && run.home(World.market) == 1050 && run.home(World.sink) == 9)
    #expect(run.trapped == [Pair(World.alice, .home(41))])
    let refunded = Run([
      .withdrawAsset(.home(100)), pay, .refundSurplus, .depositAsset(assets: all, beneficiary: World.bob),
    ])
    #expect(refunded.home(World.bob) == 96 && refunded.trapped.isEmpty)
    #expect(Run([.withdrawAsset(.home(10)), pay]).error == .notHoldingFees)
  }

  @Test("RefundSurplus returns the price of weight that was not needed")
  func refund() {
    // The first handler weighs 20 and is replaced: its weight is surplus from then on.
    let run = Run([
      .withdrawAsset(.home(100)),
      .buyExecution(fees: Asset(World.home, amount: 100), weightLimit: .limited(Weight(refTime: 1000))),
      .setErrorHandler([.clearError, .clearError]), .setErrorHandler([]), .refundSurplus,
      .depositAsset(assets: all, beneficiary: World.alice),
    ])
    #expect(run.home(World.alice) == 902 && run.home(World.sink) == 98 && run.trapped.isEmpty)
    #expect(run.outcome == .complete(used: Weight(refTime: 60, proofSize: 6)))
  }

  @Test("expectations")
  func expectations() {
    #expect(Run([.withdrawAsset(.home(5)), .expectAsset(.home(5))]).error == nil)
    #expect(Run([.withdrawAsset(.home(5)), .expectAsset(.home(6))]).error == .expectationFalse)
    #expect(Run([.expectOrigin(World.alice), .clearOrigin, .expectOrigin(nil)]).error == nil)
    #expect(Run([.expectOrigin(nil)]).error == .expectationFalse)
    #expect(Run([.expectError(nil)]).error == nil)
    #expect(Run([.setErrorHandler([.expectError(Pair(1, .trap(4))), .clearError]), .trap(4)]).error == nil)
    #expect(
      Run([.setErrorHandler([.expectError(Pair(1, .trap(5))), .clearError]), .trap(4)]).error == .expectationFalse)
  }

  @Test("origins descend, alias and clear")
  func origins() {
    let child = Junctions(.palletInstance(4))
    let below = World.alice.appending(.palletInstance(4))
    #expect(Run([.descendOrigin(child), .expectOrigin(below)]).error == nil)
    #expect(Run([.descendOrigin(Junctions(repeatElement(.onlyChild, count: 8)) ?? .here)]).error == .locationFull)
    #expect(Run([.clearOrigin, .descendOrigin(child)]).error == .badOrigin)
    #expect(Run([.aliasOrigin(below ?? .here), .expectOrigin(below)]).error == nil)
    #expect(Run([.aliasOrigin(World.bob)]).error == .noPermission)
    #expect(Run([.clearOrigin, .aliasOrigin(World.bob)]).error == .badOrigin)
    let network = Run(
      [
        .universalOrigin(.globalConsensus(.polkadot)), .expectOrigin(Location(parents: 2, .globalConsensus(.polkadot))),
      ], from: World.market)
    #expect(network.error == nil)
    #expect(Run([.universalOrigin(.globalConsensus(World.network))], from: World.market).error == .invalidLocation)
    #expect(Run([.universalOrigin(.globalConsensus(.polkadot))]).error == .invalidLocation)
  }

  @Test("ExecuteWithOrigin restores the origin even after an error")
  func executeWithOrigin() {
    let child = Junctions(.palletInstance(4))
    let inner: Xcm = [.expectOrigin(World.alice.appending(.palletInstance(4)))]
    #expect(Run([.executeWithOrigin(descendantOrigin: child, xcm: inner), .expectOrigin(World.alice)]).error == nil)
    #expect(
      Run([.executeWithOrigin(descendantOrigin: nil, xcm: [.expectOrigin(nil)]), .expectOrigin(World.alice)]).error
        == nil)
    let failing = Run([
      .setErrorHandler([.expectOrigin(World.alice), .clearError]),
      .executeWithOrigin(descendantOrigin: child, xcm: [.trap(1)]),
    ])
    #expect(failing.error == nil)
    // What the inner program did before it failed stays.
    let partial = Run([.executeWithOrigin(descendantOrigin: .here, xcm: [.withdrawAsset(.home(10)), .trap(1)])])
    #expect(partial.error == .trap(1) && partial.index == 0 && partial.trapped == [Pair(World.alice, .home(10))])
  }

  @Test("programs inside programs end at the limit", arguments: [(10, nil), (11, XcmError.exceedsStackLimit)])
  func recursion(levels: Int, error: XcmError?) {
    let program = (1..<levels).reduce(Xcm([.clearError])) { inner, _ in
      [.executeWithOrigin(descendantOrigin: .here, xcm: inner)]
    }
    #expect(Run(program).error == error)
  }

  @Test("UnpaidExecution checks the origin when asked to")
  func unpaid() {
    #expect(Run([.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil)]).error == nil)
    #expect(Run([.unpaidExecution(weightLimit: .unlimited, checkOrigin: World.alice)]).error == nil)
    #expect(Run([.unpaidExecution(weightLimit: .unlimited, checkOrigin: World.bob)]).error == .badOrigin)
  }

  @Test("BurnAsset burns what is there")
  func burn() {
    let run = Run([.withdrawAsset(.home(5)), .burnAsset(.both(3, 9))])
    #expect(run.holding == Holding(.home(2)))
  }

  @Test("reports go to the asker with the asker's name for the origin")
  func reports() {
    let jit = Instruction.setFeesMode(jitWithdraw: true)
    let run = Run([jit, .withdrawAsset(.home(5)), .reportHolding(responseInfo: info, assets: all)])
    let querier = World.alice.reanchored(to: World.market, universal: World.universal)
    #expect(
      run.sent.first?.program.instructions.first
        == .queryResponse(
          queryId: 7, response: .assets(Assets(Asset(.sibling(1000), amount: 5))), maxWeight: .zero, querier: querier))
    let failed = Run([jit, .setErrorHandler([.reportError(info)]), .trap(8)])
    #expect(
      failed.sent.first?.program.instructions.first
        == .queryResponse(
          queryId: 7, response: .executionResult(Pair(2, .trap(8))), maxWeight: .zero, querier: querier))
    let status = Run([
      jit, .transact(originKind: .native, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [1])),
      .reportTransactStatus(info),
    ])
    #expect(status.sent.count == 1 && status.error == nil)
  }

  @Test("Transact: a failing call is a status, not an error")
  func transact() {
    func call(_ byte: UInt8, _ kind: OriginKind = .native) -> Instruction {
      .transact(originKind: kind, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [byte]))
    }
    let fine = Run([call(0), .expectTransactStatus(.success)])
    #expect(fine.outcome == .complete(used: Weight(refTime: 60, proofSize: 2)))
    let status = MaybeErrorCode.error(BoundedVector([3]) ?? BoundedVector())
    #expect(
      Run([call(1), .expectTransactStatus(status), .clearTransactStatus, .expectTransactStatus(.success)]).error == nil)
    #expect(Run([call(1), .expectTransactStatus(.success)]).error == .expectationFalse)
    #expect(Run([call(2)]).error == .failedToDecode)
    #expect(Run([call(0, .superuser)]).error == .badOrigin)
    #expect(Run([.clearOrigin, call(0)]).error == .badOrigin)
  }
}

@Suite("InitiateTransfer") struct InitiateTransferTests {
  private static func transfer(
    to destination: Location = World.market, fees: AssetTransferFilter?, preserve: Bool = false,
    _ assets: [AssetTransferFilter], then xcm: Xcm = []
  ) -> Instruction {
    .initiateTransfer(
      destination: destination, remoteFees: fees, preserveOrigin: preserve,
      assets: BoundedVector(assets) ?? BoundedVector(), remoteXcm: xcm)
  }
  private let ours = Location.sibling(1000)

  @Test("fees first, then assets, then the origin, then the program")
  func order() {
    let run = Run([
      .withdrawAsset(.both(200, 100)), .payFees(asset: Asset(World.home, amount: 50)),
      Self.transfer(
        fees: .reserveDeposit(.definite(.home(20))), preserve: true,
        [.teleport(.definite(.home(30))), .reserveDeposit(.wild(.all))], then: [.refundSurplus]),
    ])
    let token = Location(parents: 1, interior: Junctions(.para(1000), .palletInstance(50), .generalIndex(1)))
    let rest = (try? Assets([Asset(ours, amount: 100), Asset(token, amount: 100)])) ?? Assets()
    #expect(run.error == nil)
    #expect(
      run.sent.first?.program == [
        .reserveAssetDeposited(Assets(Asset(ours, amount: 20))), aliceClaims,
        .payFees(asset: Asset(ours, amount: 20)),
        .receiveTeleportedAsset(Assets(Asset(ours, amount: 30))), .reserveAssetDeposited(rest),
        .aliasOrigin(World.alice.reanchored(to: World.market, universal: World.universal) ?? .here), .refundSurplus,
        .setTopic(run.id),
      ])
    #expect(run.home(World.market) == 1120 && run.token(World.market) == 1100 && run.home(World.checking) == 80)
  }

  @Test("without fees it asks for free execution behind the origin change")
  func unpaid() {
    let run = Run([.withdrawAsset(.home(50)), Self.transfer(fees: nil, [.reserveDeposit(.definite(.home(40)))])])
    #expect(
      run.sent.first?.program == [
        .reserveAssetDeposited(Assets(Asset(ours, amount: 40))), aliceClaims, .clearOrigin,
        .unpaidExecution(weightLimit: .unlimited, checkOrigin: nil), .setTopic(run.id),
      ])
    #expect(run.home(World.sink) == 5 && run.trapped == [Pair(World.alice, .home(5))])
  }

  @Test("a claimer is named for assets, unless it is no account of this chain or the program names one itself")
  func claimer() {
    func sent(_ prefix: [Instruction], then xcm: Xcm = [], assets: Balance = 40, from origin: Location = World.alice) -> Xcm? {
      let filter = AssetTransferFilter.reserveDeposit(.definite(assets > 0 ? .home(assets) : Assets()))
      let program = prefix + [.withdrawAsset(.home(50)), Self.transfer(fees: nil, [filter], then: xcm)]
      return Run(Xcm(program), from: origin).sent.first?.program
    }
    let own = Instruction.setHints(hints: BoundedVector([.assetClaimer(location: World.bob)]) ?? BoundedVector())
    let empty = Instruction.setHints(hints: BoundedVector())
    #expect(sent([])?.instructions[1] == aliceClaims)
    #expect(sent([own])?.instructions[1] == own, "the hint that the program here has given")
    #expect(sent([], then: [empty])?.instructions[1] == aliceClaims, "an empty hint names nobody")
    #expect(sent([], then: [own])?.instructions[1] == .clearOrigin)
    #expect(sent([], assets: 0)?.instructions[1] == .clearOrigin)
    #expect(sent([], from: World.market)?.instructions[1] == .clearOrigin)
    let nothing = AssetTransferFilter.teleport(.definite(Assets()))
    let second = Run([
      .withdrawAsset(.home(50)), Self.transfer(fees: nil, [nothing, .reserveDeposit(.definite(.home(40)))]),
    ])
    #expect(second.sent.first?.program.instructions[2] == aliceClaims, "behind the first that loads something")
    let deeper = Instruction.setHints(
      hints: BoundedVector([.assetClaimer(location: World.alice.appending(.onlyChild) ?? .here)]) ?? BoundedVector())
    #expect(sent([deeper])?.instructions[1] == .clearOrigin)
  }

  @Test("an origin that no chain would take from this one stays, and so do the assets")
  func foreignOrigin() {
    let run = Run(
      [
        .withdrawAsset(.home(50)),
        Self.transfer(to: World.studio, fees: nil, preserve: true, [.reserveDeposit(.definite(.home(20)))]),
      ], from: World.market)
    #expect(run.error == .noPermission && run.index == 1 && run.sent.isEmpty && run.home(World.studio) == 0)
    #expect(run.trapped == [Pair(World.market, .home(50))])
  }

  @Test("this chain itself keeps its origin without an alias")
  func root() {
    let run = Run([Self.transfer(fees: nil, preserve: true, [])], from: .here)
    #expect(
      run.sent.first?.program == [.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil), .setTopic(run.id)])
  }

  @Test(
    "refused, with everything back where it was",
    arguments: [
      (transfer(fees: .reserveDeposit(.wild(.all)), []), XcmError.tooManyAssets),
      (transfer(fees: .teleport(.wild(.all)), []), .tooManyAssets),
      (transfer(fees: .reserveWithdraw(.wild(.all)), []), .untrustedReserveLocation),
      (transfer(fees: .reserveDeposit(.definite(.home(900))), []), .notHoldingFees),
      (transfer(fees: .reserveDeposit(.wild(.allCounted(0))), []), .tooManyAssets),
      (transfer(fees: .reserveDeposit(.definite(Assets())), []), .tooManyAssets),
      (transfer(fees: .reserveWithdraw(.definite(.home(1))), []), .untrustedReserveLocation),
      (transfer(to: World.studio, fees: .teleport(.definite(.home(1))), []), .untrustedTeleportLocation),
      (transfer(to: .parent, fees: .reserveDeposit(.definite(.home(50))), []), .unroutable),
    ])
  func refused(_ instruction: Instruction, _ error: XcmError) {
    let run = Run([.withdrawAsset(.both(100, 100)), instruction])
    #expect(run.error == error && run.index == 1)
    #expect(run.trapped == [Pair(World.alice, .both(100, 100))] && run.sent.isEmpty)
    #expect(run.home(World.market) == 1000 && run.home(World.checking) == 50)
  }

  @Test("no origin cannot be preserved, and nothing leaves that the other side cannot read")
  func limits() {
    #expect(Run([.clearOrigin, Self.transfer(fees: nil, preserve: true, [])]).error == .badOrigin)
    let long = Xcm(Array(repeating: .clearError, count: 98))
    let jit = Instruction.setFeesMode(jitWithdraw: true)
    #expect(Run([jit, Self.transfer(fees: nil, [], then: long)]).error == .exceedsMaxMessageSize)
    let deep = (1..<8).reduce(Xcm([.clearError])) { inner, _ in [.setAppendix(inner)] }
    #expect(Run([jit, Self.transfer(fees: nil, [], then: deep)]).error == nil)
    #expect(Run([jit, Self.transfer(fees: nil, [], then: [.setAppendix(deep)])]).error == .exceedsMaxMessageSize)
  }
}
