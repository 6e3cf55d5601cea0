/// Why a key file does not open. No case carries a byte of the key or of the password.
public enum KeyFileError: Error, Equatable, Sendable {
  /// The text does not begin as a key file, or is far too long for one.
  case notAKeyFile
  /// The file was written by a later version.
  case unknownVersion
  /// The text was cut, mistyped or otherwise hurt.
  case damaged
  /// Opening would take more work or memory than this build allows.
  case costOutOfBounds(log2N: UInt8, r: UInt8, p: UInt8)
  /// A password has 1 to 1024 bytes.
  case passwordLength(count: Int)
  /// The password does not belong to the file (or someone changed its salt, cost or check).
  case wrongPassword
  /// The password is right, but someone changed the file.
  case tampered
  /// The memory that the file's cost asks for is not to be had.
  case outOfMemory
}

extension KeyFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAKeyFile: "key file: text does not begin with '\(KeyFile.header)'"
    case .unknownVersion: "key file: written by a later version"
    case .damaged: "key file: damaged, its checksum or layout does not match"
    case .costOutOfBounds(let log2N, let r, let p): "key file: scrypt cost 2^\(log2N), \(r), \(p) is out of bounds"
    case .passwordLength(let count): "key file: password has \(count) bytes, not 1 to \(KeyFile.passwordLimit)"
    case .wrongPassword: "key file: wrong password"
    case .tampered: "key file: changed after it was sealed"
    case .outOfMemory: "key file: not enough memory for its scrypt cost"
    }
  }
}
