internal import Hashing
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import ScaleCodec

extension EchoRuntime {
  /// Bytes that nobody knew before block `height` was sealed, mixed from the hashes of it and of seven before it: its author
  /// could withhold it, which is one bit of influence.
  /// - Returns: `nil` when the block's hash is not known yet, or not any more.
  static func randomness(for subject: [UInt8], at height: BlockNumber, in context: ExecutionContext) throws(DispatchError) -> H256? {
    let now = try SystemPallet.blockNumber(in: context)
    guard height < now, now - height <= blockHashCount - 8 else { return nil }
    var mixed = Array("echo/random/v1".utf8) + subject
    for back in 0..<8 as Range<BlockNumber> where back <= height {
      mixed += try System.blockHash.get(height - back, in: context).bytes
    }
    return Hash.blake2b256(mixed)
  }
}
