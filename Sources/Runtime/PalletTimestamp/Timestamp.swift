public import PalletSupport
public import Primitives
public import ScaleCodec

/// The block's time, set once in every block by an inherent.
public enum Timestamp {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    static var palletIndex: UInt8 { get }
    /// The least time between two blocks, in milliseconds, above 0.
    static var minimumPeriod: Milliseconds { get }
  }

  @ScaleCodable(path: "pallet_timestamp::pallet::Call")
  public enum Call: Hashable, Sendable {
    /// Sets the block's time, milliseconds since 1970. Origin: none.
    @ScaleIndex(0) case set(now: Compact<Milliseconds>)
  }

  /// A block whose timestamp inherent fails is invalid.
  @ErrorShape(path: "pallet_timestamp::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The block already has a time. Put one timestamp inherent into a block.
    case alreadySet
    /// The time is less than the minimum period after the parent's. Wait, or use a later time.
    case tooEarly
    /// The block has no time. Put a timestamp inherent into it.
    case notSet
  }

  public static let now = StorageValue<Milliseconds>(
    "Timestamp", "Now", default: 0, docs: ["The block's time, milliseconds since 1970."])
  public static let didUpdate = StorageValue<Bool>(
    "Timestamp", "DidUpdate", default: false, docs: ["Whether this block has its time; absent between blocks."])

  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Timestamp.Call
    public typealias Event = NoEvent
    public typealias Failure = Timestamp.Failure

    public static var name: String { "Timestamp" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] { [Timestamp.now.entry, Timestamp.didUpdate.entry] }
    public static var constants: [PalletConstant] {
      [PalletConstant("MinimumPeriod", C.minimumPeriod, docs: ["The least time between two blocks, in milliseconds."])]
    }

    public static func info(of call: Call) -> DispatchInfo {
      DispatchInfo(.of(reads: 2, writes: 1), class: .mandatory)
    }

    public static func dispatch(
      _ call: Call, origin: Origin, in context: ExecutionContext
    ) throws(DispatchError) {
      switch call {
      case .set(let time):
        try origin.ensureNone()
        guard try !Timestamp.didUpdate.get(in: context) else { throw failure(.alreadySet) }
        let previous = try Timestamp.now.get(in: context)
        let earliest = previous == 0 ? 0 : previous.addingSaturating(C.minimumPeriod)
        guard time.value >= earliest else { throw failure(.tooEarly) }
        Timestamp.now.set(time.value, in: context)
        Timestamp.didUpdate.set(true, in: context)
      }
    }

    /// Checks that the block got its time.
    /// - Throws: ``Timestamp/Failure/notSet``: the block is invalid.
    public static func onFinalize(in context: ExecutionContext) throws(DispatchError) {
      guard try Timestamp.didUpdate.get(in: context) else { throw failure(.notSet) }
      Timestamp.didUpdate.remove(in: context)
    }

    /// The block's time; the parent's before the inherent has run, and 0 before the first block's.
    public static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds {
      try Timestamp.now.get(in: context)
    }

    /// Writes the time of genesis, which the first block must pass by the minimum period; 0 leaves it open.
    public static func buildGenesis(now: Milliseconds = 0, in context: ExecutionContext) {
      if now > 0 { Timestamp.now.set(now, in: context) }
      putStorageVersion(0, of: name, in: context)
    }
  }
}
