internal import PalletSupport
internal import Primitives
internal import XCM

// The fields of a chain spec that say which assets teleport and what they are worth.

extension GenesisFields {
  mutating func readTeleports(_ spec: ChainSpec) throws(ChainSpecError) {
    for (index, teleport) in spec.teleports.enumerated() {
      let field = "teleports[\(index)]"
      let name = try GenesisFields.asset(teleport.asset, of: spec, "\(field).asset")
      guard !teleports.contains(where: { $0.asset == name.location }) else {
        throw ChainSpecError(field: "\(field).asset", reason: "has a row already")
      }
      guard !teleport.chains.isEmpty else { throw ChainSpecError(field: "\(field).chains", reason: "is empty") }
      for (place, chain) in teleport.chains.enumerated() {
        let field = "\(field).chains[\(place)]"
        guard spec.links.contains(where: { $0.paraId == chain }) else {
          throw ChainSpecError(field: field, reason: "is not the paraId of a link")
        }
        guard !teleport.chains[..<place].contains(chain) else { throw ChainSpecError(field: field, reason: "is named twice") }
        // Only the home chain counts what is away, so everything passes through it.
        guard name.home == nil || name.home == chain else {
          throw ChainSpecError(field: field, reason: "is not the home chain of \(teleport.asset)")
        }
      }
      teleports.append((name.location, teleport.chains.map { .sibling($0) }))
    }
  }

  mutating func readRates(_ spec: ChainSpec) throws(ChainSpecError) {
    for (index, rate) in spec.rates.enumerated() {
      let field = "rates[\(index)]"
      let name = try GenesisFields.asset(rate.asset, of: spec, "\(field).asset")
      guard !name.location.isHere else {
        throw ChainSpecError(field: "\(field).asset", reason: "is the native asset, which needs no rate")
      }
      guard !rates.contains(where: { $0.asset == name.location }) else {
        throw ChainSpecError(field: "\(field).asset", reason: "has a row already")
      }
      guard let decimals = GenesisFields.decimals(of: name, in: spec) else { continue }
      let value = try GenesisFields.rate(rate.rate, from: decimals, to: spec.tokenDecimals, "\(field).rate")
      rates.append((name.location, value))
    }
  }

  /// Reads the name of an asset that the spec knows.
  private static func asset(_ text: String, of spec: ChainSpec, _ field: String) throws(ChainSpecError) -> AssetName {
    guard let name = AssetName(text) else {
      throw ChainSpecError(field: field, reason: "is not native, an asset's id, or one of these after a paraId and /")
    }
    guard decimals(of: name, in: spec) != nil else {
      throw ChainSpecError(field: field, reason: "is in neither assets nor links")
    }
    return name
  }

  /// The digits behind an asset's point; `nil` for an asset that the spec does not know.
  private static func decimals(of name: AssetName, in spec: ChainSpec) -> UInt8? {
    guard let home = name.home else {
      guard let id = name.id else { return spec.tokenDecimals }
      return spec.assets.first { $0.id == id }?.decimals
    }
    guard let link = spec.links.first(where: { $0.paraId == home }) else { return nil }
    guard let id = name.id else { return link.decimals }
    return link.assets.first { $0.id == id }?.decimals
  }

  /// A rate between whole units as one between smallest units, with 18 decimals.
  private static func rate(
    _ text: String, from decimals: UInt8, to native: UInt8, _ field: String
  ) throws(ChainSpecError) -> FixedU128 {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.joined()
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      let number = UInt128(digits)
    else { throw ChainSpecError(field: field, reason: "is not a decimal number") }
    guard number > 0 else { throw ChainSpecError(field: field, reason: "is zero") }
    var inner = number
    let shift = 18 + Int(native) - Int(decimals) - (parts.count == 2 ? parts[1].utf8.count : 0)
    for _ in 0..<abs(shift) {
      if shift > 0 {
        let (product, overflow) = inner.multipliedReportingOverflow(by: 10)
        guard !overflow else { throw ChainSpecError(field: field, reason: "is too large") }
        inner = product
      } else {
        guard inner % 10 == 0 else {
          throw ChainSpecError(field: field, reason: "has more digits than 18 decimals between smallest units hold")
        }
        inner /= 10
      }
    }
    return FixedU128(inner: inner)
  }
}

extension Character {
  /// Whether this is one of `0` to `9`.
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
