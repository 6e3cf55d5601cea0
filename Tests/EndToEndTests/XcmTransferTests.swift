import ChainClient
import EchoRuntime
import Foundation
import Keys
import PalletAssets
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import Testing
import XCM

private let unit: Balance = 1_000_000_000_000
private let alice = DevelopmentKey.alice.secretKey.publicKey.accountID
private let credits = hubAsset(7)

/// One of the hub's own assets, as other chains name it.
private func hubAsset(_ id: UInt128) -> Location {
  Location(parents: 1, interior: Junctions(.para(1000), .palletInstance(12), .generalIndex(Compact(id))))
}

extension ChainClient {
  /// What an account has of an asset, as this chain names it.
  func holding(of account: AccountID, asset: Location) async throws -> Balance {
    if asset.isHere { return try await self.account(account).data.free }
    return try await value(
      ForeignAssetsConfig.store.account.key(asset, account), at: nil, as: PalletAssets.Assets.AssetAccount.self)?
      .balance ?? 0
  }

  /// The same of one of this chain's own assets.
  func holding(of account: AccountID, ownAsset id: UInt32) async throws -> Balance {
    try await value(AssetsConfig.store.account.key(id, account), at: nil, as: PalletAssets.Assets.AssetAccount.self)?
      .balance ?? 0
  }
}

/// An account that nobody has used.
private func stranger(_ seed: UInt8) throws -> (id: AccountID, text: String) {
  guard let id = AccountID([UInt8](repeating: seed, count: 32)) else { throw HarnessError("no account") }
  return (id, Hex.encode(id.bytes))
}

private func order(_ from: String, _ to: String, _ asset: String, _ amount: String, for recipient: String) -> [String] {
  ["--from", from, "--to", to, "--asset", asset, "--amount", amount, "--recipient", recipient, "--sender", "alice"]
}

@Suite("Transfers by command", .serialized, .network("hub", "market", "studio")) struct XcmTransferTests {
  /// Sums of the fees in a quote, of one chain in one asset.
  private func fees(_ quote: Programs.Ended, on chain: String, in asset: String) throws -> Balance {
    try quote.value("fees", as: [[String: Any]].self)
      .filter { $0["chain"] as? String == chain && $0["asset"] as? String == asset }
      .compactMap { ($0["amount"] as? String).flatMap { Balance($0) } }.reduce(0, +)
  }

  private func received(_ quote: Programs.Ended) throws -> Balance {
    Balance(try quote.value("received", 0, "amount", as: String.self)) ?? 0
  }

  @Test(
    "a quote is what sending costs, and what arrives, away from home and back", .timeLimit(.minutes(3)),
    arguments: [true, false])
  func quoted(leaves: Bool) async throws {
    let network = try SharedNetwork.current()
    let (from, to, native) = leaves ? ("hub", "market", "ECHO") : ("market", "hub", "MRKT")
    let (source, destination) = (try await network.client(from), try await network.client(to))
    let (asset, arriving): (Location, Location) = leaves ? (.here, .sibling(1000)) : (.sibling(1000), .here)
    if !leaves {
      let funded = try await network.run(
        ["send"] + order("hub", "market", "ECHO", "5", for: "alice") + ["--wait", "--json"])
      #expect(funded.code == 0, "\(funded.text)")
    }
    let someone = try stranger(leaves ? 0x71 : 0x75)
    let order = order(from, to, "ECHO", "3", for: someone.text)
    let quote = try await network.run(["xcm", "quote"] + order + ["--json"])
    #expect(quote.code == 0, "\(quote.text)")
    let (coins, units) = (
      try await source.holding(of: alice, asset: .here), try await source.holding(of: alice, asset: asset)
    )
    let sent = try await network.run(["send"] + order + ["--wait", "--json"])
    #expect(try sent.code == 0 && sent.value("status", as: String.self) == "executed", "\(sent.text)")
    let cost = try fees(quote, on: from, in: native)
    #expect(cost > 0)
    #expect(
      coins - (try await source.holding(of: alice, asset: .here)) == cost + (leaves ? 3 * unit : 0), "\(quote.output)")
    if !leaves { #expect(units - (try await source.holding(of: alice, asset: asset)) == 3 * unit) }
    let arrived = try await destination.holding(of: someone.id, asset: arriving)
    #expect(arrived == (try received(quote)), "\(quote.output)")
    #expect(arrived + (try fees(quote, on: to, in: "ECHO")) == 3 * unit, "\(quote.output)")
  }

  @Test("two hops are quoted, sent and traced by id and by extrinsic", .timeLimit(.minutes(3))) func twoHops()
    async throws
  {
    let network = try SharedNetwork.current()
    let (market, studio) = (try await network.client("market"), try await network.client("studio"))
    let funded = try await network.run(
      ["send"] + order("hub", "market", "ECHO", "20", for: "alice") + ["--wait", "--json"])
    #expect(funded.code == 0, "\(funded.text)")
    let someone = try stranger(0x72)
    let order = order("market", "studio", "ECHO", "2", for: someone.text)
    let quote = try await network.run(["xcm", "quote"] + order + ["--json"])
    #expect(quote.code == 0, "\(quote.text)")
    let native = try await market.holding(of: alice, asset: .here)
    let vouchers = try await market.holding(of: alice, asset: .sibling(1000))
    let sent = try await network.run(["send"] + order + ["--wait", "--json"])
    #expect(try sent.code == 0 && sent.value("status", as: String.self) == "executed", "\(sent.text)")
    #expect(native - (try await market.holding(of: alice, asset: .here)) == (try fees(quote, on: "market", in: "MRKT")))
    #expect(vouchers - (try await market.holding(of: alice, asset: .sibling(1000))) == 2 * unit)
    let arrived = try await studio.holding(of: someone.id, asset: .sibling(1000))
    #expect(arrived == (try received(quote)), "\(quote.output)")
    let onTheWay = try fees(quote, on: "hub", in: "ECHO") + fees(quote, on: "studio", in: "ECHO")
    #expect(arrived + onTheWay == 2 * unit, "\(quote.output)")

    for id in [try sent.value("messageId", as: String.self), try sent.value("extrinsic", as: String.self)] {
      let traced = try await network.run(["trace", id, "--json"])
      #expect(traced.code == 0, "\(traced.text)")
      let events = try traced.value("messages", 0, "events", as: [[String: Any]].self)
      let lines = events.compactMap { event -> String? in
        guard let chain = event["chain"] as? String, let text = event["text"] as? String else { return nil }
        return text.hasPrefix("sent to")
          ? "\(chain): \(text.prefix { $0 != "," })" : text.hasPrefix("received") ? "\(chain): \(text)" : nil
      }
      #expect(
        lines == [
          "market: sent to hub", "hub: sent to studio", "hub: received: executed", "studio: received: executed",
        ], "\(traced.text)")
      #expect(try !traced.value("messages", 0, "failed", as: Bool.self))
    }
    let unknown = try await network.run(["trace", "0x" + String(repeating: "9", count: 64)])
    #expect(unknown.code == 6 && unknown.errors.contains("no chain has a word"), "\(unknown.text)")
  }

  @Test("credits teleport to the market and back", .timeLimit(.minutes(3))) func teleports() async throws {
    let network = try SharedNetwork.current()
    let (hub, market) = (try await network.client("hub"), try await network.client("market"))
    let before = try await hub.holding(of: alice, ownAsset: 7)
    let there = try await network.run(
      ["send"] + order("hub", "market", "CRED", "10", for: "alice") + ["--wait", "--json"])
    #expect(try there.code == 0 && there.value("status", as: String.self) == "executed", "\(there.text)")
    let arrived = try await market.holding(of: alice, asset: credits)
    #expect(arrived > 9_900_000 && arrived < 10_000_000)
    #expect(try await hub.holding(of: alice, ownAsset: 7) == before - 10_000_000)
    let back = try await network.run(
      ["send"] + order("market", "hub", "CRED", "5", for: "alice") + ["--wait", "--json"])
    #expect(try back.code == 0 && back.value("status", as: String.self) == "executed", "\(back.text)")
    #expect(try await market.holding(of: alice, asset: credits) == arrived - 5_000_000)
    let returned = try await hub.holding(of: alice, ownAsset: 7) + 10_000_000 - before
    #expect(returned > 4_900_000 && returned < 5_000_000)
    let audit = try await network.run(["audit", "supply"])
    #expect(audit.code == 0, "\(audit.text)")
  }

  @Test("too little for an account is refused before anything moves", .timeLimit(.minutes(3))) func dust() async throws {
    let network = try SharedNetwork.current()
    let market = try await network.client("market")
    let funded = try await network.run(
      ["send"] + order("hub", "market", "ECHO", "1", for: "alice") + ["--wait", "--json"])
    #expect(funded.code == 0, "\(funded.text)")
    let before = try await market.account(alice)
    let vouchers = try await market.holding(of: alice, asset: .sibling(1000))
    let someone = try stranger(0x73)
    // Enough for the fees, not for an account on the hub.
    let dust = order("market", "hub", "ECHO", "0.009", for: someone.text)
    let refused = try await network.run(["send"] + dust)
    #expect(refused.code == 6 && refused.errors.contains("nothing was sent: on hub, instruction"), "\(refused.text)")
    #expect(refused.errors.contains("must have at least 0.01 ECHO"), "\(refused.text)")
    // Not even for the fees.
    let less = try await network.run(["send"] + order("hub", "market", "ECHO", "0.000000000001", for: someone.text))
    #expect(less.code == 6 && less.errors.contains("the price is"), "\(less.text)")
    let quote = try await network.run(["xcm", "quote"] + dust)
    #expect(quote.code == 6 && quote.errors.contains("it would stop on hub"), "\(quote.text)")
    #expect(try await market.account(alice) == before)
    #expect(try await market.holding(of: alice, asset: .sibling(1000)) == vouchers)
  }

  @Test("an asset that buys nothing takes one along that does", .timeLimit(.minutes(3))) func feeAsset() async throws {
    let network = try SharedNetwork.current()
    let market = try await network.client("market")
    let calls: [(chain: String, call: String, args: String)] = [
      ("hub", "Assets.create", #"{"id":9,"admin":"alice","min_balance":"1"}"#),
      ("hub", "Assets.set_metadata", #"{"id":9,"name":"0x466f6f","symbol":"0x464f4f","decimals":6}"#),
      ("hub", "Assets.mint", #"{"id":9,"beneficiary":"alice","amount":"1000000000"}"#),
      (
        "market", "Sudo.sudo",
        #"{"call":{"ForeignAssets":{"force_create":{"id":{"parents":1,"interior":{"X3":[{"Parachain":1000},{"PalletInstance":12},"#
          + #"{"GeneralIndex":"9"}]}},"owner":"alice","is_sufficient":true,"min_balance":"1"}}}}"#
      ),
    ]
    for (chain, call, args) in calls {
      let made = try await network.run([
        "tx", "call", call, "--args", args, "--chain", chain, "--from", "alice", "--json",
      ])
      #expect(try made.code == 0 && made.value("success"), "\(call): \(made.text)")
    }
    let foo = hubAsset(9)
    let someone = try stranger(0x74)
    let order = order("hub", "market", "FOO", "10", for: someone.text)
    let alone = try await network.run(["send"] + order)
    #expect(alone.code == 6 && alone.errors.contains("--fee-asset"), "\(alone.text)")
    #expect(alone.errors.contains("buys no execution here"), "\(alone.text)")
    let together = try await network.run(
      ["send"] + order + ["--fee-asset", "ECHO", "--fee-amount", "0.1", "--wait", "--json"])
    #expect(try together.code == 0 && together.value("status", as: String.self) == "executed", "\(together.text)")
    #expect(try await market.holding(of: someone.id, asset: foo) == 10_000_000)
    let rest = try await market.holding(of: someone.id, asset: .sibling(1000))
    #expect(rest > 0 && rest < unit / 10)
  }

  @Test("a program may keep its sender's origin on the other chain", .timeLimit(.minutes(2))) func keepsOrigin()
    async throws
  {
    let network = try SharedNetwork.current()
    let market = try await network.client("market")
    let someone = try stranger(0x76)
    let sender = Location(parents: 1, .para(1000), .accountId32(network: nil, id: alice))
    let assets = try #require(
      BoundedVector<AssetTransferFilter, 6>([.reserveDeposit(.definite(XCM.Assets(Asset(.here, amount: unit))))]))
    let program: Xcm = [
      .setFeesMode(jitWithdraw: true), .withdrawAsset(XCM.Assets(Asset(.here, amount: unit + unit / 10))),
      .initiateTransfer(
        destination: .sibling(2000),
        remoteFees: .reserveDeposit(.definite(XCM.Assets(Asset(.here, amount: unit / 10)))),
        preserveOrigin: true, assets: assets,
        remoteXcm: [.expectOrigin(sender), .depositAsset(assets: .wild(.all), beneficiary: .account(someone.id))]),
    ]
    let order = try executing(program) + ["--chain", "hub"]
    let tried = try await network.run(["xcm", "dry-run", "--call"] + order)
    #expect(tried.code == 0 && tried.output.contains("AliasOrigin"), "\(tried.text)")
    let made = try await network.run(["tx", "call"] + order + ["--from", "alice", "--json"])
    #expect(made.code == 0, "\(made.text)")
    try await RunningNetwork.wait(for: "one ECHO on market", on: market) { _ in
      try await market.holding(of: someone.id, asset: .sibling(1000)) == unit
    }
    let traced = try await network.run(["trace", try made.value("extrinsic")])
    #expect(traced.code == 0 && traced.output.contains("received: executed"), "\(traced.text)")
  }

  @Test("a destination that does not answer is said, and the transfer is sent", .timeLimit(.minutes(2))) func silent()
    async throws
  {
    let network = try SharedNetwork.current()
    // The same network, as somebody sees it who cannot reach the market.
    let folder = try TemporaryFolder()
    let file = try String(contentsOf: URL(filePath: network.basePath + "/network.json"), encoding: .utf8)
    let port = try #require(network.endpoint("market").split(separator: ":").last)
    try file.replacing(":\(port)", with: ":1").write(
      to: folder.url.appending(path: "network.json"), atomically: true, encoding: .utf8)
    let order = order("hub", "market", "ECHO", "1", for: "bob") + ["--base-path", folder.url.path]
    let quote = try await Programs.run(["xcm", "quote"] + order)
    #expect(quote.code == 7 && quote.output.contains("transaction fee"), "\(quote.text)")
    let sent = try await Programs.run(["send"] + order)
    #expect(sent.code == 0 && sent.errors.contains("not tried out to the end: nobody listens"), "\(sent.text)")
  }
}
