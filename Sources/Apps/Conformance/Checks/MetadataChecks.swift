internal import Hashing
internal import Metadata

/// `metadata`: whole blobs of versions 14 to 16 beside a list of what an independent reader found in them.
enum MetadataChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    file.each(&tally) { json in
      guard json.has("file", "version", "types") else { return false }
      let blob = try file.data(try json.text(of: "file"))
      try expect("size", blob.count, try json.integer(of: "bytes"))
      try expect("hash", Hash.blake2b256(blob), try json.hash(of: "blake2_256"))
      let metadata = try attempt { try RuntimeMetadata(decoding: blob) }
      let version: UInt8 = try json.integer(of: "version")
      try expect("types", metadata.types.count, try json.integer(of: "types"))
      for sample in try json.items(of: "type_paths_sample") { try checkPath(sample, metadata.registry) }
      if json.has("pallets") {
        var names: [String] = []
        for name in try json.items(of: "pallets") { names.append(try name.text()) }
        try expect("pallets", metadata.pallets.map(\.name), names)
      }
      try checkValues(metadata)
      if version < 16 {
        let written = try attempt { try metadata.encoded(version: version) }
        try require(written == blob, "version \(version) is not written as it was read")
      }
      return true
    }
  }

  private static func checkPath(_ sample: JSON, _ registry: TypeRegistry) throws(Mismatch) {
    let pair = try sample.items("type_paths_sample")
    guard pair.count == 2 else { throw Mismatch("a path is not a number and a text") }
    let id: TypeID = try pair[0].integer("type")
    try expect("path of type \(id)", registry[id]?.path.joined(separator: "::") ?? "none", try pair[1].text("path"))
  }

  /// Every constant, and every default of a storage item, is a value of its type and nothing else.
  private static func checkValues(_ metadata: RuntimeMetadata) throws(Mismatch) {
    for pallet in metadata.pallets {
      for constant in pallet.constants {
        let value = try attempt { try metadata.value(of: constant) }
        let written = try attempt { try metadata.registry.encode(value, as: constant.type) }
        try expect("constant \(pallet.name).\(constant.name)", written, constant.value)
      }
      for item in pallet.storage?.items ?? [] where item.hasDefault {
        _ = try attempt { try metadata.value(of: try metadata.storageEntry(pallet.name, item.name), row: nil) }
      }
    }
  }
}
