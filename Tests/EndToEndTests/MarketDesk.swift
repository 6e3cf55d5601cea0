import ChainClient
import EchoRuntime
import Foundation
import Keys
import PalletMarketplace
import PalletSupport
import PalletSystem
import Primitives

/// A unit of every native asset here, in its smallest units.
let coin: Balance = 1_000_000_000_000

/// 32 bytes that are no order, work or salt.
let unknownHash = "0x" + String(repeating: "1", count: 64)

/// People who trade over a network: their files, their keys, and the commands that they type.
struct MarketDesk: Sendable {
  let basePath: String
  /// The chain whose market is used.
  let chain: ChainClient
  private let folder: TemporaryFolder

  init(basePath: String, chain: ChainClient) throws {
    self.basePath = basePath
    self.chain = chain
    folder = try TemporaryFolder()
  }

  /// A desk at the market of the suite's network.
  static func shared() async throws -> MarketDesk {
    let network = try SharedNetwork.current()
    return try MarketDesk(basePath: network.basePath, chain: try await network.client("market"))
  }

  // MARK: Files

  /// The path of a file here.
  func path(_ name: String) -> String { folder.url.appending(path: name).path }

  func url(_ name: String) -> URL { folder.url.appending(path: name) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(name))) }

  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: url(name)) }

  /// Writes a file to sell.
  /// - Returns: Its bytes.
  @discardableResult func makeFile(_ name: String, size: Int) throws -> [UInt8] {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) }
    try write(bytes, to: name)
    return bytes
  }

  // MARK: Commands

  /// Runs a command with this desk's keys over its network.
  func run(_ arguments: [String]) async throws -> Programs.Ended {
    try await Programs.run(arguments + ["--keystore", path("keys"), "--base-path", basePath])
  }

  /// Runs a command that must succeed and print one JSON value.
  func done(_ arguments: [String]) async throws -> Programs.Ended {
    let ended = try await run(arguments + ["--json"])
    guard ended.code == 0 else { throw HarnessError("\(arguments.joined(separator: " ")): exit \(ended.code): \(ended.text)") }
    return ended
  }

  /// Runs a command of the market as one of its accounts.
  func market(_ arguments: [String], by sender: String? = nil) async throws -> Programs.Ended {
    try await run(["market"] + arguments + ["--chain", "market"] + (sender.map { ["--sender", $0] } ?? []))
  }

  /// The same, which must succeed and print one JSON value.
  func traded(_ arguments: [String], by sender: String? = nil) async throws -> Programs.Ended {
    try await done(["market"] + arguments + ["--chain", "market"] + (sender.map { ["--sender", $0] } ?? []))
  }

  /// Lists something.
  /// - Returns: The number of the listing.
  func sell(_ arguments: [String], by seller: String = "alice") async throws -> String {
    "\(try await traded(["sell"] + arguments, by: seller).value("listing", as: Int.self))"
  }

  /// Lists a file, encrypted into a bundle of its name.
  func sell(file: String, price: String, _ more: [String] = []) async throws -> String {
    try await sell(["--file", path(file), "--bundle", path(file + ".bundle"), "--price", price] + more)
  }

  /// Buys on the market's own chain.
  /// - Returns: The order.
  func buy(_ listing: String, by buyer: String = "bob") async throws -> String {
    try await traded(["buy", listing], by: buyer).value("order")
  }

  /// Delivers a box as a seller who makes the call by hand, whatever is in it.
  func deliverByHand(_ box: [UInt8], for order: String, by seller: String = "alice") async throws -> Programs.Ended {
    let arguments = #"{"order":"\#(order)","box":"\#(Hex.encode(box))"}"#
    return try await run(["tx", "call", "Marketplace.deliver", "--args", arguments, "--chain", "market", "--from", seller, "--json"])
  }

  func state(of order: String) async throws -> String { try await traded(["show", order]).value("state") }

  /// The newest order that the market has of somebody on another chain, once it has one.
  func firstOrder(of party: String, from home: String) async throws -> String {
    var order: String?
    try await RunningNetwork.wait(for: "an order of \(party) from \(home)", on: chain) { _ in
      order = try? await traded(["orders", "--party", party, "--from", home]).value("orders", 0, "order")
      return order != nil
    }
    guard let order else { throw HarnessError("no order of \(party)") }
    return order
  }

  // MARK: The chain

  func balance(of holder: DevelopmentKey) async throws -> Balance {
    try await chain.account(holder.secretKey.publicKey.accountID).data.free
  }

  /// What the market holds for one purpose, in its own asset.
  func held(_ purpose: String) async throws -> Balance {
    let rows = try await traded(["parameters"]).value("held", as: [[String: Any]].self)
    let row = rows.first { $0["asset"] as? String == "MRKT" }?["held"] as? [String: Any]
    guard let row else { return 0 }
    // Small amounts are numbers, large ones texts.
    guard let amount = row[purpose], let value = Balance("\(amount)") else { throw HarnessError("no \(purpose) in \(rows)") }
    return value
  }

  /// Makes blocks, one with each transaction, until the market is past a height.
  func pass(_ height: BlockNumber) async throws {
    while try await chain.finalized().number <= height {
      _ = try await chain.submitAndWait(.system(.remark(remark: [])), key: DevelopmentKey.ferdie.secretKey)
    }
  }

  /// Makes blocks until an order's deadline has passed.
  func passDeadline(of order: String) async throws {
    try await pass(BlockNumber(try await traded(["show", order]).value("deadline", as: Int.self)))
  }

  /// Changes periods and rates of the market as its root, which on a development chain is alice.
  func setParameters(_ changes: [String: Int]) async throws {
    var parameters = try await traded(["parameters"]).value("parameters", as: [String: Any].self)
    for (name, value) in changes { parameters[name] = value }
    let call: [String: Any] = ["call": ["Marketplace": ["set_parameters": ["parameters": parameters]]]]
    let text = String(decoding: try JSONSerialization.data(withJSONObject: call), as: UTF8.self)
    _ = try await done(["tx", "call", "Sudo.sudo", "--args", text, "--chain", "market", "--from", "alice"])
    let now = try await traded(["parameters"])
    for (name, value) in changes where try now.value("parameters", name, as: Int.self) != value {
      throw HarnessError("\(name) is not \(value): \(now.text)")
    }
  }

  /// Sends an asset to another chain and waits for it.
  func send(_ amount: String, _ asset: String, _ sender: String, from: String, to: String, _ recipient: String) async throws {
    let sent = try await done([
      "send", "--from", from, "--to", to, "--asset", asset, "--amount", amount, "--sender", sender, "--recipient", recipient, "--wait",
    ])
    guard try sent.value("status", as: String.self) == "executed" else { throw HarnessError("send: \(sent.text)") }
  }
}

extension Programs.Ended {
  /// The one line that a failed command says.
  var sentence: String { errors.split(separator: "\n").last { $0.hasPrefix("error: ") }.map(String.init) ?? "" }
}
