import EchoRuntime
import Keys
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import ScaleCodec
import XCM

/// An instruction in programs that complete on the hub.
struct InstructionCase: Sendable {
  var instruction: Instruction
  var origin = alice
  /// Stands before the instructions.
  var before: [Instruction] = []
  /// Stands behind them.
  var after: [Instruction] = []
  /// How often the instruction stands in the two programs that are compared.
  var few = 1
  var many = 5

  /// A program with the instruction `count` times.
  func program(_ count: Int) -> Xcm {
    Xcm(before + Array(repeating: instruction, count: count) + after)
  }
}

extension InstructionCase {
  static let alice = Location.account(DevelopmentKey.alice.secretKey.publicKey.accountID)
  private static let bob = Location.account(DevelopmentKey.bob.secretKey.publicKey.accountID)
  private static let market = Location.sibling(2000)
  private static let unit: Balance = 1_000_000_000_000

  /// The hub's native asset.
  private static func echo(_ amount: Balance = unit) -> Asset { Asset(.here, amount: amount) }
  /// The hub's own asset that teleports to the market.
  private static func credits(_ amount: Balance = 1_000_000) -> Asset {
    Asset(Location(.palletInstance(AssetsConfig.palletIndex), .generalIndex(Compact(7))), amount: amount)
  }
  /// The market's native asset.
  private static func voucher(_ amount: Balance = unit) -> Asset { Asset(market, amount: amount) }

  private static let keep: [Instruction] = [.depositAsset(assets: .wild(.all), beneficiary: alice)]
  private static let info = QueryResponseInfo(destination: market, queryId: 1, maxWeight: .zero)

  /// Takes an asset from the origin and puts the rest back at the end.
  private static func holding(_ instruction: Instruction, _ assets: Asset..., many: Int = 5) -> InstructionCase {
    let assets = (try? Assets(assets)) ?? Assets()
    return InstructionCase(instruction: instruction, before: [.withdrawAsset(assets)], after: keep, many: many)
  }

  /// Runs before everything else: credits that are away and can come back, vouchers, assets in a trap, and a lock
  /// on both chains.
  static let preparation: [(origin: Location, program: Xcm)] = [
    (
      alice,
      [
        .withdrawAsset((try? Assets([echo(10 * unit), credits(1_000_000_000)])) ?? Assets()),
        .initiateTeleport(assets: .definite(Assets(credits(1_000_000_000))), dest: market, xcm: []),
        .depositAsset(assets: .wild(.all), beneficiary: alice),
      ]
    ),
    (
      market,
      [.reserveAssetDeposited(Assets(voucher(1000 * unit))), .depositAsset(assets: .wild(.all), beneficiary: alice)]
    ),
    (alice, [.withdrawAsset(Assets(echo(3 * unit)))]),
    (alice, [.setFeesMode(jitWithdraw: true), .lockAsset(asset: echo(100 * unit), unlocker: market)]),
    (market, [.noteUnlockable(asset: voucher(100 * unit), owner: alice)]),
  ]

  /// All 52 instructions, by their numbers.
  static let all: [InstructionCase] = (assetCases + controlCases + expectationCases + messageCases).sorted {
    $0.instruction.encoded()[0] < $1.instruction.encoded()[0]
  }

  private static let assetCases: [InstructionCase] = [
    InstructionCase(instruction: .withdrawAsset(Assets(echo())), after: keep),
    InstructionCase(instruction: .reserveAssetDeposited(Assets(voucher())), origin: market, after: keep),
    InstructionCase(instruction: .receiveTeleportedAsset(Assets(credits())), origin: market, after: keep),
    InstructionCase(instruction: .transferAsset(assets: Assets(echo()), beneficiary: bob)),
    holding(.depositAsset(assets: .definite(Assets(echo())), beneficiary: bob), echo(10 * unit)),
    holding(.burnAsset(Assets(echo())), echo(10 * unit)),
    holding(
      .exchangeAsset(give: .definite(Assets(credits())), want: Assets(echo(1_000_000)), maximal: true),
      credits(10_000_000)),
    InstructionCase(
      instruction: .claimAsset(assets: Assets(echo(3 * unit)), ticket: .here), after: keep, few: 0, many: 1),
    // One lock at a time is told to an unlocker.
    InstructionCase(
      instruction: .lockAsset(asset: echo(), unlocker: market), before: [.setFeesMode(jitWithdraw: true)], few: 0, many: 1),
    InstructionCase(instruction: .noteUnlockable(asset: voucher(), owner: alice), origin: market),
    InstructionCase(instruction: .unlockAsset(asset: echo(), target: alice), origin: market),
    InstructionCase(
      instruction: .requestUnlock(asset: voucher(), locker: market), before: [.setFeesMode(jitWithdraw: true)], few: 0, many: 1),
    holding(
      .buyExecution(fees: echo(), weightLimit: .limited(Weight(refTime: 1_000_000, proofSize: 1024))), echo(10 * unit)),
    InstructionCase(
      instruction: .payFees(asset: echo()), before: [.withdrawAsset(Assets(echo(10 * unit)))], after: keep, few: 0,
      many: 1),
    InstructionCase(instruction: .refundSurplus),
  ]

  private static let controlCases: [InstructionCase] = [
    InstructionCase(instruction: .clearOrigin),
    InstructionCase(instruction: .descendOrigin(Junctions(.palletInstance(1)))),
    InstructionCase(instruction: .aliasOrigin(alice)),
    InstructionCase(instruction: .universalOrigin(.globalConsensus(.kusama))),
    InstructionCase(instruction: .executeWithOrigin(descendantOrigin: nil, xcm: [])),
    InstructionCase(instruction: .setErrorHandler([.clearError])),
    InstructionCase(instruction: .setAppendix([.clearError])),
    InstructionCase(instruction: .clearError),
    InstructionCase(instruction: .setFeesMode(jitWithdraw: true)),
    InstructionCase(instruction: .setTopic(.zero), after: [.clearTopic]),
    InstructionCase(instruction: .clearTopic),
    InstructionCase(instruction: .setHints(hints: BoundedVector([.assetClaimer(location: bob)]) ?? BoundedVector())),
    InstructionCase(
      instruction: .transact(
        originKind: .sovereignAccount, fallbackMaxWeight: nil,
        call: DoubleEncoded(encoded: RuntimeCall.system(.remark(remark: [1, 2, 3])).encoded()))),
    InstructionCase(instruction: .clearTransactStatus),
    InstructionCase(instruction: .trap(1)),
    InstructionCase(instruction: .unpaidExecution(weightLimit: .unlimited, checkOrigin: alice)),
  ]

  private static let expectationCases: [InstructionCase] = [
    holding(.expectAsset(Assets(echo())), echo()),
    InstructionCase(instruction: .expectOrigin(alice)),
    InstructionCase(instruction: .expectError(nil)),
    InstructionCase(instruction: .expectTransactStatus(.success)),
    InstructionCase(
      instruction: .expectPallet(
        index: Compact(UInt32(BalancesPallet.index)), name: Array("Balances".utf8),
        moduleName: Array("pallet_balances".utf8),
        crateMajor: 1, minCrateMinor: 0)),
  ]

  private static let messageCases: [InstructionCase] = [
    holding(.transferReserveAsset(assets: Assets(echo()), dest: market, xcm: []), echo(10 * unit)),
    holding(.depositReserveAsset(assets: .definite(Assets(echo())), dest: market, xcm: []), echo(10 * unit)),
    holding(
      .initiateReserveWithdraw(assets: .definite(Assets(voucher())), reserve: market, xcm: []), voucher(10 * unit),
      echo(unit)),
    holding(
      .initiateTeleport(assets: .definite(Assets(credits())), dest: market, xcm: []), credits(10_000_000), echo(unit)),
    holding(
      .initiateTransfer(
        destination: market, remoteFees: nil, preserveOrigin: false,
        assets: BoundedVector([.reserveDeposit(.definite(Assets(echo())))]) ?? BoundedVector(), remoteXcm: []),
      echo(10 * unit)),
    holding(.reportError(info), echo(10 * unit)),
    holding(.reportHolding(responseInfo: info, assets: .wild(.all)), echo(10 * unit)),
    holding(.reportTransactStatus(info), echo(10 * unit)),
    holding(.queryPallet(moduleName: Array("pallet_balances".utf8), responseInfo: info), echo(10 * unit)),
    InstructionCase(
      instruction: .queryResponse(queryId: 1, response: .null, maxWeight: .zero, querier: .here), origin: market,
      few: 0, many: 1),
    InstructionCase(
      instruction: .subscribeVersion(queryId: 1, maxResponseWeight: .zero), origin: market, few: 0, many: 1),
    InstructionCase(instruction: .unsubscribeVersion, origin: market),
    holding(.exportMessage(network: .kusama, destination: .here, xcm: []), echo(10 * unit)),
    InstructionCase(instruction: .hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 2, maxCapacity: 3)),
    InstructionCase(instruction: .hrmpChannelAccepted(recipient: 1)),
    InstructionCase(instruction: .hrmpChannelClosing(initiator: 1, sender: 2, recipient: 3)),
  ]
}
