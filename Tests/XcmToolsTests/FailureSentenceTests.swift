import EchoRuntime
import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM
import XcmTools

/// Facts, and how they are said.
struct SaidFailure: Sendable, CustomTestStringConvertible {
  var detail: XcmFailureDetail
  var text: String
  var testDescription: String { text }

  init(
    _ requirement: XcmRequirement, of subject: XcmSubject = .program, needs needed: [Asset] = [],
    has found: [Asset] = [],
    _ text: String
  ) {
    detail = XcmFailureDetail(requirement, of: subject, needed: needed, found: found)
    self.text = text
  }
}

@Suite("Failure sentences") struct FailureSentenceTests {
  static let alice = AccountID([UInt8](repeating: 1, count: 32)) ?? .zero

  static let names: XcmNames = {
    var names = XcmNames()
    names.name(asset: .here, XcmNames.Unit(symbol: "ECHO", decimals: 12))
    names.name(asset: .sibling(2000), XcmNames.Unit(symbol: "MRKT", decimals: 6))
    names.name(chain: 2000, "market")
    names.name(account: alice, "alice")
    return names
  }()

  private static let account = XcmSubject.location(.account(alice))
  private static let market = XcmSubject.location(.sibling(2000))
  private static func echo(_ milli: Balance) -> Asset { Asset(.here, amount: milli * 1_000_000_000) }
  private static func mrkt(_ milli: Balance) -> Asset { Asset(.sibling(2000), amount: milli * 1000) }
  private static let unknown = Asset(.sibling(9), amount: 5)
  private static let weights = (
    small: Weight(refTime: 25_000_000, proofSize: 10), big: Weight(refTime: 1_500_000_000, proofSize: 2048)
  )

  static let assets: [SaidFailure] = [
    SaidFailure(
      .balance, of: account, needs: [echo(5000)], has: [echo(2500)],
      "alice needs 5 ECHO and has 2.5 ECHO; send less, or fund it first"),
    SaidFailure(
      .balance, of: market, needs: [echo(1)], "market needs 0.001 ECHO and has nothing; send less, or fund it first"),
    SaidFailure(
      .minimumBalance, of: account, needs: [echo(10)], has: [echo(9)],
      "alice would have 0.009 ECHO, and must have at least 0.01 ECHO; move an amount that leaves every account nothing or at least that much"
    ),
    SaidFailure(
      .spendable, of: account, needs: [echo(5)], has: [echo(4)],
      "alice needs 0.005 ECHO and may spend 0.004 ECHO of what it has; release what is locked or held, or send less"),
    SaidFailure(
      .existingAccount, of: account, needs: [echo(10)],
      "alice does not exist and this asset alone cannot keep it alive; send it at least 0.01 ECHO first, or along with this"
    ),
    SaidFailure(.account, of: market, "market is no account on this chain; name an account, for example AccountId32"),
    SaidFailure(
      .knownAsset, needs: [unknown],
      "this chain does not keep ../Parachain(9); name an asset that it knows, or register this one"),
    SaidFailure(
      .teleportedBefore, of: market, needs: [mrkt(2000)], has: [mrkt(1000)],
      "2 MRKT would come back, and only 1 MRKT has left by teleport; teleport back at most what left"),
    SaidFailure(
      .holding, of: .holding, needs: [echo(1000), mrkt(1000)], has: [echo(1000)],
      "holding needs 1 ECHO + 1 MRKT and has 1 ECHO; withdraw more before this instruction"),
    SaidFailure(
      .holding, of: .fees, needs: [echo(1)],
      "the fees register needs 0.001 ECHO and has nothing; withdraw more before this instruction"),
    SaidFailure(
      .feePrice, of: .holding, needs: [echo(2)], has: [echo(1)],
      "the price is 0.002 ECHO, and 0.001 ECHO was offered; offer at least the price"),
    SaidFailure(
      .feeAsset, of: .holding, needs: [echo(2), mrkt(3)], has: [unknown],
      "5 of ../Parachain(9) buys no execution here; this chain takes 0.002 ECHO or 0.003 MRKT; pay the fee in one of these"
    ),
    SaidFailure(
      .room(limit: 64), of: .holding, "holding has room for 64 assets; deposit or send some before more come in"),
    SaidFailure(.assetCount(limit: 20), "at most 20 assets can be named here; use several instructions or messages"),
    SaidFailure(
      .trapped, of: account, needs: [echo(1)],
      "nothing is trapped for alice that is exactly 0.001 ECHO; list what is with 'echochain xcm traps'"),
    SaidFailure(
      .deal, of: .holding, needs: [mrkt(1)], has: [echo(1)],
      "nobody gives 0.001 MRKT for 0.001 ECHO; offer more, want less, or fund the exchange"),
    SaidFailure(
      .lock, of: account, needs: [echo(1)],
      "0.001 ECHO of alice cannot be locked or unlocked so; check what is locked, and for whom"),
  ]

  static let places: [SaidFailure] = [
    SaidFailure(
      .reserveTrust, of: market, needs: [echo(1)],
      "market is not a trusted reserve of ECHO; send it from, or to, the asset's home chain"),
    SaidFailure(
      .teleportTrust, of: market, needs: [echo(1)],
      "ECHO does not teleport between market and this chain; use a reserve transfer, or list it under teleports"),
    SaidFailure(
      .route, of: market, "no lane leads to market; open one with 'echochain path open', or go over a third chain"),
    SaidFailure(.openLane, of: market, "the lane to market takes no messages now; resume it, or wait until it drains"),
    SaidFailure(
      .messageSize(limit: 4096), of: market,
      "the message is more than market decodes: 4096 bytes, 100 instructions, 8 levels; split it"),
    SaidFailure(
      .version, of: market, "the message cannot be said in the XCM version of market; use instructions of that version"),
    SaidFailure(
      .nameThere, of: market, "something in the message has no name as seen from market; use a shorter location"),
    SaidFailure(
      .bridge(network: .kusama), "no bridge leads to Kusama; choose a network that this chain is linked with"),
    SaidFailure(.origin, "an origin is needed, and it was cleared; put the instruction before ClearOrigin"),
    SaidFailure(
      .expectedOrigin(expected: .sibling(2000), actual: nil),
      "the origin should be market and is nobody; send the program from there"),
    SaidFailure(
      .alias(target: .account(alice)), of: market,
      "market may not act as alice; let the target authorize it with XcmPallet.add_authorized_alias"),
    SaidFailure(
      .universalAlias(network: .globalConsensus(.kusama)), of: market,
      "market may not speak for GlobalConsensus(Kusama); send it over the bridge to that network"),
    SaidFailure(
      .originKind(.superuser), of: account,
      "alice has no Superuser origin for calls here; use OriginKind SovereignAccount or Xcm"),
    SaidFailure(.safeCall, of: account, "programs may not make this call; sign it as an extrinsic"),
    SaidFailure(.permission, of: account, "alice may not do this; use an origin that has the permission"),
    SaidFailure(.locationRoom, "the location would have more than 8 junctions; descend less"),
    SaidFailure(.validLocation, "the location is not valid here; check it as seen from this chain"),
  ]

  static let programs: [SaidFailure] = [
    SaidFailure(
      .expectedError(expected: nil, actual: Pair(3, .badOrigin)),
      "the error register should hold no error and holds BadOrigin at instruction 3; look at the instruction that failed"
    ),
    SaidFailure(
      .expectedStatus(expected: .success, actual: .error(BoundedVector([3, 5]) ?? BoundedVector())),
      "the call should have ended with success and ended with error 0x0305; see how the call ended, and why"),
    SaidFailure(
      .pallet(index: 31, expected: Array("Balances".utf8), actual: nil),
      "pallet 31 should be Balances and is absent; ask with QueryPallet what there is"),
    SaidFailure(.trap(code: 7), "the program asked to stop with code 7; see why it took this way"),
    SaidFailure(.range, "a number left its range; use smaller amounts"),
    SaidFailure(.supported, "this chain does not serve the instruction; leave it out"),
    SaidFailure(.decodes, "the call does not decode on this chain; encode it for this chain's runtime"),
    SaidFailure(
      .weight(limit: weights.small, actual: weights.big),
      "it weighs 1,500 µs and 2048 B of proof and may weigh 25 µs and 10 B of proof; split it, or raise the limit where it is yours"
    ),
    SaidFailure(
      .weight(limit: .zero, actual: weights.small),
      "it weighs 25 µs and 10 B of proof, more than it may; split it, or raise the limit where it is yours"),
    SaidFailure(.weighable, "its weight cannot be computed; check the calls in it, and use at most 100 instructions"),
    SaidFailure(
      .admission(.shape),
      "the barrier lets in programs that load assets and pay within their first five instructions; "
        + "begin with WithdrawAsset or assets that arrive, then BuyExecution or PayFees"),
    SaidFailure(
      .admission(.weight(weights.small)),
      "the program weighs 25 µs and 10 B of proof, more than it buys; raise the weight limit of BuyExecution"),
    SaidFailure(.admission(.later), "the chain has suspended XCM; try again when it is resumed"),
    SaidFailure(.admission(.depth), "programs are nested deeper than the barrier looks; nest less"),
    SaidFailure(.nesting(limit: 10), "programs are nested deeper than 10 levels; nest less"),
    SaidFailure(
      .transactionFee, of: account, needs: [echo(11)], has: [echo(3)],
      "alice needs 0.011 ECHO to pay the transaction fee and stay alive, and has 0.003 ECHO; fund it first"),
    SaidFailure(.call, "the call itself was refused; see its error"),
  ]

  @Test("every requirement about assets is said", arguments: assets) func saysAssets(_ said: SaidFailure) {
    #expect(FailureSentence(said.detail, names: Self.names).text == said.text)
  }

  @Test("every requirement about places and origins is said", arguments: places) func saysPlaces(_ said: SaidFailure) {
    #expect(FailureSentence(said.detail, names: Self.names).text == said.text)
  }

  @Test("every requirement about a program is said", arguments: programs) func saysPrograms(_ said: SaidFailure) {
    #expect(FailureSentence(said.detail, names: Self.names).text == said.text)
  }

  @Test("no requirement of the interface is missing above") func complete() {
    guard case .variant(let variants) = XcmRequirement.typeShape.definition else {
      Issue.record("no enum")
      return
    }
    let said = Set((Self.assets + Self.places + Self.programs).compactMap { $0.detail.requirement.encoded().first })
    #expect(Set(variants.map(\.index)) == said)
  }

  @Test("names of strangers are cut to plain text") func plain() {
    #expect(PlainText.of("EC\u{1b}[31mHO", limit: 16) == "EC[31mHO")
    #expect(PlainText.of("\u{202e}\u{7}", limit: 16) == "?")
    #expect(PlainText.of(String(repeating: "A", count: 99), limit: 16).count == 16)
    var names = XcmNames()
    names.name(asset: .here, XcmNames.Unit(symbol: "\u{1b}]0;x\u{7}", decimals: 255))
    #expect(names.text(Asset(.here, amount: .max)) == "3.40282366920938463463374607431768211455 ]0;x")
  }

  @Test(
    "amounts have grouped digits and no zeros at the end",
    arguments: [
      (0, 12, "0"), (1, 12, "0.000000000001"), (1_000_000_000_000, 12, "1"), (1_250_500_000_000_000, 12, "1,250.5"),
      (1_234_567, 0, "1,234,567"),
      (100, 2, "1"), (5, 38, "0.00000000000000000000000000000000000005"),
    ] as [(Balance, UInt8, String)])
  func decimals(amount: Balance, decimals: UInt8, text: String) {
    #expect(XcmNames.decimal(amount, decimals: decimals) == text)
  }
}
