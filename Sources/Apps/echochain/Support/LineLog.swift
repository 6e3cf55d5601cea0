import Foundation
import Logging

/// Writes log lines for people: time, level, message, then facts in the order of their names.
///
/// ```
/// 10:41:07.120 info  ready best=0x91fa… chain=hub height=0 rpc=ws://127.0.0.1:9944
/// ```
struct LineLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let facts = metadata.merging(event.metadata ?? [:]) { _, own in own }
    let text = facts.sorted { $0.key < $1.key }.map { " \($0.key)=\(quoted("\($0.value)"))" }.joined()
    let level = event.level.rawValue.padded(to: 7)
    // One write for each line, so that lines of several threads do not mix.
    StandardStream.write("\(Self.time()) \(level) \(event.message)\(text)\n", to: .standardError)
  }

  private func quoted(_ text: String) -> String { text.contains(" ") ? "\"\(text)\"" : text }

  /// The time of day in UTC with milliseconds.
  private static func time() -> String {
    let milliseconds = Int(Date().timeIntervalSince1970 * 1000) % 86_400_000
    let (hours, minutes, seconds) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60)
    return String(format: "%02d:%02d:%02d.%03d", hours, minutes, seconds, milliseconds % 1000)
  }

  /// A logger that writes to standard error.
  static func logger(_ label: String, level: Logger.Level) -> Logger {
    Logger(label: label) { _ in LineLog(logLevel: level) }
  }
}
