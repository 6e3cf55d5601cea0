public import Finality
public import Keys
public import MerkleMountainRange
public import PalletSupport
public import Primitives
public import ScaleCodec

/// Who signs this chain's blocks, and the Merkle mountain range that their signatures cover.
///
/// The set that votes on block *n* is known from the state after block *n* - 1. At each session's first block the next
/// set takes over with an id one higher, even when its members are the same, so that every session leaves a handover
/// that light clients can follow. One MMR leaf is appended in every block's finalisation, so block *n*'s own messages
/// lie under block *n*'s root; its leaf has index *n* - 1.
///
/// - SeeAlso: consensus.md a.11, b.4; pallet-beefy, pallet-beefy-mmr.
public enum Beefy {
  public protocol Config {
    associatedtype Log: HeaderLog
    associatedtype Clock: ChainClock
    static var palletIndex: UInt8 { get }
    /// The parent of the block that is executed.
    static func parentHash(in context: ExecutionContext) throws(DispatchError) -> H256
    /// keccak-256 of the block's outbound root and receipt root.
    static func leafExtra(in context: ExecutionContext) throws(DispatchError) -> H256
  }

  public static let authorities = StorageValue<[PublicKey]>(
    "Beefy", "Authorities", default: [], docs: ["Validators of the current session, in voting order."])
  public static let validatorSetId = StorageValue<UInt64>("Beefy", "ValidatorSetId", default: 0, docs: ["Number of the current session."])
  public static let nextAuthorities = StorageValue<[PublicKey]>(
    "Beefy", "NextAuthorities", default: [], docs: ["Validators of the next session, in voting order."])
  public static let sessionStart = StorageValue<BlockNumber>(
    "Beefy", "SessionStart", default: 0, docs: ["First block of the current session."])
  public static let sessionLength = StorageValue<BlockNumber>("Beefy", "SessionLength", default: 600, docs: ["Blocks in a session."])
  public static let mountainRange = StorageValue<MountainAccumulator>(
    "Mmr", "Accumulator", default: MountainAccumulator(), docs: ["Leaf count and peaks of the Merkle mountain range."])
  public static let rootHash = StorageValue<H256>("Mmr", "RootHash", default: .zero, docs: ["Root of the Merkle mountain range."])
  public static let latestLeaf = OptionalStorageValue<MmrLeaf>("BeefyMmr", "LatestLeaf", docs: ["The leaf that the latest block appended."])

  /// The header log engine of commitments and set changes.
  public static let engine = FixedBytes<4>(Array("BEEF".utf8)) ?? .zero

  /// Most validators in a set.
  public static let maximumAuthorities = 1000

  @ErrorShape(path: "pallet_beefy::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// A set is empty, too large or names a key twice, or its sessions have no block. Give 1...1000 different keys.
    case invalidAuthorities
  }

  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = NoCall
    public typealias Event = NoEvent
    public typealias Failure = Beefy.Failure

    public static var name: String { "Beefy" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] {
      [authorities.entry, validatorSetId.entry, nextAuthorities.entry, sessionStart.entry, sessionLength.entry]
    }
    public static func info(of call: NoCall) -> DispatchInfo {}
    public static func dispatch(_ call: NoCall, origin: Origin, in context: ExecutionContext) throws(DispatchError) {}

    /// Starts the first session with `keys`, which are also the next session's.
    public static func buildGenesis(keys: [PublicKey], sessionLength length: BlockNumber, in context: ExecutionContext)
      throws(DispatchError)
    {
      guard (1...maximumAuthorities).contains(keys.count), Set(keys).count == keys.count, length > 0 else {
        throw failure(.invalidAuthorities)
      }
      authorities.set(keys, in: context)
      nextAuthorities.set(keys, in: context)
      validatorSetId.set(0, in: context)
      sessionStart.set(1, in: context)
      sessionLength.set(length, in: context)
    }

    /// Hands over to the next set at the first block of a session.
    public static func onInitialize(in context: ExecutionContext) throws(DispatchError) {
      let number = try C.Clock.blockNumber(in: context)
      let start = try sessionStart.get(in: context)
      guard number >= start, number - start >= (try sessionLength.get(in: context)) else { return }
      let id = try checked { [id = try validatorSetId.get(in: context)] () throws(ArithmeticError) in try id.adding(1) }
      let members = try nextAuthorities.get(in: context)
      authorities.set(members, in: context)
      validatorSetId.set(id, in: context)
      sessionStart.set(number, in: context)
      // 0x01: AuthoritiesChange, as BEEFY's consensus log has it.
      try C.Log.depositConsensusLog(engine: engine, payload: [0x01] + members.encoded() + id.encoded(), in: context)
    }

    /// Appends the block's MMR leaf and puts the new root in the header.
    public static func onFinalize(in context: ExecutionContext) throws(DispatchError) {
      let number = try C.Clock.blockNumber(in: context)
      let leaf = MmrLeaf(
        parentNumber: number.subtractingSaturating(1), parentHash: try C.parentHash(in: context), nextSet: try nextSet(in: context).summary,
        leafExtra: try C.leafExtra(in: context))
      latestLeaf.set(leaf, in: context)
      let root = try mountainRange.mutate(in: context) { (range: inout MountainAccumulator) throws(DispatchError) -> H256 in
        range.append(leaf.hash)
        guard let root = range.root else { throw .corruption }
        return root
      }
      rootHash.set(root, in: context)
      try C.Log.depositConsensusLog(engine: engine, payload: [0x03] + root.bytes, in: context)
    }

    /// The set that votes on the next block, from the state after a block: the current one, or the next one when a
    /// session starts.
    public static func currentSet(in context: ExecutionContext) throws(DispatchError) -> ValidatorSet {
      ValidatorSet(id: try validatorSetId.get(in: context), validators: try authorities.get(in: context))
    }

    /// The set of the next session.
    public static func nextSet(in context: ExecutionContext) throws(DispatchError) -> ValidatorSet {
      let id = try checked { [id = try validatorSetId.get(in: context)] () throws(ArithmeticError) in try id.adding(1) }
      return ValidatorSet(id: id, validators: try nextAuthorities.get(in: context))
    }
  }
}
