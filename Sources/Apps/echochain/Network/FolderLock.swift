import Foundation

/// The right to start and stop the processes of one state folder; lasts as long as the value, or the process.
///
/// A lock of the system on a file that stays: it goes with whoever held it, however that one ended, and is not inherited
/// by the processes that are started.
final class FolderLock: Sendable {
  private let descriptor: Int32

  fileprivate init?(_ path: String) throws(Complaint) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .configuration("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}

extension NetworkFolder {
  /// Takes the folder for a command that starts or stops processes in it. Makes the folder when it is missing.
  /// - Parameter patience: How long to wait for another command.
  /// - Throws: A ``Complaint`` when another command has the folder.
  func lock(patience: Duration = .zero) async throws(Complaint) -> FolderLock {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw .configuration("\(path) cannot be written: \(error.localizedDescription)")
    }
    let deadline = ContinuousClock.now.advanced(by: patience)
    while true {
      if let lock = try FolderLock(path + "/lock") { return lock }
      guard ContinuousClock.now < deadline else {
        throw .configuration("another command is starting or stopping the network in \(path); try again when it has ended")
      }
      await Task.detached { try? await Task.sleep(for: .milliseconds(20)) }.value
    }
  }
}
