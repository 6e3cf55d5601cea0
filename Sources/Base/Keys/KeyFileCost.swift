extension KeyFile {
  /// What one guess at the password costs: scrypt's parameters.
  ///
  /// Bounded so that a hostile file can take neither the memory nor the afternoon of whoever opens it: `N` is 2^10
  /// to 2^18, `r` 1 to 16, `p` 1 to 4, and the memory `128 * N * r` at most 256 MiB.
  /// - SeeAlso: RFC 7914 section 2.
  public struct Cost: Hashable, Sendable {
    /// Binary logarithm of `N`.
    public let log2N: UInt8
    /// Block size.
    public let r: UInt8
    /// Parallelism.
    public let p: UInt8

    /// N = 2^17, r = 8, p = 1: 128 MiB.
    public static let standard = Cost(unchecked: 17, r: 8, p: 1)
    /// The most memory that opening a file may take, in bytes.
    public static let memoryLimit = 256 << 20

    /// - Returns: `nil` outside the bounds.
    public init?(log2N: UInt8, r: UInt8, p: UInt8) {
      self.init(unchecked: log2N, r: r, p: p)
      guard isBounded else { return nil }
    }

    init(unchecked log2N: UInt8, r: UInt8, p: UInt8) {
      self.log2N = log2N
      self.r = r
      self.p = p
    }

    var isBounded: Bool {
      (10...18).contains(log2N) && (1...16).contains(r) && (1...4).contains(p)
        && 128 * Int(r) << Int(log2N) <= Self.memoryLimit
    }
  }
}
