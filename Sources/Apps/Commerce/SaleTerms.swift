/// What a licence permits, as people write it.
public enum SaleTerms {
  /// Looking at the work, or running it.
  public static let view: UInt8 = 1
  /// Using it to earn money.
  public static let commercial: UInt8 = 2
  /// Making works from it.
  public static let derive: UInt8 = 4
  /// Training models with it.
  public static let train: UInt8 = 8

  /// The uses by name, in the order of their bits.
  public static let uses: [(name: String, bit: UInt8)] = [
    ("view", view), ("commercial", commercial), ("derive", derive), ("train", train),
  ]

  /// The bits of named uses.
  /// - Returns: `nil` and the first name that is none of the four.
  public static func bits(_ names: [String]) -> (bits: UInt8?, unknown: String?) {
    var bits: UInt8 = 0
    for name in names {
      guard let use = uses.first(where: { $0.name == name }) else { return (nil, name) }
      bits |= use.bit
    }
    return (bits, nil)
  }

  /// The names of the uses that bits permit: `view, derive`; `no use` for none.
  public static func text(uses bits: UInt8) -> String {
    let named = uses.filter { bits & $0.bit != 0 }.map(\.name)
    return named.isEmpty ? "no use" : named.joined(separator: ", ")
  }
}
