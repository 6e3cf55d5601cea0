import Foundation

/// A process by its number and the moment it started: a number alone may belong to another process by now.
struct ProcessIdentity: Codable, Hashable, Sendable {
  var pid: Int32
  /// Clock ticks since the machine started, as /proc tells.
  var started: UInt64
  /// The arguments, the program first.
  var command: [String]

  /// The process that has this number now; `nil` when there is none or it is a zombie.
  init?(pid: Int32) {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return nil }
    self.init(pid: pid, command: data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
  }

  /// A process that was just started with these arguments: the system shows them a moment later only.
  init?(pid: Int32, command: [String]) {
    guard pid > 0, let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      // The name in parentheses may hold anything; what follows the last one is regular.
      let end = status.lastIndex(of: ")")
    else { return nil }
    let fields = status[status.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", let started = UInt64(fields[19]) else { return nil }
    self.pid = pid
    self.started = started
    self.command = command
  }

  /// Whether the very same process still runs.
  var isAlive: Bool {
    guard let now = ProcessIdentity(pid: pid), now.started == started else { return false }
    // In the first moments of a program the system shows no arguments.
    return now.command == command || now.command.isEmpty
  }

  /// Sends a signal to the process if it is still the same one.
  func signal(_ number: Int32) {
    if isAlive { kill(pid, number) }
  }
}
