import ChainClient
import EchoRuntime
import Keys
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import XCM

/// A transfer of one asset to another chain.
struct TransferOrder: Sendable {
  /// Names of chains of the network.
  var from: String
  var to: String
  var asset: KnownAsset
  /// Smallest units.
  var amount: Balance
  var recipient: AccountID
  /// Milliseconds that each hop may take; `nil` for the chain's own.
  var timeout: Milliseconds?
  /// What pays for execution on the way, when the asset itself does not.
  var fee: FeeAsset?

  /// An asset that goes along to pay, and how much of it.
  struct FeeAsset: Sendable {
    var asset: KnownAsset
    /// Smallest units; the recipient gets what is left.
    var amount: Balance
  }
}

extension TransferOrder {
  /// The reserve chain between source and destination that the asset has to go over; `nil` when it goes straight.
  func reserveBetween(in file: NetworkFile) throws(Complaint) -> NetworkFile.ChainEntry? {
    guard let reserve = asset.location.siblingParaID, try file.chain(to).paraId != reserve else { return nil }
    return try file.chain(String(reserve))
  }
}

extension TransferOrder {
  /// The asset, and the one that pays when there is one.
  var assets: XCM.Assets {
    var list = [Asset(asset.location, amount: amount)]
    if let fee { list.append(Asset(fee.asset.location, amount: fee.amount)) }
    return (try? XCM.Assets(list)) ?? XCM.Assets(list[0])
  }
}

/// What became of a transfer.
struct TransferReport: Sendable {
  var order: TransferOrder
  /// Names the message on every chain that it comes through.
  var messageID: H256
  var extrinsicHash: H256
  /// The block of the source that sent it.
  var sentIn: BlockRef
  /// In the order of travel; at least one.
  var hops: [MessageHop]
  var ending: MessageEnding
  /// From the moment when the extrinsic was handed to the node.
  var elapsed: Duration
}

/// Builds the call that moves an asset to another chain by whichever program fits its reserve.
/// - Parameter paraId: The destination's.
func transferCall(_ order: TransferOrder, to paraId: UInt32) -> RuntimeCall {
  let destination = VersionedLocation.v5(.sibling(paraId))
  let beneficiary = VersionedLocation.v5(.account(order.recipient))
  let list = order.assets
  let assets = VersionedAssets.v5(list)
  let payer = AssetID(order.fee?.asset.location ?? order.asset.location)
  let item = UInt32(list.items.firstIndex { $0.id == payer } ?? 0)
  if let timeout = order.timeout {
    return .xcmPallet(
      .transferAssetsWithTimeout(
        dest: destination, beneficiary: beneficiary, assets: assets, feeAssetItem: item, weightLimit: .unlimited, timeout: Compact(timeout))
    )
  }
  return .xcmPallet(
    .transferAssets(dest: destination, beneficiary: beneficiary, assets: assets, feeAssetItem: item, weightLimit: .unlimited))
}

/// Sends an asset to another chain and, if wanted, follows it to its end over all hops.
/// - Parameters:
///   - network: With the source connected, and to follow the message every chain on its way.
///   - key: Signs on the source chain and pays.
///   - wait: How long to follow the message; `nil` to return once it is sent.
///   - progress: Told of every step.
/// - Throws: A ``Complaint`` when the source refuses it. How the message ended is in the report, never an error.
func transfer(
  _ order: TransferOrder, over network: LinkedNetwork, key: SecretKey, wait: Duration?,
  progress: @escaping @Sendable (MessageStep) -> Void = { _ in }
) async throws -> TransferReport {
  let source = try network.chain(order.from)
  let destination = try network.file.chain(order.to)
  guard source.info.paraId != destination.paraId else {
    throw Complaint.usage("\(order.from) is source and destination; use 'echochain tx transfer' within one chain")
  }
  guard order.amount > 0 else { throw Complaint.usage("the amount is zero") }
  let clock = ContinuousClock()
  let start = clock.now
  var trail = try await MessageTrail.begin(on: network)
  let inclusion = try await source.submitAndWait(transferCall(order, to: destination.paraId), key: key)
  if let failure = inclusion.failure { throw Complaint.refused("\(source.info.name) refused the transfer: \(spell(failure))") }
  guard let message = inclusion.sentMessages.first else {
    throw Complaint.refused("\(source.info.name) took the transfer and sent no message")
  }
  trail.start(message.topic, at: inclusion.block, on: source)
  progress(.sent(chain: source.info.name, block: inclusion.block.number, lane: message.lane, nonce: message.nonce))
  if let wait { try await trail.follow(until: clock.now + wait, network: network, progress: progress) }
  var hops = trail.hops
  if hops.isEmpty {
    let hop = MessageHop(
      from: source.info.name, to: destination.name, lane: message.lane, nonce: message.nonce,
      sentAt: inclusion.block.number, sentTime: inclusion.block.timestamp)
    hops.append(hop)
  }
  return TransferReport(
    order: order, messageID: message.topic, extrinsicHash: inclusion.extrinsicHash, sentIn: inclusion.block, hops: hops,
    ending: trail.ending, elapsed: clock.now - start)
}

/// Why a chain refused a call; for a program that failed, which instruction and why.
func spell(_ failure: DispatchError) -> String {
  guard case .module(let error) = failure, error.index == XcmPalletConfig.palletIndex,
    error.number == XcmPallet.Failure.localExecutionIncompleteWithError.rawValue
  else { return describe(failure) }
  let bytes = error.error.bytes
  return "\(describe(failure)) (instruction \(bytes[1]): \(DeliveryOutcome.reason(bytes[2])))"
}

extension Inclusion {
  /// The messages that the extrinsic sent, in order.
  var sentMessages: [(lane: H256, nonce: UInt64, topic: H256)] {
    events.compactMap { record in
      guard case .messages(.accepted(let lane, let nonce, let topic)) = record.event else { return nil }
      return (lane, nonce, topic)
    }
  }
}
