internal import Primitives

/// The order in which a proof's items are made and taken; making and verifying follow the same plan.
struct MountainPlan {
  /// One action on a list of hashes that starts as the proved leaves of a mountain.
  enum Step: Equatable {
    /// Starts on the next proved leaf.
    case leaf
    /// Joins the front hash with an item on its left, the node at `position`, and puts the result at the back.
    case joinLeftItem(position: UInt64)
    /// Joins the front hash with an item on its right and puts the result at the back.
    case joinRightItem(position: UInt64)
    /// Joins the two front hashes and puts the result at the back.
    case joinPair
    /// Moves the front hash to the peaks.
    case peak
    /// Takes an item as a peak.
    case peakItem(position: UInt64)
    /// Takes an item as the bagged peaks at these positions.
    case baggedItem(positions: [UInt64])

    /// True when the step uses up an item of the proof.
    var takesItem: Bool {
      switch self {
      case .leaf, .joinPair, .peak: false
      case .joinLeftItem, .joinRightItem, .peakItem, .baggedItem: true
      }
    }
  }

  private(set) var steps: [Step] = []

  /// Plans a proof.
  /// - Precondition: The indices are ascending and below `leafCount`, which is within its limit.
  init(leafIndices: [UInt64], leafCount: UInt64) {
    var rest = leafIndices[...]
    let mountains = MountainShape.mountains(leafCount: leafCount)
    for (place, mountain) in mountains.enumerated() {
      if rest.isEmpty {
        steps.append(.baggedItem(positions: mountains[place...].map(\.peak)))
        return
      }
      let end = mountain.firstLeaf + (1 << mountain.height)
      let proved = rest.prefix { $0 < end }
      rest = rest.dropFirst(proved.count)
      if proved.isEmpty {
        steps.append(.peakItem(position: mountain.peak))
      } else {
        climb(mountain, from: proved.map { $0 - mountain.firstLeaf })
      }
    }
  }

  private mutating func climb(_ mountain: Mountain, from leaves: [UInt64]) {
    steps.append(contentsOf: repeatElement(.leaf, count: leaves.count))
    var numbers = leaves
    for level in 0..<mountain.height {
      var above: [UInt64] = []
      var rest = numbers[...]
      while let number = rest.popFirst() {
        let sibling = number ^ 1
        if rest.first == sibling {
          rest.removeFirst()
          steps.append(.joinPair)
        } else {
          let position = mountain.position(level: level, number: sibling)
          steps.append(sibling < number ? .joinLeftItem(position: position) : .joinRightItem(position: position))
        }
        above.append(number / 2)
      }
      numbers = above
    }
    steps.append(.peak)
  }

  /// Runs the plan.
  /// - Precondition: As many leaves as were planned for, and as many items as steps take.
  func fold(leaves: [H256], items: [H256]) -> H256 {
    var leaf = leaves.makeIterator()
    var item = items.makeIterator()
    var queue: [H256] = []
    var front = 0
    var peaks: [H256] = []
    func take(_ hash: H256?) -> H256 {
      guard let hash else { preconditionFailure("mmr: a plan ran out of hashes that were counted before") }
      return hash
    }
    func pop() -> H256 {
      defer { front += 1 }
      return queue[front]
    }
    for step in steps {
      switch step {
      case .leaf: queue.append(take(leaf.next()))
      case .joinLeftItem: queue.append(KeccakTree.parent(take(item.next()), pop()))
      case .joinRightItem: queue.append(KeccakTree.parent(pop(), take(item.next())))
      case .joinPair:
        let left = pop()
        queue.append(KeccakTree.parent(left, pop()))
      case .peak: peaks.append(pop())
      case .peakItem, .baggedItem: peaks.append(take(item.next()))
      }
    }
    return take(MountainShape.bag(peaks))
  }
}
