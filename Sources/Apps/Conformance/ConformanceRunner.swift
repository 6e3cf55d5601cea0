internal import Foundation

/// What became of one set of test vectors.
public struct SetResult: Sendable {
  /// The set's folder, or file where the set is one.
  public var name: String
  /// Cases that hold.
  public var passed = 0
  /// Cases that do not.
  public var failed = 0
  /// Cases, or whole files, of a kind that this release does not check.
  public var unknown = 0
  /// The first failures, at most ``ConformanceRunner/maximumFailures``.
  public var failures: [CaseFailure] = []
  /// Files of which nothing was checked.
  public var unknownFiles: [String] = []
  /// Time that the checks took, in seconds.
  public var seconds = 0.0

  /// Whether this release checks the set at all.
  public var isKnown: Bool { passed + failed > 0 }
  /// Whether no case failed.
  public var isConforming: Bool { failed == 0 }
}

/// A case that does not hold.
public struct CaseFailure: Sendable, Hashable, CustomStringConvertible {
  /// Path below the vectors folder.
  public var file: String
  /// The case's name, or its number in the file.
  public var id: String
  /// What was found instead.
  public var reason: String

  public var description: String { "\(file) [\(id)]: \(reason)" }
}

/// Why there is nothing to check.
public enum ConformanceError: Error, Sendable, CustomStringConvertible {
  /// The folder does not exist or cannot be listed.
  case unreadableFolder(String)
  /// Text is not JSON; the text says where.
  case notJSON(String)
  /// A JSON document holds no proof of a known form; the text says what is wrong with it.
  case noProof(String)

  public var description: String {
    switch self {
    case .unreadableFolder(let path): "conformance: folder \(path) cannot be read"
    case .notJSON(let reason): "conformance: \(reason)"
    case .noProof(let reason): "conformance: no proof of a known form: \(reason)"
    }
  }
}

/// Checks this release against published test vectors.
///
/// The folder has one folder for each set, each with JSON files, or a JSON file that is a set by itself. What a file
/// holds is told by its members, so more files and cases of the same kinds are checked without a change here.
/// - SeeAlso: Docs/guides/conformance.md.
public struct ConformanceRunner: Sendable {
  private let folder: URL

  /// The most failures that are described for each set; all are counted.
  public static let maximumFailures = 20
  /// The largest file that is read, in bytes.
  public static let maximumFileSize = 64 << 20

  /// - Parameter folder: Path of the vectors folder.
  public init(_ folder: String) { self.folder = URL(filePath: folder) }

  /// Names of the sets in the folder, in order.
  /// - Throws: ``ConformanceError/unreadableFolder(_:)``
  public func sets() throws(ConformanceError) -> [String] {
    guard let entries = Files.list(folder) else { throw .unreadableFolder(folder.path(percentEncoded: false)) }
    return entries.filter { $0.isFolder || $0.name.hasSuffix(".json") }.map(\.name)
  }

  /// Checks all sets.
  /// - Parameter progress: Called with each set's result as soon as it is there.
  /// - Throws: ``ConformanceError/unreadableFolder(_:)``
  public func run(progress: (SetResult) -> Void = { _ in }) throws(ConformanceError) -> [SetResult] {
    var results: [SetResult] = []
    for name in try sets() {
      let result = run(set: name)
      progress(result)
      results.append(result)
    }
    return results
  }

  /// Checks one set.
  /// - Parameter name: As in ``sets()``; a name that is not there gives a result without cases.
  public func run(set name: String) -> SetResult {
    let clock = ContinuousClock()
    let start = clock.now
    var tally = Tally(set: name)
    let place = folder.appending(path: name)
    if name.hasSuffix(".json") {
      check(name: name, at: place, in: nil, set: String(name.dropLast(5)), &tally)
    } else {
      for entry in Files.list(place) ?? [] where !entry.isFolder && entry.name.hasSuffix(".json") {
        check(name: "\(name)/\(entry.name)", at: place.appending(path: entry.name), in: place, set: name, &tally)
      }
    }
    let elapsed = start.duration(to: clock.now).components
    tally.result.seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
    return tally.result
  }

  private func check(name: String, at file: URL, in folder: URL?, set: String, _ tally: inout Tally) {
    tally.file = name
    guard let checker = Checkers.all[set] else { return tally.markUnknown(file: name) }
    guard let bytes = Files.read(file, limit: Self.maximumFileSize) else {
      return tally.fail("file", "cannot be read, or has more than \(Self.maximumFileSize) bytes")
    }
    let json: JSON
    do throws(JSONFault) { json = try JSON.parse(bytes) } catch { return tally.fail("file", "\(error)") }
    let before = tally.checked
    checker(VectorFile(name: file.lastPathComponent, json: json, folder: folder), &tally)
    if tally.checked == before { tally.markUnknown(file: name) }
  }
}

/// A file of vectors.
struct VectorFile {
  /// Its name without the folder.
  var name: String
  var json: JSON
  /// The set's folder, where data files lie; `nil` for a set of one file.
  var folder: URL?

  /// The `cases`, none where there is no such array.
  var cases: [JSON] {
    guard case .array(let cases)? = json["cases"] else { return [] }
    return cases
  }

  /// A data file of the set.
  func data(_ name: String) throws(Mismatch) -> [UInt8] {
    // A vector names files of its own folder only.
    guard let folder, !name.contains("/"), !name.hasPrefix("."),
      let bytes = Files.read(folder.appending(path: name), limit: ConformanceRunner.maximumFileSize)
    else { throw Mismatch("data file \(name) cannot be read") }
    return bytes
  }
}

/// What lies on disk.
private enum Files {
  static func list(_ folder: URL) -> [(name: String, isFolder: Bool)]? {
    let path = folder.path(percentEncoded: false)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return nil }
    return names.filter { !$0.hasPrefix(".") }.sorted().map { name in
      var isFolder: ObjCBool = false
      let path = folder.appending(path: name).path(percentEncoded: false)
      return (name, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue)
    }
  }

  static func read(_ file: URL, limit: Int) -> [UInt8]? {
    guard let size = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize, size <= limit else { return nil }
    return (try? Data(contentsOf: file)).map { Array($0) }
  }
}
