internal import COpenSSL

/// A type whose values show nothing of themselves in descriptions, dumps and reflection.
public protocol Hidden: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Hidden {
  /// Names the type only.
  public var description: String { "\(Self.self)(hidden)" }
  /// Names the type only.
  public var debugDescription: String { description }
  /// Shows no children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Memory that is overwritten before it is freed.
package final class SecretBytes: @unchecked Sendable {  // unchecked: written in init and deinit only
  private let buffer: UnsafeMutableRawBufferPointer

  package init(copying bytes: [UInt8]) {
    buffer = .allocate(byteCount: bytes.count, alignment: 8)
    buffer.copyBytes(from: bytes)
  }

  deinit {
    OPENSSL_cleanse(buffer.baseAddress, buffer.count)
    buffer.deallocate()
  }

  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { body(UnsafeRawBufferPointer(buffer)) }
}

extension Array where Element == UInt8 {
  /// Overwrites the bytes with zeros in a way that the optimiser keeps.
  package mutating func wipe() {
    withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
  }
}
