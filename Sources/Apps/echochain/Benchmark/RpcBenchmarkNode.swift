import EchoRuntime
import Foundation
import Hashing
import Keys
import NIOCore
import Node
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec

/// A node of a measurement's own: another process of this program, on empty disks and any free port, that makes blocks
/// when it is told to.
final class RpcBenchmarkNode: Sendable {
  let port: Int
  /// For what is not measured.
  let control: RPCClient
  private let child: ChildProcess
  private let folder: TemporaryFolder
  private let genesisHash: H256
  private let keys: [SecretKey]

  private init(
    port: Int, control: RPCClient, child: ChildProcess, folder: TemporaryFolder, genesisHash: H256, keys: [SecretKey]
  ) {
    self.port = port
    self.control = control
    self.child = child
    self.folder = folder
    self.genesisHash = genesisHash
    self.keys = keys
  }

  /// Starts a node.
  /// - Parameters:
  ///   - accounts: How many accounts its genesis endows for ``transfers(nonce:)``.
  ///   - connections: How many it must admit.
  ///   - subscriptions: How many a connection must be allowed.
  static func start(accounts: Int, connections: Int, subscriptions: Int) async throws -> RpcBenchmarkNode {
    guard var spec = BuiltInChain.spec(named: "dev") else { throw Complaint.configuration("the built-in chains are not known") }
    let keys = try (0..<accounts).map { try SecretKey(bytes: Hash.blake2b256(Array("benchmark account \($0)".utf8)).bytes) }
    spec.balances += keys.map { ChainSpec.Endowment(account: SS58.encode($0.publicKey.accountID), amount: "\(1000 * unit)") }
    let folder = try TemporaryFolder(prefix: "echochain-benchmark")
    let file = folder.path + "/chain.toml"
    var child: ChildProcess?
    do {
      try Files.write(Data(ChainSpecFile.toml(spec).utf8), to: file)
      let started = try ChildProcess(
        "the node",
        arguments: [
          try Programs().node, "node", "run", "--dev", "--chain", file, "--base-path", folder.path + "/node", "--rpc-port", "0",
          "--sealing", "manual", "--log-level", "warning", "--rpc-max-connections", "\(connections + 16)",
          "--rpc-max-subscriptions-per-connection", "\(max(subscriptions, 1))",
        ], log: folder.path + "/log")
      child = started
      let url = try await Patience.wait(for: "the node's start") {
        if let ending = started.poll() { throw Complaint.network("the node \(ending):\n\(started.lastLines())") }
        let data = try? Data(contentsOf: URL(filePath: folder.path + "/node/" + nodeStateFile))
        return data.flatMap { try? JSON(parsing: [UInt8]($0)) }?["rpc"]?.asString
      }
      guard let port = url.split(separator: ":").last.flatMap({ Int($0) }) else { throw Complaint.network("\(url) has no port") }
      var configuration = RPCClient.Configuration()
      configuration.callTimeout = .seconds(120)
      let control = try await RPCClient.connect(url, configuration: configuration)
      guard let genesisHash = try await control.call("chain_getBlockHash", [0]).asHash else {
        throw Complaint.network("the node does not know its genesis block")
      }
      return RpcBenchmarkNode(port: port, control: control, child: started, folder: folder, genesisHash: genesisHash, keys: keys)
    } catch {
      if let child { await Self.end(child) }
      folder.remove()
      throw error
    }
  }

  /// Ends the process and deletes its data.
  func stop() async {
    await control.close()
    await Self.end(child)
    folder.remove()
  }

  private static func end(_ child: ChildProcess) async {
    child.identity.signal(SIGTERM)
    // Also when this task is cancelled: nobody else would end the process.
    let isOver = await Task {
      (try? await Patience.wait(for: "the node's end", at: .seconds(15)) { child.poll() }) != nil
    }.value
    if !isOver { child.identity.signal(SIGKILL) }
  }

  private static let unit: Balance = 1_000_000_000_000

  // MARK: Work

  /// A transfer of every endowed account, as a request of `author_submitExtrinsic`.
  func transfers(nonce: UInt32) -> [[UInt8]] {
    let version = EchoRuntime.version
    let context = SigningContext(
      specVersion: version.specVersion, transactionVersion: version.transactionVersion, genesisHash: genesisHash,
      birthHash: genesisHash)
    let call = RuntimeCall.balances(
      .transferKeepAlive(dest: .id(DevelopmentKey.alice.secretKey.publicKey.accountID), value: Compact(Self.unit)))
    return keys.map { key in
      let extrinsic = Extrinsic(call: call, extra: SignedExtra(era: .immortal, nonce: nonce), context: context, key: key)
      return LoadAnswer.request("author_submitExtrinsic", [.hex(extrinsic.encoded())])
    }
  }

  /// Makes one block.
  /// - Returns: Its height.
  @discardableResult func seal() async throws -> UInt64 {
    guard let number = try await control.call("dev_seal")["number"]?.asInt64.flatMap({ UInt64(exactly: $0) }) else {
      throw Complaint.network("the node's answer to dev_seal is not understood")
    }
    return number
  }

  /// Makes blocks until none of the submitted transfers waits.
  func drain() async throws {
    for _ in 0..<1000 {
      guard try await control.call("author_pendingExtrinsics").asArray?.isEmpty == false else { return }
      try await seal()
    }
    throw Complaint.refused("the node's blocks do not take the transfers of the measurement")
  }

  // MARK: The process

  /// Resident memory in bytes (`VmRSS`).
  func residentBytes() throws -> Int {
    let status = try? String(contentsOfFile: "/proc/\(child.identity.pid)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    guard let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0.trimmingCharacters(in: .whitespaces)) }) else {
      throw Complaint.network("the node's memory is not to be seen in /proc; \(child.poll().map { "it \($0)" } ?? "it runs")")
    }
    return kilobytes * 1024
  }

  /// Resident memory once it has stopped changing for a fifth of a second.
  func settledBytes() async throws -> Int {
    var last = try residentBytes()
    var equal = 0
    for _ in 0..<100 where equal < 4 {
      try await Task.sleep(for: .milliseconds(50))
      let now = try residentBytes()
      equal = now == last ? equal + 1 : 0
      last = now
    }
    return last
  }

  /// Processor time that the node has used, in seconds.
  func processorSeconds() -> Double {
    guard let status = try? String(contentsOfFile: "/proc/\(child.identity.pid)/stat", encoding: .utf8), let end = status.lastIndex(of: ")")
    else { return 0 }
    let fields = status[status.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}

/// Open files: every connection is one here and one in the node.
enum OpenFiles {
  /// What a process needs besides connections: its database, its libraries, its event loops.
  private static let spare = 256

  /// Raises this process's limit, which a child inherits, as far as the system lets it.
  /// - Throws: A ``Complaint`` when fewer than `connections` would fit.
  static func makeRoom(for connections: Int) throws(Complaint) {
    var limit = rlimit()
    let needed = UInt64(connections + spare)
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < needed else { return }
    limit.rlim_cur = min(limit.rlim_max, rlim_t(needed))
    let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    guard isRaised, limit.rlim_cur >= needed else {
      throw .configuration(
        "\(connections) connections need \(needed) open files, and the system allows \(limit.rlim_max) to this process; "
          + "raise that ('ulimit -n'), or give smaller --connections, --idle and --subscriptions")
    }
  }
}
