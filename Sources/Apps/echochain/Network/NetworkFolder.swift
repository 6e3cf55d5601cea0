import Foundation

/// The state folder of a network on this machine.
///
/// ```
/// network.json       what runs, for other commands
/// processes.json     the processes, for `down`
/// chains/<name>/     each node's data
/// relayer/           the relayer's configuration and journal
/// logs/<name>.log    what each of them says
/// lock               held by the command that starts or stops processes
/// ```
struct NetworkFolder: Sendable {
  let path: String

  /// - Parameter path: The folder, made absolute, since processes keep it in their arguments.
  init(_ path: String) { self.path = URL(filePath: path).standardizedFileURL.path }

  var networkFile: String { path + "/" + NetworkFile.fileName }
  var processesFile: String { path + "/processes.json" }
  var relayer: String { path + "/relayer" }
  var relayerConfiguration: String { relayer + "/relayer.toml" }
  func chain(_ name: String) -> String { path + "/chains/" + name }
  func log(_ name: String) -> String { path + "/logs/" + name + ".log" }

  /// What everybody calls the relayer.
  static let relayerName = "relayer"

  /// A process of the network.
  struct Member: Codable, Hashable, Sendable {
    var name: String
    var process: ProcessIdentity
  }

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// Makes the folders that are missing.
  func create(chains: [String]) throws(Complaint) {
    do {
      for folder in chains.map(chain) + [relayer, path + "/logs"] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
    } catch { throw .configuration("\(path) cannot be written: \(error.localizedDescription)") }
  }

  /// The processes that the folder names, whether they run or not.
  func members() -> [Member] {
    guard let data = FileManager.default.contents(atPath: processesFile) else { return [] }
    return (try? JSONDecoder().decode([Member].self, from: data)) ?? []
  }

  /// The processes that run.
  func running() -> [Member] { members().filter(\.process.isAlive) }

  /// Writes the processes down.
  func keep(_ members: [Member]) throws(Complaint) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { try encoder.encode(members).write(to: URL(filePath: processesFile), options: .atomic) } catch {
      throw .configuration("\(processesFile) cannot be written: \(error.localizedDescription)")
    }
  }

  /// Forgets the processes; data and logs stay.
  func forget() {
    try? FileManager.default.removeItem(atPath: processesFile)
    try? FileManager.default.removeItem(atPath: networkFile)
  }

  /// Deletes the network's data and logs, and nothing else that may be in the folder.
  func purge() throws(Complaint) {
    forget()
    for entry in ["chains", "relayer", "logs"] where FileManager.default.fileExists(atPath: path + "/" + entry) {
      do { try FileManager.default.removeItem(atPath: path + "/" + entry) } catch {
        throw .configuration("\(path)/\(entry) cannot be deleted: \(error.localizedDescription)")
      }
    }
  }

  /// Ends processes: asks all, waits, and ends by force what is left after the grace period.
  ///
  /// The relayer goes first, so that it does not complain about nodes that leave.
  /// - Returns: Those that had to be forced.
  @discardableResult
  static func stop(_ members: [Member], grace: Duration = .seconds(10)) async -> [Member] {
    let relayers = members.filter { $0.name == relayerName }
    var forced: [Member] = []
    for group in [relayers, members.filter { $0.name != relayerName }] {
      for member in group { member.process.signal(SIGTERM) }
      await wait(for: group, atMost: grace)
      for member in group where member.process.isAlive {
        member.process.signal(SIGKILL)
        forced.append(member)
      }
      // Their files are in use until the system has taken them down.
      await wait(for: group, atMost: .seconds(5))
    }
    return forced
  }

  private static func wait(for members: [Member], atMost limit: Duration) async {
    let deadline = ContinuousClock.now.advanced(by: limit)
    while members.contains(where: \.process.isAlive), ContinuousClock.now < deadline {
      // A cancelled task does not sleep, and what it stops must stop all the same.
      await Task.detached { try? await Task.sleep(for: .milliseconds(10)) }.value
    }
  }
}

/// Ports of this machine.
enum Port {
  /// Whether nothing listens on a port.
  static func isFree(_ port: Int, host: String) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return true }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
  }
}
