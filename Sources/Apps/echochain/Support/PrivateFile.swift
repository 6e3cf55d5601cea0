import Foundation

/// Files that appear whole or not at all, and that nobody else puts in our way: no link is followed, and a name that
/// is taken is not written over unless that is meant.
enum NewFile {
  /// Opens a file for writing that is not there yet.
  /// - Parameter mode: Who may do what with it, less what the process's mask takes.
  static func open(_ path: String, mode: mode_t = 0o666) throws(Complaint) -> FileHandle {
    let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .configuration("\(path) cannot be made: \(reason)") }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Opens a file to go on writing it, or makes it, and keeps others from doing the same while the handle lives.
  /// - Throws: A ``Complaint`` for a link, for what is no plain file of the user's own, and while another command has it.
  static func resume(_ path: String, mode: mode_t = 0o600) throws(Complaint) -> FileHandle {
    let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .configuration("\(path) cannot be opened: \(reason)") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard let facts = facts(descriptor), facts.isPlain, facts.owner == geteuid(), facts.names == 1 else {
      throw .configuration("\(path) is no plain file of yours; remove it and try again")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw .configuration("another command is writing \(path); try again when it has ended")
    }
    return file
  }

  /// Opens a plain file for reading.
  static func reading(_ path: String) throws(Complaint) -> FileHandle {
    let descriptor = Foundation.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .configuration("\(path) cannot be read: \(reason)") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard facts(descriptor)?.isPlain == true else { throw .configuration("\(path) is no plain file") }
    return file
  }

  /// A name beside a file that nobody has.
  static func fresh(for path: String) -> String {
    path + "." + Secrets.random(8).map { String(format: "%02x", $0) }.joined() + ".new"
  }

  /// Gives a file its name.
  /// - Parameter replacing: Whether a file that has the name goes; else it stays and the name is refused.
  static func name(_ fresh: String, _ path: String, replacing: Bool) throws(Complaint) {
    if !replacing {
      // A second name never takes another file's; a renaming would.
      if link(fresh, path) == 0 {
        unlink(fresh)
        return
      }
      guard errno != EEXIST else { throw .configuration("\(path) exists already") }
      // Some file systems have no second names.
      guard errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS else { throw .configuration("\(path) cannot be written: \(reason)") }
      guard access(path, F_OK) != 0 else { throw .configuration("\(path) exists already") }
    }
    guard rename(fresh, path) == 0 else { throw .configuration("\(path) cannot be written: \(reason)") }
  }

  /// What the system's last refusal was.
  private static var reason: String {
    switch errno {
    case EEXIST: "it exists already"
    case ELOOP: "it is a link"
    case let number: String(cString: strerror(number))
    }
  }

  private static func facts(_ descriptor: Int32) -> (isPlain: Bool, owner: uid_t, names: UInt)? {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { return nil }
    return (facts.st_mode & S_IFMT == S_IFREG, facts.st_uid, UInt(facts.st_nlink))
  }
}

/// Files that nobody else may read: mode 0600 from their first byte on, on the disk before they have their name.
enum PrivateFile {
  /// Makes a file that is not there yet; makes the folder that it is in, too.
  static func create(_ data: Data, at path: String) throws { try write(data, to: path, replacing: false) }

  /// Makes a file, or replaces it at once.
  static func replace(_ data: Data, at path: String) throws { try write(data, to: path, replacing: true) }

  /// Makes the folder that a private file is in, for its owner only.
  static func makeFolder(of path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent()
    guard !FileManager.default.fileExists(atPath: folder.path) else { return }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  private static func write(_ data: Data, to path: String, replacing: Bool) throws {
    try makeFolder(of: path)
    let fresh = NewFile.fresh(for: path)
    let file = try NewFile.open(fresh, mode: 0o600)
    do {
      try file.write(contentsOf: data)
      try file.synchronize()
      try file.close()
      try NewFile.name(fresh, path, replacing: replacing)
    } catch {
      unlink(fresh)
      throw error is Complaint ? error : Complaint.configuration("\(path) cannot be written: \(error.localizedDescription)")
    }
    // The name is as durable as the bytes.
    let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    guard fsync(folder) == 0 || errno == EINVAL else { throw Complaint.configuration("\(path) may not be on the disk yet") }
  }
}

/// Keeps other commands from changing a file while one reads it and writes it anew.
enum FileLock {
  /// Waits for the lock of a file, which is one beside it, and holds it while `body` runs.
  static func hold<T>(of path: String, _ body: () throws -> T) throws -> T {
    try PrivateFile.makeFolder(of: path)
    let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Complaint.configuration("\(path).lock cannot be opened: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw Complaint.configuration("\(path) cannot be locked: \(String(cString: strerror(errno)))") }
    }
    return try body()
  }
}
