public import PalletSupport
internal import Primitives
internal import ScaleCodec

/// Finds the local origin with which a location dispatches a call.
/// - SeeAlso: polkadot-sdk `ConvertOrigin`.
public protocol OriginConverter: Sendable {
  /// The origin of `location` for a call that asks for `kind`, or `nil` when this converter has none for it.
  func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin?
}

/// Asks converters in order; the first that has an origin answers.
public struct FirstOrigin: OriginConverter {
  private let converters: [any OriginConverter]

  public init(_ converters: any OriginConverter...) { self.converters = converters }

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    for converter in converters {
      if let origin = converter.origin(of: location, kind: kind, in: state) { return origin }
    }
    return nil
  }
}

/// `SovereignAccount`: the location's account, as if it had signed.
public struct SovereignSignedViaLocation: OriginConverter {
  private let accounts: any LocationConverter

  public init(_ accounts: any LocationConverter) { self.accounts = accounts }

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    guard kind == .sovereignAccount, let account = accounts.account(of: location) else { return nil }
    return .signed(account)
  }
}

/// `Native` of a local account of 32 bytes: that account, as if it had signed.
public struct SignedAccountID32AsNative: OriginConverter {
  private let network: @Sendable (ExecutionContext) -> NetworkID?

  /// - Parameter network: The network that accounts may name; they need not name one.
  public init(network: NetworkID? = nil) { self.init { _ in network } }

  /// - Parameter network: Reads the network that accounts may name from the state.
  public init(network: @escaping @Sendable (ExecutionContext) -> NetworkID?) { self.network = network }

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    guard kind == .native, location.parents == 0, location.interior.count == 1,
      case .accountId32(let named, let id)? = location.interior.first, named == nil || named == network(state)
    else { return nil }
    return .signed(id)
  }
}

/// `Native` of a sibling chain: the location itself, which this runtime has for foreign chains.
public struct SiblingParachainAsNative: OriginConverter {
  public init() {}

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    kind == .native && location.siblingChain != nil ? .xcm(location: location.encoded()) : nil
  }
}

/// `Native` of the chain that contains this one: the location itself.
/// - SeeAlso: polkadot-sdk `RelayChainAsNative`.
public struct ParentAsNative: OriginConverter {
  public init() {}

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    kind == .native && location == .parent ? .xcm(location: location.encoded()) : nil
  }
}

/// `Superuser` of the chain that contains this one: root.
public struct ParentAsSuperuser: OriginConverter {
  public init() {}

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    kind == .superuser && location == .parent ? .root : nil
  }
}

/// `Superuser` of listed locations: root. Whoever speaks for one of them owns this chain.
public struct LocationAsSuperuser: OriginConverter {
  private let trusted: LocationFilter

  public init(_ trusted: LocationFilter) { self.trusted = trusted }

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    kind == .superuser && trusted.contains(location, in: state) ? .root : nil
  }
}

/// `Xcm` of any location: the location itself, in the encoding of version 5.
public struct XcmPassthrough: OriginConverter {
  public init() {}

  public func origin(of location: Location, kind: OriginKind, in state: ExecutionContext) -> Origin? {
    kind == .xcm ? .xcm(location: location.encoded()) : nil
  }
}
