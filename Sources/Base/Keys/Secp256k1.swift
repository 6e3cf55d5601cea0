internal import CSecp256k1
internal import Primitives

/// The one libsecp256k1 context of the process, and the calls that more than one type needs.
enum Secp256k1 {
  /// Created at first use and never freed.
  ///
  /// Safe to share between threads: Swift creates a static exactly once, and from then on the context is only passed
  /// as `const`, which libsecp256k1 documents as safe from any number of threads at a time. Its random blinding
  /// protects signing against side channels and changes no result.
  nonisolated(unsafe) static let context: OpaquePointer = {
    guard let context = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY)) else {
      preconditionFailure("keys: libsecp256k1 has no memory for its context")
    }
    var random = SystemRandomNumberGenerator()
    var blinding = (random.next(), random.next(), random.next(), random.next())
    let blinded = withUnsafeBytes(of: &blinding) { secp256k1_context_randomize(context, $0.bytePointer) }
    precondition(blinded == 1, "keys: libsecp256k1 refuses to blind its context")
    return context
  }()

  /// Half the order of the curve, big-endian; an `s` above it has a lower twin that signs the same.
  static let halfOrder = H256(
    words: Words32(
      UInt64(bigEndian: 0x7fff_ffff_ffff_ffff), UInt64(bigEndian: 0xffff_ffff_ffff_ffff),
      UInt64(bigEndian: 0x5d57_6e73_57a4_501d), UInt64(bigEndian: 0xdfe9_2f46_681b_20a0))
  ).words

  /// Parses a point in compressed (33 bytes) or uncompressed (65 bytes) form.
  static func parse(_ bytes: UnsafeRawBufferPointer) -> secp256k1_pubkey? {
    guard let start = bytes.bytePointer else { return nil }
    var key = secp256k1_pubkey()
    return secp256k1_ec_pubkey_parse(context, &key, start, bytes.count) == 1 ? key : nil
  }

  /// Lends the serialised point: 33 bytes when `compressed`, else 65.
  static func serialize<R>(
    _ key: secp256k1_pubkey, compressed: Bool, _ body: (UnsafeRawBufferPointer) -> R
  ) -> R {
    var key = key
    var count = compressed ? 33 : 65
    let flags = UInt32(compressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("keys: no stack memory for a point") }
      secp256k1_ec_pubkey_serialize(context, start, &count, &key, flags)
      return body(UnsafeRawBufferPointer(start: start, count: count))
    }
  }
}

extension UnsafeRawBufferPointer {
  /// The start as C byte functions want it; `nil` for an empty buffer.
  var bytePointer: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

extension UnsafeMutableRawBufferPointer {
  /// The start as C byte functions want it; `nil` for an empty buffer.
  var bytePointer: UnsafeMutablePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}
