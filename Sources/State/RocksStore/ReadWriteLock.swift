internal import Glibc

/// A lock that many readers or one writer hold. A waiting writer goes first, so readers cannot keep it waiting.
///
/// Calls into RocksDB are readers, closing is the writer: the handles are destroyed when no call uses them.
struct ReadWriteLock: ~Copyable, @unchecked Sendable {  // unchecked: POSIX makes these calls safe from any thread
  private let raw: UnsafeMutablePointer<pthread_rwlock_t>

  init() {
    raw = .allocate(capacity: 1)
    raw.initialize(to: pthread_rwlock_t())
    var attributes = pthread_rwlockattr_t()
    pthread_rwlockattr_init(&attributes)
    defer { pthread_rwlockattr_destroy(&attributes) }
    // Nobody reads inside of a read, so the order in which writers wait cannot lock up.
    pthread_rwlockattr_setkind_np(&attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
    let status = pthread_rwlock_init(raw, &attributes)
    precondition(status == 0, "store: the system has no resources for a lock")
  }

  deinit {
    pthread_rwlock_destroy(raw)
    raw.deinitialize(count: 1)
    raw.deallocate()
  }

  func reading<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    pthread_rwlock_rdlock(raw)
    defer { pthread_rwlock_unlock(raw) }
    return try body()
  }

  func writing<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    pthread_rwlock_wrlock(raw)
    defer { pthread_rwlock_unlock(raw) }
    return try body()
  }
}
