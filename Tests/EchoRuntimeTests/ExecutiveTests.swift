import EchoRuntime
import Keys
import PalletBalances
import PalletSupport
import PalletSystem
import PalletTimestamp
import PalletTransactionPayment
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing

private let unit: Balance = 1_000_000_000_000
private let alice = DevelopmentKey.alice.secretKey
private let bob = DevelopmentKey.bob.secretKey.publicKey.accountID

private func spec(_ change: (inout ChainSpec) -> Void = { _ in }) -> ChainSpec {
  var spec = ChainSpec(
    name: "test", network: "test", paraId: 7, chainType: "Development", tokenSymbol: "TEST", tokenDecimals: 12, ss58Prefix: 42,
    sessionLength: 10,
    genesisTime: 0, authorities: [Hex.encode(alice.publicKey.compressed)], sudo: alice.publicKey.accountID.hex,
    balances: [
      .init(account: alice.publicKey.accountID.hex, amount: "\(100 * unit)"), .init(account: EchoRuntime.treasury.hex, amount: "\(unit)"),
    ],
    assets: [
      .init(
        id: 3, owner: SS58.encode(bob, prefix: 42), symbol: "GOLD", decimals: 2, minimumBalance: "1",
        balances: [.init(account: alice.publicKey.accountID.hex, amount: "500")])
    ],
    links: [.init(name: "other", paraId: 8, symbol: "OTH", decimals: 10, minimumBalance: "1000")])
  change(&spec)
  return spec
}

/// A context in block 1 of a fresh chain.
private func firstBlock() throws -> (ExecutionContext, SigningContext) {
  let genesis = ExecutionContext.onEmptyState()
  try EchoRuntime.buildGenesis(spec(), in: genesis)
  let context = genesis.nextBlock()
  let hash = try #require(H256([UInt8](repeating: 9, count: 32)))
  try Executive.initialize(number: 1, parentHash: hash, digest: [], in: context)
  try Executive.apply(Executive.timestampInherent(1000), signatureChecked: false, in: context)
  let version = EchoRuntime.version
  let signing = SigningContext(
    specVersion: version.specVersion, transactionVersion: version.transactionVersion, genesisHash: hash, birthHash: hash)
  return (context, signing)
}

private func transfer(_ amount: Balance) -> RuntimeCall { .balances(.transferKeepAlive(dest: .id(bob), value: Compact(amount))) }

@Suite("Executive") struct ExecutiveTests {
  @Test("a signed transfer moves units, raises the nonce and pays its fee") func transfers() throws {
    let (context, signing) = try firstBlock()
    let issuance = try BalancesPallet.totalIssuance(in: context)
    let bytes = Extrinsic(call: transfer(3 * unit), extra: SignedExtra(era: .immortal, nonce: 0, tip: 5), context: signing, key: alice)
      .encoded()
    try Executive.apply(bytes, signatureChecked: false, in: context)
    #expect(try BalancesPallet.freeBalance(of: bob, in: context) == 3 * unit)
    #expect(try SystemPallet.nonce(of: alice.publicKey.accountID, in: context) == 1)
    #expect(try BalancesPallet.totalIssuance(in: context) == issuance, "the fee went to the treasury")
    let paid = context.events(of: TransactionPaymentPallet.self)
    guard case .transactionFeePaid(let who, let fee, let tip)? = paid.last else {
      Issue.record("no fee event")
      return
    }
    #expect(who == alice.publicKey.accountID && tip == 5 && fee > 5)
    #expect(try BalancesPallet.freeBalance(of: alice.publicKey.accountID, in: context) == 97 * unit - fee)
  }

  @Test("a failing call keeps fee and nonce and nothing else") func failing() throws {
    let (context, signing) = try firstBlock()
    let bytes = Extrinsic(call: transfer(1000 * unit), extra: SignedExtra(era: .immortal, nonce: 0), context: signing, key: alice).encoded()
    try Executive.apply(bytes, signatureChecked: false, in: context)
    #expect(try BalancesPallet.freeBalance(of: bob, in: context) == 0)
    #expect(try SystemPallet.nonce(of: alice.publicKey.accountID, in: context) == 1)
    #expect(try BalancesPallet.freeBalance(of: alice.publicKey.accountID, in: context) < 100 * unit)
    guard case .extrinsicFailed(let error, _)? = context.events(of: SystemPallet.self).last else {
      Issue.record("no ExtrinsicFailed")
      return
    }
    #expect(error == .token(.fundsUnavailable))
  }

  @Test("each inadmissible extrinsic is refused with its reason and leaves no trace") func refusals() throws {
    let (context, signing) = try firstBlock()
    func bytes(_ extra: SignedExtra, key: SecretKey = alice, call: RuntimeCall = transfer(1), context: SigningContext? = nil) -> [UInt8] {
      Extrinsic(call: call, extra: extra, context: context ?? signing, key: key).encoded()
    }
    var otherChain = signing
    otherChain.genesisHash = .zero
    var otherVersion = signing
    otherVersion.specVersion += 1
    let pauper = DevelopmentKey.ferdie.secretKey
    let cases: [(String, [UInt8], TransactionValidityError)] = [
      ("undecodable", [1, 2, 3], .invalid(.call)),
      ("future nonce", bytes(SignedExtra(era: .immortal, nonce: 1)), .invalid(.future)),
      ("other chain", bytes(SignedExtra(era: .immortal, nonce: 0), context: otherChain), .invalid(.badProof)),
      ("other runtime", bytes(SignedExtra(era: .immortal, nonce: 0), context: otherVersion), .invalid(.badProof)),
      ("no money", bytes(SignedExtra(era: .immortal, nonce: 0), key: pauper), .invalid(.payment)),
      ("tip too high", bytes(SignedExtra(era: .immortal, nonce: 0, tip: 1000 * unit)), .invalid(.payment)),
      ("unknown birth block", bytes(SignedExtra(era: Era(period: 64, current: 40), nonce: 0)), .invalid(.ancientBirthBlock)),
      (
        "signed inherent", bytes(SignedExtra(era: .immortal, nonce: 0), call: .timestamp(.set(now: Compact(5000)))),
        .invalid(.mandatoryValidation)
      ),
      ("second timestamp", Executive.timestampInherent(2000), .invalid(.badMandatory)),
      ("unsigned call", Extrinsic(call: transfer(1), signature: nil).encoded(), .unknown(.noUnsignedValidator)),
    ]
    for (name, bytes, expected) in cases {
      let before = context.trace
      #expect(throws: expected, "\(name)") { try Executive.apply(bytes, signatureChecked: false, in: context) }
      #expect(context.trace == before, "\(name) left a trace")
    }
    let good = bytes(SignedExtra(era: .immortal, nonce: 0))
    try Executive.apply(good, signatureChecked: false, in: context)
    #expect(throws: TransactionValidityError.invalid(.stale), "a replay") {
      try Executive.apply(good, signatureChecked: false, in: context)
    }
  }

  @Test("a flipped bit anywhere in a signed extrinsic never moves units") func tampering() throws {
    let (context, signing) = try firstBlock()
    let good = Extrinsic(call: transfer(unit), extra: SignedExtra(era: .immortal, nonce: 0), context: signing, key: alice).encoded()
    for bit in 0..<good.count * 8 {
      var bytes = good
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: TransactionValidityError.self, "bit \(bit)") { try Executive.apply(bytes, signatureChecked: false, in: context) }
    }
    #expect(try BalancesPallet.freeBalance(of: bob, in: context) == 0)
  }

  @Test(
    "a spec's mistakes are named",
    arguments: [
      ("authorities[0]", { @Sendable (s: inout ChainSpec) in s.authorities = ["0x00"] }),
      ("authorities", { s in s.authorities = [] }),
      ("sudo", { s in s.sudo = "nobody" }),
      ("balances[0].account", { s in s.balances[0].account = "5C7C2Z5sWbytvHpuLTvzKunnnRwQxft1jiqrLD5rhucQ5S9Y" }),
      ("balances[0].amount", { s in s.balances[0].amount = "1.5" }),
      ("balances", { s in s.balances[0].amount = "1" }),
      ("assets[0].minimumBalance", { s in s.assets[0].minimumBalance = "-1" }),
      ("links[0].paraId", { s in s.links[0].paraId = s.paraId }),
      ("network", { s in s.network = "" }),
      ("genesisTime", { s in s.genesisTime = EchoRuntime.latestGenesisTime + 1 }),
      ("genesisTime", { s in s.genesisTime = .max }),
      ("balances[2].account", { s in s.balances.append(s.balances[0]) }),
      // The same account in another notation.
      (
        "assets[0].balances[1].account",
        { s in s.assets[0].balances.append(.init(account: SS58.encode(alice.publicKey.accountID, prefix: 42), amount: "7")) }
      ),
      // An endowment of a fee collector's own is not topped up.
      ("balances", { s in s.balances[1].amount = "\(EchoRuntime.existentialDeposit - 1)" }),
    ] as [(String, @Sendable (inout ChainSpec) -> Void)])
  func specErrors(field: String, change: @Sendable (inout ChainSpec) -> Void) {
    let bad = spec(change)
    let error = #expect(throws: ChainSpecError.self) { try EchoRuntime.buildGenesis(bad, in: .onEmptyState()) }
    #expect(error?.field == field)
  }

  @Test("fees are never burnt: whoever collects them exists from genesis") func feeCollectors() throws {
    let context = ExecutionContext.onEmptyState()
    try EchoRuntime.buildGenesis(spec { $0.genesisTime = EchoRuntime.latestGenesisTime }, in: context)
    #expect(try BalancesPallet.freeBalance(of: EchoRuntime.treasury, in: context) == unit)
    let deposit = EchoRuntime.existentialDeposit
    for pot in [EchoRuntime.relayerPot, EchoRuntime.royaltyPot, EchoRuntime.marketPot] {
      #expect(try BalancesPallet.freeBalance(of: pot, in: context) == deposit)
    }
    #expect(try BalancesPallet.totalIssuance(in: context) == 101 * unit + 3 * deposit)
    let bare = ExecutionContext.onEmptyState()
    let nobody = spec {
      $0.balances = []
      $0.assets = []
    }
    try EchoRuntime.buildGenesis(nobody, in: bare)
    #expect(try BalancesPallet.freeBalance(of: EchoRuntime.treasury, in: bare) == deposit)
    #expect(try BalancesPallet.totalIssuance(in: bare) == 4 * deposit)
  }
}
