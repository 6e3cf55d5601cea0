/// Everything that decides a chain's genesis block.
///
/// Two nodes with equal specs have equal genesis hashes. The file form (TOML or JSON) is described in
/// `Docs/formats/chain-spec.md`.
public struct ChainSpec: Codable, Hashable, Sendable {
  /// A short name, unique in its network: `hub`.
  public var name: String
  /// The network that the chain belongs to; its id is blake2b-256 of `echochain/network/` and this name.
  public var network: String
  /// The parachain id within the network.
  public var paraId: UInt32
  /// `Development`, `Local` or `Live`.
  public var chainType: String
  public var tokenSymbol: String
  public var tokenDecimals: UInt8
  public var ss58Prefix: UInt16
  /// Blocks in a session; validators hand over to their successors at its end.
  public var sessionLength: UInt32
  /// Milliseconds since 1970 at which the first block may stand; 0 for any time.
  public var genesisTime: UInt64
  /// Validators as compressed secp256k1 public keys, 33 bytes in hexadecimal.
  public var authorities: [String]
  /// The account that may make root calls, as an SS58 address or 32 bytes in hexadecimal.
  public var sudo: String
  /// Opening balances.
  public var balances: [Endowment]
  /// Assets of this chain's own.
  public var assets: [LocalAsset]
  /// Other chains of the network whose native assets this chain accepts.
  public var links: [LinkedChain]
  /// Assets that this chain and others burn and mint for one another.
  public var teleports: [Teleport]
  /// What other assets are worth here: they buy execution, and the exchange pool trades them.
  public var rates: [Rate]

  /// An account and what it starts with, in the smallest native unit as decimal text.
  public struct Endowment: Codable, Hashable, Sendable {
    public var account: String
    public var amount: String
    public init(account: String, amount: String) {
      self.account = account
      self.amount = amount
    }
  }

  /// An asset that this chain issues besides its native one.
  public struct LocalAsset: Codable, Hashable, Sendable {
    public var id: UInt32
    public var owner: String
    public var symbol: String
    public var decimals: UInt8
    public var minimumBalance: String
    public var balances: [Endowment]
    public init(id: UInt32, owner: String, symbol: String, decimals: UInt8, minimumBalance: String, balances: [Endowment]) {
      self.id = id
      self.owner = owner
      self.symbol = symbol
      self.decimals = decimals
      self.minimumBalance = minimumBalance
      self.balances = balances
    }
  }

  /// A chain of the same network, and its assets as they are known here.
  public struct LinkedChain: Codable, Hashable, Sendable {
    public var name: String
    public var paraId: UInt32
    public var symbol: String
    public var decimals: UInt8
    /// Smallest balance of the voucher, in its smallest unit, as decimal text.
    public var minimumBalance: String
    /// Assets of that chain's own that are known here too.
    public var assets: [LinkedAsset]
    public init(
      name: String, paraId: UInt32, symbol: String, decimals: UInt8, minimumBalance: String, assets: [LinkedAsset] = []
    ) {
      self.name = name
      self.paraId = paraId
      self.symbol = symbol
      self.decimals = decimals
      self.minimumBalance = minimumBalance
      self.assets = assets
    }
  }

  /// An asset of a linked chain's own, as it is known here.
  public struct LinkedAsset: Codable, Hashable, Sendable {
    /// The asset's id on its own chain.
    public var id: UInt32
    public var symbol: String
    public var decimals: UInt8
    /// Smallest balance here, in the asset's smallest unit, as decimal text.
    public var minimumBalance: String
    public init(id: UInt32, symbol: String, decimals: UInt8, minimumBalance: String) {
      self.id = id
      self.symbol = symbol
      self.decimals = decimals
      self.minimumBalance = minimumBalance
    }
  }

  /// An asset that chains trust one another to burn here and mint there.
  ///
  /// Both sides say so: the asset's home chain names the others, each of them names the home chain.
  public struct Teleport: Codable, Hashable, Sendable {
    /// ``AssetName`` as text: `7`, or `1000/7` on another chain than 1000.
    public var asset: String
    /// Para ids of the chains that the asset may come from and go to.
    public var chains: [UInt32]
    public init(asset: String, chains: [UInt32]) {
      self.asset = asset
      self.chains = chains
    }
  }

  /// What an asset is worth in this chain's native asset.
  public struct Rate: Codable, Hashable, Sendable {
    /// ``AssetName`` as text.
    public var asset: String
    /// Whole native units for one whole unit of the asset, as decimal text: `0.25`.
    public var rate: String
    public init(asset: String, rate: String) {
      self.asset = asset
      self.rate = rate
    }
  }

  public init(
    name: String, network: String, paraId: UInt32, chainType: String, tokenSymbol: String, tokenDecimals: UInt8, ss58Prefix: UInt16,
    sessionLength: UInt32, genesisTime: UInt64, authorities: [String], sudo: String, balances: [Endowment],
    assets: [LocalAsset], links: [LinkedChain], teleports: [Teleport] = [], rates: [Rate] = []
  ) {
    self.name = name
    self.network = network
    self.paraId = paraId
    self.chainType = chainType
    self.tokenSymbol = tokenSymbol
    self.tokenDecimals = tokenDecimals
    self.ss58Prefix = ss58Prefix
    self.sessionLength = sessionLength
    self.genesisTime = genesisTime
    self.authorities = authorities
    self.sudo = sudo
    self.balances = balances
    self.assets = assets
    self.links = links
    self.teleports = teleports
    self.rates = rates
  }
}

/// What is wrong with a chain spec, and where.
public struct ChainSpecError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The field, such as `balances[2].account`.
  public var field: String
  public var reason: String

  public init(field: String, reason: String) {
    self.field = field
    self.reason = reason
  }

  public var description: String { "chain spec: \(field): \(reason)" }
}
