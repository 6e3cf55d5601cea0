import Foundation
import Synchronization

/// A program that runs beside this one, in a process group of its own, with its output in a file.
///
/// Its own group keeps Ctrl-C on the terminal from it: whoever started it stops it, in order.
final class ChildProcess: Sendable {
  let name: String
  let identity: ProcessIdentity
  /// The file that standard output and standard error go to.
  let log: String
  private let ending = Mutex<Ending?>(nil)

  /// How a process ended.
  enum Ending: Equatable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case killed(Int32)

    var description: String {
      switch self {
      case .exited(let code): "ended with code \(code)"
      case .killed(let signal): "was ended by signal \(signal)"
      }
    }
  }

  /// Starts a program.
  /// - Parameters:
  ///   - name: What people call it.
  ///   - arguments: The program's path first.
  ///   - log: The file to append its output to.
  /// - Throws: A ``Complaint`` when it cannot be started.
  init(_ name: String, arguments: [String], log: String) throws(Complaint) {
    self.name = name
    self.log = log
    let pid = try ChildProcess.spawn(name, arguments, log: log)
    guard let identity = ProcessIdentity(pid: pid, command: arguments) else {
      // It ended, or /proc does not show it: then nobody could end it later.
      kill(pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      throw .configuration("\(name) ended at once; its log is \(log)")
    }
    self.identity = identity
  }

  /// How the process ended, `nil` while it runs.
  func poll() -> Ending? {
    ending.withLock { ending in
      if let ending { return ending }
      var status: Int32 = 0
      guard waitpid(identity.pid, &status, WNOHANG) == identity.pid else { return nil }
      ending = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed(status & 0x7f)
      return ending
    }
  }

  /// The last lines that it wrote.
  func lastLines(_ count: Int = 8) -> String {
    LogFile.tail(log, lines: count).map { "    \($0)" }.joined(separator: "\n")
  }

  private static func spawn(_ name: String, _ arguments: [String], log: String) throws(Complaint) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    // What this process ignores would stay ignored in the child.
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    // So would what its thread blocks, and threads of a pool block most signals.
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, arguments[0], &actions, &attributes, pointers, environ)
    guard code == 0 else { throw .configuration("\(name) cannot be started from \(arguments[0]): \(String(cString: strerror(code)))") }
    return pid
  }
}

/// Reading the end of a log file.
enum LogFile {
  /// The last lines of a file, at most 256 kB of them; none when there is no file.
  static func tail(_ path: String, lines: Int) -> [String] {
    guard let handle = FileHandle(forReadingAtPath: path), let end = try? handle.seekToEnd() else { return [] }
    defer { try? handle.close() }
    try? handle.seek(toOffset: end > 262_144 ? end - 262_144 : 0)
    let data = (try? handle.readToEnd()) ?? Data()
    return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(lines).map(String.init)
  }
}
