import Foundation
import Testing

@Suite("Demonstration") struct DemoTests {
  @Test("the demonstration shows everything, twice in the same folder", .timeLimit(.minutes(5))) func twice() async throws {
    let folder = try TemporaryFolder()
    let topology = try RunningNetwork.writeTopology(["hub", "market", "studio"], in: folder)
    let state = folder.url.appending(path: "demo").path
    for _ in 0..<2 {
      let ended = try await Programs.run(["demo", "--once", "--topology", topology, "--base-path", state])
      #expect(ended.code == 0, "\(ended.text)")
      let lines = ended.output.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
      let transfers = lines.filter { $0.first == "transfer" }
      #expect(transfers.count == 3 && transfers.allSatisfy { $0.last == "executed" }, "\(ended.text)")
      let detour = transfers.first { $0.contains("bob@market") && $0.contains("charlie@studio") } ?? []
      #expect(detour.joined(separator: " ").contains("2 hops") && detour.contains("via"), "\(ended.text)")
      let proofs = ended.output.split(separator: "\n").filter { $0.contains(" proof ") }
      // One for each hop.
      #expect(proofs.count == 4 && proofs.allSatisfy { $0.contains("verified offline") }, "\(ended.text)")
      let tampered = lines.first { $0.first == "tampered" } ?? []
      #expect(tampered.contains("refused") && tampered.last == "header", "\(ended.text)")
      #expect(ended.output.contains("escrow = vouchers + in flight"), "\(ended.text)")
      // Nothing is left, and the copies on disk verify as the demonstration said.
      let status = try await Programs.run(["network", "status", "--base-path", state])
      #expect(status.code != 0, "\(status.text)")
      let good = try await Programs.run(["proof", "verify", state + "/message-1.json", "--spec", "hub"])
      #expect(good.code == 0, "\(good.text)")
      let bad = try await Programs.run(["proof", "verify", state + "/tampered.json", "--spec", "hub"])
      #expect(bad.code == 5, "\(bad.text)")
    }
  }
}
