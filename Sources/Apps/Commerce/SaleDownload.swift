/// Fetching a file in parts from a server that may stop, lie or send too much.
///
/// Says what to ask for next and judges what came; the caller does the asking.
public struct SaleDownload: Hashable, Sendable {
  /// Bytes of the whole file, as the order says.
  public let size: UInt64
  /// Bytes that are there already.
  public private(set) var have: UInt64
  /// The most bytes that are asked for at once.
  public static let part: UInt64 = 4 << 20
  /// The fewest, which a slow link is asked for.
  public static let smallestPart: UInt64 = 64 << 10
  /// How many bytes are asked for at once by now.
  public private(set) var portion = SaleDownload.part

  /// - Returns: `nil` when more is there than the file has.
  public init?(size: UInt64, have: UInt64) {
    guard have <= size else { return nil }
    self.size = size
    self.have = have
  }

  public var isDone: Bool { have == size }

  /// The bytes to ask for next, both ends included, as a Range header counts them.
  public var next: ClosedRange<UInt64>? {
    guard have < size else { return nil }
    return have...min(size - 1, have + portion - 1)
  }

  /// `bytes=0-4194303`
  public var header: String? { next.map { "bytes=\($0.lowerBound)-\($0.upperBound)" } }

  /// Asks for half as much from now on, because a part did not come in time.
  /// - Returns: Whether it can; not below ``smallestPart``.
  public mutating func slowDown() -> Bool {
    guard let next, UInt64(next.count) > Self.smallestPart else { return false }
    portion = max(Self.smallestPart, UInt64(next.count) / 2)
    return true
  }

  /// Why an answer is not taken.
  public enum Refusal: Error, Hashable, Sendable {
    /// Neither 206 nor, for a whole file at once, 200.
    case status(Int)
    /// Another part than was asked for, or another size of the whole; as the server says.
    case range(String)
    /// Another number of bytes than the part has.
    case count(Int)
  }

  /// Takes an answer.
  /// - Parameters:
  ///   - contentRange: The `Content-Range` header.
  ///   - count: Bytes of the body.
  public mutating func take(status: Int, contentRange: String?, count: Int) throws(Refusal) {
    guard let next else { throw .count(count) }
    let expected = next.upperBound - next.lowerBound + 1
    switch status {
    case 206:
      let stated = contentRange ?? ""
      guard stated == "bytes \(next.lowerBound)-\(next.upperBound)/\(size)" || stated == "bytes \(next.lowerBound)-\(next.upperBound)/*"
      else { throw .range(stated) }
    case 200:
      // A server without ranges sends all of it, which is fine when all of it was asked for.
      guard next.lowerBound == 0, expected == size else { throw .status(200) }
    default: throw .status(status)
    }
    guard UInt64(count) == expected else { throw .count(count) }
    have += expected
  }
}

extension SaleDownload.Refusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .status(200): "download: the server does not serve parts of a file"
    case .status(let status): "download: HTTP status \(status)"
    case .range(let range): "download: the server sent '\(range.prefix(80))', which was not asked for"
    case .count(let count): "download: \(count) bytes came, which is not the part that was asked for"
    }
  }
}
