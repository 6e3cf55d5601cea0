public import Primitives
public import RPC
public import ScaleCodec

/// Why a client of a node has no answer.
public enum ChainClientError: Error, Sendable {
  /// The connection, or the node's answer to a call.
  case rpc(RPCClientError)
  /// The answer to a method lacks something or has another form.
  case malformed(method: String, reason: String)
  /// Bytes of the node do not decode; `what` names them.
  case undecodable(what: String, ScaleError)
  /// The node did not take an extrinsic.
  case refused(RPCError)
  /// A block that was asked for by its hash is not known.
  case unknownBlock(H256)
  /// The node accepted an extrinsic and later dropped it from its pool: `dropped`, `invalid` or `usurped`.
  case dropped(extrinsic: H256, status: String)
  /// An extrinsic was in no block in time. It may still come into one.
  case notIncluded(extrinsic: H256, within: Duration)
}

extension ChainClientError {
  /// Whether the connection is gone, so that a new one may help.
  public var isConnectionLoss: Bool {
    if case .rpc(let error) = self { error.isConnectionLoss } else { false }
  }

  /// Whether an extrinsic was refused because of its nonce: used before, or ahead of the account's.
  public var isNonceRefusal: Bool {
    guard case .refused(let error) = self else { return false }
    if error.code == 1014 { return true }
    guard error.code == 1010 || error.code == 1016, let text = error.data?.asString else { return false }
    return text.contains("outdated") || text.contains("future") || text.contains("nonce")
  }

  /// Whether the node holds this very extrinsic already.
  public var isAlreadyImported: Bool {
    if case .refused(let error) = self { error.code == 1013 } else { false }
  }
}

extension ChainClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rpc(let error): error.description
    case .malformed(let method, let reason): "chain client: answer to \(method): \(reason)"
    case .undecodable(let what, let error): "chain client: \(what) does not decode: \(error)"
    case .refused(let error): "chain client: extrinsic refused: \(error)"
    case .unknownBlock(let hash): "chain client: block \(hash) is not known"
    case .dropped(let hash, let status): "chain client: extrinsic \(hash) left the pool: \(status)"
    case .notIncluded(let hash, let within): "chain client: extrinsic \(hash) is in no block after \(within)"
    }
  }
}
