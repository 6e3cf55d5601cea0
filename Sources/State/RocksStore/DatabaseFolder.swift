internal import Glibc
internal import Synchronization

/// The folder of a database, reserved for one store of this process.
///
/// RocksDB locks the file `LOCK` with a POSIX record lock. The kernel can tell who holds such a lock, but a process
/// loses its own when it closes any descriptor of that file; so folders that this process has open are kept in a
/// list, and their lock files are never touched.
struct DatabaseFolder: ~Copyable {
  /// The path as given.
  let path: String
  /// Keeps the folder's inode from being given to another folder, should somebody remove this one while it is open.
  private let descriptor: Int32
  private let identity: Identity

  /// What a folder is, whatever path leads to it.
  private struct Identity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
  }

  private static let open = Mutex<Set<Identity>>([])

  /// Creates the folder where it is missing and reserves it.
  /// - Throws: ``RocksOpenError/notADirectory(path:)``, ``RocksOpenError/notPermitted(path:reason:)``,
  ///   ``RocksOpenError/alreadyOpen(path:)``, ``RocksOpenError/inUse(path:process:name:)``,
  ///   ``RocksOpenError/inputOutput(path:reason:)``
  static func reserve(_ path: String) throws(RocksOpenError) -> DatabaseFolder {
    try create(path)
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno, path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, access(path, R_OK | W_OK | X_OK) == 0 else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw failure(code, path)
    }
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    guard open.withLock({ $0.insert(identity).inserted }) else {
      _ = Glibc.close(descriptor)
      throw .alreadyOpen(path: path)
    }
    let folder = DatabaseFolder(path: path, descriptor: descriptor, identity: identity)
    try folder.checkUnlocked()
    return folder
  }

  /// Takes over an entry of the list of open folders.
  private init(path: String, descriptor: Int32, identity: Identity) {
    self.path = path
    self.descriptor = descriptor
    self.identity = identity
  }

  deinit {
    let identity = identity
    DatabaseFolder.open.withLock { _ = $0.remove(identity) }
    _ = Glibc.close(descriptor)
  }

  /// Throws when another process holds the database.
  ///
  /// - Precondition: RocksDB does not hold it in this process: closing the descriptor would drop its lock.
  func checkUnlocked() throws(RocksOpenError) {
    let descriptor = Glibc.open(path + "/LOCK", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return }
      throw DatabaseFolder.failure(errno, path)
    }
    defer { _ = Glibc.close(descriptor) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    guard fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return }
    let process = lock.l_pid > 0 ? lock.l_pid : nil
    throw .inUse(path: path, process: process, name: process.flatMap(DatabaseFolder.processName))
  }

  /// Says whether the folder holds a database: a file `CURRENT` that names its newest manifest.
  var hasDatabase: Bool { access(path + "/CURRENT", F_OK) == 0 }

  /// Says whether table files lie in the folder.
  var hasTables: Bool {
    guard let folder = opendir(path) else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasSuffix(".sst") { return true }
    }
    return false
  }

  /// Creates a folder and those above it.
  private static func create(_ path: String) throws(RocksOpenError) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw failure(errno, path)
    }
    let parent = String(path[..<slash])
    do throws(RocksOpenError) { try create(parent) } catch {
      // Names the folder that was asked for, not one above it.
      if case .notPermitted(_, let reason) = error { throw .notPermitted(path: path, reason: "\(parent): \(reason)") }
      throw error
    }
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure(errno, path) }
  }

  private static func failure(_ code: Int32, _ path: String) -> RocksOpenError {
    let reason = String(cString: strerror(code))
    return switch code {
    case EACCES, EPERM, EROFS: .notPermitted(path: path, reason: reason)
    case ENOTDIR: .notADirectory(path: path)
    default: .inputOutput(path: path, reason: reason)
    }
  }

  /// The name of a running process.
  /// - Returns: `nil` when it has ended or the system hides it.
  private static func processName(_ process: Int32) -> String? {
    let descriptor = Glibc.open("/proc/\(process)/comm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { _ = Glibc.close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 1 else { return nil }
    return String(decoding: buffer[..<count].prefix { $0 != 0x0a }, as: UTF8.self)
  }
}
