/// An error object of JSON-RPC 2.0: what a handler throws and what a client receives.
public struct RPCError: Error, Hashable, Sendable {
  /// Negative for JSON-RPC's own errors, four digits for Substrate's.
  public var code: Int
  /// One line.
  public var message: String
  /// More about the error; Substrate's clients expect a string here.
  public var data: JSON?

  /// An error with any code; the usual ones have names below.
  public init(code: Int, message: String, data: JSON? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// Reads the `error` member of a response; `nil` when it is no error object.
  init?(_ value: JSON) {
    guard let code = value["code"]?.asInt64, let message = value["message"]?.asString else { return nil }
    self.init(code: Int(code), message: message, data: value["data"].flatMap { $0.isNull ? nil : $0 })
  }

  /// The `error` member of a response.
  public var json: JSON {
    var members: [String: JSON] = ["code": JSON(code), "message": .string(message)]
    members["data"] = data
    return .object(members)
  }
}

extension RPCError: CustomStringConvertible {
  public var description: String {
    "rpc: error \(code): \(message)" + (data.map { " (\($0.asString ?? $0.description))" } ?? "")
  }
}

// MARK: - JSON-RPC 2.0, and the server's own limits (the numbers that Substrate's server uses)

extension RPCError {
  /// The request is no JSON.
  public static func parseError(_ reason: String) -> RPCError {
    RPCError(code: -32700, message: "Parse error", data: .string(reason))
  }

  /// The request is JSON, but no request object.
  public static func invalidRequest(_ reason: String) -> RPCError {
    RPCError(code: -32600, message: "Invalid request", data: .string(reason))
  }

  /// No method has this name.
  public static func methodNotFound(_ method: String) -> RPCError {
    RPCError(code: -32601, message: "Method not found", data: .string(String(method.prefix(128))))
  }

  /// A subscription was asked for over a transport that cannot carry it.
  public static let needsWebSocket = RPCError(
    code: -32601, message: "Method not found", data: "subscriptions need a WebSocket connection")

  /// A parameter is missing or has the wrong shape. `reason` names it.
  public static func invalidParams(_ reason: String) -> RPCError {
    RPCError(code: -32602, message: "Invalid params: \(reason)")
  }

  /// The method failed for a reason that is not the client's.
  public static func internalError(_ reason: String) -> RPCError {
    RPCError(code: -32603, message: "Internal error", data: .string(reason))
  }

  /// The server takes no batches.
  public static let batchesDisabled = RPCError(code: -32005, message: "Batched requests are not supported by this server")

  /// The connection has as many subscriptions as it may.
  public static func tooManySubscriptions(limit: Int) -> RPCError {
    RPCError(code: -32006, message: "Too many subscriptions on the connection", data: .string("at most \(limit)"))
  }

  /// The connection's subscriptions together would watch more than `limit` keys.
  public static func tooManySubscriptionKeys(limit: Int) -> RPCError {
    RPCError(code: -32006, message: "Too many subscriptions on the connection", data: .string("at most \(limit) keys together"))
  }

  /// The request is longer than `limit` bytes.
  public static func requestTooLarge(limit: Int) -> RPCError {
    RPCError(code: -32007, message: "Request is too big", data: .string("at most \(limit) bytes"))
  }

  /// The result would be longer than `limit` bytes. Ask for less at a time.
  public static func responseTooLarge(limit: Int) -> RPCError {
    RPCError(code: -32008, message: "Response is too big", data: .string("at most \(limit) bytes"))
  }

  /// The server has as many calls in work as it may.
  public static let serverBusy = RPCError(code: -32009, message: "Server is busy, try again later")

  /// The batch has more than `limit` requests. Nothing of it was carried out.
  public static func batchTooLong(limit: Int) -> RPCError {
    RPCError(code: -32010, message: "The batch request was too large", data: .string("at most \(limit) requests"))
  }

  /// The answers together are longer than `limit` bytes. Requests of the batch may have been carried out.
  public static func batchResponseTooLarge(limit: Int) -> RPCError {
    RPCError(code: -32011, message: "The batch response was too large", data: .string("at most \(limit) bytes"))
  }

  /// A method that is switched off for callers from outside.
  public static let methodUnsafe = RPCError(code: -32601, message: "RPC call is unsafe to be called externally")
}

// MARK: - Substrate's author_* (rpc.md §3)

/// Why a transaction can never, or not now, enter a block; the text clients show is ``text``.
public enum TransactionRefusal: Hashable, Sendable {
  case stale, future, badSignature, ancientBirthBlock, payment, unexpectedCall, exhaustsResources
  case custom(UInt8)

  /// The exact text of Substrate, sent as the error's `data`.
  public var text: String {
    switch self {
    case .stale: "Transaction is outdated"
    case .future: "Transaction will be valid in the future"
    case .badSignature: "Transaction has a bad signature"
    case .ancientBirthBlock: "Transaction has an ancient birth block"
    case .payment: "Inability to pay some fees (e.g. account balance too low)"
    case .unexpectedCall: "Transaction call is not expected"
    case .exhaustsResources: "Transaction would exhaust the block limits"
    case .custom(let code): "Custom error: \(code)"
    }
  }
}

extension RPCError {
  /// The bytes are no extrinsic.
  public static func invalidFormat(_ reason: String) -> RPCError {
    RPCError(code: 1001, message: "Extrinsic has invalid format: \(reason)")
  }

  /// The check itself failed, for instance because the state was not readable.
  public static func verification(_ reason: String) -> RPCError {
    RPCError(code: 1002, message: "Verification Error: \(reason)")
  }

  /// The transaction is refused.
  public static func invalidTransaction(_ refusal: TransactionRefusal) -> RPCError {
    RPCError(code: 1010, message: "Invalid Transaction", data: .string(refusal.text))
  }

  /// Nobody can tell whether the transaction is valid.
  public static func unknownValidity(_ reason: String) -> RPCError {
    RPCError(code: 1011, message: "Unknown Transaction Validity", data: .string(reason))
  }

  /// The transaction was refused a short while ago.
  public static let temporarilyBanned = RPCError(code: 1012, message: "Transaction is temporarily banned")

  /// The pool holds the transaction already.
  public static let alreadyImported = RPCError(
    code: 1013, message: "Transaction Already Imported", data: "Transaction is already in the pool")

  /// A transaction with the same sender and nonce waits and pays at least as much.
  public static func priorityTooLow(old: UInt64, new: UInt64) -> RPCError {
    RPCError(
      code: 1014, message: "Priority is too low: (\(old) vs \(new))",
      data: "The transaction has too low priority to replace another transaction already in the pool.")
  }

  /// The transaction depends on itself.
  public static let cycleDetected = RPCError(code: 1015, message: "Cycle Detected")

  /// The pool is full.
  public static let immediatelyDropped = RPCError(
    code: 1016, message: "Immediately Dropped",
    data: "The transaction couldn't enter the pool because of the limit")
}

// MARK: - Substrate's state_* (rpc.md §3)

extension RPCError {
  /// The blocks of a range are unknown, in the wrong order or too many.
  public static func invalidBlockRange(from: String, to: String, reason: String) -> RPCError {
    RPCError(code: 4001, message: "Cannot resolve a block range ['\(from)' ... '\(to)']. \(reason)")
  }

  /// A page or list longer than the method allows.
  public static func invalidCount(value: Int, limit: Int) -> RPCError {
    RPCError(code: 4002, message: "count exceeds maximum value. value: \(value), max: \(limit)")
  }

  /// What Substrate's client layer reports; `reason` follows `Client error: `.
  public static func client(_ reason: String) -> RPCError {
    RPCError(code: 4003, message: "Client error: \(reason)")
  }

  /// `system_dryRun` was given bytes that are no extrinsic.
  public static func dryRunUndecodable(_ reason: String) -> RPCError {
    RPCError(code: 2, message: "Unable to dry run extrinsic", data: .string(reason))
  }

  /// No such block is known.
  public static func unknownBlock(_ hash: String) -> RPCError {
    client("UnknownBlock: Header was not found in the database: \(hash)")
  }

  /// The block is known, but its state is gone.
  public static func stateDiscarded(_ hash: String) -> RPCError {
    client("Api called for an unknown Block: State already discarded for \(hash)")
  }

  /// Clients compare this text to the letter.
  public static func runtimeMethodNotFound(_ name: String) -> RPCError {
    client("Execution failed: Other: Exported method \(name) is not found")
  }
}
