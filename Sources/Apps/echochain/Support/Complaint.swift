import ChainClient
import EchoRuntime
import Foundation
import Keys
import Metadata
import RPC
import ScaleCodec

/// The exit codes of the command line, by class of what happened.
enum ExitClass: Int32, Sendable {
  case done = 0
  /// Arguments that make no sense.
  case usage = 2
  /// A file, key, password or setting that is missing or wrong.
  case configuration = 3
  /// A node that does not answer.
  case network = 4
  /// A proof that does not hold.
  case proofInvalid = 5
  /// A chain that understood and refused.
  case refused = 6
  /// Part of the work was done, or something is out of balance.
  case partial = 7
}

/// What is wrong, in one sentence for a person, with the exit code that it ends in.
struct Complaint: Error, CustomStringConvertible {
  var exit: ExitClass
  /// One sentence; may name a way out.
  var sentence: String

  var description: String { sentence }

  init(_ exit: ExitClass, _ sentence: String) {
    self.exit = exit
    self.sentence = sentence
  }

  static func usage(_ sentence: String) -> Complaint { Complaint(.usage, sentence) }
  static func configuration(_ sentence: String) -> Complaint { Complaint(.configuration, sentence) }
  static func network(_ sentence: String) -> Complaint { Complaint(.network, sentence) }
  static func proofInvalid(_ sentence: String) -> Complaint { Complaint(.proofInvalid, sentence) }
  static func refused(_ sentence: String) -> Complaint { Complaint(.refused, sentence) }
  static func partial(_ sentence: String) -> Complaint { Complaint(.partial, sentence) }

  /// Prints the sentence to standard error and ends the process.
  func end() -> Never {
    let terminal = Terminal(descriptor: STDERR_FILENO)
    let head = terminal.style("error:", .red)
    StandardStream.write("\(head) \(sentence)\n", to: .standardError)
    Foundation.exit(exit.rawValue)
  }
}

extension Complaint {
  /// What a lower room's error means to the user.
  init(_ error: any Error) {
    switch error {
    case let complaint as Complaint: self = complaint
    case let error as ChainClientError: self = .init(error.exit, error.plain)
    case let error as RPCClientError: self = .init(.network, Complaint.plain("\(error)"))
    case let error as KeyError: self = .configuration(Complaint.plain("\(error)"))
    case let error as KeyFileError: self = .configuration(Complaint.plain("\(error)"))
    case let error as ChainSpecError: self = .configuration(Complaint.plain("\(error)"))
    case let error as SS58Error: self = .usage(Complaint.plain("\(error)"))
    case let error as ScaleError: self = .proofInvalid(Complaint.plain("\(error)"))
    case let error as JSONError: self = .configuration(Complaint.plain("\(error)"))
    case let error as RuntimeLookupError: self = .usage("\(error)")
    case let error as MetadataError: self = .configuration(Complaint.plain("\(error)"))
    case let error as ScaleJSONError: self = .usage("--args: \(error)")
    case is CancellationError: self = .partial("interrupted")
    // Foundation's errors, of files mostly, say it best in their localised form.
    case let error as CocoaError: self = .configuration(error.localizedDescription)
    default: self = .configuration("\(error)")
    }
  }

  /// The sentence without the name of the room that raised it.
  private static func plain(_ text: String) -> String {
    guard let colon = text.range(of: ": "), text[..<colon.lowerBound].count < 16 else { return text }
    return String(text[colon.upperBound...])
  }
}

extension ChainClientError {
  fileprivate var exit: ExitClass {
    switch self {
    case .refused, .dropped: .refused
    case .notIncluded: .partial
    case .rpc(.rpc): .refused
    case .rpc, .malformed, .undecodable, .unknownBlock: .network
    }
  }

  fileprivate var plain: String {
    switch self {
    case .rpc(.connectionRefused(let host, let port)):
      "nobody listens on \(host) port \(port); start a node, or the network with 'echochain network up'"
    case .refused(let error): "the node refused the transaction: \(error.data?.asString ?? error.message)"
    case .rpc(.rpc(let error)): "the node refused the request: \(error.message)\(error.data?.asString.map { " (\($0))" } ?? "")"
    case .rpc(let error): "\(error)"
    case .malformed(let method, let reason): "the node's answer to \(method) is not understood: \(reason)"
    case .undecodable(let what, let error): "\(what) of the node does not decode: \(error)"
    case .unknownBlock(let hash): "the node does not know block \(hash)"
    case .dropped(let hash, let status): "transaction \(hash) left the node's pool: \(status)"
    case .notIncluded(let hash, let within): "transaction \(hash) came into no block within \(within); it still may"
    }
  }
}
