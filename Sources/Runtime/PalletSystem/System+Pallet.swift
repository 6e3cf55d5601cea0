internal import Hashing
public import PalletSupport
internal import Primitives
internal import ScaleCodec

extension System {
  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = System.Call
    public typealias Event = System.Event
    public typealias Failure = System.Failure

    public static var name: String { "System" }
    public static var index: UInt8 { C.palletIndex }

    public static var storage: [StorageEntry] {
      [
        account.entry, extrinsicCount.entry, blockWeight.entry, allExtrinsicsLen.entry, blockHash.entry,
        extrinsicData.entry, number.entry, parentHash.entry, digest.entry, events, eventCount.entry,
        lastRuntimeUpgrade.entry, executionPhase.entry,
      ]
    }

    private static var events: StorageEntry {
      var entry = StorageValue<[UInt8]>(name, "Events", default: [], docs: ["The block's events."]).entry
      entry.kind = .plain(TypeReference(EventListShape<C.RuntimeEvent>.self))
      return entry
    }

    public static var constants: [PalletConstant] {
      [
        PalletConstant("BlockWeights", C.blockWeights, docs: ["What a block may weigh."]),
        PalletConstant("BlockLength", C.blockLength, docs: ["What a block may measure in bytes."]),
        PalletConstant("BlockHashCount", C.blockHashCount, docs: ["How many block hashes stay readable."]),
        PalletConstant("DbWeight", RuntimeDbWeight.rocksDb, docs: ["Cost of one database access in picoseconds."]),
        PalletConstant("Version", C.version, docs: ["The runtime's version."]),
        PalletConstant("SS58Prefix", C.ss58Prefix, docs: ["The number in front of the chain's addresses."]),
      ]
    }

    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .remark: DispatchInfo(.of(micros: 1))
      case .remarkWithEvent(let remark): DispatchInfo(.of(micros: 10 + UInt64(remark.count) / 500))
      case .setStorage(let items): DispatchInfo(.of(writes: UInt64(items.count)), class: .operational)
      case .killStorage(let keys): DispatchInfo(.of(writes: UInt64(keys.count)), class: .operational)
      }
    }

    public static func dispatch(
      _ call: Call, origin: Origin, in context: ExecutionContext
    ) throws(DispatchError) {
      switch call {
      case .remark: break
      case .remarkWithEvent(let remark):
        let sender = try origin.signer()
        deposit(.remarked(sender: sender, hash: Hash.blake2b256(remark)), in: context)
      case .setStorage(let items):
        try origin.ensureRoot()
        try check(items.map(\.first))
        for item in items { context.put(item.first, item.second) }
      case .killStorage(let keys):
        try origin.ensureRoot()
        try check(keys)
        for key in keys { context.put(key, nil) }
      }
    }

    private static func check(_ keys: [[UInt8]]) throws(DispatchError) {
      guard keys.allSatisfy({ storageKeyBytes.contains($0.count) }) else { throw failure(.invalidStorageKey) }
    }

    /// Writes what a chain knows before its first block.
    ///
    /// - Parameter code: Bytes at `:code`, which clients expect to exist. A native runtime stores its own description.
    public static func buildGenesis(code: [UInt8], in context: ExecutionContext) {
      context.put(Array(":code".utf8), code)
      lastRuntimeUpgrade.set(
        LastRuntimeUpgradeInfo(specVersion: C.version.specVersion, specName: C.version.specName), in: context)
      putStorageVersion(0, of: name, in: context)
    }
  }
}
