internal import Keys
public import Primitives
internal import ScaleCodec
public import XCM

/// What people call the things that a program names, as one chain sees them.
///
/// A name that is not known is spelled out: an amount in smallest units, a location as its path, an account as its
/// address. Names come from chains and from files, so what is no plain text is left out of them.
public struct XcmNames: Sendable {
  /// How an asset is written.
  public struct Unit: Hashable, Sendable {
    public var symbol: String
    /// Digits behind the point, at most 38.
    public var decimals: UInt8

    public init(symbol: String, decimals: UInt8) {
      self.symbol = PlainText.of(symbol, limit: 16)
      self.decimals = min(decimals, 38)
    }
  }

  private var units: [AssetID: Unit] = [:]
  private var chains: [UInt32: String] = [:]
  private var accounts: [AccountID: String] = [:]
  /// The address format of the chain.
  public var ss58Prefix: UInt16 = 42

  /// Nothing has a name.
  public init() {}

  /// Names an asset.
  /// - Parameter location: As the chain names it; `here` is its native asset.
  public mutating func name(asset location: Location, _ unit: Unit) { units[AssetID(location)] = unit }
  /// Names another chain of the network.
  public mutating func name(chain paraId: UInt32, _ name: String) { chains[paraId] = PlainText.of(name, limit: 32) }
  /// Names an account.
  public mutating func name(account: AccountID, _ name: String) { accounts[account] = PlainText.of(name, limit: 32) }

  /// How an asset is written; `nil` for one without a name.
  public func unit(of asset: AssetID) -> Unit? { units[asset] }

  /// An amount: `12.5 ECHO`, or smallest units of a path.
  public func text(_ amount: Balance, of asset: AssetID) -> String {
    guard let unit = units[asset] else { return "\(amount) of \(text(asset.location))" }
    return "\(Self.decimal(amount, decimals: unit.decimals)) \(unit.symbol)"
  }

  /// An asset with its amount or instance.
  public func text(_ asset: Asset) -> String {
    switch asset.fun {
    case .fungible(let amount): text(amount.value, of: asset.id)
    case .nonFungible(let instance): "instance \(instance) of \(units[asset.id]?.symbol ?? text(asset.id.location))"
    }
  }

  /// Assets in a row; `nothing` for none.
  public func text(_ assets: [Asset]) -> String {
    assets.isEmpty ? "nothing" : assets.map { text($0) }.joined(separator: " + ")
  }

  /// A location: a chain by its name, an account of this chain by its name or address, else the path.
  public func text(_ location: Location) -> String {
    if location.isHere { return "this chain" }
    // An account of a named network is another party than the account: the path says so.
    if location.parents == 0, location.interior.count == 1, case .accountId32(nil, let id)? = location.interior.first {
      return text(id)
    }
    guard location.parents == 1, case .parachain(let id)? = location.interior.first, let chain = chains[id.value] else {
      return "\(location)"
    }
    guard location.interior.count > 1 else { return chain }
    if location.interior.count == 2, case .accountId32(nil, let account)? = location.interior.last {
      return "\(text(account)) of \(chain)"
    }
    return "\(chain)/\(location.interior.droppingFirst)"
  }

  /// An account by its name, or its address.
  public func text(_ account: AccountID) -> String { accounts[account] ?? Self.address(account, prefix: ss58Prefix) }

  /// An account's address; in the generic format when there is none with that prefix.
  public static func address(_ account: AccountID, prefix: UInt16) -> String {
    SS58.encode(account, prefix: SS58.prefixes.contains(prefix) ? prefix : SS58.genericPrefix)
  }

  /// An amount with grouped digits and a point, without zeros at its end.
  public static func decimal(_ amount: Balance, decimals: UInt8) -> String {
    let digits = String(amount)
    let places = Int(min(decimals, 38))
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let whole = padded.dropLast(places)
    var fraction = padded.suffix(places)
    while fraction.last == "0" { fraction.removeLast() }
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { grouped.append(",") }
      grouped.append(digit)
    }
    return fraction.isEmpty ? grouped : "\(grouped).\(fraction)"
  }
}

/// Text of strangers, made fit for a terminal.
public enum PlainText {
  /// The printable ASCII characters of `text`, at most `limit`; `?` when there are none.
  public static func of(_ text: String, limit: Int) -> String {
    let kept = text.unicodeScalars.lazy.filter { (0x20...0x7e).contains($0.value) }.prefix(limit)
    let result = String(String.UnicodeScalarView(kept))
    return result.isEmpty ? "?" : result
  }
}
