import ChainClient
import Commerce
import EchoRuntime
import PalletAssets
import PalletMessages
import PalletSupport
import PalletSystem
import Primitives
import ScaleCodec
import XCM
import XcmTools

/// Connections to the chains of a network that a command needs: a chain that it does not need may be down.
struct LinkedNetwork: Sendable {
  /// What is known of all chains, connected or not.
  let file: NetworkFile
  private let timeout: Duration
  /// The connected chains, in the order of the network file.
  private(set) var chains: [ChainClient] = []

  var name: String { file.network }

  /// Knows the chains and connects to none of them yet.
  /// - Parameter timeout: How long each of them may take to answer.
  init(_ file: NetworkFile, timeout: Duration) {
    self.file = file
    self.timeout = timeout
  }

  /// Connects to every chain at once.
  static func connect(to file: NetworkFile, timeout: Duration) async throws -> LinkedNetwork {
    var network = LinkedNetwork(file, timeout: timeout)
    try await network.connect(file.chains)
    return network
  }

  /// Connects to chains, at once, unless that is done already.
  mutating func connect(_ entries: [NetworkFile.ChainEntry]) async throws {
    let missing = entries.filter { chain(paraId: $0.paraId) == nil }
    let timeout = timeout
    let fresh = try await withThrowingTaskGroup(of: ChainClient.self) { group in
      for entry in missing { group.addTask { try await ChainClient.connect(entry.rpc, timeout: timeout) } }
      return try await group.reduce(into: [ChainClient]()) { $0.append($1) }
    }
    let all = Dictionary((chains + fresh).map { ($0.info.paraId, $0) }) { first, _ in first }
    chains = file.chains.compactMap { all[$0.paraId] }
  }

  /// Connects to those chains that answer.
  /// - Returns: A sentence about those that do not; `nil` when all do.
  /// - Throws: A ``Complaint`` when none does.
  mutating func connectToAnswering() async throws(Complaint) -> String? {
    var absent: [String] = []
    for entry in file.chains {
      do { try await connect([entry]) } catch { absent.append("\(entry.name) is not shown: \(Complaint(error).sentence)") }
    }
    guard !chains.isEmpty else { throw .network("no chain of network \(name) answers; start it with 'echochain network up'") }
    return absent.isEmpty ? nil : absent.joined(separator: "; ")
  }

  /// The connected chain of that name or para id.
  func chain(_ name: String) throws(Complaint) -> ChainClient {
    let entry = try file.chain(name)
    if let client = chain(paraId: entry.paraId) { return client }
    throw .network("\(entry.name) is not connected")
  }

  /// The connected chain of that para id.
  func chain(paraId: UInt32) -> ChainClient? { chains.first { $0.info.paraId == paraId } }

  /// What people call a chain.
  func name(of paraId: UInt32) -> String { file.chains.first { $0.paraId == paraId }?.name ?? "chain \(paraId)" }

  func close() async {
    for chain in chains { await chain.close() }
  }
}

/// An asset as one chain knows it.
struct KnownAsset: Hashable, Sendable {
  var symbol: String
  var decimals: UInt8
  /// As seen from the chain that knows it; `here` is its native asset.
  var location: Location

  /// The amount with the symbol.
  func text(_ amount: Balance) -> String { Amount.format(amount, symbol: symbol, decimals: decimals) }
}

/// Assets as people name them without a symbol.
enum AssetText {
  /// Reads a location or a home with an id.
  /// - Returns: `nil` for what is neither, such as a symbol.
  static func location(_ text: String) -> Location? {
    AssetName(text)?.location ?? (try? LocationText.parse(text))
  }
}

extension ChainClient {
  /// The chain's native asset.
  var nativeAsset: KnownAsset { KnownAsset(symbol: info.tokenSymbol, decimals: info.tokenDecimals, location: .here) }

  /// Every asset of the chain: native, its own, and other chains'.
  func knownAssets(at hash: H256? = nil) async throws -> [KnownAsset] {
    var assets = [nativeAsset]
    for (id, metadata) in try await rows(
      AssetsConfig.store.metadata.prefix, skip: 16, key: UInt32.self, value: PalletAssets.Assets.AssetMetadata.self, at: hash)
    {
      let location = Location(.palletInstance(AssetsConfig.palletIndex), .generalIndex(Compact(UInt128(id))))
      assets.append(KnownAsset(symbol: String(decoding: metadata.symbol, as: UTF8.self), decimals: metadata.decimals, location: location))
    }
    let foreign = try await rows(
      ForeignAssetsConfig.store.metadata.prefix, skip: 16, key: Location.self, value: PalletAssets.Assets.AssetMetadata.self, at: hash)
    for (location, metadata) in foreign {
      assets.append(KnownAsset(symbol: String(decoding: metadata.symbol, as: UTF8.self), decimals: metadata.decimals, location: location))
    }
    return assets
  }

  /// The asset that somebody names: by its location, as in `here` or `../Parachain(1000)`, by where it is at home and its
  /// id there, as in `native`, `7` or `1000/native`, or by a symbol.
  /// - Throws: A ``Complaint`` for a symbol that several assets have. Anybody may choose one for an asset of their own.
  func asset(named text: String) async throws -> KnownAsset {
    let assets = try await knownAssets()
    func list(_ locations: [Location]) -> String { locations.map { "'\($0)'" }.joined(separator: ", ") }
    if let location = AssetText.location(text) {
      if let asset = assets.first(where: { $0.location == location }) { return asset }
      throw Complaint.usage("\(info.name) knows no asset at \(location); it knows \(list(assets.map(\.location)))")
    }
    switch AssetSymbol.match(text, among: assets.map { ($0.symbol, $0.location) }) {
    case .one(let place): return assets[place]
    case .none:
      let symbols = assets.map { PlainText.of($0.symbol, limit: 16) }.joined(separator: ", ")
      throw Complaint.usage("\(info.name) knows no asset '\(text)'; it knows \(symbols)")
    case .several(let locations):
      throw Complaint.usage(
        "\(locations.count) assets of \(info.name) are called \(text): \(list(locations)); name the one that you mean by its location")
    }
  }

  /// Nonce, references and native balances of an account.
  func account(_ account: AccountID, at hash: H256? = nil) async throws -> System.AccountInfo {
    try await value(System.account.key(account), at: hash, as: System.AccountInfo.self) ?? System.AccountInfo()
  }

  /// What an account has of an asset, held units included.
  func balance(of account: AccountID, asset: Location, at hash: H256? = nil) async throws -> Balance {
    if asset.isHere {
      let data = try await self.account(account, at: hash).data
      return data.free.addingSaturating(data.reserved)
    }
    let key: [UInt8]
    if let index = asset.localAssetIndex {
      key = AssetsConfig.store.account.key(index, account)
    } else {
      key = ForeignAssetsConfig.store.account.key(asset, account)
    }
    return try await value(key, at: hash, as: PalletAssets.Assets.AssetAccount.self)?.balance ?? 0
  }

  /// All rows of a map whose hasher keeps its key.
  /// - Parameter skip: Bytes of hash between the prefix and the key.
  func rows<Key: ScaleDecodable, Value: ScaleDecodable>(
    _ prefix: [UInt8], skip: Int, key: Key.Type, value: Value.Type, at hash: H256?
  ) async throws -> [(key: Key, value: Value)] {
    let keys = try await keys(prefix: prefix, at: hash)
    let values = try await values(keys, at: hash, as: Value.self)
    var rows: [(key: Key, value: Value)] = []
    for (raw, value) in zip(keys, values) {
      guard let value else { continue }
      rows.append((try Key(decoding: Array(raw.dropFirst(prefix.count + skip))), value))
    }
    return rows
  }
}

extension Location {
  /// The number of one of this chain's own assets, when this is one.
  var localAssetIndex: UInt32? {
    guard parents == 0, interior.count == 2, case .palletInstance(AssetsConfig.palletIndex)? = interior.first,
      case .generalIndex(let index)? = interior.last
    else { return nil }
    return UInt32(exactly: index.value)
  }

  /// The para id of a sibling chain, or of the sibling that a longer path goes through.
  var siblingParaID: UInt32? {
    guard parents == 1, case .parachain(let id)? = interior.first else { return nil }
    return id.value
  }
}
