internal import Hashing
public import PalletAssetRate
public import PalletAssets
public import PalletBalances
public import PalletBeefy
public import PalletParachainInfo
public import PalletSudo
public import PalletSupport
public import PalletSystem
public import PalletTimestamp
public import PalletTransactionPayment
public import PalletUtility
public import Primitives
public import ScaleCodec
public import XCM

/// The runtime: which pallets there are, under which index, and how each is configured.
public enum EchoRuntime {
  /// Raised whenever state layout, calls or metadata change; clients cache metadata by `specVersion`.
  public static let version = RuntimeVersion(
    specName: "echochain", implName: "echochain", authoringVersion: 1, specVersion: 4, implVersion: 1,
    apis: RuntimeInterface.apis.map { Pair($0.identifier, $0.version) }, transactionVersion: 2, stateVersion: 1)

  /// Milliseconds of reference execution that a block may take.
  ///
  /// Proof bytes are not limited: blocks are executed on their full state, so nobody has to be sent a proof of it.
  public static let maximumBlockWeight = Weight(refTime: 2_000_000_000_000, proofSize: .max)
  /// Bytes of extrinsics in a block, all classes together.
  public static let maximumBlockBytes: UInt32 = 5 << 20
  /// How many block hashes stay readable; an era may not begin before the oldest.
  public static let blockHashCount: BlockNumber = 2400
  /// The smallest native balance that keeps an account alive: 0.01 with twelve decimals.
  public static let existentialDeposit: Balance = 10_000_000_000

  static let blockWeights = BlockWeights.standard(maxBlock: maximumBlockWeight)
}

// MARK: Pallets under their indices

public typealias SystemPallet = System.Pallet<SystemConfig>
public typealias TimestampPallet = Timestamp.Pallet<TimestampConfig>
public typealias ParachainInfoPallet = ParachainInfo.Pallet<ParachainInfoConfig>
public typealias BalancesPallet = Balances.Pallet<BalancesConfig>
public typealias TransactionPaymentPallet = TransactionPayment.Pallet<TransactionPaymentConfig>
public typealias AssetsPallet = PalletAssets.Assets.Pallet<AssetsConfig>
public typealias ForeignAssetsPallet = PalletAssets.Assets.Pallet<ForeignAssetsConfig>
public typealias AssetRatePallet = AssetRate.Pallet<AssetRateConfig>
public typealias SudoPallet = Sudo.Pallet<SudoConfig>
public typealias UtilityPallet = Utility.Pallet<UtilityConfig>
public typealias BeefyPallet = Beefy.Pallet<BeefyConfig>

public enum SystemConfig: System.Config {
  public typealias RuntimeEvent = EchoEvent
  public static let palletIndex: UInt8 = 0
  public static var version: RuntimeVersion { EchoRuntime.version }
  public static let ss58Prefix: UInt16 = 42
  public static var blockWeights: BlockWeights { EchoRuntime.blockWeights }
  public static let blockLength = BlockLength.standard(bytes: EchoRuntime.maximumBlockBytes)
  public static var blockHashCount: BlockNumber { EchoRuntime.blockHashCount }
}

public enum TimestampConfig: Timestamp.Config {
  public static let palletIndex: UInt8 = 1
  public static let minimumPeriod: Milliseconds = 1
}

public enum ParachainInfoConfig: ParachainInfo.Config {
  public static let palletIndex: UInt8 = 2
}

public enum BalancesConfig: Balances.Config {
  public typealias Accounts = SystemPallet
  public static let palletIndex: UInt8 = 10
  public static var existentialDeposit: Balance { EchoRuntime.existentialDeposit }
  public static let maximumHolds = 16
}

public enum TransactionPaymentConfig: TransactionPayment.Config {
  public typealias Currency = BalancesPallet
  public static let palletIndex: UInt8 = 11
  /// One smallest unit a picosecond: with its length a transfer costs about 0.0005 with twelve decimals.
  public static let weightToFee = FeePolynomial.linear(integer: 1)
  /// One millionth of a unit with twelve decimals for each byte.
  public static let lengthToFee = FeePolynomial.linear(integer: 1_000_000)
  public static func baseWeight(of class: DispatchClass) -> Weight { EchoRuntime.blockWeights.perClass[`class`].baseExtrinsic }
  public static var maximumWeight: Weight { EchoRuntime.maximumBlockWeight }
  public static let operationalFeeMultiplier: UInt8 = 5
  public static func feeRecipient(in context: ExecutionContext) throws(DispatchError) -> AccountID? { EchoRuntime.treasury }
}

extension EchoRuntime {
  /// Where fees go: `modlpy/trsry` padded with zeros, the account of pallet-treasury.
  public static let treasury = palletAccount("py/trsry")

  /// The account of a pallet: `modl` and its eight-byte name, padded with zeros.
  /// - SeeAlso: `frame_support::PalletId`.
  public static func palletAccount(_ name: String) -> AccountID {
    let bytes = Array("modl".utf8) + Array(name.utf8)
    return AccountID(bytes + [UInt8](repeating: 0, count: max(0, 32 - bytes.count))) ?? .zero
  }
}

public enum AssetsConfig: PalletAssets.Assets.Config {
  public typealias AssetID = UInt32
  public typealias AssetIDParameter = Compact<UInt32>
  public typealias Currency = BalancesPallet
  public typealias Accounts = SystemPallet
  public static let palletIndex: UInt8 = 12
  public static let store = PalletAssets.Assets.Store<UInt32>(name: "Assets")
  public static let assetDeposit: Balance = 100_000_000_000
  public static let metadataDepositBase: Balance = 10_000_000_000
  public static let metadataDepositPerByte: Balance = 100_000_000
}

/// Assets of other chains, named by their XCM location as seen from here.
public enum ForeignAssetsConfig: PalletAssets.Assets.Config {
  public typealias AssetID = Location
  public typealias AssetIDParameter = Location
  public typealias Currency = BalancesPallet
  public typealias Accounts = SystemPallet
  public static let palletIndex: UInt8 = 13
  public static let store = PalletAssets.Assets.Store<Location>(name: "ForeignAssets")
  public static let assetDeposit: Balance = 100_000_000_000
  public static let metadataDepositBase: Balance = 10_000_000_000
  public static let metadataDepositPerByte: Balance = 100_000_000
  /// Only root registers other chains' assets: their names would be free for the taking otherwise.
  public static func creator(of id: Location, origin: Origin) throws(DispatchError) -> AccountID { throw .badOrigin }
}

public enum AssetRateConfig: AssetRate.Config {
  public static let palletIndex: UInt8 = 14
}

public enum SudoConfig: Sudo.Config {
  public typealias RuntimeCall = EchoCall
  public static let palletIndex: UInt8 = 20
}

public enum UtilityConfig: Utility.Config {
  public typealias RuntimeCall = EchoCall
  public typealias PalletsOrigin = OriginCaller
  public static let palletIndex: UInt8 = 21
  public static func origin(_ value: OriginCaller) -> Origin { value.origin }
  public static func own(_ call: EchoCall) -> Utility.Call<EchoCall, OriginCaller>? {
    guard case .utility(let call) = call else { return nil }
    return call
  }
  public static var callFiltered: DispatchError { SystemPallet.failure(.callFiltered) }
}

public enum BeefyConfig: Beefy.Config {
  public typealias Log = SystemPallet
  public typealias Clock = RuntimeClock
  public static let palletIndex: UInt8 = 30
  public static func parentHash(in context: ExecutionContext) throws(DispatchError) -> H256 { try System.parentHash.get(in: context) }
  public static func leafExtra(in context: ExecutionContext) throws(DispatchError) -> H256 { try EchoRuntime.leafExtra(in: context) }
}

/// Height and time of the block being executed.
public enum RuntimeClock: ChainClock {
  public static func blockNumber(in context: ExecutionContext) throws(DispatchError) -> BlockNumber {
    try SystemPallet.blockNumber(in: context)
  }
  public static func now(in context: ExecutionContext) throws(DispatchError) -> Milliseconds { try TimestampPallet.now(in: context) }
}
