internal import BlockExecution
internal import EchoRuntime
internal import Foundation
public import RPC
internal import Synchronization

extension NodeService {
  /// What the node answers over JSON-RPC (Docs/formats/rpc.md).
  public nonisolated var methods: RPCMethods {
    var methods = RPCMethods()
    registerChainMethods(&methods)
    registerStateMethods(&methods)
    registerAuthorMethods(&methods)
    registerSystemMethods(&methods)
    registerEchoMethods(&methods)
    registerModernMethods(&methods)
    methods.guardCalls(with: ReadGuard(chain: chain))
    return methods
  }

  /// The node's numbers in Prometheus' text format.
  func metrics(rpc: RPCServerStatistics?) -> String {
    let counters = counters
    let best = chain.best.number
    var page = MetricsPage(labels: "chain=\"\(configuration.spec.name)\"")
    page.gauge("echochain_block_height", "Height of the best block.", best)
    page.gauge("echochain_finalized_height", "Height of the latest finalised block.", best)
    let pool = poolStatistics
    page.gauge("echochain_pool_transactions", "Transactions that wait, ready and future.", pool.transactions)
    page.gauge("echochain_pool_future_transactions", "Transactions that wait for a smaller nonce.", pool.futures)
    page.gauge("echochain_pool_bytes", "Bytes of the transactions that wait.", pool.bytes)
    page.gauge("echochain_pool_banned", "Hashes of invalid transactions that are remembered.", pool.bans)
    page.counter("echochain_blocks_total", "Blocks made since the start.", counters.blocks)
    page.counter("echochain_extrinsics_total", "Extrinsics in those blocks, inherents included.", counters.extrinsics)
    page.counter("echochain_refused_total", "Pool transactions that a block refused.", counters.refused)
    page.gauge("echochain_pinned_blocks", "Blocks that chainHead_v1 follows hold.", pins.count)
    if let rpc {
      page.gauge("echochain_rpc_connections", "Open connections.", rpc.connections)
      page.gauge("echochain_rpc_subscriptions", "Open subscriptions.", rpc.subscriptions)
      page.gauge("echochain_rpc_calls_in_work", "Requests in work.", rpc.callsInWork)
      page.counter("echochain_rpc_calls_total", "Calls answered.", rpc.calls)
      page.counter("echochain_rpc_failed_calls_total", "Calls answered with an error.", rpc.failedCalls)
      page.counter("echochain_rpc_refusals_total", "Connections and requests turned away at a limit.", rpc.refusals)
    }
    if let bytes = residentMemory() { page.gauge("process_resident_memory_bytes", "Memory in use.", bytes) }
    return page.text
  }
}

/// Bytes of memory that this process holds; `nil` where the system does not tell.
func residentMemory() -> Int? {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
  let fields = text.split(separator: " ")
  guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
  return pages * sysconf(Int32(_SC_PAGESIZE))
}

/// Text of a metrics page (Prometheus exposition format 0.0.4).
struct MetricsPage {
  private(set) var text = ""
  /// What stands in braces behind every name.
  let labels: String

  init(labels: String) { self.labels = labels }

  mutating func gauge(_ name: String, _ help: String, _ value: some BinaryInteger) { add(name, help, "gauge", "\(value)") }
  mutating func counter(_ name: String, _ help: String, _ value: some BinaryInteger) { add(name, help, "counter", "\(value)") }

  private mutating func add(_ name: String, _ help: String, _ type: String, _ value: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name){\(labels)} \(value)\n"
  }
}

/// A server's numbers for a page that the server itself answers.
final class ServerStatistics: Sendable {
  private let server = Mutex<RPCServer?>(nil)

  func set(_ server: RPCServer) { self.server.withLock { $0 = server } }

  var current: RPCServerStatistics? { server.withLock { $0 }?.statistics }
}
