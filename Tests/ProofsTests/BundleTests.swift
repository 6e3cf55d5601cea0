import Finality
import Lanes
import LightClient
import Primitives
import Proofs
import ScaleCodec
import StateTrie
import Testing

private let balance = StorageClaim(key: FakeChain.balanceKey, value: .equals([1, 2, 3]))

@Suite("Proof bundles") struct BundleTests {
  @Test(
    "a bundle verifies",
    arguments: [
      (block: 12, certificate: 12, anchor: 2), (block: 11, certificate: 12, anchor: 2),
      (block: 2, certificate: 11, anchor: 0),
      (block: 0, certificate: 3, anchor: 0), (block: 10, certificate: 10, anchor: 1),
    ] as [(block: BlockNumber, certificate: BlockNumber, anchor: UInt64)])
  func verifies(block: BlockNumber, certificate: BlockNumber, anchor: UInt64) throws {
    let chain = try FakeChain()
    let bundle = try chain.bundle(block: block, certificate: certificate, anchor: anchor, claims: [balance])
    let decoded = try ProofBundle(decoding: bundle.encoded())
    #expect(decoded == bundle)
    let findings = decoded.examine(anchor: chain.anchor(anchor))
    #expect(findings.report.isValid, "\(String(describing: findings.report.failure))")
    #expect(findings.header == chain.headers[Int(block)])
    #expect(findings.answers == [.value([1, 2, 3])])
    let steps: [VerificationStep] = [
      .trustAnchor, .validatorSet, .signatures, .mmrLeaf, .header, .stateRoot, .storageProof,
    ]
    #expect(Set(findings.report.entries.map(\.step)) == Set(steps))
    #expect(findings.report.entries.count == steps.count + bundle.handovers.count)
  }

  @Test("without an anchor the report says so") func selfClaimed() throws {
    let chain = try FakeChain()
    let report = verify(try chain.bundle(block: 12, certificate: 12, anchor: 2, claims: [balance]), anchor: nil)
    #expect(report.isValid)
    guard case .passed(let fact) = report.entries.first?.outcome else { throw Missing() }
    #expect(fact.contains("claimed by the bundle itself"))
  }

  @Test("one proof carries a batch of messages", arguments: [1, 2, 100] as [UInt64])
  func messages(count: UInt64) throws {
    let chain = try FakeChain()
    let bundle = try chain.bundle(block: 11, certificate: 12, anchor: 2, messages: FakeChain.claim(.outbound, 1, count))
    let findings = try ProofBundle(decoding: bundle.encoded()).examine(anchor: chain.anchor(2))
    #expect(findings.report.isValid, "\(String(describing: findings.report.failure))")
    #expect(findings.report.entries.last?.step == .message)
    let expected = (1...count).map {
      ProvenMessage(lane: FakeChain.lane, nonce: $0, row: .outbound(FakeChain.message($0)))
    }
    #expect(findings.messages == expected)
    // Every message stands there once, and what 100 messages share is paid for once.
    #expect(bundle.encoded().count < 1900 + 260 * Int(count))
  }

  @Test("receipts, and their absence") func receipts() throws {
    let chain = try FakeChain()
    let received = try chain.bundle(block: 12, certificate: 12, anchor: 2, messages: FakeChain.claim(.receipts, 1, 3))
    let findings = received.examine(anchor: nil)
    #expect(findings.messages.map(\.row) == (1...3).map { .receipt(FakeChain.receipt($0)) })
    let missing = try chain.bundle(block: 12, certificate: 12, anchor: 2, messages: FakeChain.claim(.noReceipts, 4, 6))
    #expect(missing.examine(anchor: nil).messages.map(\.row) == [.noReceipt, .noReceipt, .noReceipt])
  }

  @Test("claims beside messages, present and absent") func claims() throws {
    let chain = try FakeChain()
    let claims = [
      StorageClaim(key: [1], value: .absent), balance,
      StorageClaim(key: MessageKeys.outboundLane(FakeChain.lane), value: .present),
    ].sorted { $0.key.lexicographicallyPrecedes($1.key) }
    let bundle = try chain.bundle(
      block: 12, certificate: 12, anchor: 2, claims: claims, messages: FakeChain.claim(.outbound, 3, 5))
    let findings = bundle.examine(anchor: nil)
    #expect(findings.report.isValid, "\(String(describing: findings.report.failure))")
    #expect(findings.answers.contains(.value(OutboundLane(mode: .unordered).encoded())))
  }

  @Test("a header alone can be proven") func headerOnly() throws {
    let chain = try FakeChain()
    let report = verify(try chain.bundle(block: 5, certificate: 7, anchor: 1), anchor: chain.anchor(1))
    #expect(report.isValid, "\(String(describing: report.failure))")
  }

  @Test(
    "texts that could deceive are refused",
    arguments: ["a\u{1b}[2Jb", "a\u{202e}b", "a\nb", String(repeating: "x", count: 65)])
  func texts(name: String) {
    #expect(ChainClaim(chain: name, network: "n", genesisHash: .zero) == nil)
    #expect(ChainClaim(chain: "c", network: name, genesisHash: .zero) == nil)
  }

  @Test("decoding refuses another magic, version, end and length") func decoding() throws {
    let bytes = try FakeChain(blocks: 1).bundle(block: 1, certificate: 1, anchor: 0, claims: [balance]).encoded()
    for count in [0, 4, 5, bytes.count / 2, bytes.count - 1] {
      #expect(throws: ScaleError.self) { try ProofBundle(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: ScaleError.trailingBytes(count: 1)) { try ProofBundle(decoding: bytes + [0]) }
    for index in [0, 4] {
      var other = bytes
      other[index] ^= 1
      #expect(throws: ScaleError.self) { try ProofBundle(decoding: other) }
    }
    #expect(throws: ScaleError.self) {
      try ProofBundle(decoding: [UInt8](repeating: 0, count: ProofBundle.maximumSize + 1))
    }
  }
}

@Suite("Message keys") struct MessageKeyTests {
  @Test("keys are pinned") func pinned() {
    let lane = FakeChain.lane
    let laneText = String(repeating: "1a", count: 32)
    let pallet = "9ea3e2d10fdb9a071f2f534d51b0961f"
    #expect(
      Hex.encode(MessageKeys.outbound(lane, 0x0102), prefix: false) == pallet + "496ae965f02528dbcfd849014d008d3a"
        + laneText + "0000000000000102")
    #expect(
      Hex.encode(MessageKeys.receipt(lane, 1), prefix: false) == pallet + "5087a88ab53079a394ab62a465d46183" + laneText
        + "0000000000000001")
    #expect(
      Hex.encode(MessageKeys.outboundLane(lane), prefix: false) == pallet + "96c246acb9b55077390e3ca723a0ca1f"
        + laneText)
    #expect(
      Hex.encode(MessageKeys.inboundLane(lane), prefix: false) == pallet + "e5f83cf83f2127eb47afdc35d6e43fab" + laneText
    )
  }
}
