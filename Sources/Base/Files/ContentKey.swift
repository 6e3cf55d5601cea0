internal import Hashing
public import Keys
public import Primitives

/// The key of one sold file: 32 bytes under which its segments are encrypted.
///
/// Copies share one piece of memory, which is overwritten when the last copy goes. The key shows itself in no
/// description and no reflection.
public struct ContentKey: Sendable, Hidden {
  private let storage: SecretBytes

  /// Bytes of a key.
  public static let length = 32

  /// Takes the key. Any 32 bytes are one; a seller draws them from a secure random source, anew for each file.
  /// - Returns: `nil` unless there are exactly 32.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    storage = SecretBytes(copying: bytes)
  }

  /// Draws a key. The generator must be a secure one.
  public init(using random: inout some RandomNumberGenerator) {
    var bytes = (0..<Self.length).map { _ in UInt8.random(in: 0...255, using: &random) }
    defer { bytes.wipe() }
    storage = SecretBytes(copying: bytes)
  }

  /// The key. The copy is the caller's to wipe.
  public var bytes: [UInt8] { storage.withBytes { Array($0) } }

  /// What a listing shows of the key: `sha256("echo/key/v1" ‖ key)`. Tells nothing of a key that was drawn well.
  public var commitment: H256 {
    var input = Array("echo/key/v1".utf8) + bytes
    defer { input.wipe() }
    return Hash.sha256(input)
  }

  /// Lends the 32 bytes without copying them, as C functions want them.
  func withPointer<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
    storage.withBytes { bytes in
      guard let start = bytes.baseAddress else { preconditionFailure("files: a content key without bytes") }
      return body(start.assumingMemoryBound(to: UInt8.self))
    }
  }
}
