internal import Hashing
public import Lanes
public import PalletSupport
public import Primitives
public import ScaleCodec

/// Lanes to other chains: messages that wait, messages that came, and what became of them.
///
/// The rules are `Bridge/Lanes`'s; this pallet keeps their rows, checks the proofs against light clients, runs
/// received messages and pays relayers. A message's row stays until it is settled, so anybody can relay it from any
/// node with one proof; a receipt stays until the source proves that it has settled its side.
public enum Messages {
  public protocol Config {
    associatedtype Clock: ChainClock
    associatedtype Headers: HeaderOracle
    associatedtype Handler: MessageHandler
    associatedtype Currency: NativeCurrency
    static var palletIndex: UInt8 { get }
    /// The account in which delivery fees wait for relayers.
    static var relayerPot: AccountID { get }
    /// This chain's own end of every lane.
    static func localEnd(in context: ExecutionContext) throws(DispatchError) -> LaneEnd
  }

  /// One end of a lane: a chain, named so that nobody else can be it.
  @ScaleCodable(path: "pallet_messages::LaneEnd")
  public struct LaneEnd: Hashable, Sendable {
    public var genesisHash: H256
    public var paraId: UInt32
    public init(genesisHash: H256, paraId: UInt32) {
      self.genesisHash = genesisHash
      self.paraId = paraId
    }
  }

  /// Who stands at the other end of a lane, and which client speaks for it.
  @ScaleCodable(path: "pallet_messages::Channel")
  public struct Channel: Hashable, Sendable {
    public var clientId: UInt32
    public var counterparty: Messages.LaneEnd
    public var mode: LaneMode
  }

  /// A settled message on its source chain.
  @ScaleCodable(path: "pallet_messages::Ending")
  public enum Ending: Hashable, Sendable {
    @ScaleIndex(0) case confirmed(outcome: DeliveryOutcome)
    @ScaleIndex(1) case timedOut
  }

  @ScaleCodable(path: "pallet_messages::pallet::Call")
  public enum Call: Hashable, Sendable {
    /// Registers a counterparty and opens the lane to it. Origin: root.
    @ScaleIndex(0) case openLane(clientId: UInt32, counterparty: Messages.LaneEnd, mode: LaneMode)
    /// Delivers messages `begin` to `end`, with one storage proof against the counterparty's header, which also shows
    /// the counterparty's lane state. The range 1 to 0 delivers nothing: it prunes a backlog. Origin: signed.
    @ScaleIndex(1) case deliver(
      lane: H256, height: BlockNumber, header: [UInt8], range: NonceRange, proof: [[UInt8]], relayer: AccountID)
    /// Proves the receipts of messages back. Origin: signed.
    @ScaleIndex(2) case confirm(lane: H256, height: BlockNumber, header: [UInt8], nonces: [UInt64], proof: [[UInt8]])
    /// Proves that a message was not received and no longer can be. Origin: signed.
    @ScaleIndex(3) case timeout(lane: H256, height: BlockNumber, header: [UInt8], nonce: UInt64, proof: [[UInt8]])
    /// Stops a lane. Origin: root.
    @ScaleIndex(4) case pauseLane(lane: H256)
    /// Goes on with a paused lane. Origin: root.
    @ScaleIndex(5) case resumeLane(lane: H256)
    /// Takes no new message, but settles what is on its way. Origin: root.
    @ScaleIndex(6) case drainLane(lane: H256)
    /// Closes a drained lane. Origin: root.
    @ScaleIndex(7) case closeLane(lane: H256)
  }

  @ScaleCodable(path: "pallet_messages::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// A lane was opened at this end.
    @ScaleIndex(0) case laneOpened(lane: H256, clientId: UInt32, paraId: UInt32)
    /// A lane's status changed.
    @ScaleIndex(1) case laneStatus(lane: H256, status: LaneStatus)
    /// A message waits for a relayer.
    @ScaleIndex(2) case accepted(lane: H256, nonce: UInt64, topic: H256)
    /// A message was received and has its receipt.
    @ScaleIndex(3) case received(lane: H256, nonce: UInt64, topic: H256, outcome: DeliveryOutcome)
    /// A message that was sent here has ended.
    @ScaleIndex(4) case settled(lane: H256, nonce: UInt64, topic: H256, ending: Messages.Ending)
    /// A relayer earned the fees of messages.
    @ScaleIndex(5) case rewarded(relayer: AccountID, amount: Balance)
    /// Receipts below this nonce are gone: the source has settled them.
    @ScaleIndex(6) case pruned(lane: H256, below: UInt64)
    /// The fee of a message that nobody delivered in time went back.
    @ScaleIndex(7) case feeReturned(lane: H256, nonce: UInt64, account: AccountID, amount: Balance)
  }

  @ErrorShape(path: "pallet_messages::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// No lane has this id.
    case unknownLane
    /// The lane is open already, or another lane goes to this chain.
    case laneExists
    /// The lane is paused, draining or closed.
    case wrongStatus
    /// The nonces are none, too many, or not rising.
    case invalidRange
    /// An ordered lane takes another nonce next.
    case outOfOrder
    /// All messages of the range were received before, and nothing can be pruned.
    case nothingNew
    /// The messages' timeout has passed here.
    case tooLate
    /// Too many receipts wait for settlement. Prove the source's lane state first.
    case tooManyReceipts
    /// Too many relayers wait for settlement.
    case tooManyRelayers
    /// A message or a timeout is over the limits.
    case messageOverLimits
    /// Too many messages wait for settlement.
    case congested
    /// The proof does not hold against the header's state root, or has surplus nodes.
    case invalidProof
    /// The proof lacks a message or a receipt that it should show.
    case missingFromProof
    /// A proven row does not decode.
    case invalidRow
    /// The message is settled already.
    case alreadySettled
    /// The nonce was never sent.
    case neverSent
    /// The receipt is for other bytes than were sent.
    case wrongReceipt
    /// The message could still be received.
    case notYetExpired
    /// The message has a receipt at the destination.
    case wasReceived
    /// The lane still has messages that are not settled.
    case notDrained
    /// The two ends disagree on the lane's mode.
    case modeMismatch
    /// The lane's state contradicts itself.
    case invalidLane
  }

  public static let channels = OptionalStorageMap<H256, Channel>(
    "Messages", "Channels", hasher: .identity, docs: ["Counterparties by lane."])
  public static let laneByPara = OptionalStorageMap<UInt32, H256>(
    "Messages", "LaneByPara", hasher: .twox64Concat, docs: ["The lane to each chain of the network."])
  public static let outboundLanes = OptionalStorageMap<H256, OutboundLane>(
    "Messages", "OutboundLanes", hasher: .identity, docs: ["The sending half of each lane."])
  public static let inboundLanes = OptionalStorageMap<H256, InboundLane>(
    "Messages", "InboundLanes", hasher: .identity, docs: ["The receiving half of each lane."])
  // Lane ids are hashes, so nobody can unbalance the trie; consecutive nonces share every branch (decision 7).
  public static let outbound = OptionalStorageMap<MessageKey, OutboundMessage>(
    "Messages", "Outbound", hasher: .identity, docs: ["Messages that are not settled, by lane and big-endian nonce."])
  public static let receipts = OptionalStorageMap<MessageKey, Receipt>(
    "Messages", "Receipts", hasher: .identity, docs: ["Receipts of messages, by lane and big-endian nonce."])
  static let receiptCounts = StorageDoubleMap<H256, AccountID, UInt32>(
    "Messages", "ReceiptCounts", hashers: (.identity, .blake2b128Concat), docs: ["Unsettled receipts of each relayer."])
  static let sentHashes = StorageValue<[H256]>(
    "Messages", "SentHashes", default: [], docs: ["keccak-256 of the messages that this block sent."])
  static let receivedHashes = StorageValue<[H256]>(
    "Messages", "ReceivedHashes", default: [], docs: ["keccak-256 of the receipts that this block wrote."])

  /// How long a message may take at most, in milliseconds: 7 days. A message without an end would hold its lane up.
  public static let maximumTimeout: Milliseconds = 7 * 86_400_000

  /// The id of the lane between two ends, the same at both.
  ///
  /// blake2b-256 of `echochain/lane/` and the SCALE of both ends, the lower first.
  public static func laneID(_ one: LaneEnd, _ other: LaneEnd) -> H256 {
    let (a, b) = (one.encoded(), other.encoded())
    return Hash.blake2b256(Array("echochain/lane/".utf8) + (a.lexicographicallyPrecedes(b) ? a + b : b + a))
  }
}

/// What knows other chains' headers: the light clients.
public protocol HeaderOracle {
  /// Checks that bytes are the finalised header at a height of a client's chain.
  /// - Returns: The header's state root and the block's time in milliseconds.
  static func verifyHeader(
    _ bytes: [UInt8], at height: BlockNumber, of client: UInt32, in context: ExecutionContext
  ) throws(DispatchError) -> (stateRoot: H256, timestamp: Milliseconds)
  /// The genesis hash of a client's chain, the latest height and time known of it.
  static func latest(of client: UInt32, in context: ExecutionContext) throws(DispatchError) -> (
    genesisHash: H256, height: BlockNumber, timestamp: Milliseconds
  )
}

/// What runs received messages and undoes sent ones.
public protocol MessageHandler {
  /// Makes ready for messages to and from a chain whose lane opened for the first time.
  static func laneOpened(to counterparty: Messages.LaneEnd, in context: ExecutionContext) throws(DispatchError)
  /// Runs a message. Its receipt is written, so it can never run again.
  /// - Returns: How it ended. What it wrote is undone if the source is to refund it.
  static func receive(
    _ message: OutboundMessage, from counterparty: Messages.LaneEnd, lane: H256, nonce: UInt64, in context: ExecutionContext
  ) -> DeliveryOutcome
  /// Gives back what a message carried that was never executed. Its row is gone.
  static func refund(lane: H256, nonce: UInt64, in context: ExecutionContext) throws(DispatchError)
  /// Forgets what was kept for the refund of a message that was executed.
  /// - Parameter outcome: What the destination's receipt says.
  static func settled(lane: H256, nonce: UInt64, outcome: DeliveryOutcome, in context: ExecutionContext)
  /// The account that the fee of a message goes back to when no relayer earned it.
  /// - Returns: `nil` when there is none on this chain; the fee then stays with the relayers' pot.
  static func feePayer(of message: OutboundMessage, in context: ExecutionContext) -> AccountID?
}

extension MessageHandler {
  public static func laneOpened(to counterparty: Messages.LaneEnd, in context: ExecutionContext) throws(DispatchError) {}
  public static func feePayer(of message: OutboundMessage, in context: ExecutionContext) -> AccountID? { nil }
}
