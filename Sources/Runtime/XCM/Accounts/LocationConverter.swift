public import Primitives
internal import ScaleCodec

/// Finds the account that stands for a location in the local ledger.
public protocol LocationConverter: Sendable {
  /// The account of `location`, or `nil` when this converter has none for it.
  func account(of location: Location) -> AccountID?
}

/// Asks converters in order; the first that knows the location answers.
public struct FirstConverter: LocationConverter {
  private let converters: [any LocationConverter]
  public init(_ converters: any LocationConverter...) { self.converters = converters }

  public func account(of location: Location) -> AccountID? {
    for converter in converters {
      if let account = converter.account(of: location) { return account }
    }
    return nil
  }
}

/// The parent chain: the text `Parent`, padded with zeros to 32 bytes.
public struct ParentAccount: LocationConverter {
  public init() {}
  public func account(of location: Location) -> AccountID? {
    location == .parent ? Sovereign.padded(Array("Parent".utf8)) : nil
  }
}

/// A sibling chain: `sibl`, its id as four little-endian bytes, then zeros.
public struct SiblingAccount: LocationConverter {
  public init() {}
  public func account(of location: Location) -> AccountID? {
    location.siblingChain.map { Sovereign.padded(Array("sibl".utf8) + $0.encoded()) }
  }
}

/// A child chain: `para`, its id as four little-endian bytes, then zeros.
public struct ChildAccount: LocationConverter {
  public init() {}
  public func account(of location: Location) -> AccountID? {
    guard location.parents == 0, location.interior.count == 1, case .parachain(let id)? = location.interior.first else {
      return nil
    }
    return Sovereign.padded(Array("para".utf8) + id.value.encoded())
  }
}

/// An account of this chain, named by its id with no network or with this chain's.
public struct LocalAccount: LocationConverter {
  private let network: NetworkID?
  public init(network: NetworkID? = nil) { self.network = network }

  public func account(of location: Location) -> AccountID? {
    guard location.parents == 0, location.interior.count == 1,
      case .accountId32(let network, let id)? = location.interior.first,
      network == nil || network == self.network
    else { return nil }
    return id
  }
}

private enum Sovereign {
  /// At most 32 bytes, followed by zeros.
  static func padded(_ bytes: [UInt8]) -> AccountID {
    AccountID(bytes + [UInt8](repeating: 0, count: 32 - bytes.count)) ?? .zero
  }
}
