internal import Keys
internal import PalletParachainInfo
public import PalletSupport

/// What a chain calls itself and its token, for people to read.
public struct ChainNames: Hashable, Sendable {
  /// UTF-8, 1 to 64 bytes; empty when the chain has none.
  public var name: [UInt8]
  /// Likewise.
  public var tokenSymbol: [UInt8]
  /// Decimal places of the native token.
  public var tokenDecimals: UInt8

  public init(name: [UInt8] = [], tokenSymbol: [UInt8] = [], tokenDecimals: UInt8 = 0) {
    self.name = name
    self.tokenSymbol = tokenSymbol
    self.tokenDecimals = tokenDecimals
  }

  /// The names in a chain's state, written at genesis.
  public init(in context: ExecutionContext) throws(DispatchError) {
    name = try ParachainInfo.chainName.get(in: context)
    tokenSymbol = try ParachainInfo.tokenSymbol.get(in: context)
    tokenDecimals = try ParachainInfo.tokenDecimals.get(in: context)
  }

  /// An amount in whole tokens with the symbol: `12.5 ECHO`. No trailing zeros; the plain number without a symbol.
  func amount(_ units: UInt128) -> String {
    guard !tokenSymbol.isEmpty else { return "\(units)" }
    let places = Int(tokenDecimals)
    let digits = Array("\(units)".utf8)
    let padded = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, places + 1 - digits.count)) + digits
    var fraction = padded.suffix(places)
    while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
    let number = padded.dropLast(places) + (fraction.isEmpty ? [] : [UInt8(ascii: ".")] + fraction)
    return "\(String(decoding: number, as: UTF8.self)) \(PlainText.escaped(tokenSymbol))"
  }
}

extension Extrinsic.Signature {
  /// Whether the signature is over words, so that checking it takes the chain's names.
  var isOverWords: Bool { signature.scheme == .ethereum }
}
