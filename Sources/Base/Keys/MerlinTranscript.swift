internal import COpenSSL
internal import Hashing

/// A Merlin transcript: what a proof is about, absorbed step by step, and challenges drawn from all of it.
///
/// Each step is framed by a label and the length of its data, so that no two different sequences absorb the same bytes.
/// - SeeAlso: merlin.cool, "Transcript Operations"; the object beneath is STROBE-128.
struct MerlinTranscript {
  private var strobe = Strobe128(protocol: "Merlin v1.0")

  /// Starts the transcript of a protocol.
  init(_ protocolLabel: String) { append("dom-sep", Array(protocolLabel.utf8)) }

  /// Absorbs a message of at most 2^32 - 1 bytes under a label.
  mutating func append(_ label: String, _ message: [UInt8]) {
    frame(label, count: message.count)
    strobe.associate(message)
  }

  /// Draws bytes that depend on all that was absorbed. What is drawn is absorbed too.
  mutating func challenge(_ label: String, count: Int) -> [UInt8] {
    frame(label, count: count)
    return strobe.draw(count)
  }

  /// Overwrites the state.
  mutating func wipe() { strobe.wipe() }

  private mutating func frame(_ label: String, count: Int) {
    let length = UInt32(clamping: count).littleEndian
    strobe.describe(Array(label.utf8))
    strobe.describe(withUnsafeBytes(of: length) { Array($0) }, continues: true)
  }
}

/// The part of STROBE-128 that Merlin uses: associated data, its description, and drawing.
/// - SeeAlso: STROBE protocol framework, version 1.0.2, sections 5 to 7.
private struct Strobe128 {
  /// Bytes of the state that data meets between two permutations.
  private static let rate = 166

  private enum Flag {
    static let inbound: UInt8 = 1
    static let application: UInt8 = 2
    static let cipher: UInt8 = 4
    static let meta: UInt8 = 16
  }

  private var lanes = InlineArray<25, UInt64>(repeating: 0)
  private var position = 0
  /// One above where the operation under way began, 0 when it began before the last permutation.
  private var start: UInt8 = 0

  init(protocol label: String) {
    let header: [UInt8] = [1, UInt8(Self.rate + 2), 1, 0, 1, 96] + Array("STROBEv1.0.2".utf8)
    for (index, byte) in header.enumerated() { mix(byte, at: index) }
    Hash.keccakF1600(&lanes)
    describe(Array(label.utf8))
  }

  /// Says what follows (`meta-AD`).
  /// - Parameter continues: Whether this goes on where the last description ended.
  mutating func describe(_ data: [UInt8], continues: Bool = false) {
    if !continues { begin(Flag.meta | Flag.application) }
    absorb(data)
  }

  /// Absorbs data (`AD`).
  mutating func associate(_ data: [UInt8]) {
    begin(Flag.application)
    absorb(data)
  }

  /// Draws bytes (`PRF`); those drawn are erased from the state.
  mutating func draw(_ count: Int) -> [UInt8] {
    begin(Flag.inbound | Flag.application | Flag.cipher)
    return (0..<count).map { _ in
      let shift = UInt64(8 * (position % 8))
      let byte = UInt8(truncatingIfNeeded: lanes[position / 8] >> shift)
      lanes[position / 8] &= ~(0xff << shift)
      step()
      return byte
    }
  }

  mutating func wipe() { withUnsafeMutableBytes(of: &lanes) { OPENSSL_cleanse($0.baseAddress, $0.count) } }

  private mutating func begin(_ flags: UInt8) {
    let last = start
    start = UInt8(truncatingIfNeeded: position + 1)
    absorb([last, flags])
    if flags & Flag.cipher != 0, position != 0 { permute() }
  }

  private mutating func absorb(_ data: [UInt8]) {
    for byte in data {
      mix(byte, at: position)
      step()
    }
  }

  private mutating func step() {
    position += 1
    if position == Self.rate { permute() }
  }

  private mutating func permute() {
    mix(start, at: position)
    mix(0x04, at: position + 1)
    mix(0x80, at: Self.rate + 1)
    Hash.keccakF1600(&lanes)
    position = 0
    start = 0
  }

  /// - Precondition: `index` is below 200.
  private mutating func mix(_ byte: UInt8, at index: Int) { lanes[index / 8] ^= UInt64(byte) << UInt64(8 * (index % 8)) }
}
