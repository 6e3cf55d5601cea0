internal import Foundation
internal import Logging

/// One line for each event: time in UTC, level, message, then keys and values.
///
/// ```
/// 2026-01-31T12:00:00.250Z info    delivered 3  block=120 chain=market direction=hub->market nonces=5...7
/// ```
struct LineLog: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }.map {
      "\($0.key)=\(quoted("\($0.value)"))"
    }
    let time = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
    let level = event.level.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
    Output.error("\(time)Z \(level) \(event.message)" + (values.isEmpty ? "" : "  ") + values.joined(separator: " "))
  }

  /// Values with blanks stand in quotes, so that a line can be taken apart again.
  private func quoted(_ value: String) -> String {
    guard value.contains(where: { $0 == " " || $0 == "\"" || $0.isNewline }) else { return value }
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return "\"\(escaped)\""
  }
}
