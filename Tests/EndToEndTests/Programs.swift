import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// What went wrong in a test's own machinery.
struct HarnessError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The two programs as the release build leaves them, run as real processes.
enum Programs {
  /// Where `echochain` and `echochain-relayer` are: beside the tests, or where `ECHOCHAIN_BIN` says.
  static let folder: URL = {
    if let named = ProcessInfo.processInfo.environment["ECHOCHAIN_BIN"] { return URL(filePath: named) }
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return tests.appending(path: ".build/release")
  }()

  /// What a program that ended left behind.
  struct Ended: Sendable {
    var code: Int32
    var output: String
    var errors: String

    /// Both, for messages of failed checks.
    var text: String { output + errors }

    /// A text, number or truth value of the JSON object or list that the program printed, by names and places.
    func value<T>(_ path: any Sendable..., as _: T.Type = T.self) throws -> T {
      var value = try JSONSerialization.jsonObject(with: Data(output.utf8))
      for step in path {
        let next: Any? =
          switch step {
          case let name as String: (value as? [String: Any])?[name]
          case let place as Int: (value as? [Any]).flatMap { $0.indices.contains(place) ? $0[place] : nil }
          default: nil
          }
        guard let next else { throw HarnessError("no \(path) in \(text)") }
        value = next
      }
      guard let found = value as? T else { throw HarnessError("\(path) is no \(T.self) in \(text)") }
      return found
    }
  }

  /// Runs a program to its end.
  ///
  /// Not Foundation's `Process`: that one waits until every descendant has closed what it inherited, and a detached
  /// network lives on.
  /// - Parameter input: What its standard input is; nothing unless given.
  static func run(_ arguments: [String], program: String = "echochain", input: URL? = nil) async throws -> Ended {
    let output = try TemporaryFolder.file()
    let errors = try TemporaryFolder.file()
    defer { for url in [output, errors] { try? FileManager.default.removeItem(at: url) } }
    let pid = try spawn([folder.appending(path: program).path] + arguments, input: input, output: output, errors: errors)
    let code = await ending(of: pid)
    let read = { (url: URL) in (try? String(contentsOf: url, encoding: .utf8)) ?? "" }
    return Ended(code: code, output: read(output), errors: read(errors))
  }

  /// Starts a program and leaves it running; its output goes to a file.
  static func start(_ command: [String], log: URL) throws -> Int32 { try spawn(command, output: log, errors: log) }

  /// The exit code of a child once it has ended; 128 and the signal when a signal ended it.
  static func ending(of pid: Int32) async -> Int32 {
    await withCheckedContinuation { continuation in
      // A thread of its own: waiting blocks, and the pool's threads are for tasks.
      Thread.detachNewThread {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
      }
    }
  }

  private static func spawn(_ command: [String], input: URL? = nil, output: URL, errors: URL) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // What a test runner ignores, as nohup makes it do, would stay ignored in the program.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&defaults, signal) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    posix_spawn_file_actions_addopen(&actions, 0, input?.path ?? "/dev/null", O_RDONLY, 0)
    for (descriptor, url) in [(Int32(1), output), (2, errors)] {
      posix_spawn_file_actions_addopen(&actions, descriptor, url.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    var arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    let status = posix_spawn(&pid, command[0], &actions, &attributes, &arguments, environ)
    guard status == 0 else { throw HarnessError("\(command[0]) cannot be started: \(String(cString: strerror(status)))") }
    return pid
  }

  /// Ports that were handed out: the kernel may name one again as soon as it is closed.
  private static let handedOut = Mutex<Set<Int>>([])

  /// A TCP port that was free a moment ago, and that nobody here was given before.
  static func freePort() throws -> Int {
    for _ in 0..<64 {
      let port = try unusedPort()
      if handedOut.withLock({ $0.insert(port).inserted }) { return port }
    }
    throw HarnessError("no free port that was not handed out before")
  }

  private static func unusedPort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw HarnessError("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Whether no process has this number, but for one that only waits for its parent to look at its end.
  static func isGone(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
    return status.contains(") Z ")
  }

  /// The arguments that a process was started with.
  static func command(of pid: Int32) throws -> [String] {
    let bytes = try Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// A folder of a test's own that goes with the test.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "echochain-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  static func file() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "echochain-test-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else { throw HarnessError("no temporary file") }
    return url
  }
}
