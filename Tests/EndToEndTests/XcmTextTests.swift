import Foundation
import Primitives
import TestKit
import Testing

/// Reading and writing XCM by command, on bytes that others encoded.
@Suite("XCM as text") struct XcmTextTests {
  /// How bytes get to the command.
  enum Way: CaseIterable, Sendable { case argument, hexFile, rawFile, standardInput }

  private struct Cases: Decodable {
    struct Case: Decodable {
      var name: String
      var scale: String
    }
    var cases: [Case]
  }

  private func read<T: Decodable>(_ file: String, as _: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(T.self, from: Data(contentsOf: Fixture.folder.appending(path: "xcm/\(file).json")))
  }

  @Test("what encode makes of what decode printed is the same bytes", .timeLimit(.minutes(2)), arguments: Way.allCases)
  func inverse(way: Way) async throws {
    let folder = try TemporaryFolder()
    let programs = try read("programs", as: Cases.self).cases
    #expect(!programs.isEmpty)
    for program in programs {
      let (name, hex) = (program.name, program.scale)
      let file = folder.url.appending(path: "bytes")
      try (way == .rawFile ? Data(Hex.decode(hex) ?? []) : Data(hex.utf8)).write(to: file)
      let source = way == .argument ? hex : way == .standardInput ? "-" : file.path
      let decoded = try await Programs.run(["xcm", "decode", "--json", source], input: file)
      #expect(decoded.code == 0, "\(name): \(decoded.text)")
      let json = folder.url.appending(path: "json")
      try Data(decoded.output.utf8).write(to: json)
      let back = way == .standardInput ? "-" : json.path
      let encoded = try await Programs.run(["xcm", "encode", back], input: json)
      #expect(encoded.code == 0 && encoded.output == hex + "\n", "\(name): \(encoded.text)")
    }
  }

  @Test("the JSON form is the one of the vectors, both ways", .timeLimit(.minutes(1))) func form() async throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: Fixture.folder.appending(path: "xcm/versioned_examples.json"))
    let document = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    for example in try #require(document["examples"] as? [[String: Any]]) {
      let (type, hex) = (try #require(example["type"] as? String), try #require(example["hex"] as? String))
      let decoded = try await Programs.run(["xcm", "decode", "--type", type, "--json", hex])
      let value = try JSONSerialization.jsonObject(with: Data(decoded.output.utf8))
      let expected = example["value"] ?? NSNull()
      #expect(NSDictionary(dictionary: ["": value]) == NSDictionary(dictionary: ["": expected]), "\(hex)")
      let file = folder.url.appending(path: "value.json")
      try JSONSerialization.data(withJSONObject: expected).write(to: file)
      let encoded = try await Programs.run(["xcm", "encode", "--type", type, file.path])
      #expect(encoded.output == hex + "\n", "\(encoded.text)")
    }
  }

  @Test("bytes that are none end with one sentence", .timeLimit(.minutes(1))) func invalid() async throws {
    for example in try read("invalid", as: Cases.self).cases {
      let decoded = try await Programs.run(["xcm", "decode", example.scale])
      #expect(
        decoded.code == 2 && decoded.errors.hasPrefix("error: ") && decoded.output.isEmpty,
        "\(example.name): \(decoded.text)")
    }
  }

  @Test(
    "orders that make no sense are refused before any chain is asked",
    arguments: [
      ["xcm", "dry-run", "--chain", "hub"], ["xcm", "dry-run", "0x0500", "--call", "System.remark", "--chain", "hub"],
      ["xcm", "dry-run", "0x0500", "--chain", "hub", "--as", "alice", "--origin", "market"],
      ["xcm", "dry-run", "0x0500", "--chain", "hub", "--args", "{}"],
      ["xcm", "dry-run", "--call", "System.remark", "--origin", "market", "--chain", "hub"],
      [
        "xcm", "quote", "--from", "hub", "--to", "market", "--asset", "ECHO", "--amount", "1", "--recipient", "bob",
        "--fee-asset", "CRED",
      ],
      [
        "send", "--from", "hub", "--to", "market", "--asset", "ECHO", "--amount", "1", "--recipient", "bob",
        "--fee-amount", "1",
      ],
      ["trace", "0x12"], ["trace", "0x" + String(repeating: "1", count: 64), "--blocks", "0"],
    ])
  func senseless(arguments: [String]) async throws {
    let ended = try await Programs.run(arguments + ["--base-path", "/nowhere"])
    #expect(ended.code == 2 && ended.errors.hasPrefix("error: "), "\(ended.text)")
  }
}
