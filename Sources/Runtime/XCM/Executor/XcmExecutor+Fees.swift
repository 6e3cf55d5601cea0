internal import PalletSupport
internal import Primitives
internal import ScaleCodec

extension XcmExecutor {
  /// Buys weight from holding. Without a limit nothing is bought: then the barrier had another reason to let the
  /// program through.
  mutating func buyExecution(_ fees: Asset, _ limit: WeightLimit) throws(XcmError) {
    guard case .limited(let weight) = limit else { return }
    guard let payment = registers.holding.takeExactly(.definite(Assets(fees))) else { throw .notHoldingFees }
    let rest = try registers.trader.buy(weight, payment: payment, context: registers.context, in: state)
    registers.holding.add(rest)
  }

  /// Buys the weight of the whole message and keeps the rest of the payment for fees to come. Only the first counts.
  mutating func payFees(_ asset: Asset) throws(XcmError) {
    guard !registers.hasPaidFees else { return }
    guard let payment = registers.holding.takeExactly(.definite(Assets(asset))) else { throw .notHoldingFees }
    let rest = try registers.trader.buy(
      registers.messageWeight, payment: payment, context: registers.context, in: state)
    registers.fees.add(rest)
    registers.hasPaidFees = true
  }

  /// Sells surplus weight back and returns the fees register to holding.
  mutating func refundSurplus() throws(XcmError) {
    let surplus = registers.totalSurplus.subtracting(registers.totalRefunded)
    if surplus != .zero {
      var trader = registers.trader
      if let refund = trader.refund(surplus, context: registers.context, in: state) {
        // The trader is kept only when holding has room, so that a refused refund stays with it.
        if registers.holding.amount(of: refund.id) == 0 { try ensureRoom(for: 1) }
        registers.trader = trader
        registers.totalRefunded = registers.totalRefunded.adding(surplus)
        registers.holding.add(refund)
      }
    }
    registers.holding.add(registers.takeFees())
  }

  /// Takes a delivery fee: from the origin's account if the fees mode says so, else from the fees register, else from
  /// holding.
  mutating func takeFee(_ fees: Assets, reason: FeeReason) throws(XcmError) {
    guard !fees.isEmpty, !Config.isFeeWaived(for: registers.context.origin, reason: reason, in: state) else { return }
    if registers.withdrawsFees {
      let origin = try origin()
      for asset in fees.items {
        try Config.Transactor.withdraw(asset, from: origin, context: registers.context, in: state)
      }
    } else if registers.fees.isEmpty {
      guard registers.holding.takeExactly(.definite(fees)) != nil else { throw .notHoldingFees }
    } else {
      guard registers.fees.takeExactly(.definite(fees)) != nil else { throw .notHoldingFees }
    }
    try Config.collect(fee: fees, reason: reason, context: registers.context, in: state)
    Config.deposit(.feesPaid(paying: registers.context.origin, fees: fees, reason: reason), in: state)
  }
}
