internal import CRocksDB
internal import KeyValueStore

/// Makes a RocksDB call that reports failure through an error string, and throws what it reports.
///
/// The only place that frees RocksDB's error strings.
/// - Throws: ``StoreError/corrupt(reason:)``, ``StoreError/inputOutput(reason:)``
func checked<R>(_ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R) throws(StoreError) -> R {
  var message: UnsafeMutablePointer<CChar>?
  let result = call(&message)
  guard let message else { return result }
  defer { rocksdb_free(message) }
  throw storeError(status: String(cString: message))
}

/// Sorts a RocksDB status text into our cases by the prefix that `Status::ToString` gives it.
private func storeError(status: String) -> StoreError {
  let corruption = "Corruption: "
  if status.hasPrefix(corruption) { return .corrupt(reason: String(status.dropFirst(corruption.count))) }
  let inputOutput = "IO error: "
  if status.hasPrefix(inputOutput) { return .inputOutput(reason: String(status.dropFirst(inputOutput.count))) }
  return .inputOutput(reason: status)
}

/// Lends bytes in the form that RocksDB takes keys and values in.
func lend<R>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>?, Int) -> R) -> R {
  bytes.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
}

/// Copies bytes that RocksDB owns.
func copy(_ start: UnsafePointer<CChar>?, count: Int) -> [UInt8] {
  Array(UnsafeRawBufferPointer(start: start, count: count))
}
