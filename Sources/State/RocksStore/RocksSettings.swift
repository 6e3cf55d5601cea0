public import KeyValueStore

/// A column with the hints that decide how it lies on disk. Hints may change between releases; names may not.
public struct ColumnSettings: Hashable, Sendable {
  /// How rows are looked for.
  public enum Access: Hashable, Sendable {
    /// One row at a time by its whole key, often an absent one: a ribbon filter and a hash index in each data block.
    case point
    /// By ranges of neighbouring keys: no filter.
    case range
  }

  public var column: Column
  public var access: Access
  /// True for values that shrink (LZ4); false for hashes and other random bytes.
  public var isCompressed: Bool

  public init(_ column: Column, access: Access = .point, isCompressed: Bool = false) {
    self.column = column
    self.access = access
    self.isCompressed = isCompressed
  }
}

/// Settings of a database that are not part of its format.
public struct RocksSettings: Hashable, Sendable {
  /// What happens when the write-ahead log is damaged.
  public enum Recovery: Hashable, Sendable {
    /// Accepts a half-written last record, which a crash leaves behind and nobody was told of; refuses any other
    /// damage, because acknowledged rows would be lost silently.
    case strict
    /// Keeps everything before the first damaged record and drops the rest: for an operator who knows that the tail
    /// can be fetched again.
    case keepPrefix
  }

  /// The version of the rows' format, compared with the one in the database at every open.
  public var formatVersion: UInt32
  /// Size of the block cache that all columns share, in bytes. A quarter of the memory is a good value for a node of
  /// its own on a machine.
  public var cacheBytes: Int
  /// Size at which a column's write buffer goes to disk, in bytes.
  public var writeBufferBytes: Int
  /// Bytes of all write buffers together; over it, the largest is written out.
  public var totalWriteBufferBytes: Int
  /// Size of the write-ahead logs at which old write buffers go to disk, in bytes. Bounds the time that the next open
  /// spends on replaying them.
  public var totalLogBytes: UInt64
  /// Threads for flushes and compactions.
  public var backgroundJobs: Int
  public var recovery: Recovery

  public init(
    formatVersion: UInt32, cacheBytes: Int = 128 << 20, writeBufferBytes: Int = 64 << 20,
    totalWriteBufferBytes: Int = 192 << 20, totalLogBytes: UInt64 = 256 << 20, backgroundJobs: Int = 2,
    recovery: Recovery = .strict
  ) {
    self.formatVersion = formatVersion
    self.cacheBytes = cacheBytes
    self.writeBufferBytes = writeBufferBytes
    self.totalWriteBufferBytes = totalWriteBufferBytes
    self.totalLogBytes = totalLogBytes
    self.backgroundJobs = backgroundJobs
    self.recovery = recovery
  }
}
