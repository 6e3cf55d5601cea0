internal import Foundation
internal import Primitives
public import RPC

extension RelayerStatus {
  /// The state as Prometheus text (format 0.0.4).
  public var metricsText: String {
    var page = MetricsPage()
    let now = Self.now
    let ends = self.ends
    func inbound(_ end: EndStatus) -> [(String, String)] {
      [("path", end.path), ("direction", "\(end.there)->\(end.here)")]
    }
    func outbound(_ end: EndStatus) -> [(String, String)] {
      [("path", end.path), ("direction", "\(end.here)->\(end.there)")]
    }
    func onChain(_ end: EndStatus) -> [(String, String)] { [("path", end.path), ("chain", end.here)] }
    page.family(
      "echochain_relayer_messages_delivered_total", "counter", "Messages received at their destination.",
      ends.map { (inbound($0), Double($0.delivered)) })
    page.family(
      "echochain_relayer_messages_confirmed_total", "counter", "Messages settled at their source by receipts.",
      ends.map { (outbound($0), Double($0.confirmed)) })
    page.family(
      "echochain_relayer_messages_timed_out_total", "counter", "Messages refunded at their source after their timeout.",
      ends.map { (outbound($0), Double($0.timedOut)) })
    page.family(
      "echochain_relayer_dead_letters", "gauge", "Messages that failed alone and wait for another attempt.",
      ends.map { (inbound($0), Double($0.deadLetters)) })
    page.family(
      "echochain_relayer_queue_depth", "gauge", "Messages that wait for delivery.",
      ends.map { (inbound($0), Double($0.waiting)) })
    page.family(
      "echochain_relayer_late_messages", "gauge", "Messages that are too near their timeout to be delivered.",
      ends.map { (inbound($0), Double($0.late)) })
    page.family(
      "echochain_relayer_oldest_undelivered_age_seconds", "gauge",
      "Age of the oldest message that waits for delivery; 0 without one.",
      ends.map { (inbound($0), Double(now.subtractingSaturating($0.oldestSentAt ?? now)) / 1000) })
    page.family(
      "echochain_relayer_client_height", "gauge",
      "Newest height of the other chain that the light client on this one knows.",
      ends.map { (onChain($0), Double($0.clientHeight)) })
    page.family(
      "echochain_relayer_client_lag_blocks", "gauge", "Blocks between that height and the other chain's newest one.",
      ends.map { (onChain($0), Double($0.clientLag)) })
    page.family(
      "echochain_relayer_submissions_total", "counter", "Extrinsics sent.",
      ends.map { (onChain($0), Double($0.submissions)) })
    page.family(
      "echochain_relayer_submission_failures_total", "counter", "Extrinsics that failed or were not taken.",
      ends.map { (onChain($0), Double($0.failures)) })
    let chains = self.chains.sorted { $0.key < $1.key }
    page.family(
      "echochain_relayer_chain_connected", "gauge", "1 while the chain's node is connected.",
      chains.map { ([("chain", $0.key)], $0.value.isConnected ? 1 : 0) })
    page.family(
      "echochain_relayer_chain_height", "gauge", "The chain's newest finalised height.",
      chains.map { ([("chain", $0.key)], Double($0.value.height)) })
    page.family(
      "echochain_relayer_reconnects_total", "counter", "Connections made after the first one.",
      chains.map { ([("chain", $0.key)], Double(max(0, $0.value.connections - 1))) })
    page.family(
      "process_start_time_seconds", "gauge", "Start of the relayer, seconds since 1970.",
      [([], Double(startedAt) / 1000)])
    if let bytes = Self.residentMemory {
      page.family("process_resident_memory_bytes", "gauge", "Resident memory.", [([], Double(bytes))])
    }
    return page.text
  }

  /// Resident memory in bytes, where the system tells (Linux).
  static var residentMemory: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
  }

  /// The answer of `/healthz`: whether all chains are connected and no path is stuck, and the details.
  public var health: (isHealthy: Bool, report: JSON) {
    let now = Self.now
    var isHealthy = true
    var chainReports: [String: JSON] = [:]
    for (name, chain) in chains {
      isHealthy = isHealthy && chain.isConnected
      chainReports[name] = [
        "connected": JSON(chain.isConnected), "height": JSON(chain.height),
        "problem": chain.problem.map { .string($0) } ?? .null,
      ]
    }
    var pathReports: [JSON] = []
    for end in ends {
      let isStalled = isStalled(end, at: now)
      isHealthy = isHealthy && !isStalled && end.obstacle == nil
      pathReports.append([
        "path": .string(end.path), "direction": .string("\(end.there)->\(end.here)"), "waiting": JSON(end.waiting),
        "stalled": JSON(isStalled),
        "lastRead": end.lastRound.map { JSON($0) } ?? .null, "lastProgress": end.lastProgress.map { JSON($0) } ?? .null,
        "deadLetters": JSON(end.deadLetters), "obstacle": end.obstacle.map { .string($0) } ?? .null,
      ])
    }
    return (
      isHealthy,
      [
        "status": isHealthy ? "ok" : "unhealthy", "startedAt": JSON(startedAt), "chains": .object(chainReports),
        "paths": .array(pathReports),
      ]
    )
  }
}

/// Collects metric families in Prometheus' text format.
private struct MetricsPage {
  var text = ""

  mutating func family(
    _ name: String, _ kind: String, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]
  ) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
      let value =
        sample.value == sample.value.rounded() && abs(sample.value) < 1e15
        ? String(Int64(sample.value)) : String(sample.value)
      text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }
  }
}
