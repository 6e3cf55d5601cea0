import ChainClient
import EchoRuntime
import Foundation
import Keys
import Lanes
import PalletMessages
import PalletSupport
import PalletXcm
import Primitives
import RPC
import ScaleCodec
import Testing
import XCM

private let unit: Balance = 1_000_000_000_000
private let alice = DevelopmentKey.alice.secretKey.publicKey.accountID

/// `XcmPallet.execute` of a program, as arguments of commands that take a call.
func executing(_ program: Xcm) throws -> [String] {
  let call = RuntimeCall.xcmPallet(
    .execute(message: .v5(program), maxWeight: Weight(refTime: 200_000_000, proofSize: 1 << 17)))
  let json = try ScaleJSON.decode(RuntimeCall.self, bytes: call.encoded())
  guard let arguments = json["XcmPallet"]?["Execute"] else { throw HarnessError("no call in \(json)") }
  return ["XcmPallet.execute", "--args", arguments.description]
}

/// A program that takes one ECHO from the hub to the market and fails there.
struct FailingProgram: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// What the market runs behind what the hub puts first: the arrival, the cleared origin.
  var onMarket: [Instruction]
  /// The place, the name and the error of the instruction that fails there.
  var index: Int
  var instruction: String
  var error: String

  init(_ name: String, _ onMarket: [Instruction], fails index: Int, _ instruction: String, _ error: String) {
    testDescription = name
    self.onMarket = onMarket
    self.index = index
    self.instruction = instruction
    self.error = error
  }

  /// What the hub runs.
  var onHub: Xcm {
    [
      .setFeesMode(jitWithdraw: true),
      .transferReserveAsset(assets: XCM.Assets(Asset(.here, amount: unit)), dest: .sibling(2000), xcm: Xcm(onMarket)),
    ]
  }

  static var all: [FailingProgram] {
    let claimer = Instruction.setHints(
      hints: BoundedVector([.assetClaimer(location: .account(alice))]) ?? BoundedVector())
    let echo = AssetID(.sibling(1000))
    let fees = Instruction.buyExecution(fees: Asset(echo, amount: unit / 2), weightLimit: .unlimited)
    let everything = AssetFilter.wild(.all)
    return [
      FailingProgram(
        "too little is paid", [claimer, .buyExecution(fees: Asset(echo, amount: 1), weightLimit: .unlimited)],
        fails: 3, "BuyExecution", "TooExpensive"),
      FailingProgram(
        "the origin is gone",
        [claimer, fees, .transferAsset(assets: XCM.Assets(Asset(echo, amount: 1)), beneficiary: .account(alice))],
        fails: 4, "TransferAsset", "BadOrigin"),
      FailingProgram(
        "more is expected than there is",
        [claimer, fees, .refundSurplus, .expectAsset(XCM.Assets(Asset(echo, amount: unit * 2)))],
        fails: 5, "ExpectAsset", "ExpectationFalse"),
      FailingProgram(
        "no lane leads on",
        [
          claimer, fees, .clearError, .clearTopic,
          .initiateReserveWithdraw(assets: everything, reserve: .sibling(9999), xcm: []),
        ],
        fails: 6, "InitiateReserveWithdraw", "Unroutable"),
      FailingProgram(
        "the program stops itself",
        [claimer, fees, .setAppendix([.refundSurplus]), .clearError, .clearError, .trap(Compact(42))],
        fails: 7, "Trap", "Trap"),
    ]
  }
}

@Suite("Failing programs", .serialized, .network("hub", "market")) struct XcmFailureTests {
  @Test(
    "a dry run predicts the failure, the trace shows it, one command takes the assets back", .timeLimit(.minutes(3)),
    arguments: FailingProgram.all)
  func predicted(program: FailingProgram) async throws {
    let network = try SharedNetwork.current()
    let call = try executing(program.onHub) + ["--chain", "hub"]

    let tried = try await network.run(["xcm", "dry-run", "--call"] + call + ["--as", "alice", "--json"])
    #expect(tried.code == 6, "\(tried.text)")
    #expect(try tried.value("hops", 0, "complete", as: Bool.self), "\(tried.text)")
    #expect(try tried.value("hops", 1, "chain", as: String.self) == "market")
    #expect(try tried.value("hops", 1, "failed", "index", as: Int.self) == program.index, "\(tried.errors)")
    #expect(try tried.value("hops", 1, "failed", "instruction", as: String.self) == program.instruction)
    #expect(try tried.value("hops", 1, "failed", "error", as: String.self) == program.error)
    #expect(
      tried.errors.contains("it would stop on market: instruction \(program.index) (\(program.instruction)) fails"))
    #expect(try await traps(network).isEmpty, "a trial leaves nothing behind")

    let market = try await network.client("market")
    let before = try await market.inboundLane(from: 1000, at: nil)?.highestReceived ?? 0
    let made = try await network.run(["tx", "call"] + call + ["--from", "alice", "--json"])
    #expect(try made.code == 0 && made.value("success"), "\(made.text)")
    try await RunningNetwork.wait(for: "the message on market", on: market) { hash in
      try await market.inboundLane(from: 1000, at: hash).map { $0.highestReceived > before } ?? false
    }
    let traced = try await network.run(["trace", try made.value("extrinsic"), "--json"])
    #expect(traced.code == 0, "\(traced.text)")
    let events = try traced.value("messages", 0, "events", as: [[String: Any]].self)
    let texts = events.filter { $0["chain"] as? String == "market" }.compactMap { $0["text"] as? String }
    #expect(texts.contains { $0.contains("instruction \(program.index) failed: \(program.error)") }, "\(traced.text)")
    #expect(texts.contains { $0.contains("trapped for alice") }, "\(traced.text)")

    let waiting = try await traps(network)
    let trapped = try #require(waiting.first)
    let amount = try #require((trapped["assets"] as? [[String: Any]])?.first?["amount"] as? String)
    let had = try await market.holding(of: alice, asset: .sibling(1000))
    let claimed = try await network.run(["xcm", "claim", "--chain", "market", "--from", "alice", "--json"])
    #expect(claimed.code == 0, "\(claimed.text)")
    #expect(try await market.holding(of: alice, asset: .sibling(1000)) == had + (Balance(amount) ?? 0))
    #expect(try await traps(network).isEmpty)
    let again = try await network.run(["xcm", "claim", "--chain", "market", "--from", "alice"])
    #expect(again.code == 6 && again.errors.contains("nothing is trapped"), "\(again.text)")
  }

  @Test("a program from another chain is tried as that chain sends it", .timeLimit(.minutes(2))) func fromChain()
    async throws
  {
    let network = try SharedNetwork.current()
    let echo = Asset(.sibling(1000), amount: unit)
    let program: Xcm = [
      .reserveAssetDeposited(XCM.Assets(echo)), .clearOrigin, .buyExecution(fees: echo, weightLimit: .unlimited),
      .depositAsset(assets: .wild(.all), beneficiary: .account(alice)),
    ]
    let bytes = Hex.encode(VersionedXcm.v5(program).encoded())
    let sent = try await network.run(["xcm", "dry-run", bytes, "--chain", "market", "--origin", "hub"])
    #expect(sent.code == 0 && sent.output.contains("as hub  completes"), "\(sent.text)")
    #expect(sent.output.contains("holding  nothing → 1 ECHO"), "\(sent.text)")
    // The same from somebody else is no reserve of the asset.
    let other = try await network.run(["xcm", "dry-run", bytes, "--chain", "market", "--origin", "sibling:2001"])
    #expect(
      other.code == 6
        && other.errors.contains("instruction 0 (ReserveAssetDeposited) fails with UntrustedReserveLocation"),
      "\(other.text)")
    let unpaid = Hex.encode(VersionedXcm.v5([.clearOrigin]).encoded())
    let refused = try await network.run(["xcm", "dry-run", unpaid, "--chain", "market", "--origin", "hub"])
    #expect(refused.code == 6 && refused.errors.contains("the program is refused: the barrier"), "\(refused.text)")
  }

  private func traps(_ network: SharedNetwork) async throws -> [[String: Any]] {
    let listed = try await network.run(["xcm", "traps", "--chain", "market", "--account", "alice", "--json"])
    guard listed.code == 0 else { throw HarnessError("traps: \(listed.text)") }
    return try listed.value("traps", as: [[String: Any]].self)
  }
}
