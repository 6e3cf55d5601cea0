import ArgumentParser
import Foundation
import Node
import RPC

/// `echochain network`.
struct NetworkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network", abstract: "Several linked chains and a relayer on this machine, from one topology file.",
    subcommands: [
      NetworkUpCommand.self, NetworkDownCommand.self, NetworkStatusCommand.self, NetworkLogsCommand.self, NetworkRestartCommand.self,
      NetworkSpecCommand.self,
    ])
}

/// `echochain network up`.
struct NetworkUpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Start the chains and the relayer and link them.",
    discussion: """
      Three linked chains, until Ctrl-C:
        echochain network up

      Your own, in the background:
        echochain network up --topology topology.toml --detach
        echochain network down

      An existing folder goes on where it stopped. Each process writes to logs/<name>.log in it.
      """)

  @Option(help: "Topology file; 'echochain network spec' prints the default one.")
  var topology: String?

  @Option(name: .customLong("base-path"), help: "State folder.")
  var basePath = NetworkFile.defaultFolder

  @Flag(help: "Stop everything again as soon as all paths are open.")
  var once = false

  @Flag(help: "Return and leave everything running; 'echochain network down' stops it.")
  var detach = false

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if once, detach { throw ValidationError("--once and --detach exclude each other") }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let signals = StopSignals()
    let output = output.output
    let start = ContinuousClock.now
    let launcher = NetworkLauncher(topology: try Topology.load(topology), folder: NetworkFolder(basePath)) {
      output.progress("\($0), \(Spoken.duration(ContinuousClock.now - start))")
    }
    do {
      let lock = try await launcher.folder.lock()
      try await launcher.startOrStop(signals, holding: lock)
    }
    NetworkReport(await launcher.networkFile).print(output, heading: "up in \(Spoken.duration(ContinuousClock.now - start))")
    if detach {
      output.progress("left running; stop it with 'echochain network down'")
      return await launcher.leave()
    }
    if !once {
      output.progress("Ctrl-C stops everything")
      await launcher.watch(signals) { output.progress($0) }
    }
    await launcher.stop()
    output.progress("stopped")
  }
}

extension NetworkLauncher {
  /// Starts the network; stops what has been started when that fails or a signal comes.
  /// - Parameter lock: The folder's, which nobody else may have meanwhile.
  func startOrStop(_ signals: StopSignals, holding lock: FolderLock) async throws {
    defer { withExtendedLifetime(lock) {} }
    let starting = Task { try await start() }
    let listening = Task { if await signals.wait() != nil { starting.cancel() } }
    defer { listening.cancel() }
    do { try await starting.value } catch {
      await stop(holding: lock)
      if signals.first != nil { throw Complaint.partial("stopped before the network was up") }
      throw error
    }
  }

  /// Returns when a signal comes, or when nothing runs any more. Tells of every process that ends meanwhile.
  func watch(_ signals: StopSignals, tell: @Sendable (String) -> Void) async {
    var told: Set<String> = []
    while signals.first == nil {
      for child in children where !told.contains(child.name) {
        guard let ending = child.poll() else { continue }
        told.insert(child.name)
        tell("\(child.name) \(ending); 'echochain network restart \(child.name)' starts it again")
      }
      if told.count == children.count, folder.running().isEmpty { return }
      try? await Task.sleep(for: .milliseconds(50))
    }
  }
}

/// `echochain network down`.
struct NetworkDownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Stop what 'network up' started.",
    discussion: "Data and logs stay unless --purge is given:\n  echochain network down\n  echochain network down --purge")

  @Option(name: .customLong("base-path"), help: "State folder.")
  var basePath = NetworkFile.defaultFolder

  @Flag(help: "Delete the chains, the relayer's journal and the logs, too.")
  var purge = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let output = output.output
    let folder = NetworkFolder(basePath)
    // A network that stops by itself is waited for, and so is one that starts.
    let lock = folder.exists ? try await folder.lock(patience: .seconds(30)) : nil
    defer { withExtendedLifetime(lock) {} }
    let running = folder.running()
    let forced = await NetworkFolder.stop(running)
    folder.forget()
    if purge { try folder.purge() }
    for member in running {
      let how = forced.contains(member) ? "did not stop and was ended" : "stopped"
      output.line("  \(member.name.padded(to: 10))  process \(member.process.pid) \(how)")
    }
    if running.isEmpty { output.line("  nothing of the network in \(folder.path) runs") }
    output.json(["stopped": .array(running.map { .string($0.name) }), "forced": .array(forced.map { .string($0.name) })])
  }
}

/// `echochain network spec`.
struct NetworkSpecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spec", abstract: "Print the default topology, to start one's own from.",
    discussion: "echochain network spec > topology.toml")

  func run() { print(Topology.standardText, terminator: "") }
}
