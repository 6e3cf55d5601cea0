public import PalletRoyalty
public import Primitives
internal import XCM

/// A party as people type it: `alice`, `studio:bob` or `split:7`.
public enum PartyName: Hashable, Sendable {
  /// An account of the chain.
  case account(String)
  /// An account of a chain, by that chain's name or para id.
  case elsewhere(chain: String, account: String)
  /// The members of a split.
  case split(UInt64)

  /// Reads a name.
  /// - Returns: `nil` for `split:` in front of anything but a number.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else {
      self = .account(text)
      return
    }
    let (head, tail) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    guard head == "split" else {
      self = .elsewhere(chain: head, account: tail)
      return
    }
    guard let number = UInt64(tail), "\(number)" == tail else { return nil }
    self = .split(number)
  }
}

extension Royalty.Party {
  /// Somebody's account on a chain, as a chain names it.
  /// - Parameters:
  ///   - paraId: Of the chain that the account is on.
  ///   - own: Of the chain that names it; `nil` when that is not known, which takes the account for one elsewhere.
  public init(_ account: AccountID, on paraId: UInt32, seenFrom own: UInt32?) {
    self = paraId == own ? .account(account) : .remote(Location(parents: 1, .para(paraId), .account(account)))
  }
}
