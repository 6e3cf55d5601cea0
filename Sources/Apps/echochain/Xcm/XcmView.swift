import ArgumentParser
import BlockExecution
import ChainClient
import EchoRuntime
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// The chain that reads a program.
struct XcmViewOptions: ParsableArguments {
  @Option(
    help: "Chain that reads it, by name or para id: of the running network, else built in (hub, market, studio, dev).")
  var chain: String?

  @Option(help: "Address of that chain's node, ws://host:port.")
  var url: String?

  @OptionGroup var network: NetworkOptions

  func validate() throws {
    if chain != nil, url != nil { throw ValidationError("--chain and --url exclude each other") }
  }

  /// The chain that is named.
  /// - Parameter fallback: A built-in chain to take when none is named.
  /// - Returns: `nil` when none is named and there is no fallback.
  func view(else fallback: String? = nil) async throws -> XcmView? {
    if let url {
      return try await XcmView(node: try await ChainClient.connect(url, timeout: network.timeout), file: nil)
    }
    guard let chain else { return try fallback.map { try XcmView(builtIn: $0) } }
    guard let file = try? network.file() else { return try XcmView(builtIn: chain) }
    let client = try await ChainClient.connect(try file.chain(chain).rpc, timeout: network.timeout)
    return try await XcmView(node: client, file: file)
  }
}

/// A chain as a reader of XCM: what it calls things, and what its runtime says.
struct XcmView {
  /// Where the runtime is.
  private enum Runtime {
    /// On the genesis state of a built-in chain.
    case builtIn(StateView)
    case node(ChainClient)
  }

  let name: String
  let names: XcmNames
  /// From the root of consensus.
  let universal: Junctions
  private let runtime: Runtime

  /// A node's chain.
  init(node client: ChainClient, file: NetworkFile?) async throws {
    name = client.info.name
    names = try await client.names(in: file)
    universal = EchoRuntime.universalLocation(network: client.info.network, paraId: client.info.paraId)
    runtime = .node(client)
  }

  /// A built-in chain as it is at genesis.
  /// - Parameter name: Its name or para id.
  /// - Throws: A ``Complaint`` when there is no such chain.
  init(builtIn name: String) throws {
    let specs = BuiltInChain.names.compactMap { BuiltInChain.spec(named: $0) }
    guard let spec = specs.first(where: { $0.name == name || "\($0.paraId)" == name }) else {
      throw Complaint.usage(
        "there is no running network here and no built-in chain '\(name)'; built in are "
          + BuiltInChain.names.joined(separator: ", ")
      )
    }
    self.name = "\(spec.name) (built in)"
    names = spec.names
    universal = EchoRuntime.universalLocation(network: spec.network, paraId: spec.paraId)
    do throws(ChainError) { runtime = .builtIn(try Chain.genesis(of: spec)) } catch {
      throw Complaint.configuration("the spec of \(spec.name) makes no chain: \(error)")
    }
  }

  /// Writes for this chain's reader.
  var printer: XcmPrinter { XcmPrinter(names: names, universal: universal, call: { CallText.line($0) }) }

  // MARK: Asking the runtime

  /// The assets in which the chain sells weight.
  func acceptableAssets() async throws -> [AssetID] {
    let answer: ScaleResult<[VersionedAssetID], XcmPaymentError> = try await ask(
      "XcmPaymentApi_query_acceptable_payment_assets", XcmVersion.latest.encoded())
    guard case .ok(let assets) = answer else { return [] }
    return assets.compactMap { try? $0.latest() }
  }

  /// The weight of a program; `nil` when the chain cannot compute it.
  func weight(of program: VersionedXcm) async throws -> Weight? {
    let answer: ScaleResult<Weight, XcmPaymentError> = try await ask(
      "XcmPaymentApi_query_xcm_weight", program.encoded())
    guard case .ok(let weight) = answer else { return nil }
    return weight
  }

  /// The price of weight in smallest units of an asset; `nil` when the asset buys none.
  func fee(for weight: Weight, in asset: AssetID) async throws -> Balance? {
    let answer: ScaleResult<Balance, XcmPaymentError> = try await ask(
      "XcmPaymentApi_query_weight_to_asset_fee", weight.encoded() + VersionedAssetID.v5(asset).encoded())
    guard case .ok(let fee) = answer else { return nil }
    return fee
  }

  /// The account of a location; `nil` when it has none.
  func account(of location: Location) async throws -> AccountID? {
    let answer: ScaleResult<AccountID, LocationToAccountError> = try await ask(
      "LocationToAccountApi_convert_location", VersionedLocation.v5(location).encoded())
    guard case .ok(let account) = answer else { return nil }
    return account
  }

  private func ask<T: ScaleDecodable>(_ function: String, _ arguments: [UInt8]) async throws -> T {
    let bytes: [UInt8]?
    switch runtime {
    case .builtIn(let state): bytes = try RuntimeInterface.call(function, arguments, in: state.context())
    case .node(let client): bytes = try await client.call("state_call", [.string(function), .hex(arguments)]).asBytes
    }
    guard let bytes, let answer = try? T(decoding: bytes) else {
      throw Complaint.network("\(name) does not answer \(function) in a way that is understood")
    }
    return answer
  }
}

extension ChainSpec {
  /// What things are called on a chain of this spec.
  var names: XcmNames {
    var names = XcmNames()
    names.ss58Prefix = ss58Prefix
    func name(_ asset: AssetName, _ symbol: String, _ decimals: UInt8) {
      names.name(asset: asset.location, XcmNames.Unit(symbol: symbol, decimals: decimals))
    }
    name(AssetName(home: nil, id: nil), tokenSymbol, tokenDecimals)
    for asset in assets { name(AssetName(home: nil, id: asset.id), asset.symbol, asset.decimals) }
    for link in links {
      name(AssetName(home: link.paraId, id: nil), link.symbol, link.decimals)
      for asset in link.assets { name(AssetName(home: link.paraId, id: asset.id), asset.symbol, asset.decimals) }
      names.name(chain: link.paraId, link.name)
    }
    if chainType != "Live" {
      for (account, name) in AccountText.developmentNames { names.name(account: account, name) }
    }
    names.name(account: EchoRuntime.treasury, "treasury")
    names.name(account: EchoRuntime.relayerPot, "relayers' pot")
    return names
  }
}

extension CallText {
  /// A call of the built-in runtime as `Pallet.call {…}`; `nil` for bytes that are none.
  @Sendable static func line(_ bytes: [UInt8]) -> String? {
    guard (try? RuntimeCall(decoding: bytes)) != nil,
      let pallet = try? ScaleJSON.decode(RuntimeCall.self, bytes: bytes).asObject?.first
    else { return nil }
    guard let call = pallet.value.asObject?.first else { return "\(pallet.key).\(pallet.value.asString ?? "")" }
    return "\(pallet.key).\(call.key) \(call.value)"
  }
}
