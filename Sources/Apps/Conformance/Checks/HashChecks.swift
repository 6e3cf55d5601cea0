internal import Hashing
internal import Primitives

/// The `hash-` sets: known answers of every hash function.
enum HashChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    file.each(&tally) { json in
      if json.has("xxh64", "seed") { return try checkXXH64(json) }
      if json.has("twox_128") { return try checkNames(json) }
      guard json.has("input", "hash") else { return false }
      let input = try json.bytes(of: "input")
      if let text = json["input_utf8"] { try expect("input", Array(try text.text().utf8), input) }
      if let length = json["len"] { try expect("length", input.count, try length.integer("len")) }
      let key = try json["key"]?.bytes("key") ?? []
      // The keccak file names no algorithm: it holds one.
      let name = try json["algo"]?.text("algo") ?? "keccak_256"
      guard let hash = try hash(name, input, key: key) else { return false }
      try expect("hash", hash, try json.bytes(of: "hash"))
      return true
    }
  }

  private static func hash(_ name: String, _ input: [UInt8], key: [UInt8]) throws(Mismatch) -> [UInt8]? {
    let plain = name.lowercased().filter { $0 != "_" && $0 != "-" }.replacing("blake2b", with: "blake2")
    if plain.hasPrefix("blake2"), let bits = Int(plain.dropFirst(6)) {
      guard bits % 8 == 0, (16...64).contains(bits / 8), key.isEmpty || (16...64).contains(key.count) else {
        return nil
      }
      return Hash.blake2b(input.span.bytes, length: bits / 8, key: key)
    }
    guard key.isEmpty else { return nil }
    switch plain {
    case "keccak256": return Hash.keccak256(input).bytes
    case "sha2256", "sha256": return Hash.sha256(input).bytes
    case "twox64": return Hash.twox64(input)
    case "twox128": return Hash.twox128(input)
    case "twox256": return Hash.twox256(input)
    default: return nil
    }
  }

  private static func checkXXH64(_ json: JSON) throws(Mismatch) -> Bool {
    let input = try json.bytes(of: "input")
    let value = Hash.xxh64(input.span.bytes, seed: try json.integer(of: "seed"))
    try expect("xxh64", value, try json.integer(of: "xxh64"))
    if let bytes = json["xxh64_le_bytes"] {
      let little = (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      try expect("bytes", little, try bytes.bytes("xxh64_le_bytes"))
    }
    return true
  }

  private static func checkNames(_ json: JSON) throws(Mismatch) -> Bool {
    let input = json.has("utf8") ? Array(try json.text(of: "utf8").utf8) : try json.bytes(of: "input")
    if let hash = json["twox_64"] { try expect("twox_64", Hash.twox64(input), try hash.bytes("twox_64")) }
    if let hash = json["twox_128"] { try expect("twox_128", Hash.twox128(input), try hash.bytes("twox_128")) }
    if let hash = json["twox_256"] { try expect("twox_256", Hash.twox256(input), try hash.bytes("twox_256")) }
    return true
  }
}
