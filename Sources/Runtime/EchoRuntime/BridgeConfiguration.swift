internal import Finality
public import Lanes
internal import LightClient
internal import MerkleMountainRange
internal import PalletBeefy
public import PalletBalances
public import PalletLightClients
public import PalletMessages
internal import PalletParachainInfo
internal import PalletRoyalty
public import PalletSupport
internal import PalletSystem
internal import PalletTimestamp
internal import PalletXcm
public import Primitives
internal import ScaleCodec
public import XCM

public typealias LightClientsPallet = LightClients.Pallet<LightClientsConfig>
public typealias MessagesPallet = Messages.Pallet<MessagesConfig>

public enum LightClientsConfig: LightClients.Config {
  public typealias Clock = RuntimeClock
  public static let palletIndex: UInt8 = 31
}

public enum MessagesConfig: Messages.Config {
  public typealias Clock = RuntimeClock
  public typealias Headers = ClientHeaders
  public typealias Handler = XcmMessages
  public typealias Currency = BalancesPallet
  public static let palletIndex: UInt8 = 32
  public static var relayerPot: AccountID { EchoRuntime.relayerPot }
  public static func localEnd(in context: ExecutionContext) throws(DispatchError) -> Messages.LaneEnd {
    Messages.LaneEnd(genesisHash: try System.blockHash.get(0, in: context), paraId: try ParachainInfo.parachainID.get(in: context))
  }
}

/// Other chains' headers, as the light clients know them.
public enum ClientHeaders: HeaderOracle {
  public static func verifyHeader(
    _ bytes: [UInt8], at height: BlockNumber, of client: UInt32, in context: ExecutionContext
  ) throws(DispatchError) -> (stateRoot: H256, timestamp: Milliseconds) {
    let (header, timestamp) = try LightClientsPallet.verifyHeader(bytes, at: height, of: client, in: context)
    return (header.stateRoot, timestamp)
  }

  public static func latest(of client: UInt32, in context: ExecutionContext) throws(DispatchError) -> (
    genesisHash: H256, height: BlockNumber, timestamp: Milliseconds
  ) {
    // Nothing is sent or opened over a client that is frozen or has expired.
    let state = try LightClientsPallet.activeClient(client, in: context)
    return (state.genesisHash, state.number, state.timestamp)
  }
}

/// Lanes carry XCM: what comes is executed, what never arrived is given back.
public enum XcmMessages: MessageHandler {
  /// Keeps the chain's sovereign account for good.
  ///
  /// Anybody can send assets there that need the account. Without a reference of its own its last native units, which
  /// back vouchers, could then not leave, and an asset that came first would have no account to go to.
  public static func laneOpened(to counterparty: Messages.LaneEnd, in context: ExecutionContext) throws(DispatchError) {
    guard let account = EchoRuntime.account(of: .sibling(counterparty.paraId)) else { throw .cannotLookup }
    try SystemPallet.incrementProviders(account, in: context)
  }

  public static func receive(
    _ message: OutboundMessage, from counterparty: Messages.LaneEnd, lane: H256, nonce: UInt64, in context: ExecutionContext
  ) -> DeliveryOutcome {
    let outcome = XcmPalletPallet.receive(message.payload, from: .sibling(counterparty.paraId), id: message.topic, in: context)
    switch outcome {
    case .complete: return .executed
    // Nothing ran, so nothing arrived: the source gives the assets back.
    case .error(let error): return .rejected(error: error.error.encoded()[0])
    case .incomplete(_, let error):
      if error.error == .barrier { return .rejected(error: error.error.encoded()[0]) }
      return .executedWithError(index: UInt32(error.index), error: error.error.encoded()[0])
    }
  }

  public static func refund(lane: H256, nonce: UInt64, in context: ExecutionContext) throws(DispatchError) {
    try XcmPalletPallet.refund(lane: lane, nonce: nonce, in: context)
  }

  /// The account that gets a fee back which no relayer earned: the one that the refund is for, or who sent a payout.
  public static func feePayer(of message: OutboundMessage, in context: ExecutionContext) -> AccountID? {
    guard let location = try? VersionedLocation(decoding: message.refund).latest() else { return nil }
    let account = EchoRuntime.account(of: location)
    return account.flatMap { RoyaltyPallet.payer(of: message.topic, by: $0, in: context) } ?? account
  }

  public static func settled(lane: H256, nonce: UInt64, outcome: DeliveryOutcome, in context: ExecutionContext) {
    let ending: XcmPallet.MessageEnding =
      if case .executedWithError(let index, let error) = outcome { .failed(index: index, error: error) } else { .executed }
    XcmPalletPallet.settled(lane: lane, nonce: nonce, ending: ending, in: context)
  }
}

/// Sends XCM programs over the lane to their destination, in the newest version that it is known to understand.
public enum LaneRouter: XcmRouter {
  /// The part of the delivery fee that does not depend on the message: 0.02 with twelve decimals, a little more than
  /// relaying one message alone costs in fees at both ends.
  public static let baseFee: Balance = 20_000_000_000
  /// For each byte of the message: a millionth with twelve decimals.
  public static let byteFee: Balance = 1_000_000
  /// How long a message may take when nobody says otherwise: one hour.
  public static let defaultTimeout: Milliseconds = 3_600_000

  private static func parachain(_ destination: Location) throws(XcmError) -> UInt32 {
    guard destination.parents == 1, destination.interior.count == 1, case .parachain(let id)? = destination.interior.first else {
      throw .unroutable
    }
    return id.value
  }

  /// The program as its destination understands it.
  /// - Throws: ``XcmError/destinationUnsupported`` when that version cannot say it.
  private static func wrapped(_ program: Xcm, for destination: Location, in state: ExecutionContext) throws(XcmError) -> VersionedXcm {
    let version = try XcmPalletPallet.wrapVersion(of: destination, in: state)
    // An older chain could not read who may claim what is left; nothing else would be lost with the hint.
    let said = version < XcmVersion.latest ? program.withoutHints : program
    do throws(XcmConversionError) { return try VersionedXcm(said, version: version) } catch { throw .destinationUnsupported }
  }

  public static func deliveryFee(to destination: Location, program: Xcm, in state: ExecutionContext) throws(XcmError) -> Assets {
    let id = try parachain(destination)
    guard Messages.laneByPara.exists(id, in: state) else { throw .unroutable }
    let size = try wrapped(program, for: destination, in: state).encodedSize
    guard size <= LaneLimits.payloadBytes else { throw .exceedsMaxMessageSize }
    return Assets(Asset(.here, amount: baseFee + byteFee * Balance(size)))
  }

  public static func send(_ program: Xcm, to destination: Location, info: SendInfo, in state: ExecutionContext) throws(XcmError) -> H256 {
    let id = try parachain(destination)
    let payload = try wrapped(program, for: destination, in: state).encoded()
    // A fee that nobody paid would be taken from what others paid for their messages.
    let isFree = XcmSettings.isFeeWaived(for: info.origin, reason: info.reason, in: state)
    let fee = try isFree ? 0 : deliveryFee(to: destination, program: program, in: state).first?.amount ?? 0
    let sent: (lane: H256, nonce: UInt64)
    do throws(DispatchError) {
      let timeout = try XcmPallet.requestedTimeout.get(in: state) ?? defaultTimeout
      sent = try MessagesPallet.send(
        payload, topic: info.topic, to: id, timeout: timeout, fee: fee, refund: VersionedLocation.v5(info.claimer).encoded(), in: state)
    } catch { throw .transport }
    try XcmPalletPallet.remember(info, to: destination, lane: sent.lane, nonce: sent.nonce, in: state)
    return info.topic
  }
}

extension EchoRuntime {
  /// keccak-256 of the block's outbound root and receipt root (architecture, decision 10).
  static func leafExtra(in context: ExecutionContext) throws(DispatchError) -> H256 {
    let sent = try MessagesPallet.outboundHashes(in: context)
    let received = try MessagesPallet.receiptHashes(in: context)
    return MmrLeaf.extra(outboundRoot: KeccakTree.root(sent), receiptRoot: KeccakTree.root(received))
  }

  /// The time of the block that a state belongs to, in milliseconds.
  public static func timestamp(in context: ExecutionContext) throws(DispatchError) -> Milliseconds { try TimestampPallet.now(in: context) }
}
