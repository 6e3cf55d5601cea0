internal import CRocksDB
internal import KeyValueStore

// One type for each short-lived RocksDB handle: one owner, freed once. The force-unwrapped constructors allocate with
// C++ `new` and never return null.

/// How reads are done: block checksums are always verified.
struct ReadOptions: ~Copyable {
  // swift-format-ignore: NeverForceUnwrap
  let raw = rocksdb_readoptions_create()!
  init() { rocksdb_readoptions_set_verify_checksums(raw, 1) }
  deinit { rocksdb_readoptions_destroy(raw) }
}

/// How a batch is written: always through the write-ahead log, with or without waiting for the disk.
struct WriteOptions: ~Copyable {
  // swift-format-ignore: NeverForceUnwrap
  let raw = rocksdb_writeoptions_create()!
  init(sync: Bool) { rocksdb_writeoptions_set_sync(raw, sync ? 1 : 0) }
  deinit { rocksdb_writeoptions_destroy(raw) }
}

/// A batch in RocksDB's form.
struct BatchHandle: ~Copyable {
  // swift-format-ignore: NeverForceUnwrap
  let raw = rocksdb_writebatch_create()!
  deinit { rocksdb_writebatch_destroy(raw) }

  func put(_ key: [UInt8], _ value: [UInt8], column: OpaquePointer) {
    lend(key) { key, keyCount in
      lend(value) { rocksdb_writebatch_put_cf(raw, column, key, keyCount, $0, $1) }
    }
  }

  func delete(_ key: [UInt8], column: OpaquePointer) {
    lend(key) { rocksdb_writebatch_delete_cf(raw, column, $0, $1) }
  }
}

/// A walk over one column that lives no longer than one page.
struct IteratorHandle: ~Copyable {
  let raw: OpaquePointer
  init(database: OpaquePointer, column: OpaquePointer, options: borrowing ReadOptions) {
    // swift-format-ignore: NeverForceUnwrap
    raw = rocksdb_create_iterator_cf(database, options.raw, column)!
  }
  deinit { rocksdb_iter_destroy(raw) }

  var isValid: Bool { rocksdb_iter_valid(raw) != 0 }

  var key: [UInt8] {
    var count = 0
    let start = rocksdb_iter_key(raw, &count)
    return copy(start, count: count)
  }

  var value: [UInt8] {
    var count = 0
    let start = rocksdb_iter_value(raw, &count)
    return copy(start, count: count)
  }

  /// Goes to the first row of a page, within the bounds of the read options.
  func seek(_ scan: Scan) {
    switch (scan.start, scan.direction) {
    case (.edge, .ascending): rocksdb_iter_seek_to_first(raw)
    case (.edge, .descending): rocksdb_iter_seek_to_last(raw)
    case (.at(let key), .ascending), (.after(let key), .ascending): lend(key) { rocksdb_iter_seek(raw, $0, $1) }
    case (.at(let key), .descending), (.after(let key), .descending):
      lend(key) { rocksdb_iter_seek_for_prev(raw, $0, $1) }
    }
    if case .after(let key) = scan.start, isValid, self.key == key { move(scan.direction) }
  }

  func move(_ direction: Scan.Direction) {
    switch direction {
    case .ascending: rocksdb_iter_next(raw)
    case .descending: rocksdb_iter_prev(raw)
    }
  }

  /// Throws what stopped the walk, if it was not the end of the range.
  func checkEnd() throws(StoreError) { try checked { rocksdb_iter_get_error(raw, $0) } }
}

/// The cache of data blocks that all columns of one database share. RocksDB counts references of its own.
struct CacheHandle: ~Copyable {
  let raw: OpaquePointer
  init(bytes: Int) {
    // swift-format-ignore: NeverForceUnwrap
    raw = rocksdb_cache_create_lru(max(bytes, 0))!
  }
  deinit { rocksdb_cache_destroy(raw) }
}

/// Options of the database as a whole or of one column.
struct OptionsHandle: ~Copyable {
  // swift-format-ignore: NeverForceUnwrap
  let raw = rocksdb_options_create()!
  deinit { rocksdb_options_destroy(raw) }

  /// RocksDB's own defaults.
  init() {}

  /// Gives the handle away: the caller destroys it.
  consuming func release() -> OpaquePointer {
    let raw = raw
    discard self
    return raw
  }

  /// Options of the database, and of its unused column `default`.
  init(database settings: RocksSettings, create: Bool) {
    rocksdb_options_set_create_if_missing(raw, create ? 1 : 0)
    rocksdb_options_set_paranoid_checks(raw, 1)
    let recovery =
      switch settings.recovery {
      case .strict: rocksdb_tolerate_corrupted_tail_records_recovery
      case .keepPrefix: rocksdb_point_in_time_recovery
      }
    rocksdb_options_set_wal_recovery_mode(raw, Int32(recovery))
    rocksdb_options_set_db_write_buffer_size(raw, settings.totalWriteBufferBytes)
    rocksdb_options_set_max_total_wal_size(raw, settings.totalLogBytes)
    rocksdb_options_set_max_background_jobs(raw, Int32(clamping: settings.backgroundJobs))
    rocksdb_options_set_bytes_per_sync(raw, 1 << 20)
    // RocksDB's own log: warnings only, and not without end.
    rocksdb_options_set_info_log_level(raw, 2)
    rocksdb_options_set_keep_log_file_num(raw, 4)
    rocksdb_options_set_max_log_file_size(raw, 4 << 20)
  }

  /// Options of one column.
  init(column: ColumnSettings, settings: RocksSettings, cache: borrowing CacheHandle) {
    rocksdb_options_set_write_buffer_size(raw, settings.writeBufferBytes)
    rocksdb_options_set_max_write_buffer_number(raw, 3)
    rocksdb_options_set_level_compaction_dynamic_level_bytes(raw, 1)
    rocksdb_options_set_compression(
      raw, Int32(column.isCompressed ? rocksdb_lz4_compression : rocksdb_no_compression))
    setTable(column: column, cache: cache)
  }

  private func setTable(column: ColumnSettings, cache: borrowing CacheHandle) {
    let table = rocksdb_block_based_options_create()
    defer { rocksdb_block_based_options_destroy(table) }
    rocksdb_block_based_options_set_block_cache(table, cache.raw)
    rocksdb_block_based_options_set_block_size(table, 16 << 10)
    rocksdb_block_based_options_set_format_version(table, 5)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
    rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(table, 1)
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1)
    if column.access == .point {
      // The table options own the filter policy from here on.
      rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_ribbon(10))
      rocksdb_block_based_options_set_data_block_index_type(
        table, Int32(rocksdb_block_based_table_data_block_index_type_binary_search_and_hash))
      rocksdb_block_based_options_set_data_block_hash_ratio(table, 0.75)
    }
    rocksdb_options_set_block_based_table_factory(raw, table)
  }
}
