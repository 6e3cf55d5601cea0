import Foundation
import RPC

/// A stream that may be a terminal: colours and moving lines are for terminals only.
struct Terminal: Sendable {
  /// Colours by their meaning here.
  enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  let isInteractive: Bool
  private let descriptor: Int32

  /// `NO_COLOR` and `TERM=dumb` count as no terminal.
  init(descriptor: Int32) {
    self.descriptor = descriptor
    let environment = ProcessInfo.processInfo.environment
    isInteractive =
      isatty(descriptor) == 1 && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// The text, coloured on a terminal.
  func style(_ text: String, _ style: Style) -> String {
    isInteractive ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }
}

/// Writing to standard output and standard error.
///
/// A reader that has gone, as `head` does, is no error: what it would have read is dropped. (`FileHandle.write(_:)`
/// traps instead.)
enum StandardStream {
  static func write(_ text: String, to handle: FileHandle) { try? handle.write(contentsOf: Data(text.utf8)) }

  /// Whether an error of a write says that nobody reads any more.
  static func isClosed(_ error: any Error) -> Bool {
    var next: NSError? = error as NSError
    while let error = next {
      if error.domain == NSPOSIXErrorDomain, error.code == Int(EPIPE) { return true }
      next = error.userInfo[NSUnderlyingErrorKey] as? NSError
    }
    return false
  }
}

/// Prints results to standard output, as lines for people or as one JSON value for programs, and progress to standard
/// error.
struct Output: Sendable {
  let isJSON: Bool
  let terminal = Terminal(descriptor: STDOUT_FILENO)
  private let progressTerminal = Terminal(descriptor: STDERR_FILENO)

  init(json: Bool) { isJSON = json }

  /// Whether a person looks at the progress.
  var isWatched: Bool { progressTerminal.isInteractive && !isJSON }

  /// Prints for people; does nothing when JSON is asked for.
  func line(_ text: String = "") {
    guard !isJSON else { return }
    StandardStream.write(text + "\n", to: .standardOutput)
  }

  /// Prints the one JSON value; does nothing when people read.
  func json(_ value: @autoclosure () throws -> JSON) rethrows {
    guard isJSON else { return }
    StandardStream.write(PrettyJSON.text(try value()) + "\n", to: .standardOutput)
  }

  /// Prints a table for people.
  func table(_ table: Table) {
    for text in table.lines(terminal) { line(text) }
  }

  /// Prints facts under aligned names for people.
  func facts(_ facts: [(name: String, value: String)]) {
    let width = facts.map(\.name.count).max() ?? 0
    for fact in facts {
      line("  \(terminal.style(fact.name.padded(to: width), .dim))  \(fact.value)")
    }
  }

  /// Says how far a long work has come, on standard error; not when JSON is asked for.
  func progress(_ text: String) {
    guard !isJSON else { return }
    StandardStream.write("  \(progressTerminal.style(text, .dim))\n", to: .standardError)
  }
}

/// Rows under headings, in columns as wide as their longest cell.
struct Table {
  var headings: [String]
  var rows: [[String]] = []
  /// Columns that end at the right, such as amounts.
  var numeric: Set<Int> = []

  init(_ headings: String..., numeric: Set<Int> = []) {
    self.headings = headings
    self.numeric = numeric
  }

  func lines(_ terminal: Terminal) -> [String] {
    let all = [headings] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.enumerated().map { row, cells in
      let padded = cells.enumerated().map { column, cell in
        cell.padded(to: widths[column], leading: numeric.contains(column))
      }
      let text = "  " + padded.joined(separator: "  ").trimmingTrailingSpaces
      return row == 0 ? terminal.style(text, .dim) : text
    }
  }
}

extension String {
  /// Fills up with spaces, behind the text or before it.
  func padded(to width: Int, leading: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return leading ? space + self : self + space
  }

  fileprivate var trimmingTrailingSpaces: String {
    String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
  }
}

/// JSON with one member a line, for people who read it and for `diff`.
enum PrettyJSON {
  static func text(_ value: JSON) -> String { text(value, indent: "") }

  private static func text(_ value: JSON, indent: String) -> String {
    let inner = indent + "  "
    switch value {
    case .array(let elements) where !elements.isEmpty:
      return "[\n" + elements.map { inner + text($0, indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members) where !members.isEmpty:
      let lines = members.keys.sorted().map { key in
        "\(inner)\(JSON(key)): \(text(members[key] ?? .null, indent: inner))"
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    default: return value.description
    }
  }
}

/// Durations as people say them.
enum Spoken {
  /// `0.4 ms`, `1.31 s` or `2 min 5 s`.
  static func duration(_ duration: Duration) -> String {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    if seconds < 1 { return String(format: seconds < 0.01 ? "%.2f ms" : "%.0f ms", seconds * 1000) }
    if seconds < 60 { return String(format: "%.2f s", seconds) }
    return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  }

  /// `812 B` or `2.9 kB`.
  static func bytes(_ count: Int) -> String {
    count < 1000
      ? "\(count) B" : count < 1_000_000 ? String(format: "%.1f kB", Double(count) / 1000) : String(format: "%.1f MB", Double(count) / 1e6)
  }

  /// The first and last digits of a hash.
  static func short(_ hash: String) -> String {
    hash.count > 20 ? "\(hash.prefix(10))…\(hash.suffix(4))" : hash
  }

  /// A moment in UTC, from milliseconds since 1970.
  static func time(_ milliseconds: UInt64) -> String {
    let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
  }
}
