import Primitives
import XcmTools

/// Amounts as people write them: a decimal number, with or without the asset's symbol.
enum Amount {
  /// Reads `12.5`, `12.5 ECHO`, `1_000` or `0.000000000001` into the asset's smallest unit.
  /// - Parameters:
  ///   - symbol: The symbol that may follow the number; another one is refused.
  ///   - decimals: Digits behind the point of the unit that people speak of, at most 38.
  /// - Throws: A ``Complaint`` of usage.
  static func parse(_ text: String, symbol: String, decimals: UInt8) throws(Complaint) -> Balance {
    let parts = text.split(separator: " ")
    guard let number = parts.first, parts.count <= 2 else { throw .usage("'\(text)' is not an amount such as 12.5 \(symbol)") }
    if parts.count == 2, parts[1] != symbol { throw .usage("'\(text)' is not an amount of \(symbol)") }
    let digits = number.filter { $0 != "_" }
    let halves = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(halves.count), !halves[0].isEmpty || (halves.last?.isEmpty == false),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e })
    else { throw .usage("'\(text)' is not an amount such as 12.5 \(symbol)") }
    let fraction = halves.count == 2 ? halves[1] : ""
    guard fraction.count <= Int(decimals) else {
      throw .usage("'\(text)' has more than the \(decimals) decimals of \(symbol)")
    }
    let padded = String(halves[0]) + fraction + String(repeating: "0", count: Int(decimals) - fraction.count)
    guard let amount = Balance(padded) else { throw .usage("'\(text)' is more than there can be of any asset") }
    return amount
  }

  /// Writes an amount with grouped digits, without zeros at its end: `1,250.5 ECHO`.
  static func format(_ amount: Balance, symbol: String? = nil, decimals: UInt8) -> String {
    let text = XcmNames.decimal(amount, decimals: decimals)
    return symbol.map { "\(text) \($0)" } ?? text
  }

  /// The same with its sign.
  static func format(_ difference: Difference, symbol: String? = nil, decimals: UInt8) -> String {
    (difference.isNegative ? "-" : "") + format(difference.magnitude, symbol: symbol, decimals: decimals)
  }
}

/// What is left when one amount is taken from another, with its sign.
struct Difference: Hashable, Sendable {
  let isNegative: Bool
  let magnitude: Balance

  /// `a - b`.
  init(_ a: Balance, minus b: Balance) {
    isNegative = a < b
    magnitude = a < b ? b - a : a - b
  }

  var isZero: Bool { magnitude == 0 }
}
