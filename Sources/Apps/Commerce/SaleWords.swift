public import PalletMarketplace

/// Where an order stands, in words.
public enum SaleWords {
  /// The state's name: `delivered`.
  public static func name(_ state: Marketplace.OrderState) -> String {
    switch state {
    case .funded: "funded"
    case .delivered: "delivered"
    case .challenged: "challenged"
    case .judging: "judging"
    case .released: "released"
    case .refunded: "refunded"
    case .split: "split"
    case .cancelled: "cancelled"
    }
  }

  /// The state in a few words.
  public static func sentence(_ state: Marketplace.OrderState) -> String {
    switch state {
    case .funded: "paid; the seller is to deliver"
    case .delivered: "delivered; the buyer may confirm or complain"
    case .challenged(let block, _, _): "block \(block) of the file is to be shown"
    case .judging: "a panel judges"
    case .released: "released: the seller and the royalty's members are paid"
    case .refunded: "refunded: the buyer has the money back"
    case .split(let share): "judged: the buyer got \(share) of 1000000 parts of the price back"
    case .cancelled: "cancelled before it arrived"
    }
  }

  /// Whether money of the order is still in escrow.
  public static func isOpen(_ state: Marketplace.OrderState) -> Bool {
    switch state {
    case .funded, .delivered, .challenged, .judging: true
    case .released, .refunded, .split, .cancelled: false
    }
  }

  /// Who can do what now.
  /// - Parameter isOver: Whether the state's deadline has passed.
  public static func next(_ state: Marketplace.OrderState, isOver: Bool) -> String? {
    switch (state, isOver) {
    case (.funded, false): "the seller: 'market deliver'"
    case (.funded, true): "anybody: 'market settle' gives the buyer the money back"
    case (.delivered, false): "the buyer: 'market fetch', then 'market confirm' or 'market complain'"
    case (.delivered, true): "anybody: 'market settle' pays the seller"
    case (.challenged(let block, _, _), false): "whoever has the file: 'market answer' shows block \(block)"
    case (.challenged, true): "anybody: 'market settle' gives the buyer the money back"
    case (.judging, _): "the jurors: 'market panel commit', then 'market panel reveal'; then anybody: 'market settle'"
    default: nil
    }
  }

  /// Why the buyer got the money back.
  public static func sentence(_ reason: Marketplace.RefundReason) -> String {
    switch reason {
    case .notDelivered: "nothing was delivered in time"
    case .wrongKey: "the key was not the one that was promised"
    case .wrongContent: "the content was not what was promised"
    case .notRetrievable: "the file could not be had"
    }
  }
}

extension SaleWords {
  /// How far a purchase from another chain has come.
  public static func name(_ status: Marketplace.RemoteStatus) -> String {
    switch status {
    case .sent: "sent"
    case .placed: "placed"
    case .failed: "failed"
    case .returned: "returned"
    }
  }
}
