import ChainClient
import EchoRuntime
import Foundation
import Hashing
import Keys
import Metadata
import Primitives
import RPC
import ScaleCodec

/// A call on its way to become an extrinsic of a chain that is known by its metadata only.
struct TransactionDraft {
  let node: SubstrateNode
  let metadata: RuntimeMetadata
  let call: [UInt8]
  /// In the native token's smallest unit.
  let tip: Balance

  /// Blocks for which the extrinsic stays valid.
  static let period: UInt64 = 64

  /// Signs it with the account's next nonce.
  /// - Returns: The extrinsic with its compact length.
  func signed(by key: AccountKey) async throws -> [UInt8] {
    let scheme = try Self.variant(of: key.scheme)
    let data = try metadata.extensionData(try await facts(key.accountID))
    // Behind the variant's index stands the signature.
    let signature = Array(key.sign(data.payload(call: call)).encoded().dropFirst())
    return try metadata.signedExtrinsic(call: call, data: data, signer: key.accountID, scheme: scheme, signature: signature)
  }

  /// The name of the kind of key in `MultiSignature`.
  private static func variant(of scheme: SignatureScheme) throws(Complaint) -> String {
    switch scheme {
    case .ed25519: return "Ed25519"
    case .sr25519: return "Sr25519"
    case .ecdsa: return "Ecdsa"
    case .ethereum: throw .usage("an Ethereum key signs words, not calls: see 'echochain key ethereum-message'")
    }
  }

  private func facts(_ signer: AccountID) async throws -> SigningFacts {
    let (number, hash) = try await node.block(nil)
    let era = Era(period: Self.period, current: UInt64(number))
    let start = BlockNumber(clamping: era.birth(current: UInt64(number)))
    let birth = start == number ? hash : try await node.block("\(start)").hash
    let method = "system_accountNextIndex"
    guard let nonce = try await node.call(method, [.string(SS58.encode(signer, prefix: node.ss58Prefix))]).asUInt64 else {
      throw ChainClientError.malformed(method: method, reason: "no number")
    }
    return SigningFacts(
      era: era.encoded(), eraHash: birth, genesisHash: node.genesisHash, specVersion: node.specVersion,
      transactionVersion: node.transactionVersion, nonce: nonce, tip: tip)
  }

  /// What the node would charge `payer`; a signature is neither needed nor checked for that.
  func fee(payer: AccountID) async throws -> TransactionFee {
    let data = try metadata.extensionData(try await facts(payer))
    let zeros = [UInt8](repeating: 0, count: 65)
    // ECDSA signatures are the longest, and every such chain knows them.
    let extrinsic = try metadata.signedExtrinsic(call: call, data: data, signer: payer, scheme: "Ecdsa", signature: zeros)
    let method = "payment_queryInfo"
    let answer = try await node.call(method, [.hex(extrinsic)])
    guard let amount = answer["partialFee"]?.asUInt128 else { throw ChainClientError.malformed(method: method, reason: "no partialFee") }
    let weight = answer["weight"]
    return TransactionFee(
      amount: amount.addingSaturating(tip), refTime: (weight?["ref_time"] ?? weight?["refTime"] ?? weight)?.asUInt64,
      dispatchClass: answer["class"]?.asString ?? "")
  }
}

/// What a call costs.
struct TransactionFee {
  /// The tip included, in the native token's smallest unit.
  var amount: Balance
  /// Picoseconds.
  var refTime: UInt64?
  var dispatchClass: String
}

/// A signed extrinsic and the node that it goes to.
struct SentTransaction {
  let bytes: [UInt8]
  let node: SubstrateNode

  /// blake2b-256 of all bytes.
  var hash: H256 { Hash.blake2b256(bytes) }

  /// Sends it.
  func submit() async throws(ChainClientError) -> H256 {
    do throws(RPCClientError) { _ = try await node.rpc.call("author_submitExtrinsic", [.hex(bytes)]) } catch { throw Self.refusal(error) }
    return hash
  }

  /// Sends it and waits until it is in a block.
  /// - Returns: The block's hash.
  func submitAndWait(within timeout: Duration) async throws(ChainClientError) -> H256 {
    let updates: RPCSubscription
    do throws(RPCClientError) {
      updates = try await node.rpc.subscribe(
        "author_submitAndWatchExtrinsic", [.hex(bytes)], unsubscribe: "author_unwatchExtrinsic")
    } catch { throw Self.refusal(error) }
    let expiry = Task {
      try await Task.sleep(for: timeout)
      updates.cancel()
    }
    defer { expiry.cancel() }
    var iterator = updates.makeAsyncIterator()
    while true {
      let update: JSON?
      do throws(RPCClientError) { update = try await iterator.next() } catch { throw .rpc(error) }
      guard let update else { throw Task.isCancelled ? .rpc(.cancelled) : .notIncluded(extrinsic: hash, within: timeout) }
      if let block = (update["finalized"] ?? update["inBlock"])?.asHash { return block }
      if let status = update.asString ?? update.asObject?.keys.first, ["dropped", "invalid", "usurped"].contains(status) {
        throw .dropped(extrinsic: hash, status: status)
      }
    }
  }

  private static func refusal(_ error: RPCClientError) -> ChainClientError {
    if case .rpc(let refusal) = error, (1000..<1100).contains(refusal.code) { return .refused(refusal) }
    return .rpc(error)
  }
}

// MARK: What it did

/// Where an extrinsic ended up and what it did, told by metadata.
struct TransactionOutcome {
  var number: BlockNumber
  var index: UInt32
  /// `Pallet.Error: what it means`; `nil` when the call was done.
  var failure: String?
  /// As `EventText` shows them.
  var events: [JSON]
}

extension SentTransaction {
  /// - Throws: When the block does not hold the extrinsic, or its events are not of the metadata's types.
  func outcome(in block: H256, presenter: DynamicPresenter, metadata: RuntimeMetadata) async throws -> TransactionOutcome {
    let answer = try await node.call("chain_getBlock", [.hash(block)])
    guard let body = answer["block"]?["extrinsics"]?.asArray, let number = try await node.number(of: block) else {
      throw ChainClientError.unknownBlock(block)
    }
    guard let place = body.firstIndex(where: { $0.asBytes == bytes }) else {
      throw ChainClientError.malformed(method: "chain_getBlock", reason: "extrinsic \(hash) is not in \(block)")
    }
    var outcome = TransactionOutcome(number: number, index: UInt32(clamping: place), events: [])
    let entry = try metadata.storageEntry("System", "Events")
    let rows = try metadata.value(of: entry, row: try await node.storage(entry.prefix, at: block))
    guard case .sequence(let records)? = rows, case .sequence(let type)? = metadata.registry[entry.value]?.definition else {
      throw Complaint.configuration("System.Events of \(node.name) is no list of events")
    }
    for record in records {
      guard case .variant("ApplyExtrinsic", let phase)? = record["phase"], phase.first?.value == .unsigned(UInt128(place)) else { continue }
      if let failure = DispatchFailure.sentence(of: record, metadata: metadata) { outcome.failure = failure }
      outcome.events.append(EventText.json(presenter.json(record, type)))
    }
    return outcome
  }
}

/// Why a call failed, in the words of the runtime's metadata.
enum DispatchFailure {
  /// - Parameter record: A row of `System.Events`.
  /// - Returns: `nil` for any event but `System.ExtrinsicFailed`.
  static func sentence(of record: DynamicValue, metadata: RuntimeMetadata) -> String? {
    guard case .variant("System", let outer)? = record["event"], case .variant("ExtrinsicFailed", let fields)? = outer.first?.value,
      let error = fields.first(where: { $0.name == "dispatch_error" })?.value ?? fields.first?.value
    else { return nil }
    return sentence(error, metadata: metadata)
  }

  /// `Balances.InsufficientBalance: balance too low to send value`
  static func sentence(_ error: DynamicValue, metadata: RuntimeMetadata) -> String {
    guard case .variant(let name, let fields) = error else { return "an error of unknown form" }
    if name == "Module", let (pallet, number) = module(fields) {
      guard let (pallet, variant) = metadata.error(pallet: pallet, error: number) else { return "error \(number) of pallet \(pallet)" }
      let docs = variant.docs.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: " ")
      return "\(pallet).\(variant.name)" + (docs.isEmpty ? "" : ": \(docs)")
    }
    if case .variant(let inner, _)? = fields.first?.value { return "\(name).\(inner)" }
    return name
  }

  /// A `ModuleError`, in a wrapper or, in old runtimes, without; the error is one byte or begins with it.
  private static func module(_ fields: [DynamicValue.Field]) -> (pallet: UInt8, error: UInt8)? {
    let value: DynamicValue = fields.first?.name == nil ? fields.first?.value ?? .composite([]) : .composite(fields)
    guard case .unsigned(let index)? = value["index"], let pallet = UInt8(exactly: index) else { return nil }
    switch value["error"] {
    case .bytes(let bytes)?: return bytes.first.map { (pallet, $0) }
    case .unsigned(let number)?: return UInt8(exactly: number).map { (pallet, $0) }
    default: return nil
    }
  }
}

extension EventText {
  /// The members that ``json(_:)-(DecodedEvent)`` has, of an event record that was decoded by metadata.
  static func json(_ record: JSON) -> JSON {
    var members: [String: JSON] = ["phase": record["phase"] ?? .null, "topics": record["topics"] ?? []]
    if let (pallet, inner) = record["event"]?.asObject?.first {
      members["pallet"] = .string(pallet)
      members["event"] = .string(inner.asString ?? inner.asObject?.keys.first ?? "")
      members["fields"] = inner.asObject?.values.first ?? [:]
    }
    return .object(members)
  }
}
