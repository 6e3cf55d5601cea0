internal import RPC
internal import Synchronization

/// How much of something there may be at a time, on one connection or in the whole node; `Kind` keeps apart what is
/// counted separately.
///
/// Whoever takes some holds a ``Share`` and gives it back by letting go of that, also when it ends with the connection.
final class Allowance<Kind>: RPCConnectionState {
  /// What was taken.
  final class Share: Sendable {
    private let allowance: Allowance
    private let amount: Int

    fileprivate init(_ allowance: Allowance, _ amount: Int) {
      self.allowance = allowance
      self.amount = amount
    }

    deinit { allowance.used.withLock { $0 -= amount } }
  }

  private let used = Mutex(0)

  /// Takes some.
  /// - Returns: `nil` when more than `limit` would be taken together.
  func take(_ amount: Int = 1, limit: Int) -> Share? {
    let isTaken = used.withLock { used in
      guard amount <= limit, used <= limit - amount else { return false }
      used += amount
      return true
    }
    return isTaken ? Share(self, amount) : nil
  }

  func connectionEnded() {}
}

/// A share that is given back at a certain moment, whoever still knows the holder.
final class HeldShare<Kind>: Sendable {
  private let share: Mutex<Allowance<Kind>.Share?>

  init(_ share: Allowance<Kind>.Share) { self.share = Mutex(share) }

  func give() { share.withLock { $0 = nil } }
}
