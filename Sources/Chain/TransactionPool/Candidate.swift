internal import Primitives

/// A waiting transaction that may have to give way to a better one.
struct Candidate: Sendable {
  let hash: H256
  let sender: AccountID
  let nonce: UInt32
  let priority: UInt64
  let arrival: UInt64

  init(_ item: TransactionPool.Waiting) {
    hash = item.transaction.hash
    sender = item.transaction.sender
    nonce = item.transaction.nonce
    priority = item.transaction.priority
    arrival = item.arrival
  }

  /// The lowest priority first, the latest arrival first among equals.
  static func givesWayFirst(_ a: Candidate, _ b: Candidate) -> Bool {
    a.priority != b.priority ? a.priority < b.priority : a.arrival > b.arrival
  }
}

/// Candidates with the one that gives way first at hand.
///
/// Nobody searches it when a transaction leaves or changes sides: an entry that no longer holds is passed over when it
/// comes up, and all are sorted anew when there are too many of those.
struct CandidateQueue: Sendable {
  private var heap = Heap<Candidate>([], goesFirst: Candidate.givesWayFirst)

  var first: Candidate? { heap.first }
  mutating func insert(_ candidate: Candidate) { heap.insert(candidate) }
  mutating func removeFirst() { heap.replaceFirst(with: nil) }

  /// Sorts anew when more than twice the pool's transactions stand here.
  /// - Parameter current: Those that hold.
  mutating func compact(transactions count: Int, current: () -> [Candidate]) {
    guard heap.count > 2 * count + 64 else { return }
    heap = Heap(current(), goesFirst: Candidate.givesWayFirst)
  }
}
