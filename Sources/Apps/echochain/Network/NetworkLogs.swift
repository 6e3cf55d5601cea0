import ArgumentParser
import Foundation
import Node
import RPC

/// `echochain network logs`.
struct NetworkLogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show what the nodes and the relayer say.",
    discussion: "echochain network logs relayer --follow")

  @Argument(help: "Chain names or relayer; all without one.")
  var names: [String] = []

  @Flag(help: "Go on with every new line until Ctrl-C.")
  var follow = false

  @Option(help: "Lines of each log to start with.")
  var lines = 20

  @Option(name: .customLong("base-path"), help: "State folder.")
  var basePath = NetworkFile.defaultFolder

  func validate() throws {
    guard (0...10_000).contains(lines) else { throw ValidationError("--lines is not 0 to 10000") }
  }

  func run() async throws {
    let folder = NetworkFolder(basePath)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/logs")) ?? []
    let known = files.filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }.sorted()
    guard !known.isEmpty else { throw Complaint.configuration("there are no logs in \(folder.path)") }
    for name in names where !known.contains(name) {
      throw Complaint.usage("there is no log of '\(name)'; there are logs of \(known.joined(separator: ", "))")
    }
    let chosen = names.isEmpty ? known : names
    let width = chosen.map(\.count).max() ?? 0
    let output = Output(json: false)
    let head = { (name: String) in chosen.count > 1 ? "\(name.padded(to: width))  " : "" }
    var readers: [LogReader] = []
    for name in chosen {
      let reader = LogReader(name: name, path: folder.log(name))
      for line in LogFile.tail(folder.log(name), lines: lines) { output.line(head(name) + line) }
      readers.append(reader)
    }
    guard follow else { return }
    // Ctrl-C ends the program as usual: there is nothing to put in order.
    while true {
      for reader in readers { for line in reader.newLines() { output.line(head(reader.name) + line) } }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}

/// Reads what is appended to a log file.
private final class LogReader {
  let name: String
  private let path: String
  private var offset: UInt64
  private var rest = Data()

  /// Starts at the file's end.
  init(name: String, path: String) {
    self.name = name
    self.path = path
    offset = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64) ?? 0
  }

  /// The whole lines that came since the last call.
  func newLines() -> [String] {
    guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? handle.close() }
    let end = (try? handle.seekToEnd()) ?? 0
    // A shorter file is a new one.
    if end < offset { offset = 0 }
    try? handle.seek(toOffset: offset)
    let data = (try? handle.readToEnd()) ?? Data()
    offset += UInt64(data.count)
    rest.append(data)
    guard let last = rest.lastIndex(of: 0x0a) else { return [] }
    let whole = rest[..<last]
    rest = Data(rest[rest.index(after: last)...])
    return whole.split(separator: 0x0a, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// `echochain network restart`.
struct NetworkRestartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Start a node or the relayer again with its data, ending it first if it runs.",
    discussion: "echochain network restart market")

  @Argument(help: "A chain's name, or relayer.")
  var name: String

  @Option(name: .customLong("base-path"), help: "State folder.")
  var basePath = NetworkFile.defaultFolder

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let folder = NetworkFolder(basePath)
    var file = try NetworkFile.read(folder: folder.path)
    let lock = try await folder.lock()
    defer { withExtendedLifetime(lock) {} }
    var members = folder.members()
    guard let index = members.firstIndex(where: { $0.name == name }) else {
      throw Complaint.usage("the network has no '\(name)'; it has \(members.map(\.name).joined(separator: ", "))")
    }
    let old = members[index]
    if old.process.isAlive { await NetworkFolder.stop([old]) }
    let child = try ChildProcess(name, arguments: old.process.command, log: folder.log(name))
    members[index] = NetworkFolder.Member(name: name, process: child.identity)
    do { try folder.keep(members) } catch {
      // A process that is not written down could not be stopped later.
      await NetworkFolder.stop([members[index]])
      throw error
    }
    if let chain = file.chains.firstIndex(where: { $0.name == name }) { file.chains[chain].pid = child.identity.pid }
    if name == NetworkFolder.relayerName { file.relayer?.pid = child.identity.pid }
    try file.write(folder: folder.path)
    let endpoint = file.chains.first { $0.name == name }?.rpc ?? file.relayer?.metrics ?? ""
    let health = endpoint.replacingOccurrences(of: "ws://", with: "http://") + (name == NetworkFolder.relayerName ? "/healthz" : "/health")
    _ = try await Patience.wait(for: "an answer of \(name)") {
      if let ending = child.poll() { throw Complaint.network("\(name) \(ending); the end of \(child.log):\n\(child.lastLines())") }
      return await HTTPProbe.isHealthy(health) ? true : nil
    }
    output.output.line("  \(name)  process \(child.identity.pid)  \(endpoint)")
    output.output.json(["name": .string(name), "pid": .init(child.identity.pid), "endpoint": .string(endpoint)])
  }
}
