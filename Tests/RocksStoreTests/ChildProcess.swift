import Foundation
import Glibc
import RocksStore
import Testing

/// This test program once more, in a process of its own that plays one role.
///
/// Roles are tests that run only when the environment names them, so the program needs no second executable.
final class ChildProcess {
  /// What a child does with the database at the path it is given.
  enum Role: String {
    /// Opens it, says `open`, and closes it when its input ends.
    case holder
    /// Says `start`, opens it, and commits block after block until it is killed: says `begin n` before each commit and
    /// `block n` after it.
    case writer
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received: [UInt8] = []

  static let roleKey = "ECHOCHAIN_STORE_TEST_ROLE"
  static let pathKey = "ECHOCHAIN_STORE_TEST_PATH"
  static let seedKey = "ECHOCHAIN_STORE_TEST_SEED"

  /// True in a child that has been given this role.
  static func isPlaying(_ role: Role) -> Bool { ProcessInfo.processInfo.environment[roleKey] == role.rawValue }

  /// A value that the parent gave.
  static func given(_ key: String) throws -> String { try #require(ProcessInfo.processInfo.environment[key]) }

  init(_ role: Role, path: String, seed: UInt64 = 0) throws {
    process.executableURL = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    process.arguments = ["--testing-library", "swift-testing", "--filter", "ChildRoles.*\(role.rawValue)"]
    var environment = ProcessInfo.processInfo.environment
    environment[ChildProcess.roleKey] = role.rawValue
    environment[ChildProcess.pathKey] = path
    environment[ChildProcess.seedKey] = String(seed)
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  var identifier: Int32 { process.processIdentifier }

  /// The next line that the child's role says; what the test library prints is left out.
  /// - Returns: `nil` when the child has ended.
  func nextLine() -> String? {
    while true {
      while let end = received.firstIndex(of: 0x0a) {
        let line = String(decoding: received[..<end], as: UTF8.self)
        received.removeFirst(end + 1)
        if line.hasPrefix(ChildProcess.mark) { return String(line.dropFirst(ChildProcess.mark.count)) }
      }
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { return nil }
      received += data
    }
  }

  /// Ends the child at once, as a power switch would end the process.
  func kill() {
    Glibc.kill(identifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends the child's input and waits for its end.
  /// - Returns: Its exit status.
  func finish() -> Int32 {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }

  // In the child:

  private static let mark = "store-test: "

  /// Says a line to the parent with one system call, so that it is said whole or not at all.
  /// - Returns: False when nobody listens any more.
  static func say(_ line: String) -> Bool {
    let bytes = Array("\(mark)\(line)\n".utf8)
    return write(STDOUT_FILENO, bytes, bytes.count) == bytes.count
  }

  /// Waits until the parent ends our input.
  static func waitForEndOfInput() {
    var byte: UInt8 = 0
    while read(STDIN_FILENO, &byte, 1) > 0 {}
  }
}

/// The roles of child processes. In an ordinary run they are skipped.
@Suite struct ChildRoles {
  @Test(.enabled(if: ChildProcess.isPlaying(.holder), "runs in child processes only"))
  func holder() throws {
    let store = try openStore(try ChildProcess.given(ChildProcess.pathKey))
    #expect(ChildProcess.say("open"))
    ChildProcess.waitForEndOfInput()
    try store.close()
  }

  @Test(.enabled(if: ChildProcess.isPlaying(.writer), "runs in child processes only"))
  func writer() throws {
    let seed = try #require(UInt64(try ChildProcess.given(ChildProcess.seedKey)))
    #expect(ChildProcess.say("start"))
    var chain = try BlockChain(path: try ChildProcess.given(ChildProcess.pathKey), seed: seed)
    // A bound, should the parent vanish without closing the pipe.
    for _ in 0..<100_000 {
      let number = try chain.commitNext { _ = ChildProcess.say("begin \($0)") }
      guard ChildProcess.say("block \(number)") else { return }
    }
  }
}
