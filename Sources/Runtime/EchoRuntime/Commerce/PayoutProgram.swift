internal import PalletBalances
public import PalletRoyalty
public import PalletSupport
internal import PalletXcm
public import Primitives
internal import ScaleCodec
public import XCM

/// Program P2: pays parties on another chain (product design 2.1, ADR 016).
///
/// There, one instruction after the other pays a beneficiary; the last one gets what is left of the fees as well. Where
/// one fails, those before it have their money, and the rest comes home.
public enum PayoutProgram: PayoutSender {
  /// Instructions of the message before the first payment: fees, their payment, the rest, no origin, the claimer, the
  /// error handler.
  private static let firstPayment: UInt32 = 6

  public static func quote(_ batch: PayoutBatch, in context: ExecutionContext) throws(DispatchError) -> PayoutQuote {
    let route = try TradeRoute(of: batch.asset, to: batch.chain, in: context)
    // What it weighs does not depend on amounts, and a zero account has as many bytes as any other.
    let remote = try remote(batch, route, batch.items.map(\.amount), home: .zero, in: context)
    let cost = try route.cost(of: remote, at: batch.chain, in: context)
    return PayoutQuote(delivery: cost.delivery, execution: cost.execution)
  }

  public static func send(
    _ batch: PayoutBatch, from account: AccountID, payer: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let route = try TradeRoute(of: batch.asset, to: batch.chain, in: context)
    let quote = try quote(batch, in: context)
    var total: Balance = 0
    for item in batch.items {
      let sum = total
      total = try checked { () throws(ArithmeticError) in try sum.adding(item.amount) }
    }
    // Each beneficiary bears its part of the fee, rounded up: the last gets what rounding and execution leave.
    var amounts: [Balance] = []
    for item in batch.items {
      amounts.append(
        try checked { () throws(ArithmeticError) in
          try item.amount.subtracting(try quote.execution.scaledUp(by: item.amount, over: total))
        })
    }
    guard amounts.allSatisfy({ $0 > 0 }) else { throw RoyaltyPallet.failure(.belowMinimum) }
    let rest = try checked { () throws(ArithmeticError) in try total.subtracting(quote.execution) }
    let remote = try remote(batch, route, amounts, home: account, in: context)
    let program = try route.program(
      of: account, to: batch.chain, fees: quote.execution, assets: rest, preservesOrigin: false, then: remote)
    // All of the payout leaves with the message.
    return try lending(quote.delivery, from: payer, to: account, keeping: 0, in: context) { () throws(DispatchError) in
      try XcmPalletPallet.run(program, as: account, timeout: nil, in: context)
    }
  }

  /// Sends a message for which the payer lends more than the delivery can cost, and gets back what it did not.
  private static func lending(
    _ delivery: Balance, from payer: AccountID, to account: AccountID, keeping before: Balance, in context: ExecutionContext,
    _ send: () throws(DispatchError) -> H256
  ) throws(DispatchError) -> H256 {
    try BalancesPallet.transfer(delivery.multipliedSaturating(by: 2), from: payer, to: account, .preserve, in: context)
    let message = try send()
    let left = try BalancesPallet.freeBalance(of: account, in: context).subtractingSaturating(before)
    if left > 0 { try BalancesPallet.transfer(left, from: account, to: payer, .expendable, in: context) }
    return message
  }

  public static func recover(
    _ amount: Balance, of asset: Location, on chain: Location, isTrapped: Bool, to account: AccountID, payer: AccountID,
    in context: ExecutionContext
  ) throws(DispatchError) -> H256 {
    let route = try TradeRoute(of: asset, to: chain, in: context)
    let all = AssetFilter.wild(.allCounted(Compact(1)))
    let onward: [Instruction] = [
      TradeRoute.claimer(try TradeRoute.seen(.account(account), from: chain, in: context)),
      .initiateTransfer(
        destination: try TradeRoute.seen(.here, from: chain, in: context), remoteFees: route.returning, preserveOrigin: false,
        assets: BoundedVector(), remoteXcm: [.refundSurplus, .depositAsset(assets: all, beneficiary: .account(account))]),
    ]
    let cost = try route.cost(of: onward, at: chain, in: context)
    guard amount > cost.execution else { throw RoyaltyPallet.failure(.belowMinimum) }
    let assets = route.arrived(amount)
    let load: Instruction = isTrapped ? .claimAsset(assets: assets, ticket: .here) : .withdrawAsset(assets)
    let program = Xcm([load, .payFees(asset: Asset(route.there, amount: cost.execution))] + onward)
    let has = try BalancesPallet.freeBalance(of: account, in: context)
    return try lending(cost.delivery, from: payer, to: account, keeping: has, in: context) { () throws(DispatchError) in
      try XcmPalletPallet.send(program, to: chain, as: account, in: context)
    }
  }

  /// What the destination does.
  private static func remote(
    _ batch: PayoutBatch, _ route: TradeRoute, _ amounts: [Balance], home: AccountID, in context: ExecutionContext
  ) throws(DispatchError) -> [Instruction] {
    let all = AssetFilter.wild(.allCounted(Compact(1)))
    let beneficiaries = try batch.items.map { item throws(DispatchError) in
      try TradeRoute.seen(item.beneficiary, from: batch.chain, in: context)
    }
    guard let last = beneficiaries.last else { throw RoyaltyPallet.failure(.badBatch) }
    var remote: [Instruction] = [
      TradeRoute.claimer(try TradeRoute.seen(.account(home), from: batch.chain, in: context)),
      // The fees that are set aside pay for the way; what is left of them the last beneficiary may claim.
      .setErrorHandler([
        .initiateTransfer(
          destination: try TradeRoute.seen(.here, from: batch.chain, in: context), remoteFees: route.returning, preserveOrigin: false,
          assets: BoundedVector(), remoteXcm: [.refundSurplus, .depositAsset(assets: all, beneficiary: .account(home))]),
        TradeRoute.claimer(last),
      ]),
    ]
    for (amount, beneficiary) in zip(amounts, beneficiaries) {
      remote.append(.depositAsset(assets: .definite(route.arrived(amount)), beneficiary: beneficiary))
    }
    // Everybody is paid. The handler's weight is surplus only once it is gone.
    remote += [.setErrorHandler([]), .refundSurplus, .depositAsset(assets: all, beneficiary: last)]
    return remote
  }

  public static func paidShares(_ batch: PayoutBatch, failedAt index: UInt32) -> Int? {
    // A message that could not be loaded is refused whole. So below the first payment the error is the handler's.
    guard index >= firstPayment else { return nil }
    return min(Int(index - firstPayment), batch.items.count)
  }
}
