import EchoRuntime
import Hashing
import Keys
import PalletBalances
import PalletSupport
import PalletSystem
import PalletUtility
import Primitives
import RuntimeKit
import ScaleCodec
import TestKit
import Testing

struct EthereumSigningVectors: Decodable, Sendable {
  struct Chain: Decodable, Sendable {
    let name: HexBytes
    let symbol: String
    let decimals: UInt8
  }
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let signer: String
    let chain: Chain
    let call: HexBytes
    let extra: HexBytes
    let specVersion: UInt32
    let transactionVersion: UInt32
    let genesisHash: HexBytes
    let birthHash: HexBytes
    let text: String
    let typedData: String
    let typedDataHash: HexBytes
    let signature: HexBytes
    let typedSignature: HexBytes
    var testDescription: String { name }

    func context() throws -> SigningContext {
      SigningContext(
        specVersion: specVersion, transactionVersion: transactionVersion, genesisHash: try #require(H256(genesisHash.bytes)),
        birthHash: try #require(H256(birthHash.bytes)),
        chain: ChainNames(name: chain.name.bytes, tokenSymbol: Array(chain.symbol.utf8), tokenDecimals: chain.decimals))
    }
    func account() throws -> AccountID { try #require(EthereumAddress(hex: signer)).accountID }
    func text(_ bytes: [UInt8]) throws -> MultiSignature { .eth(try #require(RecoverableSignature(bytes))) }
    func typed(_ bytes: [UInt8]) throws -> MultiSignature { .ethTypedData(try #require(RecoverableSignature(bytes))) }
    func extrinsic(_ signature: MultiSignature) throws -> Extrinsic {
      Extrinsic(
        call: try RuntimeCall(decoding: call.bytes),
        signature: .init(signer: try account(), signature: signature, extra: try SignedExtra(decoding: extra.bytes)))
    }
  }
  let cases: [Case]
  static let all: EthereumSigningVectors = Fixture.json("signing/ethereum.json")
}

@Suite("Signatures of Ethereum wallets over words") struct EthereumSigningTests {
  typealias Case = EthereumSigningVectors.Case

  @Test("words and typed data are those of the specification", arguments: EthereumSigningVectors.all.cases) func words(_ vector: Case)
    throws
  {
    let words = try TransactionWords(
      call: vector.call.bytes, extra: try SignedExtra(decoding: vector.extra.bytes), context: try vector.context())
    #expect(words.text == vector.text)
    #expect(words.typedDataJSON == vector.typedData)
    #expect(Hash.keccak256(words.typedData).bytes == vector.typedDataHash.bytes)
    #expect(words.text.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0a })
  }

  @Test("signatures of another implementation verify", arguments: EthereumSigningVectors.all.cases) func verifies(_ vector: Case) throws {
    let context = try vector.context()
    for signature in [try vector.text(vector.signature.bytes), try vector.typed(vector.typedSignature.bytes)] {
      let extrinsic = try vector.extrinsic(signature)
      #expect(extrinsic.verifySignature(context))
      #expect(try Extrinsic(decoding: extrinsic.encoded()) == extrinsic)
    }
    #expect(try !vector.extrinsic(vector.typed(vector.signature.bytes)).verifySignature(context), "no form stands for the other")
    #expect(try !vector.extrinsic(vector.text(vector.typedSignature.bytes)).verifySignature(context))
  }

  /// Ways in which a signed transaction may differ from the one that is sent.
  enum Change: String, CaseIterable, Sendable {
    case call, amount, nonce, tip, era, genesis, birth, specVersion, transactionVersion, chainName, symbol, decimals, account, otherKind

    func apply(_ extrinsic: inout Extrinsic, _ context: inout SigningContext) throws {
      var signed = try #require(extrinsic.signature)
      let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
      switch self {
      case .call: extrinsic.call = .system(.remark(remark: [1]))
      case .amount: extrinsic.call = .balances(.transferKeepAlive(dest: .id(bob), value: Compact(12_500_000_000_001)))
      case .nonce: signed.extra.nonce += 1
      case .tip: signed.extra.tip += 1
      case .era: signed.extra.era = Era(period: 64, current: 43)
      case .genesis: context.genesisHash = Hash.sha256([1])
      case .birth: context.birthHash = Hash.sha256([1])
      case .specVersion: context.specVersion += 1
      case .transactionVersion: context.transactionVersion += 1
      case .chainName: context.chain.name = Array("market".utf8)
      case .symbol: context.chain.tokenSymbol = Array("MRKT".utf8)
      case .decimals: context.chain.tokenDecimals = 10
      case .account: signed.signer = DevelopmentKey.bob.accountKey(.ethereum).accountID
      case .otherKind: signed.signer = DevelopmentKey.alice.secretKey.publicKey.accountID
      }
      extrinsic.signature = signed
    }
  }

  @Test("everything is bound", arguments: Change.allCases) func binds(_ change: Change) throws {
    let vector = try #require(EthereumSigningVectors.all.cases.first)
    for signature in [try vector.text(vector.signature.bytes), try vector.typed(vector.typedSignature.bytes)] {
      var context = try vector.context()
      var extrinsic = try vector.extrinsic(signature)
      #expect(extrinsic.verifySignature(context))
      try change.apply(&extrinsic, &context)
      #expect(!extrinsic.verifySignature(context))
    }
  }

  @Test("no bit of a signature may change", arguments: 0..<65) func flipped(byte: Int) throws {
    let vector = try #require(EthereumSigningVectors.all.cases.first)
    let context = try vector.context()
    for bit in 0..<8 {
      var bytes = vector.signature.bytes
      bytes[byte] ^= 1 << UInt8(bit)
      // 27 and 28 less 27 are the same claim.
      #expect(try !vector.extrinsic(vector.text(bytes)).verifySignature(context))
    }
  }

  @Test("every kind of key signs extrinsics that verify, for its own account only", arguments: SignatureScheme.allCases)
  func schemes(scheme: SignatureScheme) throws {
    let vector = try #require(EthereumSigningVectors.all.cases.first)
    let context = try vector.context()
    let call = try RuntimeCall(decoding: vector.call.bytes)
    let key = DevelopmentKey.dave.accountKey(scheme)
    let extra = try SignedExtra(decoding: vector.extra.bytes)
    var extrinsic = try Extrinsic(call: call, extra: extra, context: context, key: key)
    #expect(extrinsic.verifySignature(context))
    #expect(try Extrinsic(decoding: extrinsic.encoded()) == extrinsic)
    var other = context
    other.genesisHash = .zero
    #expect(!extrinsic.verifySignature(other))
    extrinsic.signature?.signer = DevelopmentKey.eve.accountKey(scheme).accountID
    #expect(!extrinsic.verifySignature(context))
    let bytes = extrinsic.encoded()
    for count in 0..<bytes.count where (try? Extrinsic(decoding: Array(bytes.prefix(count)))) != nil {
      Issue.record("\(count) bytes decode")
    }
  }

  private func arguments(_ call: RuntimeCall) throws -> [String] {
    let vector = try #require(EthereumSigningVectors.all.cases.first)
    return try TransactionWords(call: call.encoded(), extra: SignedExtra(era: .immortal, nonce: 0), context: try vector.context()).arguments
  }

  @Test("calls within calls, lists and options") func nested() throws {
    let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
    let inner = RuntimeCall.balances(.transferKeepAlive(dest: .id(bob), value: Compact(1_500_000_000_000)))
    #expect(
      try arguments(.utility(.batch(calls: [inner, .system(.remark(remark: Array("x".utf8)))]))) == [
        "calls: [Balances.transfer_keep_alive(dest: \(SS58.encode(bob)), value: 1.5 ECHO), System.remark(remark: \"x\")]"
      ])
    #expect(try arguments(.balances(.transferAll(dest: .index, keepAlive: true))) == ["dest: Index(())", "keep_alive: true"])
  }

  @Test("long lists are cut, and their hash tells them apart") func cut() throws {
    func words(_ count: Int, last: UInt8) throws -> String {
      var keys = [[UInt8]](repeating: [0], count: count)
      keys.append([last])
      return try #require(try arguments(.system(.killStorage(keys: keys))).first)
    }
    let sixteen = try words(15, last: 1)
    #expect(sixteen.hasSuffix(", 0x01]"))
    let many = try words(16, last: 1)
    #expect(many.utf8.count < 700 && many.hasSuffix(", ... 17 in all]"))
    let long = [[UInt8]](repeating: [UInt8](repeating: 0, count: 64), count: 8)
    #expect(try #require(try arguments(.system(.killStorage(keys: long))).first).contains("blake2b-256 0x"))
  }

  @Test("calls inside a call are all shown, or cannot be signed: a hash in the place of a call would be signed unseen") func unseen() throws
  {
    func batch(_ count: Int) -> RuntimeCall {
      .utility(.batchAll(calls: [RuntimeCall](repeating: .system(.remark(remark: [0])), count: count)))
    }
    #expect(try arguments(batch(16)).first?.contains("remark: 0x00") == true)
    #expect(throws: ScaleError.self) { try arguments(batch(17)) }
    let text = RuntimeCall.system(.remark(remark: [UInt8](repeating: 0x41, count: 64)))
    let drain = RuntimeCall.balances(.transferAll(dest: .id(DevelopmentKey.bob.secretKey.publicKey.accountID), keepAlive: false))
    #expect(try arguments(.utility(.batchAll(calls: [text, drain]))).first?.contains("transfer_all") == true)
    #expect(throws: ScaleError.self) { try arguments(.utility(.batchAll(calls: [text, text, text, text, text, text, drain]))) }
    #expect(throws: ScaleError.self) {
      try arguments(.utility(.ifElse(main: .utility(.batch(calls: [text, text, text, text, text, text, text])), fallback: drain)))
    }
  }

  @Test("a text stays short whatever the call holds") func bounded() throws {
    let vector = try #require(EthereumSigningVectors.all.cases.first)
    let call = RuntimeCall.system(.killStorage(keys: [[UInt8]](repeating: [UInt8](repeating: 0x41, count: 64), count: 20_000)))
    let words = try TransactionWords(
      call: call.encoded(), extra: SignedExtra(era: .immortal, nonce: 0), context: try vector.context())
    #expect(words.text.utf8.count < 1200)
  }

  @Test("bytes that are no call have no words", arguments: 0..<64 as Range<UInt64>) func hostile(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let vector = try #require(EthereumSigningVectors.all.cases.first)
    let bytes = random.bytes(Int.random(in: 0..<60, using: &random))
    guard (try? RuntimeCall(decoding: bytes)) == nil else { return }
    // The walk over metadata is laxer than decoding in places; it must end all the same.
    _ = try? TransactionWords(call: bytes, extra: SignedExtra(era: .immortal, nonce: 0), context: try vector.context())
    #expect(throws: (any Error).self) {
      try TransactionWords(
        call: Array(vector.call.bytes.dropLast()), extra: SignedExtra(era: .immortal, nonce: 0), context: try vector.context())
    }
  }
}

@Suite("Ethereum accounts on a chain") struct EthereumExecutiveTests {
  @Test("a wallet's transfer runs, with the names of the chain's genesis", arguments: [true, false]) func transfers(text: Bool) throws {
    let alith = DevelopmentKey.alice.accountKey(.ethereum)
    let genesis = ExecutionContext.onEmptyState()
    let spec = ChainSpec(
      name: "test", network: "test", paraId: 7, chainType: "Development", tokenSymbol: "TEST", tokenDecimals: 12, ss58Prefix: 42,
      sessionLength: 10, genesisTime: 0, authorities: [Hex.encode(DevelopmentKey.alice.secretKey.publicKey.compressed)],
      sudo: alith.accountID.hex, balances: [.init(account: alith.accountID.hex, amount: "5000000000000")], assets: [], links: [])
    try EchoRuntime.buildGenesis(spec, in: genesis)
    let context = genesis.nextBlock()
    let hash = try #require(H256([UInt8](repeating: 9, count: 32)))
    try Executive.initialize(number: 1, parentHash: hash, digest: [], in: context)
    let version = EchoRuntime.version
    let signing = SigningContext(
      specVersion: version.specVersion, transactionVersion: version.transactionVersion, genesisHash: hash, birthHash: hash,
      chain: ChainNames(name: Array("test".utf8), tokenSymbol: Array("TEST".utf8), tokenDecimals: 12))
    let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
    let call = RuntimeCall.balances(.transferKeepAlive(dest: .id(bob), value: Compact(1_000_000_000_000)))
    let extra = SignedExtra(era: .immortal, nonce: 0)
    let message = try TransactionWords(call: call.encoded(), extra: extra, context: signing)
    let answer = try RuntimeInterface.call(
      "EchoSigningApi_ethereum_message", call.encoded() + extra.encoded() + hash.bytes, in: context)
    #expect(answer == message.text.encoded())
    let json = try RuntimeInterface.call(
      "EchoSigningApi_ethereum_typed_data", call.encoded() + extra.encoded() + hash.bytes, in: context)
    #expect(json == message.typedDataJSON.encoded())
    guard case .ethereum(let secret) = alith else {
      Issue.record("another kind of key")
      return
    }
    let signature: MultiSignature =
      text
      ? alith.sign(Array(message.text.utf8)) : .ethTypedData(secret.sign(prehash: Hash.keccak256(message.typedData)))
    let extrinsic = Extrinsic(call: call, signature: .init(signer: alith.accountID, signature: signature, extra: extra))
    var wrong = extrinsic
    wrong.signature?.extra.tip = 1
    #expect(throws: TransactionValidityError.invalid(.badProof)) {
      try Executive.apply(wrong.encoded(), signatureChecked: false, in: context)
    }
    try Executive.apply(extrinsic.encoded(), signatureChecked: false, in: context)
    #expect(try BalancesPallet.freeBalance(of: bob, in: context) == 1_000_000_000_000)
    #expect(try SystemPallet.nonce(of: alith.accountID, in: context) == 1)
  }
}
