import Conformance
import Foundation
import TestKit
import Testing

@Suite("Conformance of metadata") struct MetadataConformanceTests {
  /// The parts of a list's case that say what is in a blob.
  private static let members = [
    "\"bytes\": 41423": "\"bytes\": 41424", "\"0x96ae7f": "\"0x96ae70", "\"types\": 201": "\"types\": 202",
    "fp_account::AccountId20": "fp_account::AccountId32", "\"version\": 15": "\"version\": 14",
  ]

  @Test("a list that says otherwise than the blob fails", arguments: members.keys.sorted()) func tampered(original: String) throws {
    let blob = Fixture.bytes("metadata/frontier_small_v15.scale")
    let text = try frontierCase()
    #expect(try run(text, blob).map(\.failed) == [0])
    let changed = text.replacingOccurrences(of: original, with: Self.members[original] ?? "")
    try #require(changed != text)
    let results = try run(changed, blob)
    #expect(results.map(\.failed) == [1])
  }

  @Test("a blob that was cut short fails") func cut() throws {
    let results = try run(try frontierCase(), Fixture.bytes("metadata/frontier_small_v15.scale").dropLast())
    #expect(results.map(\.failed) == [1])
  }

  /// The fixtures' list with one case only.
  private func frontierCase() throws -> String {
    let text = String(decoding: Fixture.bytes("metadata/manifest.json"), as: UTF8.self)
    let name = try #require(text.range(of: "\"file\": \"frontier_small_v15.scale\""))
    let start = try #require(text[..<name.lowerBound].lastIndex(of: "{"))
    return "{\"cases\": [" + text[start...]
  }

  private func run(_ list: String, _ blob: some Collection<UInt8>) throws -> [SetResult] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "echochain-conformance-\(UUID().uuidString)")
    let set = folder.appending(path: "metadata")
    try FileManager.default.createDirectory(at: set, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try list.write(to: set.appending(path: "manifest.json"), atomically: true, encoding: .utf8)
    try Data(blob).write(to: set.appending(path: "frontier_small_v15.scale"))
    return try ConformanceRunner(folder.path()).run()
  }
}
