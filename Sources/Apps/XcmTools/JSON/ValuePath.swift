/// The way from a document to one of its parts, such as `V5[3].BuyExecution.weight_limit`.
struct ValuePath {
  private var parts: [String] = []

  mutating func enter(_ name: String) { parts.append(parts.isEmpty ? name : ".\(name)") }
  mutating func enter(_ index: Int) { parts.append("[\(index)]") }

  /// Enters a field by its name, or by its position when it has none.
  mutating func enter(_ name: String?, or index: Int) {
    if let name { enter(name) } else { enter(index) }
  }

  mutating func leave() { parts.removeLast() }

  var text: String { parts.joined() }
}

/// Where the parts of a document begin in its bytes.
struct PathMarks {
  private var marks: [(offset: Int, path: String)] = []

  /// Notes that a part begins. Parts come in the order of their offsets, outer ones first.
  mutating func note(_ offset: Int, _ path: ValuePath) { marks.append((offset, path.text)) }

  /// The outermost part that begins at an offset, or the innermost of those that begin before it.
  func path(at offset: Int) -> String {
    guard let last = marks.last(where: { $0.offset <= offset }) else { return "" }
    guard last.offset == offset else { return last.path }
    return marks.first { $0.offset == offset }?.path ?? last.path
  }
}
