internal import EchoRuntime
public import Primitives
public import XCM

/// The rule by which a location has its account in the built-in runtime.
public enum SovereignRule: CaseIterable, Sendable {
  case localAccount
  case siblingChain
  case parentChain
  case description
  case thisChain

  /// The rule that answers first.
  /// - Returns: The rule and the account; `nil` when the location has no account.
  public static func account(of location: Location) -> (rule: SovereignRule, account: AccountID)? {
    guard let account = EchoRuntime.account(of: location) else { return nil }
    guard let rule = allCases.first(where: { $0.account(of: location) == account }) else { return nil }
    return (rule, account)
  }

  private func account(of location: Location) -> AccountID? {
    switch self {
    case .localAccount: LocalAccount().account(of: location)
    case .siblingChain: SiblingAccount().account(of: location)
    case .parentChain: ParentAccount().account(of: location)
    case .description: DescribedAccount().account(of: location)
    case .thisChain: location.isHere ? EchoRuntime.account(of: location) : nil
    }
  }

  /// What the account is made of.
  public var sentence: String {
    switch self {
    case .localAccount: "an account of the chain itself: the id as it is"
    case .siblingChain: "a sibling chain: 'sibl', the para id as 4 little-endian bytes, zeros"
    case .parentChain: "the parent chain: 'Parent', zeros"
    case .description:
      "part of another chain: blake2b-256 of ParentChain, SiblingChain or ChildChain, the para id as a compact "
        + "integer, and the description of the part"
    case .thisChain: "the chain itself: its treasury"
    }
  }
}
