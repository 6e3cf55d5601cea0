internal import BlockExecution
internal import Primitives
internal import RPC
internal import ScaleCodec

/// Runtimes of old blocks: a newer program answers with what was so when they were made.
extension NodeService {
  /// The runtime whose rules the state of a block belongs to; the best block's when there is no hash.
  nonisolated func runtime(at hash: H256?) throws -> RuntimeRecord {
    guard let hash else { return try chain.runtime(at: chain.best.number) }
    guard let number = try chain.number(of: hash) else { throw RPCError.unknownBlock(hash.hex) }
    return try chain.runtime(at: number)
  }

  /// Answers the entry points that say what the runtime is; `nil` for others.
  /// - Parameter params: Those of `state_call`: name, data, block.
  nonisolated func runtimeDescription(_ name: String, _ params: RPCParams) throws -> [UInt8]? {
    guard RuntimeRecord.descriptions.contains(name) else { return nil }
    let record = try runtime(at: params.optionalHash(2, "at"))
    let data = try params.optionalBytes(1, "data") ?? []
    do throws(ScaleError) { return try record.description(name, data) } catch {
      throw RPCError.client("Execution failed: the arguments of \(name) do not decode: \(error)")
    }
  }
}

extension RuntimeRecord {
  /// The entry points that say what a runtime is.
  fileprivate static let descriptions: Set = [
    "Core_version", "Metadata_metadata", "Metadata_metadata_versions", "Metadata_metadata_at_version",
  ]

  /// What the runtime answered to one of these entry points; `nil` for others.
  func description(_ name: String, _ data: [UInt8]) throws(ScaleError) -> [UInt8]? {
    guard Self.descriptions.contains(name) else { return nil }
    guard name == "Metadata_metadata_at_version" else {
      let reader = ScaleReader(data.span.bytes)
      try reader.finish()
      switch name {
      case "Core_version": return version.encoded()
      case "Metadata_metadata": return metadata14.encoded()
      default: return [UInt32]([14, 15]).encoded()
      }
    }
    switch try UInt32(decoding: data) {
    case 14: return Optional(metadata14).encoded()
    case 15: return Optional(metadata15).encoded()
    default: return [UInt8]?.none.encoded()
    }
  }
}
