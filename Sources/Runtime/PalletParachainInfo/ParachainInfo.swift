public import PalletSupport
public import Primitives
public import ScaleCodec

/// Which chain this is: its number among its siblings and the network that they belong to.
///
/// Written at genesis and never changed: light clients and lanes of other chains know the chain by these.
public enum ParachainInfo {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    static var palletIndex: UInt8 { get }
  }

  /// Why a chain cannot have this identity.
  @ErrorShape(path: "parachain_info::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The network's name is empty or longer than ``maximumNameLength`` bytes. Shorten it.
    case badNetworkName
  }

  /// The longest network name, in bytes.
  public static let maximumNameLength = 64

  public static let parachainID = StorageValue<UInt32>(
    "ParachainInfo", "ParachainId", default: 100, docs: ["The chain's number among its siblings."])
  public static let networkID = StorageValue<H256>(
    "ParachainInfo", "NetworkId", default: .zero,
    docs: ["The hash by which XCM names the network: blake2b-256 of `echochain/network/` and the name."])
  public static let networkName = StorageValue<[UInt8]>(
    "ParachainInfo", "NetworkName", default: [], docs: ["The network's name in UTF-8."])
  public static let chainName = StorageValue<[UInt8]>(
    "ParachainInfo", "ChainName", default: [], docs: ["The chain's name in UTF-8."])
  public static let tokenSymbol = StorageValue<[UInt8]>(
    "ParachainInfo", "TokenSymbol", default: [], docs: ["The symbol of the native token in UTF-8."])
  public static let tokenDecimals = StorageValue<UInt8>(
    "ParachainInfo", "TokenDecimals", default: 0, docs: ["Decimal places of the native token."])

  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = NoCall
    public typealias Event = NoEvent
    public typealias Failure = ParachainInfo.Failure

    public static var name: String { "ParachainInfo" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] {
      [ParachainInfo.parachainID.entry, ParachainInfo.networkID.entry, ParachainInfo.networkName.entry]
        + [ParachainInfo.chainName.entry, ParachainInfo.tokenSymbol.entry, ParachainInfo.tokenDecimals.entry]
    }

    /// Writes who the chain is.
    ///
    /// - Parameters:
    ///   - id: The chain's number among its siblings.
    ///   - network: The network's name, 1...64 bytes in UTF-8.
    ///   - chain: What the chain and its token are called, for people to read.
    /// - Throws: ``ParachainInfo/Failure/badNetworkName``.
    public static func buildGenesis(
      id: UInt32, network: String, chain: (name: String, symbol: String, decimals: UInt8)? = nil, in context: ExecutionContext
    ) throws(DispatchError) {
      let name = Array(network.utf8)
      guard 1...ParachainInfo.maximumNameLength ~= name.count else { throw failure(.badNetworkName) }
      ParachainInfo.parachainID.set(id, in: context)
      ParachainInfo.networkID.set(ParachainInfo.networkIdentifier(of: network), in: context)
      ParachainInfo.networkName.set(name, in: context)
      if let chain {
        ParachainInfo.chainName.set(Array(chain.name.utf8), in: context)
        ParachainInfo.tokenSymbol.set(Array(chain.symbol.utf8), in: context)
        ParachainInfo.tokenDecimals.set(chain.decimals, in: context)
      }
      putStorageVersion(0, of: Self.name, in: context)
    }
  }
}
