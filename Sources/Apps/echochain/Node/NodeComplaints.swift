import BlockExecution
import EchoRuntime
import Foundation
import Node
import Primitives
import RPC
import RocksStore

extension Complaint {
  /// What stops a node, as one sentence with its exit code.
  init(node error: any Error) {
    switch error {
    case let complaint as Complaint: self = complaint
    case let error as RPCServerError where error.isExposure:
      self.init(.configuration, "\(error.description.droppingRoom); give --rpc-host 127.0.0.1 or --rpc-methods safe")
    case let error as RPCServerError:
      self.init(.network, "\(error.description.droppingRoom); choose another --rpc-port or stop what listens there")
    case let error as RocksOpenError: self.init(.configuration, "\(error)")
    case ChainError.wrongGenesis(let stored, let expected):
      self.init(
        .configuration,
        "the folder holds another chain (genesis \(stored.hex), the spec makes \(expected.hex)); give its own --base-path, or purge it")
    case ChainError.spec(let reason): self.init(.configuration, reason)
    case let error as ChainError: self.init(.configuration, "\(error)")
    case let error as NodeError: self.init(.configuration, error.description.droppingRoom)
    default: self.init(.configuration, (error as NSError).localizedDescription)
    }
  }
}

extension String {
  /// The description of an error without the name of its room.
  fileprivate var droppingRoom: String { split(separator: ": ", maxSplits: 1).last.map(String.init) ?? self }
}

/// A node that another process runs.
enum RunningNode {
  /// The process that a folder's `node.json` names, when it is alive and a node.
  static func read(folder: URL) -> Int32? {
    guard let data = try? Data(contentsOf: folder.appending(path: nodeStateFile)), let json = try? JSON(parsing: [UInt8](data)),
      let pid = json["pid"]?.asInt64.flatMap({ Int32(exactly: $0) }), let process = ProcessIdentity(pid: pid),
      process.command.contains("node")
    else { return nil }
    return pid
  }
}

extension RPCServerError {
  /// Whether the server was asked to show others what is the operator's.
  fileprivate var isExposure: Bool { if case .unsafeMethodsExposed = self { true } else { false } }
}
