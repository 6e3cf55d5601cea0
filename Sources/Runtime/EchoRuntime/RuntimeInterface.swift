public import PalletSupport
internal import PalletSystem
internal import PalletTransactionPayment
internal import Primitives
public import ScaleCodec

/// The runtime's entry points that clients call by name (`state_call`).
/// - SeeAlso: rpc.md §9; arguments are concatenated SCALE, answers are SCALE.
public enum RuntimeInterface {
  /// Why a call by name failed.
  public enum CallError: Error, Sendable, CustomStringConvertible {
    case arguments(ScaleError)
    case failed(DispatchError)

    public var description: String {
      switch self {
      case .arguments(let error): "runtime call: arguments: \(error)"
      case .failed(let error): "runtime call: \(error)"
      }
    }
  }

  /// Calls an entry point.
  /// - Returns: The SCALE answer, or `nil` when there is no entry point of that name.
  public static func call(_ name: String, _ data: [UInt8], in context: ExecutionContext) throws(CallError) -> [UInt8]? {
    var reader = ScaleReader(data.span.bytes)
    do {
      switch name {
      case "Core_version":
        try reader.finish()
        return EchoRuntime.version.encoded()
      case "AccountNonceApi_account_nonce":
        let account = try AccountID(from: &reader)
        try reader.finish()
        return try SystemPallet.nonce(of: account, in: context).encoded()
      case "TransactionPaymentApi_query_info":
        let (extrinsic, length) = try extrinsicAndLength(data)
        return try TransactionPaymentPallet.queryInfo(length: length, info: extrinsic.call.info, in: context).encoded()
      case "TransactionPaymentApi_query_fee_details":
        let (extrinsic, length) = try extrinsicAndLength(data)
        return try Executive.feeDetails(of: extrinsic, length: length, in: context).encoded()
      case "TaggedTransactionQueue_validate_transaction": return try validate(&reader, data, in: context)
      default: return try XcmInterface.call(name, &reader, in: context)
      }
    } catch let error as ScaleError {
      throw .arguments(error)
    } catch let error as DispatchError {
      throw .failed(error)
    } catch {
      throw .failed(.other)
    }
  }

  /// An extrinsic with its own length prefix, followed by its length as a `u32`.
  private static func extrinsicAndLength(_ data: [UInt8]) throws(ScaleError) -> (Extrinsic, Int) {
    guard data.count >= 4 else { throw .truncated(needed: 4, available: data.count, offset: 0) }
    let split = data.count - 4
    let extrinsic = try Extrinsic(decoding: Array(data[..<split]))
    return (extrinsic, Int(try UInt32(decoding: Array(data[split...]))))
  }

  /// Source (1 byte), extrinsic, hash of the block to validate on (32 bytes).
  private static func validate(_ reader: inout ScaleReader, _ data: [UInt8], in context: ExecutionContext) throws -> [UInt8] {
    guard data.count > 33 else { throw ScaleError.truncated(needed: 33, available: data.count, offset: 0) }
    let source = try reader.readByte()
    guard source <= 2 else { throw ScaleError.unknownVariant(type: "TransactionSource", index: source, offset: 0) }
    let bytes = Array(data[1..<data.count - 32])
    guard let hash = H256(Array(data[(data.count - 32)...])) else { throw ScaleError.trailingBytes(count: 32) }
    let extrinsic: Extrinsic
    do { extrinsic = try Extrinsic(decoding: bytes) } catch {
      return ScaleResult<ValidTransaction, TransactionValidityError>.err(.invalid(.call)).encoded()
    }
    let number = try SystemPallet.blockNumber(in: context)
    Executive.enterNextBlock(number: number &+ 1, parentHash: hash, in: context)
    do throws(TransactionValidityError) {
      return ScaleResult<ValidTransaction, TransactionValidityError>.ok(
        try Executive.validate(extrinsic, length: bytes.count, signatureChecked: false, in: context)
      ).encoded()
    } catch {
      return ScaleResult<ValidTransaction, TransactionValidityError>.err(error).encoded()
    }
  }
}
