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

  /// All that is served, in the order of metadata.
  static let apis: [RuntimeAPI] =
    [
      core, metadata, transactionQueue, accountNonce, transactionPayment, transactionPaymentCall,
    ] + XcmInterface.apis + [SigningInterface.api]

  private static let methods: [String: RuntimeAPI.Method] = Dictionary(
    apis.flatMap { api in api.methods.map { ("\(api.name)_\($0.name)", $0) } }
  ) { _, _ in preconditionFailure("runtime API: a name is used twice") }

  /// Calls an entry point.
  /// - Returns: The SCALE answer, or `nil` when there is no entry point of that name.
  public static func call(_ name: String, _ data: [UInt8], in context: ExecutionContext) throws(CallError) -> [UInt8]? {
    guard let method = methods[name] else { return nil }
    do { return try method.call(data, in: context) } catch let error as ScaleError { throw .arguments(error) } catch let error
      as DispatchError
    {
      throw .failed(error)
    } catch { throw .failed(.other) }
  }

  // MARK: The runtime itself

  private static let core = RuntimeAPI(
    "Core", version: 5, docs: ["The runtime's version."],
    [RuntimeAPI.Method("version", docs: ["The version of the runtime."]) { _ in EchoRuntime.version }])

  private static let metadata = RuntimeAPI(
    "Metadata", version: 2, docs: ["What the runtime says of itself."],
    [
      RuntimeAPI.Method("metadata", docs: ["The metadata in version 14."]) { _ in
        OpaqueMetadata(bytes: EchoRuntime.encodedMetadata(version: 14) ?? [])
      },
      RuntimeAPI.Method("metadata_at_version", "version", docs: ["The metadata in a version, or nothing."]) {
        (_: ExecutionContext, version: UInt32) -> OpaqueMetadata? in
        guard let bytes = EchoRuntime.encodedMetadata(version: version) else { return nil }
        return OpaqueMetadata(bytes: bytes)
      },
      RuntimeAPI.Method("metadata_versions", docs: ["The versions that there are."]) { _ in EchoRuntime.metadataVersions },
    ])

  // MARK: Transactions

  private static let transactionQueue = RuntimeAPI(
    "TaggedTransactionQueue", version: 3, docs: ["What waits for a block."],
    [
      RuntimeAPI.Method("validate_transaction", "source", "tx", "block_hash", docs: ["Whether a transaction may wait for the next block."])
      {
        (context: ExecutionContext, _: TransactionSource, transaction: Extrinsic, hash: H256)
          -> ScaleResult<ValidTransaction, TransactionValidityError> in
        Executive.enterNextBlock(number: try SystemPallet.blockNumber(in: context) &+ 1, parentHash: hash, in: context)
        do throws(TransactionValidityError) {
          return .ok(try Executive.validate(transaction, length: transaction.encodedSize, signatureChecked: false, in: context))
        } catch { return .err(error) }
      }
    ])

  private static let accountNonce = RuntimeAPI(
    "AccountNonceApi", version: 1, docs: ["Nonces of accounts."],
    [
      RuntimeAPI.Method("account_nonce", "account", docs: ["The nonce of the account's next transaction, by this block's state."]) {
        (context: ExecutionContext, account: AccountID) -> UInt32 in try SystemPallet.nonce(of: account, in: context)
      }
    ])

  private static let transactionPayment = RuntimeAPI(
    "TransactionPaymentApi", version: 4, docs: ["What transactions pay. Signatures are not looked at."],
    [
      RuntimeAPI.Method("query_info", "uxt", "len", docs: ["Weight, class and fee of an extrinsic, without its tip."]) {
        (context: ExecutionContext, extrinsic: Extrinsic, length: UInt32) -> RuntimeDispatchInfo in
        try TransactionPaymentPallet.queryInfo(length: Int(length), info: extrinsic.call.info, in: context)
      },
      RuntimeAPI.Method("query_fee_details", "uxt", "len", docs: ["The parts of an extrinsic's fee."]) {
        (context: ExecutionContext, extrinsic: Extrinsic, length: UInt32) -> FeeDetails in
        try Executive.feeDetails(of: extrinsic, length: Int(length), in: context)
      },
      RuntimeAPI.Method("query_weight_to_fee", "weight", docs: ["What a weight costs, without the multiplier."]) {
        (_: ExecutionContext, weight: Weight) -> Balance in TransactionPaymentPallet.weightFee(weight)
      },
      RuntimeAPI.Method("query_length_to_fee", "length", docs: ["What bytes cost."]) {
        (_: ExecutionContext, length: UInt32) -> Balance in TransactionPaymentConfig.lengthToFee(Balance(length))
      },
    ])

  private static let transactionPaymentCall = RuntimeAPI(
    "TransactionPaymentCallApi", version: 3, docs: ["What calls would pay as transactions."],
    [
      RuntimeAPI.Method("query_call_info", "call", "len", docs: ["Weight, class and fee of a call."]) {
        (context: ExecutionContext, call: RuntimeCall, length: UInt32) -> RuntimeDispatchInfo in
        try TransactionPaymentPallet.queryInfo(length: Int(length), info: call.info, in: context)
      },
      RuntimeAPI.Method("query_call_fee_details", "call", "len", docs: ["The parts of a call's fee."]) {
        (context: ExecutionContext, call: RuntimeCall, length: UInt32) -> FeeDetails in
        try TransactionPaymentPallet.feeDetails(length: Int(length), info: call.info, tip: 0, in: context)
      },
    ])
}

/// Metadata as it travels through an entry point.
/// - SeeAlso: `sp_core::OpaqueMetadata`.
struct OpaqueMetadata: ScaleCodable {
  let bytes: [UInt8]
  init(bytes: [UInt8]) { self.bytes = bytes }

  static var typeShape: TypeShape {
    TypeShape(path: ["sp_core", "OpaqueMetadata"], .composite([.init(name: nil, type: TypeReference([UInt8].self), typeName: "[UInt8]")]))
  }
  var encodedSize: Int { bytes.encodedSize }
  func encode(into writer: inout ScaleWriter) { writer.writeByteVector(bytes) }
  init(from reader: inout ScaleReader) throws(ScaleError) { bytes = try reader.readByteVector() }
}

/// Where a transaction comes from.
/// - SeeAlso: `sp_runtime::transaction_validity::TransactionSource`.
@ScaleCodable(path: "sp_runtime::transaction_validity::TransactionSource")
enum TransactionSource {
  @ScaleIndex(0) case inBlock
  @ScaleIndex(1) case local
  @ScaleIndex(2) case external
}
