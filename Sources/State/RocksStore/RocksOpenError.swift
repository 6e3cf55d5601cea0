internal import KeyValueStore

/// Why a database cannot be opened. No row of it has been changed.
public enum RocksOpenError: Error, Equatable, Sendable {
  /// Another process holds the database.
  /// - Parameters:
  ///   - process: Its id; `nil` when the system does not tell, as for a process in another container.
  ///   - name: Its name as the system shows it, at most 15 bytes.
  case inUse(path: String, process: Int32?, name: String?)
  /// This process has the database open already.
  case alreadyOpen(path: String)
  /// A file stands where the database folder should be.
  case notADirectory(path: String)
  /// The system does not let this user create, read or write the folder.
  case notPermitted(path: String, reason: String)
  /// The database has columns that this program does not know: another program's, or a newer version's.
  case unknownColumns(path: String, names: [String])
  /// The rows are in another format than this program's.
  /// - Parameter found: The version that wrote the database; `nil` when its rows carry none.
  case formatVersion(path: String, found: UInt32?, supported: UInt32)
  /// Files are missing or do not match their checksums.
  case corrupt(path: String, reason: String)
  /// The disk or the system refused.
  case inputOutput(path: String, reason: String)

  /// Places a failure of the open store at its path.
  init(_ error: StoreError, path: String) {
    self =
      switch error {
      case .corrupt(let reason): .corrupt(path: path, reason: reason)
      case .inputOutput(let reason): .inputOutput(path: path, reason: reason)
      case .closed, .unknownColumn, .tooLarge: .inputOutput(path: path, reason: error.description)
      }
  }
}

extension RocksOpenError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .inUse(let path, let process, let name):
      "database \(path) is in use by \(RocksOpenError.holder(process, name)); stop it or choose another --base-path"
    case .alreadyOpen(let path): "database \(path) is already open in this process"
    case .notADirectory(let path): "database \(path): not a folder"
    case .notPermitted(let path, let reason): "database \(path): not permitted: \(reason)"
    case .unknownColumns(let path, let names):
      "database \(path) has columns that this version does not know: \(names.joined(separator: ", "))"
    case .formatVersion(let path, let found?, let supported):
      "database \(path) has format version \(found), this program reads version \(supported)"
    case .formatVersion(let path, nil, let supported):
      "database \(path) has no format version, this program reads version \(supported)"
    case .corrupt(let path, let reason): "database \(path) is damaged: \(reason)"
    case .inputOutput(let path, let reason): "database \(path) cannot be opened: \(reason)"
    }
  }

  private static func holder(_ process: Int32?, _ name: String?) -> String {
    guard let process else { return "another process" }
    guard let name else { return "process \(process)" }
    return "process \(process) (\(name))"
  }
}
