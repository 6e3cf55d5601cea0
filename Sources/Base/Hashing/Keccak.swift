public import Primitives

extension Hash {
  /// Keccak-256 with the original padding byte 0x01, as Ethereum uses it; not SHA3-256.
  ///
  /// The state lives in 25 local words so that the permutation stays in registers and touches no heap.
  /// - SeeAlso: The Keccak reference, version 3.0, sections 1.2 and 2.
  public static func keccak256(_ bytes: borrowing RawSpan) -> H256 {
    var state = KeccakState()
    let rate = KeccakState.rateInBytes
    var offset = 0
    while bytes.byteCount - offset >= rate {
      state.absorb(bytes, at: offset)
      state.permute()
      offset += rate
    }
    var last = InlineArray<17, UInt64>(repeating: 0)
    let tail = bytes.byteCount - offset
    for index in 0..<tail {
      last[index / 8] |= UInt64(bytes.unsafeLoad(fromByteOffset: offset + index, as: UInt8.self)) << UInt64(8 * (index % 8))
    }
    last[tail / 8] |= 1 << UInt64(8 * (tail % 8))
    last[16] |= 0x80 << 56
    state.absorb(last)
    state.permute()
    return H256(words: Words32(state.a00.littleEndian, state.a10.littleEndian, state.a20.littleEndian, state.a30.littleEndian))
  }
}

extension Hash {
  /// Applies the permutation Keccak-f[1600] in place, for constructions other than the hash.
  /// - Parameter lanes: The state; lane `x + 5 * y` is the one in column x and row y, its bytes little-endian.
  package static func keccakF1600(_ lanes: inout InlineArray<25, UInt64>) {
    var state = KeccakState(lanes)
    state.permute()
    state.store(into: &lanes)
  }
}

private let roundConstants: InlineArray<24, UInt64> = [
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
  0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
  0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
  0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
  0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
]

/// The 1600-bit state; `aXY` is the lane in column X and row Y.
private struct KeccakState {
  static let rateInBytes = 136

  var a00: UInt64 = 0, a10: UInt64 = 0, a20: UInt64 = 0, a30: UInt64 = 0, a40: UInt64 = 0
  var a01: UInt64 = 0, a11: UInt64 = 0, a21: UInt64 = 0, a31: UInt64 = 0, a41: UInt64 = 0
  var a02: UInt64 = 0, a12: UInt64 = 0, a22: UInt64 = 0, a32: UInt64 = 0, a42: UInt64 = 0
  var a03: UInt64 = 0, a13: UInt64 = 0, a23: UInt64 = 0, a33: UInt64 = 0, a43: UInt64 = 0
  var a04: UInt64 = 0, a14: UInt64 = 0, a24: UInt64 = 0, a34: UInt64 = 0, a44: UInt64 = 0

  init() {}

  init(_ lanes: borrowing InlineArray<25, UInt64>) {
    a00 = lanes[0]
    a10 = lanes[1]
    a20 = lanes[2]
    a30 = lanes[3]
    a40 = lanes[4]
    a01 = lanes[5]
    a11 = lanes[6]
    a21 = lanes[7]
    a31 = lanes[8]
    a41 = lanes[9]
    a02 = lanes[10]
    a12 = lanes[11]
    a22 = lanes[12]
    a32 = lanes[13]
    a42 = lanes[14]
    a03 = lanes[15]
    a13 = lanes[16]
    a23 = lanes[17]
    a33 = lanes[18]
    a43 = lanes[19]
    a04 = lanes[20]
    a14 = lanes[21]
    a24 = lanes[22]
    a34 = lanes[23]
    a44 = lanes[24]
  }

  func store(into lanes: inout InlineArray<25, UInt64>) {
    lanes[0] = a00
    lanes[1] = a10
    lanes[2] = a20
    lanes[3] = a30
    lanes[4] = a40
    lanes[5] = a01
    lanes[6] = a11
    lanes[7] = a21
    lanes[8] = a31
    lanes[9] = a41
    lanes[10] = a02
    lanes[11] = a12
    lanes[12] = a22
    lanes[13] = a32
    lanes[14] = a42
    lanes[15] = a03
    lanes[16] = a13
    lanes[17] = a23
    lanes[18] = a33
    lanes[19] = a43
    lanes[20] = a04
    lanes[21] = a14
    lanes[22] = a24
    lanes[23] = a34
    lanes[24] = a44
  }

  mutating func absorb(_ bytes: borrowing RawSpan, at offset: Int) {
    a00 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 0, as: UInt64.self))
    a10 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    a20 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
    a30 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 24, as: UInt64.self))
    a40 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 32, as: UInt64.self))
    a01 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 40, as: UInt64.self))
    a11 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 48, as: UInt64.self))
    a21 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 56, as: UInt64.self))
    a31 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 64, as: UInt64.self))
    a41 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 72, as: UInt64.self))
    a02 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 80, as: UInt64.self))
    a12 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 88, as: UInt64.self))
    a22 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 96, as: UInt64.self))
    a32 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 104, as: UInt64.self))
    a42 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 112, as: UInt64.self))
    a03 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 120, as: UInt64.self))
    a13 ^= UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset + 128, as: UInt64.self))
  }

  mutating func absorb(_ block: borrowing InlineArray<17, UInt64>) {
    a00 ^= block[0]
    a10 ^= block[1]
    a20 ^= block[2]
    a30 ^= block[3]
    a40 ^= block[4]
    a01 ^= block[5]
    a11 ^= block[6]
    a21 ^= block[7]
    a31 ^= block[8]
    a41 ^= block[9]
    a02 ^= block[10]
    a12 ^= block[11]
    a22 ^= block[12]
    a32 ^= block[13]
    a42 ^= block[14]
    a03 ^= block[15]
    a13 ^= block[16]
  }

  mutating func permute() {
    for round in 0..<24 {
      // Theta
      let c0 = a00 ^ a01 ^ a02 ^ a03 ^ a04
      let c1 = a10 ^ a11 ^ a12 ^ a13 ^ a14
      let c2 = a20 ^ a21 ^ a22 ^ a23 ^ a24
      let c3 = a30 ^ a31 ^ a32 ^ a33 ^ a34
      let c4 = a40 ^ a41 ^ a42 ^ a43 ^ a44
      let d0 = c4 ^ rotate(c1, 1)
      let d1 = c0 ^ rotate(c2, 1)
      let d2 = c1 ^ rotate(c3, 1)
      let d3 = c2 ^ rotate(c4, 1)
      let d4 = c3 ^ rotate(c0, 1)
      // Rho and pi
      let b00 = a00 ^ d0
      let b13 = rotate(a01 ^ d0, 36)
      let b21 = rotate(a02 ^ d0, 3)
      let b34 = rotate(a03 ^ d0, 41)
      let b42 = rotate(a04 ^ d0, 18)
      let b02 = rotate(a10 ^ d1, 1)
      let b10 = rotate(a11 ^ d1, 44)
      let b23 = rotate(a12 ^ d1, 10)
      let b31 = rotate(a13 ^ d1, 45)
      let b44 = rotate(a14 ^ d1, 2)
      let b04 = rotate(a20 ^ d2, 62)
      let b12 = rotate(a21 ^ d2, 6)
      let b20 = rotate(a22 ^ d2, 43)
      let b33 = rotate(a23 ^ d2, 15)
      let b41 = rotate(a24 ^ d2, 61)
      let b01 = rotate(a30 ^ d3, 28)
      let b14 = rotate(a31 ^ d3, 55)
      let b22 = rotate(a32 ^ d3, 25)
      let b30 = rotate(a33 ^ d3, 21)
      let b43 = rotate(a34 ^ d3, 56)
      let b03 = rotate(a40 ^ d4, 27)
      let b11 = rotate(a41 ^ d4, 20)
      let b24 = rotate(a42 ^ d4, 39)
      let b32 = rotate(a43 ^ d4, 8)
      let b40 = rotate(a44 ^ d4, 14)
      // Chi and iota
      a00 = b00 ^ (~b10 & b20) ^ roundConstants[round]
      a10 = b10 ^ (~b20 & b30)
      a20 = b20 ^ (~b30 & b40)
      a30 = b30 ^ (~b40 & b00)
      a40 = b40 ^ (~b00 & b10)
      a01 = b01 ^ (~b11 & b21)
      a11 = b11 ^ (~b21 & b31)
      a21 = b21 ^ (~b31 & b41)
      a31 = b31 ^ (~b41 & b01)
      a41 = b41 ^ (~b01 & b11)
      a02 = b02 ^ (~b12 & b22)
      a12 = b12 ^ (~b22 & b32)
      a22 = b22 ^ (~b32 & b42)
      a32 = b32 ^ (~b42 & b02)
      a42 = b42 ^ (~b02 & b12)
      a03 = b03 ^ (~b13 & b23)
      a13 = b13 ^ (~b23 & b33)
      a23 = b23 ^ (~b33 & b43)
      a33 = b33 ^ (~b43 & b03)
      a43 = b43 ^ (~b03 & b13)
      a04 = b04 ^ (~b14 & b24)
      a14 = b14 ^ (~b24 & b34)
      a24 = b24 ^ (~b34 & b44)
      a34 = b34 ^ (~b44 & b04)
      a44 = b44 ^ (~b04 & b14)
    }
  }

  @inline(__always) private func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 - count)
  }
}
