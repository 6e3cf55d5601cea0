internal import CSecp256k1
internal import Hashing
internal import Primitives
public import ScaleCodec

/// The 20-byte address of a key on Ethereum, which is also its validator id in finality proofs.
public struct EthereumAddress: Hashable, Sendable {
  // Twenty bytes in memory order, without a heap.
  private let w0: UInt64
  private let w1: UInt64
  private let w2: UInt32

  /// Takes the bytes.
  /// - Returns: `nil` unless there are exactly 20.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 20 else { return nil }
    self = bytes.withUnsafeBytes { Self(unchecked: $0) }
  }

  /// Parses 40 hexadecimal digits of any case, with or without a leading `0x`. An EIP-55 checksum is not checked.
  public init?(hex: String) {
    guard let bytes = Hex.decode(hex) else { return nil }
    self.init(bytes)
  }

  /// The last 20 bytes of keccak-256 over the 64 bytes of both coordinates.
  init(_ point: secp256k1_pubkey) {
    self = Secp256k1.serialize(point, compressed: false) { bytes in
      Self(tailOf: Hash.keccak256(UnsafeRawBufferPointer(rebasing: bytes[1...]).bytes))
    }
  }

  private init(tailOf hash: H256) {
    self = withUnsafeBytes(of: hash.words) { Self(unchecked: UnsafeRawBufferPointer(rebasing: $0[12...])) }
  }

  private init(unchecked bytes: UnsafeRawBufferPointer) {
    w0 = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    w1 = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    w2 = bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)
  }

  /// The 20 bytes.
  public var bytes: [UInt8] {
    ScaleWriter.fill(20) { encode(into: &$0) }
  }

  /// Lower-case hexadecimal with a leading `0x`.
  public var hex: String { Hex.encode(bytes) }

  /// Hexadecimal in the mixed case whose capitals are a checksum.
  /// - SeeAlso: EIP-55.
  public var checksummed: String {
    let digits = Hex.encode(bytes, prefix: false)
    let hash = Hash.keccak256(Array(digits.utf8)).bytes
    let cased = digits.enumerated().map { index, digit in
      hash[index / 2] >> (index.isMultiple(of: 2) ? 4 : 0) & 0xf >= 8 ? digit.uppercased() : String(digit)
    }
    return "0x" + cased.joined()
  }
}

extension EthereumAddress {
  /// Answers what Ethereum's `ecrecover` precompile (address 1) answers.
  ///
  /// A high `s` recovers there, and `v` must be 27 or 28 in a 32-byte word.
  /// - Parameter input: hash (32) | v (32) | r (32) | s (32); a shorter input is filled with zeros, more is ignored.
  /// - Returns: The signer, or `nil` where the precompile returns nothing.
  /// - SeeAlso: Ethereum yellow paper, appendix E.
  public static func precompileRecover(input: [UInt8]) -> EthereumAddress? {
    let words = Array(input.prefix(128)) + [UInt8](repeating: 0, count: max(0, 128 - input.count))
    guard words[32..<63].allSatisfy({ $0 == 0 }), words[63] == 27 || words[63] == 28,
      let prehash = H256(Array(words[..<32])),
      let signature = RecoverableSignature(Array(words[64...]) + [words[63]])
    else { return nil }
    return signature.recoverAddress(prehash: prehash, rules: .precompile)
  }
}

extension EthereumAddress: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public static var typeShape: TypeShape {
    let bytes = TypeReference(FixedBytes<20>.self)
    return TypeShape(
      path: ["primitive_types", "H160"], .composite([.init(name: nil, type: bytes, typeName: "[u8; 20]")]))
  }
  public var encodedSize: Int { 20 }
  public func encode(into writer: inout ScaleWriter) {
    // The words hold memory order, so each is written as it lies.
    writer.writeInteger(UInt64(littleEndian: w0))
    writer.writeInteger(UInt64(littleEndian: w1))
    writer.writeInteger(UInt32(littleEndian: w2))
  }
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    w0 = try reader.readInteger(UInt64.self).littleEndian
    w1 = try reader.readInteger(UInt64.self).littleEndian
    w2 = try reader.readInteger(UInt32.self).littleEndian
  }
}

extension EthereumAddress: CustomStringConvertible {
  /// Lower-case hexadecimal with a leading `0x`.
  public var description: String { hex }
}
