import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let all = AssetFilter.wild(.all)
private let jit = Instruction.setFeesMode(jitWithdraw: true)

private func buy(_ asset: Location, upTo amount: Balance = 20) -> Instruction {
  .buyExecution(fees: Asset(asset, amount: amount), weightLimit: .limited(Weight(refTime: 10)))
}

/// Delivery to market costs 5 of home, which is 10 of the token.
@Suite("Fees in another asset") struct ServicesFeeTests {
  @Test("PayFees in the token: delivery is paid from the fees register by a swap")
  func feesRegister() {
    let run = Run([
      .withdrawAsset(.token(100)), .payFees(asset: Asset(World.token, amount: 50)),
      .depositReserveAsset(assets: all, dest: World.market, xcm: []),
    ])
    // Three instructions cost 6 of the token, delivery 10.
    #expect(run.error == nil && run.token(World.market) == 1050 && run.trapped == [Pair(World.alice, .token(34))])
    #expect(run.home(World.sink) == 5 && run.token(World.sink) == 6)
    #expect(run.home(World.pool) == 495 && run.token(World.pool) == 510)
  }

  @Test("BuyExecution in the token: delivery is set aside in the token before a wildcard takes all")
  func holding() {
    let run = Run([
      .withdrawAsset(.token(100)), buy(World.token), .depositReserveAsset(assets: all, dest: World.market, xcm: []),
    ])
    #expect(run.error == nil && run.token(World.market) == 1088 && run.trapped.isEmpty)
    #expect(run.home(World.sink) == 5 && run.token(World.sink) == 2 && run.token(World.pool) == 510)
    let other = Run([
      .withdrawAsset(.both(100, 100)), buy(World.token),
      .transferReserveAsset(assets: .home(50), dest: World.market, xcm: []),
    ])
    #expect(other.error == nil && other.trapped == [Pair(World.alice, .both(100, 88))], "the token pays, not home")
  }

  @Test("a BuyExecution that failed or bought nothing does not decide the asset")
  func otherPurchases() {
    let send = Instruction.transferReserveAsset(assets: .home(50), dest: World.market, xcm: [])
    let failed = Run([
      .withdrawAsset(.both(100, 100)), .setErrorHandler([send]), buy(World.token, upTo: 1),
    ])
    #expect(failed.error == .tooExpensive && failed.sent.count == 1)
    #expect(failed.trapped == [Pair(World.alice, .both(95, 100))])
    let unlimited = Run([
      .withdrawAsset(.both(100, 100)),
      .buyExecution(fees: Asset(World.token, amount: 20), weightLimit: .unlimited), send,
    ])
    #expect(unlimited.trapped == [Pair(World.alice, .both(95, 100))], "nothing was bought")
  }

  @Test("from the account when the fees mode says so")
  func account() {
    let run = Run([
      jit, .withdrawAsset(.token(20)), buy(World.token),
      .transferReserveAsset(assets: .home(50), dest: World.market, xcm: []),
    ])
    #expect(run.error == nil && run.token(World.alice) == 970 && run.home(World.alice) == 950)
    #expect(run.home(World.sink) == 5 && run.trapped == [Pair(World.alice, .token(18))])
    let nobody = Run([
      jit, .withdrawAsset(.token(20)), buy(World.token), .clearOrigin,
      .depositReserveAsset(assets: all, dest: World.market, xcm: []),
    ])
    #expect(nobody.error == .badOrigin)
  }

  @Test("a quoted swap that fails leaves everything where it was")
  func failingSwap() {
    for pay in [Instruction.payFees(asset: Asset(World.token, amount: 50)), buy(World.token, upTo: 50)] {
      let state = Run.world()
      Ledger.set(World.pool, World.home, 4, in: state)
      let run = Run(
        [.withdrawAsset(.token(100)), pay, .depositReserveAsset(assets: all, dest: World.market, xcm: [])], on: state)
      #expect(run.error == .feesNotMet && run.index == 2 && run.sent.isEmpty)
      #expect(run.token(World.market) == 1000 && run.token(World.pool) == 500 && run.home(World.pool) == 4)
      let left = run.trapped.reduce(Balance(0)) { $0 + $1.second.items.reduce(0) { $0 + ($1.amount ?? 0) } }
      #expect(left + run.token(World.sink) == 100)
    }
  }

  @Test("too little for the price is not holding fees")
  func poor() {
    let register = Run([
      .withdrawAsset(.token(100)), .payFees(asset: Asset(World.token, amount: 15)),
      .depositReserveAsset(assets: all, dest: World.market, xcm: []),
    ])
    #expect(register.error == .notHoldingFees && register.token(World.pool) == 500)
    let holding = Run([
      .withdrawAsset(.both(100, 5)), buy(World.token, upTo: 5),
      .transferReserveAsset(assets: .home(50), dest: World.market, xcm: []),
    ])
    #expect(holding.error == .notHoldingFees, "the program has said that it pays in the token")
  }

  @Test("without a price the fee itself is due")
  func noPrice() {
    let state = Run.world()
    func run(_ program: Xcm) -> Outcome {
      var id = H256.zero
      return XcmExecutor<BareConfig>.prepareAndExecute(
        program, origin: World.alice, id: &id, weightLimit: .max, in: state)
    }
    let send = Instruction.transferReserveAsset(assets: .home(50), dest: World.market, xcm: [])
    #expect(run([.withdrawAsset(.both(10, 100)), buy(World.token), send]).failure == nil)
    #expect(Ledger.balance(World.sink, World.home, in: state) == 5)
    let register = run([.withdrawAsset(.both(10, 100)), .payFees(asset: Asset(World.token, amount: 50)), send])
    #expect(register.failure == InstructionError(index: 2, error: .notHoldingFees))
  }

  @Test(
    "what is paid for fees is what was used, what delivery cost, and what comes back",
    arguments: [World.home, World.token], [0, 1, 2])
  func conservation(asset: Location, refunds: Int) {
    let program: [Instruction] = [
      .withdrawAsset(Assets(Asset(asset, amount: 400))), .payFees(asset: Asset(asset, amount: 200)),
      // Never runs: its weight is surplus as soon as another one takes its place.
      .setErrorHandler([.clearError, .clearError, .clearError]), .setErrorHandler([]),
      .payFees(asset: Asset(asset, amount: 200)),
      .transact(originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [0])),
      .initiateTransfer(
        destination: World.market, remoteFees: nil, preserveOrigin: false,
        assets: BoundedVector([.reserveDeposit(.definite(Assets(Asset(asset, amount: 100))))]) ?? BoundedVector(),
        remoteXcm: []),
    ]
    let run = Run(Xcm(program + Array(repeating: .refundSurplus, count: refunds)))
    #expect(run.error == nil && run.trapped.count == 1)
    // One of the weight is what the trap took, after everything was paid.
    let used = run.outcome.weightUsed.subtracting(Weight(refTime: 1))
    #expect(used.refTime.value == UInt64(110 + 10 * refunds))
    let price = LedgerPrices.price(of: used, in: AssetID(asset), state: run.state) ?? 0
    let delivery: Balance = asset == World.home ? 5 : 10
    let back = run.trapped.first?.second.first?.amount ?? 0
    #expect(400 == 100 + price + delivery + back)
    #expect(Ledger.balance(World.sink, asset, in: run.state) == price + (asset == World.home ? 5 : 0))
    #expect(run.home(World.sink) >= 5)
  }
}

@Suite("Programs within programs") struct NestingTests {
  /// The program inside a call that executes it, and which fails if it does.
  private func called(_ program: Xcm) -> Xcm {
    [
      .transact(originKind: .xcm, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [9] + program.encoded())),
      .expectTransactStatus(.success),
    ]
  }

  @Test("calls that execute programs count as levels, like ExecuteWithOrigin", arguments: [0, 3, 6])
  func recursion(wrapped: Int) {
    for (levels, fails) in [(10, false), (11, true)] {
      var program: Xcm = [.clearError]
      for level in 1..<levels {
        program = level <= wrapped ? [.executeWithOrigin(descendantOrigin: .here, xcm: program)] : called(program)
      }
      let run = Run(program)
      #expect(run.error == (fails ? .expectationFalse : nil), "\(levels) levels")
      #expect(Run([.clearError], on: run.state).error == nil, "the count is back at zero")
    }
  }
}
