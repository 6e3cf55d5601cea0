internal import BlockExecution
internal import EchoRuntime
internal import PalletSupport
internal import PalletTransactionPayment
internal import Primitives
internal import RPC
internal import ScaleCodec
internal import TransactionPool

/// `author_*` and `payment_*` of Substrate's JSON-RPC (rpc.md §3).
extension NodeService {
  nonisolated func registerAuthorMethods(_ methods: inout RPCMethods) {
    methods.method("author_submitExtrinsic") { [self] params in
      let bytes = try params.bytes(0, "extrinsic")
      do throws(SubmissionError) { return .string(try await submit(bytes).hex) } catch { throw error.rpc }
    }
    methods.subscription("author_submitAndWatchExtrinsic", notification: "author_extrinsicUpdate", unsubscribe: "author_unwatchExtrinsic") {
      [self] params in
      let bytes = try params.bytes(0, "extrinsic")
      let updates: AsyncStream<TransactionUpdate>
      do throws(SubmissionError) { updates = try await submitAndWatch(bytes) } catch { throw error.rpc }
      return RPCFeed { sink in
        for await update in updates { try sink.send(update.json) }
      }
    }
    methods.method("author_pendingExtrinsics") { [self] _ in
      .array(pendingTransactions().map { .string(Hex.encode($0.bytes)) })
    }
    methods.method("author_removeExtrinsic", isUnsafe: true) { [self] params in
      let items = try params.array(0, "bytesOrHash")
      guard items.count <= Self.maximumRemovals else { throw RPCError.invalidCount(value: items.count, limit: Self.maximumRemovals) }
      let hashes = try items.enumerated().map { index, item in
        if let hash = item["hash"]?.asHash { return hash }
        if let bytes = item["extrinsic"]?.asBytes { return Extrinsic.hash(of: bytes) }
        throw RPCError.invalidParams("bytesOrHash (parameter 0): element \(index) is neither {\"hash\": hash} nor {\"extrinsic\": bytes}")
      }
      return .array(removeTransactions(hashes).map { .string($0.hex) })
    }
    methods.method("payment_queryInfo") { [self] params in
      let bytes = try params.bytes(0, "extrinsic")
      let context = try state(at: params.optionalHash(1, "at")).context()
      let extrinsic = try decodeForFee(bytes)
      let info = extrinsic.call.info
      let details = try Executive.feeDetails(of: extrinsic, length: bytes.count, in: context)
      let fee = details.inclusionFee?.total ?? 0
      return [
        "weight": ["ref_time": JSON(info.weight.refTime.value), "proof_size": JSON(info.weight.proofSize.value)],
        "class": .string("\(info.class)"), "partialFee": .string("\(fee)"),
      ]
    }
    methods.method("payment_queryFeeDetails") { [self] params in
      let bytes = try params.bytes(0, "extrinsic")
      let context = try state(at: params.optionalHash(1, "at")).context()
      let details = try Executive.feeDetails(of: decodeForFee(bytes), length: bytes.count, in: context)
      guard let fee = details.inclusionFee else { return ["inclusionFee": .null] }
      let hex = { (amount: Balance) -> JSON in .string("0x" + String(amount, radix: 16)) }
      return ["inclusionFee": ["baseFee": hex(fee.baseFee), "lenFee": hex(fee.lenFee), "adjustedWeightFee": hex(fee.adjustedWeightFee)]]
    }
    if configuration.isDevelopment || configuration.sealing == .manual {
      methods.method("dev_seal") { [self] params in
        let count = try params.optionalNumber(0, "count", as: UInt32.self) ?? 1
        guard count <= 10_000 else { throw RPCError.invalidCount(value: Int(count), limit: 10_000) }
        var state = chain.best
        for _ in 0..<count { state = try await seal() }
        return ["number": JSON(state.number), "hash": .string(state.hash.hex)]
      }
    }
  }

  /// Most transactions that one call removes from the pool.
  private static let maximumRemovals = 1_024

  /// Fee queries carry dummy signatures, so only the shape is checked.
  private nonisolated func decodeForFee(_ bytes: [UInt8]) throws -> Extrinsic {
    do { return try Extrinsic(decoding: bytes) } catch { throw RPCError.invalidFormat("\(error)") }
  }
}

extension NodeService.SubmissionError {
  /// The error as Substrate's author methods report it.
  var rpc: RPCError {
    switch self {
    case .undecodable(let error): .invalidFormat("\(error)")
    case .unreadable(let reason): .verification(reason)
    case .stopped: .verification("the node is stopping")
    case .busy: .immediatelyDropped
    case .invalid(.invalid(.custom(let number))): .invalidTransaction(.custom(number))
    case .invalid(.invalid(let reason)):
      RPCError(code: 1010, message: "Invalid Transaction", data: .string("\(TransactionValidityError.invalid(reason))"))
    case .invalid(.unknown(.cannotLookup)): .unknownValidity("CannotLookup")
    case .invalid(.unknown(.noUnsignedValidator)): .unknownValidity("NoUnsignedValidator")
    case .invalid(.unknown(.custom(let number))): .unknownValidity("Custom(\(number))")
    case .pool(let error): error.rpc
    }
  }
}

extension PoolError {
  /// The error as Substrate's author methods report it.
  fileprivate var rpc: RPCError {
    switch self {
    case .alreadyImported: .alreadyImported
    case .banned: .temporarilyBanned
    case .stale, .expired: .invalidTransaction(.stale)
    case .tooLowPriority(let new, let old): .priorityTooLow(old: old, new: new)
    case .full, .futureFull: .immediatelyDropped
    // Limits that Substrate's pool does not have: clients know the code, people read which one it is.
    case .senderLimit, .nonceTooFar, .tooLarge:
      RPCError(
        code: 1016, message: "Immediately Dropped",
        data: .string("The transaction couldn't enter the pool because of the limit: \(self)"))
    }
  }
}

extension NodeService.TransactionUpdate {
  /// The update as `author_extrinsicUpdate` spells it.
  var json: JSON {
    switch self {
    case .future: "future"
    case .ready: "ready"
    case .inBlock(let hash): ["inBlock": .string(hash.hex)]
    case .finalized(let hash): ["finalized": .string(hash.hex)]
    case .usurped(let hash): ["usurped": .string(hash.hex)]
    case .dropped: "dropped"
    case .invalid: "invalid"
    }
  }
}
