import Foundation

/// What `network up` writes about the network that it started: `network.json` in its state folder.
struct NetworkFile: Codable, Equatable, Sendable {
  /// A chain of the network.
  struct ChainEntry: Codable, Equatable, Sendable {
    var name: String
    var paraId: UInt32
    /// The node's address, `ws://host:port`.
    var rpc: String
    /// The node's data folder.
    var basePath: String
    /// The node's process.
    var pid: Int32
  }

  /// The relayer of the network.
  struct RelayerEntry: Codable, Equatable, Sendable {
    var pid: Int32
    /// Where its metrics are served, `http://host:port`.
    var metrics: String
    /// Its configuration file.
    var config: String
  }

  /// A pair of chains with a lane between them, by name.
  struct PathEntry: Codable, Equatable, Hashable, Sendable {
    var a: String
    var b: String
  }

  var version: Int
  var network: String
  var chains: [ChainEntry]
  var relayer: RelayerEntry?
  var paths: [PathEntry]

  /// The version that this build writes and reads.
  static let currentVersion = 1
  /// The state folder unless another is named.
  static let defaultFolder = ".echochain/network"
  static let fileName = "network.json"

  /// Reads the file in a state folder.
  /// - Throws: A ``Complaint`` when there is none, or of another version.
  static func read(folder: String) throws -> NetworkFile {
    let path = folder + "/" + fileName
    guard FileManager.default.fileExists(atPath: path) else {
      throw Complaint.configuration("no network is described in \(folder); start one with 'echochain network up', or give --url")
    }
    let file: NetworkFile
    do { file = try JSONDecoder().decode(NetworkFile.self, from: try Files.read(path, limit: 1 << 20)) } catch let error as DecodingError {
      throw Complaint.configuration("\(path) is not understood: \(error.brief)")
    }
    guard file.version == currentVersion else {
      throw Complaint.configuration("\(path) is of version \(file.version); this build reads version \(currentVersion)")
    }
    return file
  }

  /// Writes the file into a state folder.
  func write(folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try Files.write(try encoder.encode(self), to: folder + "/" + NetworkFile.fileName)
  }

  /// The chain of that name or para id.
  func chain(_ name: String) throws(Complaint) -> ChainEntry {
    if let entry = chains.first(where: { $0.name == name || String($0.paraId) == name }) { return entry }
    throw .usage("network \(network) has no chain '\(name)'; it has \(chains.map(\.name).joined(separator: ", "))")
  }
}

extension DecodingError {
  /// The place and the fault in a few words.
  var brief: String {
    func place(_ context: Context) -> String {
      let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
      return path.isEmpty ? "" : "\(path): "
    }
    switch self {
    case .typeMismatch(let type, let context): return "\(place(context))is no \(type)"
    case .valueNotFound(let type, let context): return "\(place(context))lacks a \(type)"
    case .keyNotFound(let key, let context): return "\(place(context))lacks \(key.stringValue)"
    case .dataCorrupted(let context): return "\(place(context))\(context.debugDescription)"
    @unknown default: return "\(self)"
    }
  }
}
