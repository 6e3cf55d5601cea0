internal import Hashing
public import Primitives
public import ScaleCodec

/// Describes a file that is offered: what to fetch, how to decrypt it, and the roots that settle a dispute.
///
/// A listing carries ``hash``; the manifest itself is a raw block named ``manifestCID``. One manifest has one
/// encoding: version 1 is the byte 1, the profile (chunk length u32, links u16, leaf codec u8, hash u8), and the
/// fields below in order, in SCALE. Bytes that decode to something that could not have been written are refused.
/// - SeeAlso: Docs/formats/files.md.
public struct Manifest: Hashable, Sendable {
  /// How the bytes at ``cid`` are encrypted.
  @ScaleCodable(path: "echo_files::Cipher")
  public enum Cipher: Hashable, Sendable {
    /// Not at all. Salt, key commitment and plain root are zero.
    @ScaleIndex(0) case none
    /// XC20P-seg: see ``SegmentCipher``.
    @ScaleIndex(1) case segments
  }

  /// The file to fetch.
  public let cid: CID
  /// Bytes of that file.
  public let size: UInt64
  public let cipher: Cipher
  /// The first 16 bytes of each segment's nonce.
  public let salt: FixedBytes<16>
  /// ``ContentKey/commitment`` of the key.
  public let keyCommit: H256
  /// Root over blocks of 4,096 bytes of the file at ``cid``.
  public let auditRoot: H256
  /// Root over blocks of 4,096 bytes of the plaintext, which start anew in each segment.
  public let plainRoot: H256
  /// The media type of the plaintext, such as `text/csv`: 1 to 127 printable characters of ASCII without spaces.
  public let mime: String
  /// A name to save the plaintext by: 1 to 255 bytes of UTF-8 without slash, backslash and control characters, not
  /// `.` or `..`.
  public let name: String?

  /// The version that this release reads and writes.
  public static let version: UInt8 = 1
  /// The most bytes of a manifest.
  public static let maximumLength = 1024

  /// The manifest of an encrypted file.
  /// - Throws: ``ManifestError``
  public init(
    of file: SegmentedFile, key: ContentKey, salt: FixedBytes<16>, mime: String, name: String? = nil
  ) throws(ManifestError) {
    try self.init(
      Body(
        cid: file.cid, size: file.cipherSize, cipher: .segments, salt: salt, keyCommit: key.commitment,
        auditRoot: file.auditRoot, plainRoot: file.plainRoot, mime: mime, name: name))
  }

  /// The manifest of a file that is not encrypted.
  /// - Parameter file: From a ``FileCIDBuilder``.
  /// - Throws: ``ManifestError``
  public init(plain file: UnixFS.Node, auditRoot: H256, mime: String, name: String? = nil) throws(ManifestError) {
    guard !file.isDirectory else { throw .directory }
    try self.init(
      Body(
        cid: file.cid, size: file.payload, cipher: .none, salt: .zero, keyCommit: .zero, auditRoot: auditRoot,
        plainRoot: .zero, mime: mime, name: name))
  }

  /// Reads a manifest.
  /// - Throws: ``ManifestError``
  public init(bytes: [UInt8]) throws(ManifestError) {
    guard bytes.count <= Self.maximumLength else { throw .tooLong(count: bytes.count) }
    guard bytes.first == Self.version else { throw .unknownVersion(bytes.first) }
    let body: Body
    do throws(ScaleError) { body = try Body(decoding: bytes) } catch { throw .malformed(error) }
    guard body.profile == Profile() else { throw .unknownProfile }
    try self.init(body)
  }

  private init(_ body: Body) throws(ManifestError) {
    guard Self.isMediaType(body.mime) else { throw .mime }
    if let name = body.name, !Self.isFileName(name) { throw .name }
    switch body.cipher {
    case .none:
      guard body.salt == .zero, body.keyCommit == .zero, body.plainRoot == .zero else { throw .fieldsOfNoCipher }
    case .segments:
      guard SegmentCipher.plainSize(cipherSize: body.size) != nil else { throw .size(body.size) }
    }
    // A file of one chunk is a raw block, and one of more is not.
    guard (body.cid.codec == .raw) == (body.size <= UInt64(UnixFS.chunkLength)) else { throw .codec }
    cid = body.cid
    size = body.size
    cipher = body.cipher
    salt = body.salt
    keyCommit = body.keyCommit
    auditRoot = body.auditRoot
    plainRoot = body.plainRoot
    mime = body.mime
    name = body.name
  }

  /// The encoding, at most ``maximumLength`` bytes.
  public var bytes: [UInt8] {
    Body(
      cid: cid, size: size, cipher: cipher, salt: salt, keyCommit: keyCommit, auditRoot: auditRoot,
      plainRoot: plainRoot, mime: mime, name: name
    ).encoded()
  }

  /// SHA-256 of the encoding: what a listing carries.
  public var hash: H256 { Hash.sha256(bytes) }

  /// The name of the block that the encoding is. Its digest is ``hash``.
  public var manifestCID: CID { CID(codec: .raw, digest: hash) }

  /// Bytes of the plaintext.
  public var plainSize: UInt64 {
    switch cipher {
    case .none: size
    case .segments: SegmentCipher.plainSize(cipherSize: size) ?? 0  // checked in init
    }
  }

  /// Whether an encrypted file, and what it decrypts to, are what this manifest offers.
  public func describes(_ file: SegmentedFile) -> Bool {
    cipher == .segments && cid == file.cid && size == file.cipherSize && auditRoot == file.auditRoot
      && plainRoot == file.plainRoot
  }

  private static func isMediaType(_ text: String) -> Bool {
    (1...127).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }

  /// A name from a stranger is put behind a folder's path, and shown in a terminal.
  private static func isFileName(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && text != "." && text != ".."
      && text.unicodeScalars.allSatisfy { scalar in
        // Controls, and the marks that turn the direction of text around and so hide a name's end.
        switch scalar.value {
        case 0..<0x20, 0x7f...0x9f, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: false
        default: scalar != "/" && scalar != "\\"
        }
      }
  }
}

extension Manifest {
  /// How the content id is made from the bytes.
  @ScaleCodable
  struct Profile: Hashable, Sendable {
    var chunkLength: UInt32
    var maximumLinks: UInt16
    var leafCodec: UInt8
    var hash: UInt8

    /// The only one.
    init() {
      chunkLength = UInt32(UnixFS.chunkLength)
      maximumLinks = UInt16(UnixFS.maximumLinks)
      leafCodec = CID.Codec.raw.rawValue
      hash = 0x12  // SHA-256 in the table of multihash
    }
  }

  /// What lies in the block.
  @ScaleCodable
  struct Body: Hashable, Sendable {
    var version: UInt8
    var profile: Manifest.Profile
    var cid: CID
    var size: UInt64
    var cipher: Manifest.Cipher
    var salt: FixedBytes<16>
    var keyCommit: H256
    var auditRoot: H256
    var plainRoot: H256
    var mime: String
    var name: String?

    init(
      cid: CID, size: UInt64, cipher: Manifest.Cipher, salt: FixedBytes<16>, keyCommit: H256, auditRoot: H256,
      plainRoot: H256, mime: String, name: String?
    ) {
      self.version = Manifest.version
      self.profile = Profile()
      self.cid = cid
      self.size = size
      self.cipher = cipher
      self.salt = salt
      self.keyCommit = keyCommit
      self.auditRoot = auditRoot
      self.plainRoot = plainRoot
      self.mime = mime
      self.name = name
    }
  }
}

/// Why something is no manifest.
public enum ManifestError: Error, Equatable, Sendable {
  /// Over ``Manifest/maximumLength`` bytes.
  case tooLong(count: Int)
  /// The first byte is not 1; `nil` when there is none.
  case unknownVersion(UInt8?)
  /// The bytes are not those of a manifest of this version.
  case malformed(ScaleError)
  /// Another chunk length, number of links, leaf codec or hash than this release's.
  case unknownProfile
  /// No encrypted file has this many bytes.
  case size(UInt64)
  /// The content id is raw for a file of several chunks, or the other way round.
  case codec
  /// A directory has no manifest; each of its files has.
  case directory
  /// The file is not encrypted, and salt, key commitment or plain root are not zero.
  case fieldsOfNoCipher
  /// The media type is not 1 to 127 printable characters of ASCII.
  case mime
  /// The name is empty, too long, or would leave the folder that it is saved in.
  case name
}

extension ManifestError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count): "manifest: \(count) bytes, over \(Manifest.maximumLength)"
    case .unknownVersion(let version?): "manifest: version \(version), not \(Manifest.version)"
    case .unknownVersion(nil): "manifest: empty"
    case .malformed(let error): "manifest: \(error)"
    case .unknownProfile: "manifest: chunks, links, codec or hash are of a profile that this release does not know"
    case .size(let size): "manifest: no encrypted file has \(size) bytes"
    case .codec: "manifest: the codec of the content id does not fit the size"
    case .directory: "manifest: a directory has none"
    case .fieldsOfNoCipher: "manifest: salt, key commitment or plain root of a file that is not encrypted"
    case .mime: "manifest: the media type is not 1 to 127 printable characters of ASCII"
    case .name: "manifest: the name cannot be that of a file"
    }
  }
}
