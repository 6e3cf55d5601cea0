internal import Primitives

/// Hashes of transactions that were found invalid, each for a fixed time; the oldest gives way when there are too many.
///
/// - SeeAlso: `PoolRotator` of Substrate's pool.
struct BanList: Sendable {
  private let limit: Int
  private let time: Milliseconds
  private var ends: [H256: Milliseconds] = [:]
  /// Hashes in the order in which their bans began, a ring of at most `limit`; `oldest` is where it begins.
  private var order: [H256] = []
  private var oldest = 0

  init(limit: Int, time: Milliseconds) {
    self.limit = limit
    self.time = time
  }

  var count: Int { ends.count }

  /// Whether a hash is banned at a time.
  func contains(_ hash: H256, now: Milliseconds) -> Bool {
    guard let end = ends[hash] else { return false }
    return now < end
  }

  /// Bans a hash from now on. One that is banned already stays so until the end of that ban.
  mutating func insert(_ hash: H256, now: Milliseconds) {
    guard limit > 0, !contains(hash, now: now) else { return }
    // One whose ban was over keeps its place in the order.
    guard ends.updateValue(now.addingSaturating(time), forKey: hash) == nil else { return }
    guard order.count == limit else {
      order.append(hash)
      return
    }
    ends[order[oldest]] = nil
    order[oldest] = hash
    oldest = (oldest + 1) % limit
  }
}
