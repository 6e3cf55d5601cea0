public import PalletMarketplace

/// How far an order is followed.
public enum SaleGoal: String, CaseIterable, Sendable {
  case placed, delivered, ended

  /// Whether an order in this state has come so far.
  public func isReached(by state: Marketplace.OrderState) -> Bool {
    switch (self, state) {
    case (.placed, _): true
    case (.delivered, .funded): false
    case (.delivered, _): true
    case (.ended, _): !SaleWords.isOpen(state)
    }
  }

  /// What an order that was followed has come to.
  public func verdict(_ state: Marketplace.OrderState) -> SaleVerdict {
    switch state {
    case .refunded: .nothing("the order was refunded: the buyer has the money back")
    case .cancelled: .nothing("the order was cancelled before it arrived")
    default: isReached(by: state) ? .reached : .unfinished
    }
  }
}

/// What following an order has come to.
public enum SaleVerdict: Hashable, Sendable {
  /// It got as far as it was followed.
  case reached
  /// It ended and the buyer has not got what was paid for; why.
  case nothing(String)
  /// It may still get there.
  case unfinished
}
