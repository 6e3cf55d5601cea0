import EchoRuntime
import Foundation
import Lanes
import Node

/// Which chains make a network, and which of them are linked (Docs/formats/topology.md).
struct Topology: Sendable {
  /// A chain that runs on this machine.
  struct Chain: Sendable {
    var spec: ChainSpec
    /// What `--chain` of its node gets: a built-in name or a file.
    var source: String
    var rpcPort: Int
    var sealing: Sealing

    var name: String { spec.name }
  }

  /// Two chains, by name, with a lane between them.
  struct Path: Hashable, Sendable {
    var a: String
    var b: String
    var mode: LaneMode

    /// The chain at the other end, when `name` is at one of them.
    func other(than name: String) -> String? { name == a ? b : name == b ? a : nil }
  }

  var network: String
  /// The address that everything listens on.
  var host: String
  var chains: [Chain]
  var paths: [Path]
  var relayerPort: Int
  /// Seconds for which light clients believe a certificate.
  var trustingPeriod: UInt64

  /// What ``trustingPeriod`` may be: a second to fourteen days.
  private static let trustingPeriods: ClosedRange<UInt64> = 1...1_209_600
  /// Most chains of one topology.
  static let maximumChains = 16

  /// The text of the default topology, which `echochain network up` uses without a file.
  static let standardText = """
    network = "echo-dev"
    host = "127.0.0.1"
    sealing = "instant=1s"

    [[chains]]
    spec = "hub"
    rpcPort = 9944

    [[chains]]
    spec = "market"
    rpcPort = 9945

    [[chains]]
    spec = "studio"
    rpcPort = 9946

    [[paths]]
    a = "hub"
    b = "market"

    [[paths]]
    a = "hub"
    b = "studio"

    [[paths]]
    a = "market"
    b = "studio"

    [relayer]
    metricsPort = 9950

    """

  /// Reads a file, or takes the default topology.
  /// - Throws: A ``Complaint`` of configuration that names the key which is wrong.
  static func load(_ file: String?) throws(Complaint) -> Topology {
    guard let file else { return try Topology(try SettingsTable.parse(standardText, known: keys), folder: ".") }
    let table = try SettingsTable.read(file, what: "topology", known: keys)
    do { return try Topology(table, folder: URL(filePath: file).deletingLastPathComponent().path) } catch {
      throw .configuration("topology \(file): \(error.sentence)")
    }
  }

  private static let keys = ["network", "host", "sealing", "trustingPeriod", "chains", "paths", "relayer"]

  private init(_ table: SettingsTable, folder: String) throws(Complaint) {
    network = try table.text("network", default: BuiltInChain.network)
    host = try table.text("host", default: "127.0.0.1")
    trustingPeriod = try table.number("trustingPeriod", default: 7 * 86_400)
    let sealing = try Topology.sealing(table, default: .instant(heartbeat: 1000))
    chains = []
    for row in try table.tables("chains", known: ["spec", "rpcPort", "sealing"]) {
      let source = try row.text("spec")
      let path = BuiltInChain.names.contains(source) || source.hasPrefix("/") ? source : folder + "/" + source
      chains.append(
        Chain(
          spec: try ChainSpecFile.load(path), source: path, rpcPort: try Topology.port(row, "rpcPort"),
          sealing: try Topology.sealing(row, default: sealing)))
    }
    paths = []
    for row in try table.tables("paths", known: ["a", "b", "mode"]) {
      let mode = try row.text("mode", default: "unordered")
      guard mode == "ordered" || mode == "unordered" else { throw .configuration("\(row.name("mode")) is neither ordered nor unordered") }
      paths.append(Path(a: try row.text("a"), b: try row.text("b"), mode: mode == "ordered" ? .ordered : .unordered))
    }
    relayerPort = 9950
    if let relayer = try table.table("relayer", known: ["metricsPort"]), relayer.has("metricsPort") {
      relayerPort = try Topology.port(relayer, "metricsPort")
    }
    try check()
  }

  private func check() throws(Complaint) {
    guard Topology.trustingPeriods.contains(trustingPeriod) else {
      throw .configuration("trustingPeriod is not \(Topology.trustingPeriods.lowerBound) to \(Topology.trustingPeriods.upperBound) seconds")
    }
    guard (1...Topology.maximumChains).contains(chains.count) else {
      throw .configuration("chains has not 1 to \(Topology.maximumChains) entries")
    }
    for (index, chain) in chains.enumerated() {
      guard chain.spec.network == network else {
        throw .configuration("chains[\(index)]: \(chain.name) belongs to network \(chain.spec.network), not \(network)")
      }
      for other in chains[..<index] {
        guard other.name != chain.name else { throw .configuration("chains[\(index)]: the name \(chain.name) is taken") }
        guard other.spec.paraId != chain.spec.paraId else {
          throw .configuration("chains[\(index)]: \(chain.name) has the para id \(chain.spec.paraId) of \(other.name)")
        }
        guard other.rpcPort != chain.rpcPort else {
          throw .configuration("chains[\(index)].rpcPort: \(chain.rpcPort) is the port of \(other.name)")
        }
      }
      guard chain.rpcPort != relayerPort else { throw .configuration("relayer.metricsPort: \(relayerPort) is the port of \(chain.name)") }
    }
    var seen: Set<Set<String>> = []
    for (index, path) in paths.enumerated() {
      for end in [path.a, path.b] where !chains.contains(where: { $0.name == end }) {
        throw .configuration("paths[\(index)]: there is no chain \(end)")
      }
      guard path.a != path.b else { throw .configuration("paths[\(index)] leads from \(path.a) to itself") }
      guard seen.insert([path.a, path.b]).inserted else { throw .configuration("paths[\(index)] is there twice") }
    }
  }

  private static func port(_ table: SettingsTable, _ key: String) throws(Complaint) -> Int {
    let port: UInt16 = try table.number(key)
    guard port > 0 else { throw .configuration("\(table.name(key)) is 0") }
    return Int(port)
  }

  private static func sealing(_ table: SettingsTable, default fallback: Sealing) throws(Complaint) -> Sealing {
    guard table.has("sealing") else { return fallback }
    let text = try table.text("sealing")
    guard let sealing = Sealing(text) else {
      throw .configuration("\(table.name("sealing")): '\(text)' is not interval=1s, instant, instant=1s or manual")
    }
    return sealing
  }
}
