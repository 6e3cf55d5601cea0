internal import COpenSSL
internal import CSodium
internal import CXXHash
public import Primitives

/// The hash functions that Substrate state, blocks and bridges are made of.
///
/// All are pure functions of their input. Outputs are in the byte order in which they appear in state keys and
/// headers.
public enum Hash {
  /// BLAKE2b with an output of 32 bytes and no key: block hashes, trie nodes, account ids.
  /// - SeeAlso: RFC 7693; the length is a parameter of the hash, not a truncation of BLAKE2b-512.
  public static func blake2b256(_ bytes: borrowing RawSpan) -> H256 {
    var words = Words32(0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { blake2b(bytes, into: $0) }
    return H256(words: words)
  }

  /// BLAKE2b with an output of 16 bytes: the hash in `Blake2_128Concat` storage keys.
  public static func blake2b128(_ bytes: borrowing RawSpan) -> [UInt8] { blake2b(bytes, length: 16) }

  /// BLAKE2b with an output of 64 bytes: the checksum of SS58.
  public static func blake2b512(_ bytes: borrowing RawSpan) -> [UInt8] { blake2b(bytes, length: 64) }

  /// BLAKE2b of a chosen output length.
  /// - Parameter key: Makes the hash a message authentication code; none for a plain hash.
  /// - Precondition: `length` is 1...64 and `key` has none or 16...64 bytes.
  public static func blake2b(_ bytes: borrowing RawSpan, length: Int, key: [UInt8] = []) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
      let output = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<length])
      blake2b(bytes, key: key, into: output)
      filled = length
    }
  }

  private static func blake2b(
    _ bytes: borrowing RawSpan, key: [UInt8] = [], into output: UnsafeMutableRawBufferPointer
  ) {
    precondition(isReady, "hashing: libsodium cannot be initialised")
    let status = bytes.withUnsafeBytes { input in
      crypto_generichash(
        output.baseAddress!.assumingMemoryBound(to: UInt8.self), output.count,
        input.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(input.count), key, key.count)
    }
    precondition(status == 0, "hashing: blake2b output length or key length is out of range")
  }

  /// XXH64 with seed 0, little-endian.
  public static func twox64(_ bytes: borrowing RawSpan) -> [UInt8] { twox(bytes, seeds: 1) }

  /// XXH64 with seeds 0 and 1: pallet and storage item names.
  public static func twox128(_ bytes: borrowing RawSpan) -> [UInt8] { twox(bytes, seeds: 2) }

  /// XXH64 with seeds 0 to 3.
  public static func twox256(_ bytes: borrowing RawSpan) -> [UInt8] { twox(bytes, seeds: 4) }

  /// XXH64, from which the twox hashes are made.
  public static func xxh64(_ bytes: borrowing RawSpan, seed: UInt64) -> UInt64 {
    bytes.withUnsafeBytes { XXH64($0.baseAddress, $0.count, seed) }
  }

  private static func twox(_ bytes: borrowing RawSpan, seeds: UInt64) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(Int(seeds) * 8)
    for seed in 0..<seeds {
      let value = xxh64(bytes, seed: seed)
      withUnsafeBytes(of: value.littleEndian) { output.append(contentsOf: $0) }
    }
    return output
  }

  /// SHA-256 of FIPS 180-4.
  public static func sha256(_ bytes: borrowing RawSpan) -> H256 {
    var words = Words32(0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) { output in
      bytes.withUnsafeBytes { input in
        let digest = SHA256(
          input.baseAddress?.assumingMemoryBound(to: UInt8.self), input.count, output.baseAddress!.assumingMemoryBound(to: UInt8.self))
        precondition(digest != nil, "hashing: OpenSSL offers no SHA-256")
      }
    }
    return H256(words: words)
  }

  /// libsodium chooses the implementation that fits the processor when it is initialised; without, it stays slow.
  private static let isReady = sodium_init() >= 0
}

extension Hash {
  /// BLAKE2b-256 of an array.
  @inlinable public static func blake2b256(_ bytes: [UInt8]) -> H256 { blake2b256(bytes.span.bytes) }
  /// BLAKE2b-128 of an array.
  @inlinable public static func blake2b128(_ bytes: [UInt8]) -> [UInt8] { blake2b128(bytes.span.bytes) }
  /// BLAKE2b-512 of an array.
  @inlinable public static func blake2b512(_ bytes: [UInt8]) -> [UInt8] { blake2b512(bytes.span.bytes) }
  /// twox-64 of an array.
  @inlinable public static func twox64(_ bytes: [UInt8]) -> [UInt8] { twox64(bytes.span.bytes) }
  /// twox-128 of an array.
  @inlinable public static func twox128(_ bytes: [UInt8]) -> [UInt8] { twox128(bytes.span.bytes) }
  /// twox-256 of an array.
  @inlinable public static func twox256(_ bytes: [UInt8]) -> [UInt8] { twox256(bytes.span.bytes) }
  /// SHA-256 of an array.
  @inlinable public static func sha256(_ bytes: [UInt8]) -> H256 { sha256(bytes.span.bytes) }
  /// keccak-256 of an array.
  @inlinable public static func keccak256(_ bytes: [UInt8]) -> H256 { keccak256(bytes.span.bytes) }
}
