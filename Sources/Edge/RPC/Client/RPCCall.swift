/// One call of a batch.
public struct RPCCall: Hashable, Sendable {
  /// Name of the method.
  public var method: String
  /// Parameters by position.
  public var params: [JSON]

  /// A call of `method`.
  public init(_ method: String, _ params: [JSON] = []) {
    self.method = method
    self.params = params
  }

  /// The request object; a notification when `id` is `nil`.
  func request(id: Int64?) -> JSON {
    var members: [String: JSON] = ["jsonrpc": "2.0", "method": .string(method), "params": .array(params)]
    members["id"] = id.map { .integer($0) }
    return .object(members)
  }

  /// What a response object says.
  static func result(of response: JSON) -> Result<JSON, RPCClientError> {
    if let error = response["error"] {
      return .failure(RPCError(error).map { .rpc($0) } ?? .malformedResponse("error object has no code or message"))
    }
    guard let result = response["result"] else { return .failure(.malformedResponse("neither result nor error")) }
    return .success(result)
  }
}
