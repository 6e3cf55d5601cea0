import EchoRuntime
import Foundation
import Keys
import Primitives
import RPC
import TOMLKit

/// Chain specs as files (Docs/formats/chain-spec.md).
enum ChainSpecFile {
  private static let keys = [
    "name", "network", "paraId", "chainType", "tokenSymbol", "tokenDecimals", "ss58Prefix", "sessionLength", "genesisTime", "authorities",
    "sudo", "balances", "assets", "links", "teleports", "rates",
  ]

  /// The spec that a name or a file stands for.
  /// - Throws: A ``Complaint`` of configuration that names the key which is wrong.
  static func load(_ chain: String) throws(Complaint) -> ChainSpec {
    if let spec = BuiltInChain.spec(named: chain) { return spec }
    guard FileManager.default.fileExists(atPath: chain) else {
      throw .configuration("'\(chain)' is neither a file nor a built-in chain (\(BuiltInChain.names.joined(separator: ", ")))")
    }
    return try read(SettingsTable.read(chain, what: "chain spec", known: keys), file: chain)
  }

  /// Reads a spec from the text of a file.
  static func parse(_ text: String) throws(Complaint) -> ChainSpec { try read(SettingsTable.parse(text, known: keys), file: "text") }

  private static func read(_ table: SettingsTable, file: String) throws(Complaint) -> ChainSpec {
    do {
      let spec = ChainSpec(
        name: try table.text("name"), network: try table.text("network"), paraId: try table.number("paraId"),
        chainType: try table.text("chainType", default: "Live"), tokenSymbol: try table.text("tokenSymbol"),
        tokenDecimals: try table.number("tokenDecimals", default: 12), ss58Prefix: try table.number("ss58Prefix", default: 42),
        sessionLength: try table.number("sessionLength", default: 600), genesisTime: try table.number("genesisTime", default: 0),
        authorities: try table.texts("authorities"), sudo: try table.text("sudo"), balances: try endowments(table),
        assets: try assets(table), links: try links(table), teleports: try teleports(table), rates: try rates(table))
      try check(spec)
      return spec
    } catch { throw .configuration("chain spec \(file): \(error.sentence)") }
  }

  private static func endowments(_ table: SettingsTable) throws(Complaint) -> [ChainSpec.Endowment] {
    var list: [ChainSpec.Endowment] = []
    for row in try table.tables("balances", known: ["account", "amount"]) {
      list.append(ChainSpec.Endowment(account: try row.text("account"), amount: try row.amount("amount")))
    }
    return list
  }

  private static func assets(_ table: SettingsTable) throws(Complaint) -> [ChainSpec.LocalAsset] {
    var list: [ChainSpec.LocalAsset] = []
    for row in try table.tables("assets", known: ["id", "owner", "symbol", "decimals", "minimumBalance", "balances"]) {
      list.append(
        ChainSpec.LocalAsset(
          id: try row.number("id"), owner: try row.text("owner"), symbol: try row.text("symbol"), decimals: try row.number("decimals"),
          minimumBalance: try row.amount("minimumBalance"), balances: try endowments(row)))
    }
    return list
  }

  private static func links(_ table: SettingsTable) throws(Complaint) -> [ChainSpec.LinkedChain] {
    var list: [ChainSpec.LinkedChain] = []
    for row in try table.tables("links", known: ["name", "paraId", "symbol", "decimals", "minimumBalance", "assets"]) {
      list.append(
        ChainSpec.LinkedChain(
          name: try row.text("name"), paraId: try row.number("paraId"), symbol: try row.text("symbol"),
          decimals: try row.number("decimals"), minimumBalance: try row.amount("minimumBalance"), assets: try linkedAssets(row)))
    }
    return list
  }

  private static func linkedAssets(_ table: SettingsTable) throws(Complaint) -> [ChainSpec.LinkedAsset] {
    var list: [ChainSpec.LinkedAsset] = []
    for row in try table.tables("assets", known: ["id", "symbol", "decimals", "minimumBalance"]) {
      list.append(
        ChainSpec.LinkedAsset(
          id: try row.number("id"), symbol: try row.text("symbol"), decimals: try row.number("decimals"),
          minimumBalance: try row.amount("minimumBalance")))
    }
    return list
  }

  private static func teleports(_ table: SettingsTable) throws(Complaint) -> [ChainSpec.Teleport] {
    var list: [ChainSpec.Teleport] = []
    for row in try table.tables("teleports", known: ["asset", "chains"]) {
      list.append(ChainSpec.Teleport(asset: try row.text("asset"), chains: try row.numbers("chains")))
    }
    return list
  }

  private static func rates(_ table: SettingsTable) throws(Complaint) -> [ChainSpec.Rate] {
    var list: [ChainSpec.Rate] = []
    for row in try table.tables("rates", known: ["asset", "rate"]) {
      list.append(ChainSpec.Rate(asset: try row.text("asset"), rate: try row.text("rate")))
    }
    return list
  }

  /// Checks what the types cannot hold; genesis checks the rest.
  private static func check(_ spec: ChainSpec) throws(Complaint) {
    guard ["Development", "Local", "Live"].contains(spec.chainType) else {
      throw .configuration("chainType is not Development, Local or Live")
    }
    guard spec.name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
      throw .configuration("name has other characters than letters, digits and hyphens")
    }
    guard (1...38).contains(spec.tokenDecimals) else { throw .configuration("tokenDecimals is not 1 to 38") }
    guard SS58.prefixes.contains(spec.ss58Prefix) else { throw .configuration("ss58Prefix is not 0 to 16383") }
    guard spec.sessionLength > 0 else { throw .configuration("sessionLength is 0") }
    guard (1...1000).contains(spec.authorities.count) else { throw .configuration("authorities has not 1 to 1000 keys") }
    let linked = spec.links.map(\.paraId)
    guard Set(linked).count == linked.count else { throw .configuration("links names a paraId twice") }
  }

  // MARK: Writing

  /// A spec as JSON.
  static func json(_ spec: ChainSpec) throws -> String { PrettyJSON.text(try JSON(parsing: [UInt8](JSONEncoder().encode(spec)))) }

  /// A spec as TOML, with the keys in the order of the documentation.
  static func toml(_ spec: ChainSpec) -> String {
    var text = """
      name = "\(spec.name)"
      network = "\(spec.network)"
      paraId = \(spec.paraId)
      chainType = "\(spec.chainType)"
      tokenSymbol = "\(spec.tokenSymbol)"
      tokenDecimals = \(spec.tokenDecimals)
      ss58Prefix = \(spec.ss58Prefix)
      sessionLength = \(spec.sessionLength)
      genesisTime = \(spec.genesisTime)
      authorities = [
      \(spec.authorities.map { "  \"\($0)\"," }.joined(separator: "\n"))
      ]
      sudo = "\(spec.sudo)"

      """
    for link in spec.links {
      text += """

        [[links]]
        name = "\(link.name)"
        paraId = \(link.paraId)
        symbol = "\(link.symbol)"
        decimals = \(link.decimals)
        minimumBalance = "\(link.minimumBalance)"

        """
      for asset in link.assets {
        text += """

          [[links.assets]]
          id = \(asset.id)
          symbol = "\(asset.symbol)"
          decimals = \(asset.decimals)
          minimumBalance = "\(asset.minimumBalance)"

          """
      }
    }
    for asset in spec.assets {
      text += """

        [[assets]]
        id = \(asset.id)
        owner = "\(asset.owner)"
        symbol = "\(asset.symbol)"
        decimals = \(asset.decimals)
        minimumBalance = "\(asset.minimumBalance)"
        \(endowments(asset.balances, table: "assets.balances"))
        """
    }
    for teleport in spec.teleports {
      text += "\n[[teleports]]\nasset = \"\(teleport.asset)\"\nchains = [\(teleport.chains.map { "\($0)" }.joined(separator: ", "))]\n"
    }
    for rate in spec.rates { text += "\n[[rates]]\nasset = \"\(rate.asset)\"\nrate = \"\(rate.rate)\"\n" }
    return text + endowments(spec.balances, table: "balances")
  }

  private static func endowments(_ list: [ChainSpec.Endowment], table: String) -> String {
    list.map { "\n[[\(table)]]\naccount = \"\($0.account)\"\namount = \"\($0.amount)\"\n" }.joined()
  }
}
