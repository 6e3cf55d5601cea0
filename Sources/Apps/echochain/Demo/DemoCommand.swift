import ArgumentParser
import Foundation
import Node
import RPC

/// `echochain demo`: what `make run` shows.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Start the default network, move assets over one hop and two, and prove it.",
    discussion: """
      Starts three linked chains and a relayer with empty disks, transfers over one hop, over two and back, audits the \
      supply, verifies an exported proof without a network, and shows that a tampered copy is refused. Leaves the \
      network running until Ctrl-C; --once stops it.

        echochain demo --once
      """)

  @Option(help: "Topology file with chains hub, market and studio; the default one unless given.")
  var topology: String?

  @Option(name: .customLong("base-path"), help: "State folder.")
  var basePath = NetworkFile.defaultFolder

  @Flag(help: "Stop the network when all is shown.")
  var once = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let signals = StopSignals()
    let output = output.output
    let topology = try Topology.load(topology)
    for name in DemoScript.chains where !topology.chains.contains(where: { $0.name == name }) {
      throw Complaint.usage("the demonstration needs a chain \(name) in its topology")
    }
    let start = ContinuousClock.now
    let folder: NetworkFolder
    let launcher: NetworkLauncher
    do {
      let lock: FolderLock
      (folder, lock) = try await DemoFolder.fresh(basePath, output)
      launcher = NetworkLauncher(topology: topology, folder: folder) { _ in }
      try await launcher.startOrStop(signals, holding: lock)
    }
    let file = await launcher.networkFile
    let report = DemoReport(output)
    report.step("network", file.memberList, "up in \(Spoken.duration(ContinuousClock.now - start))")
    report.step("paths", file.pathList, "open, clients current")
    do { try await show(file, topology, folder, report, signals) } catch {
      await launcher.stop()
      throw error
    }
    report.step("look", file.chains.map(\.rpc).joined(separator: "  "))
    if !once {
      report.step("", "echochain network status\(folder.option)   echochain network logs relayer\(folder.option)")
      output.line("  \(output.terminal.style("the network runs until Ctrl-C", .dim))")
      await launcher.watch(signals) { output.progress($0) }
    }
    await launcher.stop()
    output.json(["steps": .array(report.steps), "passed": true])
  }

  /// Runs the script and ends it when a signal comes.
  private func show(
    _ file: NetworkFile, _ topology: Topology, _ folder: NetworkFolder, _ report: DemoReport, _ signals: StopSignals
  ) async throws {
    let network = try await LinkedNetwork.connect(to: file, timeout: .seconds(10))
    let script = DemoScript(network: network, topology: topology, folder: folder, report: report)
    let showing = Task { try await script.run() }
    let listening = Task { if await signals.wait() != nil { showing.cancel() } }
    defer { listening.cancel() }
    do { try await showing.value } catch {
      await network.close()
      throw signals.first == nil ? error : Complaint.partial("stopped before all was shown")
    }
    await network.close()
  }
}

/// The state folder of a demonstration, which always starts with empty disks.
enum DemoFolder {
  /// The file that marks a folder whose data a demonstration made and may delete.
  private static let mark = "demo"

  /// Makes an empty state folder. Data that no demonstration made stays untouched: then another folder is used.
  /// - Returns: The folder, which is locked while the lock lives.
  static func fresh(_ path: String, _ output: Output) async throws -> (folder: NetworkFolder, lock: FolderLock) {
    let wanted = NetworkFolder(path)
    var lock = try await wanted.lock()
    let running = wanted.running()
    guard running.isEmpty else {
      throw Complaint.configuration(
        "a network runs in \(wanted.path): \(running.map(\.name).joined(separator: ", ")); stop it with 'echochain network down'")
    }
    var folder = wanted
    if hasData(wanted), !isOurs(wanted) {
      folder = NetworkFolder(URL(filePath: wanted.path).deletingLastPathComponent().appending(path: "demo").path)
      output.line("  \(wanted.path) holds a network that is kept; this run uses \(folder.path)")
      lock = try await folder.lock()
      guard folder.running().isEmpty else {
        throw Complaint.configuration("a network runs in \(folder.path); stop it with 'echochain network down --base-path \(folder.path)'")
      }
    }
    if hasData(folder) {
      output.line("  \(output.terminal.style("an earlier run's chains in \(folder.path) are deleted", .dim))")
      try folder.purge()
    }
    try folder.create(chains: [])
    try Files.write(
      Data("Made by 'echochain demo', which deletes chains, relayer and logs here when it starts.\n".utf8), to: folder.path + "/" + mark)
    return (folder, lock)
  }

  private static func hasData(_ folder: NetworkFolder) -> Bool { FileManager.default.fileExists(atPath: folder.path + "/chains") }
  private static func isOurs(_ folder: NetworkFolder) -> Bool { FileManager.default.fileExists(atPath: folder.path + "/" + mark) }
}

extension NetworkFolder {
  /// The option that names this folder to other commands; empty for the default one.
  fileprivate var option: String { path == NetworkFolder(NetworkFile.defaultFolder).path ? "" : " --base-path \(path)" }
}

extension NetworkFile {
  fileprivate var memberList: String {
    (chains.map { "\($0.name) \($0.paraId)" } + (relayer == nil ? [] : [NetworkFolder.relayerName])).joined(separator: " · ")
  }

  fileprivate var pathList: String { paths.map { "\($0.a)–\($0.b)" }.joined(separator: ", ") }
}
