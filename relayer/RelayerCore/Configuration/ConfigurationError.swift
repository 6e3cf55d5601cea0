/// What is wrong with a relayer's configuration; every case names the key or the file.
public enum ConfigurationError: Error, Hashable, Sendable {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// The text is no TOML.
  case syntax(reason: String, line: Int)
  /// A key that means nothing; perhaps a slip of the pen.
  case unknownKey(String)
  case missingKey(String)
  /// A value of another kind than the key takes.
  case wrongType(key: String, expected: String)
  /// A value that the key does not allow.
  case invalidValue(key: String, reason: String)
  /// Two chains have one name, or two paths join the same chains.
  case duplicate(key: String, value: String)
  /// A path names a chain that is not configured.
  case unknownChain(key: String, name: String)
  /// A key that anyone can compute, without `development = true`.
  case developmentKey(key: String)
}

extension ConfigurationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "relayer config: \(path) cannot be read: \(reason)"
    case .syntax(let reason, let line): "relayer config: line \(line): \(reason)"
    case .unknownKey(let key): "relayer config: key \(key) is not known"
    case .missingKey(let key): "relayer config: key \(key) is missing"
    case .wrongType(let key, let expected): "relayer config: \(key) is not \(expected)"
    case .invalidValue(let key, let reason): "relayer config: \(key): \(reason)"
    case .duplicate(let key, let value): "relayer config: \(key) \(value) is given twice"
    case .unknownChain(let key, let name): "relayer config: \(key): no chain is named \(name)"
    case .developmentKey(let key): "relayer config: \(key) is a development key, which needs development = true"
    }
  }
}
