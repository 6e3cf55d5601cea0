/// A binary heap: the element that goes first stands at the root.
struct Heap<Element: Sendable>: Sendable {
  private var elements: [Element]
  private let goesFirst: @Sendable (Element, Element) -> Bool

  /// - Complexity: O(n).
  init(_ elements: [Element], goesFirst: @escaping @Sendable (Element, Element) -> Bool) {
    self.elements = elements
    self.goesFirst = goesFirst
    for index in (0..<elements.count / 2).reversed() { sink(index) }
  }

  var count: Int { elements.count }

  /// The element that goes first; `nil` when there is none.
  var first: Element? { elements.first }

  /// - Complexity: O(log n).
  mutating func insert(_ element: Element) {
    elements.append(element)
    var index = elements.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard goesFirst(elements[index], elements[parent]) else { return }
      elements.swapAt(index, parent)
      index = parent
    }
  }

  /// Replaces the first element, or removes it for `nil`; nothing when there is none.
  /// - Complexity: O(log n).
  mutating func replaceFirst(with element: Element?) {
    guard !elements.isEmpty else { return }
    if let element { elements[0] = element } else { elements[0] = elements[elements.count - 1]; elements.removeLast() }
    sink(0)
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      var least = index
      for child in 2 * index + 1...2 * index + 2 where child < elements.count && goesFirst(elements[child], elements[least]) {
        least = child
      }
      guard least != index else { return }
      elements.swapAt(index, least)
      index = least
    }
  }
}
