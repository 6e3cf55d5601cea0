import Conformance
import Finality
import Foundation
import TestKit
import Testing

@Suite("Conformance") struct ConformanceTests {
  @Test("every set of the fixtures conforms") func fixtures() throws {
    let results = try ConformanceRunner(Fixture.folder.path()).run()
    for result in results { #expect(result.isConforming, "\(result.name): \(result.failures)") }
    #expect(results.count { $0.isKnown } >= 10)
    #expect(results.reduce(0) { $0 + $1.passed } > 500)
  }

  @Test("one set alone") func oneSet() throws {
    let runner = ConformanceRunner(Fixture.folder.path())
    #expect(try runner.sets().contains("scale"))
    let result = runner.run(set: "scale")
    #expect(result.isKnown && result.isConforming && result.seconds > 0)
    #expect(!runner.run(set: "no-such-set").isKnown)
  }

  @Test("a folder that is not there") func missing() {
    #expect(throws: ConformanceError.self) { try ConformanceRunner("/no/such/folder").run() }
  }

  @Test(
    "a changed value fails",
    arguments: [
      ("scale/values.json", "\"0xfdff\"", "\"0xfdfe\""),
      ("ss58/addresses.json", "\"ss58_format\": 42", "\"ss58_format\": 43"),
      ("hash-keccak-kat/keccak256.json", "0xc5d2", "0xc5d3"),
      ("echo-layouts.json", "\"set_root_4\": \"c8", "\"set_root_4\": \"c9"),
      ("mmr/prefix_roots_15.json", "0xacd5", "0xacd6"), ("beefy/mainnet_submit_final.json", "0xb62eb3", "0xb62eb4"),
      ("scale/invalid.json", "\"0x0100\"", "\"0x04\""),
      ("files-and-keys.json", "bafkreihdwdce", "bafkreihdwdcf"), ("files-and-keys.json", "84a07462", "84a07463"),
      ("files-and-keys.json", "3330de6da7", "3330de6da8"), ("files-and-keys.json", "4b83573a", "4b83573b"),
      ("files-and-keys.json", "0146d230", "0146d231"),
      ("xcm/instructions.json", "\"0x05040a\"", "\"0x050417\""), ("xcm/invalid.json", "\"0x0600\"", "\"0x0500\""),
      ("xcm/versioned_examples.json", "\"Parachain\": 2000", "\"Parachain\": 2001"),
      // The rules for the JSON form: small integers are numbers, large ones text, and version 3 has no array in X1.
      ("xcm/versioned_examples.json", "\"Parachain\": 2000", "\"Parachain\": \"2000\""),
      ("xcm/versioned_examples.json", "\"1984\"", "1984"),
      ("xcm/versioned_examples.json", "\"V3\": {\n     \"parents\": 1,", "\"V3\": {\n     \"parents\": \"1\","),
    ])
  func tampered(file: String, original: String, change: String) throws {
    try Copy.with(file) { folder, text in
      let changed = text.replacingOccurrences(of: original, with: change)
      try #require(changed != text)
      try changed.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
      let failures = try ConformanceRunner(folder.path()).run().flatMap(\.failures)
      #expect(!failures.isEmpty && failures.allSatisfy { $0.file == file && !$0.reason.isEmpty })
    }
  }

  @Test(
    "malformed files fail, and nothing else stops",
    arguments: [
      "", "{", "[1, 2", "{\"cases\": [}", "{\"a\": 1, \"a\": 2}", "\u{feff}{}", String(repeating: "[", count: 100_000),
      "{} {}",
      "{\"cases\": [\"\\ud800\"]}", "01", "nul",
    ])
  func malformed(text: String) throws {
    try Copy.with("scale/values.json") { folder, _ in
      try text.write(to: folder.appending(path: "scale/broken.json"), atomically: true, encoding: .utf8)
      let results = try ConformanceRunner(folder.path()).run()
      #expect(results.map(\.failed) == [1] && results[0].passed > 40)
      #expect(results[0].failures.map(\.file) == ["scale/broken.json"])
    }
  }

  @Test(
    "cases with missing or wrong members fail or are unknown",
    arguments: [
      "{}", "{\"cases\": []}", "{\"cases\": 7}", "{\"cases\": [null, 1, \"x\", []]}",
      "{\"cases\": [{\"type\": \"u8\"}]}",
      "{\"cases\": [{\"type\": \"u9\", \"value\": 1, \"scale\": \"0x01\"}]}", "[]", "null",
    ])
  func unknown(text: String) throws {
    try Copy.with("scale/values.json") { folder, _ in
      try text.write(to: folder.appending(path: "scale/other.json"), atomically: true, encoding: .utf8)
      let result = ConformanceRunner(folder.path()).run(set: "scale")
      #expect(result.failed == 0 && result.unknown > 0 && result.unknownFiles == ["scale/other.json"])
    }
  }

  @Test("no fuzzed file stops the run", arguments: 0..<12 as Range<UInt64>) func fuzzed(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let files = [
      "scale/values.json", "mmr/substrate_pallet_proofs.json", "echo-layouts.json", "storage-proofs/node_list.json",
      "ss58/addresses.json",
      "beefy/signed_commitment_scale.json", "clients/keys-and-extrinsics.json", "mmr/simplified_15.json",
    ]
    try Copy.with(files[Int(random.next() % UInt64(files.count))]) { folder, text in
      let file = try #require(Copy.only(in: folder))
      for _ in 0..<4 {
        var bytes = Array(text.utf8)
        for _ in 0..<8 {
          bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(ascii: "0") + UInt8(random.next() % 74)
        }
        try Data(bytes).write(to: file)
        let results = try ConformanceRunner(folder.path()).run()
        #expect(results.count == 1, "seed \(seed)")
      }
    }
  }
}

/// A folder that holds a copy of one fixture file, and is removed at the end.
enum Copy {
  static func with(_ file: String, _ body: (URL, String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "echochain-conformance-\(UUID().uuidString)")
    let target = folder.appending(path: file)
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = String(decoding: Fixture.bytes(file), as: UTF8.self)
    try text.write(to: target, atomically: true, encoding: .utf8)
    try body(folder, text)
  }

  static func only(in folder: URL) -> URL? {
    guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return nil }
    return files.compactMap { $0 as? URL }.first { $0.pathExtension == "json" }
  }
}

@Suite("Recorded proofs") struct RecordedProofTests {
  @Test(
    "proofs of real chains verify, and changed ones do not",
    arguments: [
      ("storage-proofs/node_list.json", "865c4a2b", "865c4a2c"),
      ("storage-proofs/proofs.json", "0x0d1456fd", "0x0d1456fe"),
      ("beefy/mainnet_submit_final.json", "0xb62eb3", "0xb62eb4"),
      ("beefy/snowbridge_testset.json", "0xa65c36bb", "0xa65c36bc"),
    ])
  func verifies(file: String, original: String, change: String) throws {
    let text = String(decoding: Fixture.bytes(file), as: UTF8.self)
    let proofs = try RecordedProof.read(Array(text.utf8))
    #expect(proofs.allSatisfy { $0.proof.verify(strict: false).isValid })
    let changed = text.replacingOccurrences(of: original, with: change)
    try #require(changed != text)
    #expect(try RecordedProof.read(Array(changed.utf8)).contains { !$0.proof.verify(strict: false).isValid })
  }

  @Test(
    "other documents are refused", arguments: ["", "{}", "[]", "{\"cases\": [{}]}", "{\"key\": \"0x00\"}", "nonsense"])
  func refuses(text: String) {
    #expect(throws: ConformanceError.self) { try RecordedProof.read(Array(text.utf8)) }
  }
}
