import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Starting and stopping") struct SignalTests {
  @Test(
    "a signal to a network in the foreground ends exactly what it started", .timeLimit(.minutes(3)),
    arguments: [SIGINT, SIGTERM, SIGHUP])
  func foreground(signal: Int32) async throws {
    let folder = try TemporaryFolder()
    let topology = try RunningNetwork.writeTopology(["hub", "market"], in: folder)
    let state = folder.url.appending(path: "network").path
    let log = folder.url.appending(path: "up.log")
    let bystander = try Programs.start(["/bin/sleep", "600"], log: log)
    let program = Programs.folder.appending(path: "echochain").path
    let network = try Programs.start([program, "network", "up", "--topology", topology, "--base-path", state], log: log)
    let text = { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    while !text().contains("Ctrl-C"), !Programs.isGone(network), ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(20))
    }
    let file = try RunningNetwork.File(folder: state)
    let started = file.chains.map(\.pid) + [try #require(file.relayer).pid]
    #expect(started.allSatisfy { !Programs.isGone($0) }, "\(text())")
    #expect(kill(network, signal) == 0)
    let code = await Programs.ending(of: network)
    #expect(code == 0, "\(text())")
    #expect(started.allSatisfy { Programs.isGone($0) }, "\(text())")
    #expect(!FileManager.default.fileExists(atPath: state + "/network.json"))
    #expect(!Programs.isGone(bystander))
    kill(bystander, SIGKILL)
    _ = await Programs.ending(of: bystander)
  }

  @Test("of two that start a network in one folder at once, one does and the other says why not", .timeLimit(.minutes(3)))
  func contention() async throws {
    let folder = try TemporaryFolder()
    let topology = try RunningNetwork.writeTopology(["hub", "market"], in: folder)
    let state = folder.url.appending(path: "network").path
    let up = ["network", "up", "--detach", "--topology", topology, "--base-path", state]
    async let one = Programs.run(up)
    async let two = Programs.run(up)
    let ended = try await [one, two].sorted { $0.code < $1.code }
    #expect(ended[0].code == 0 && ended[1].code == 3, "\(ended.map(\.text))")
    #expect(ended[1].errors.contains("another command") || ended[1].errors.contains("runs already"), "\(ended[1].text)")
    let down = try await Programs.run(["network", "down", "--purge", "--base-path", state])
    #expect(down.code == 0, "\(down.text)")
    #expect(!FileManager.default.fileExists(atPath: state + "/chains"))
  }
}
