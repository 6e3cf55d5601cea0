internal import PalletSupport
internal import Primitives
internal import ScaleCodec

extension XcmExecutor {
  /// Buys weight from holding. Without a limit nothing is bought: then the barrier had another reason to let the
  /// program through.
  mutating func buyExecution(_ fees: Asset, _ limit: WeightLimit) throws(XcmError) {
    guard case .limited(let weight) = limit else { return }
    registers.executionAsset = fees.id
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

  /// Takes a delivery fee: from the origin's account if the fees mode says so, else from the fees register while
  /// there is something in it, else from holding.
  ///
  /// A program that pays in another asset than the fee is due in has that one swapped, when the exchanger quotes a
  /// price. What the swap brings beyond the fee goes back to the register that paid.
  /// - Throws: ``XcmError/notHoldingFees`` when the payment is not there, ``XcmError/feesNotMet`` when a quoted swap
  ///   fails, ``XcmError/badOrigin`` when there is no account to take from.
  mutating func takeFee(_ fees: Assets, reason: FeeReason) throws(XcmError) {
    guard !fees.isEmpty, !Config.isFeeWaived(for: registers.context.origin, reason: reason, in: state) else { return }
    state.xcmRecorder?.noteFee(fees, reason: reason)
    for fee in fees.items {
      let payer = registers.payer
      let payment = payment(of: fee)
      state.xcmRecorder?.notePayment(payment)
      try draw(payment, from: payer)
      if payment.id != fee.id { try swap(payment, for: fee, from: payer) }
    }
    try Config.collect(fee: fees, reason: reason, context: registers.context, in: state)
    Config.deposit(.feesPaid(paying: registers.context.origin, fees: fees, reason: reason), in: state)
  }

  /// What is given for a fee: its price in the asset that the program pays with, or the fee itself when that is the
  /// same asset or has no price.
  func payment(of fee: Asset) -> Asset {
    guard let asset = registers.feeAsset, asset != fee.id else { return fee }
    let offer = Assets(Asset(asset, amount: .max))
    return Config.Exchanger.quote(offer, for: Assets(fee), maximal: false, in: state)?.first ?? fee
  }

  /// Takes a payment from where the program pays.
  private mutating func draw(_ payment: Asset, from payer: FeePayer) throws(XcmError) {
    switch payer {
    case .account:
      try Config.Transactor.withdraw(payment, from: try origin(), context: registers.context, in: state)
    case .feesRegister:
      guard registers.fees.takeExactly(.definite(Assets(payment))) != nil else { throw .notHoldingFees }
    case .holding:
      guard registers.holding.takeExactly(.definite(Assets(payment))) != nil else { throw .notHoldingFees }
    }
  }

  /// Turns a payment into the fee that is due and returns what is over.
  private mutating func swap(_ payment: Asset, for fee: Asset, from payer: FeePayer) throws(XcmError) {
    var bought: Holding
    do throws(XcmError) {
      bought = try Config.Exchanger.exchange(
        Holding(payment), for: Assets(fee), maximal: false, origin: registers.context.origin, in: state)
    } catch { throw .feesNotMet }
    guard bought.takeExactly(.definite(Assets(fee))) != nil else { throw .feesNotMet }
    if payer == .feesRegister {
      registers.fees.add(bought)
    } else {
      try ensureRoom(for: bought.count)
      registers.holding.add(bought)
    }
  }
}
