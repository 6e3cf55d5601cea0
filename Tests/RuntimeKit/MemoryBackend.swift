public import PalletSupport

/// A parent state in memory, for pallet tests.
public struct MemoryBackend: StateBackend {
  private let cells: [[UInt8]: [UInt8]]
  private let order: [[UInt8]]

  /// Takes the cells of the parent state; empty unless given.
  public init(_ cells: [[UInt8]: [UInt8]] = [:]) {
    self.cells = cells
    order = cells.keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  public func value(for key: [UInt8]) -> [UInt8]? { cells[key] }

  public func keys(prefix: [UInt8], after: [UInt8]?, limit: Int) -> [[UInt8]] {
    let found = order.lazy.filter { key in
      key.starts(with: prefix) && (after.map { $0.lexicographicallyPrecedes(key) } ?? true)
    }
    return Array(found.prefix(limit))
  }
}

extension ExecutionContext {
  /// An execution on an empty parent state.
  public static func onEmptyState() -> ExecutionContext { ExecutionContext(MemoryBackend()) }

  /// The execution of a child block on what this one left.
  public func nextBlock() -> ExecutionContext {
    var cells: [[UInt8]: [UInt8]] = [:]
    for key in keys(prefix: [], limit: .max) { cells[key] = get(key) }
    return ExecutionContext(MemoryBackend(cells))
  }
}
