import Finality
import Hashing
import LightClient
import Primitives
import TestKit
import Testing

/// The light client in ten lines: what it may believe, without a word on how it is stored or proven.
private struct Model {
  var accepted: [BlockNumber: (digest: H256, time: Milliseconds, set: UInt64)]
  var session: UInt64
  var frozen = false
  var newest: BlockNumber { accepted.keys.max() ?? 0 }

  /// What must become of a commitment with valid signatures of its own set.
  mutating func offer(_ commitment: Commitment, handover: Bool, now: Milliseconds, drift: Milliseconds) -> String {
    let (number, time, set) = (commitment.blockNumber, commitment.timestamp, commitment.validatorSetID)
    if frozen { return "refused" }
    if accepted[number]?.digest == commitment.digest { return "known" }
    guard set <= session + 1, time < now + drift, handover == (number > newest && set == session + 1) else {
      return "refused"
    }
    let lower = accepted.filter { $0.key < number }.max { $0.key < $1.key }?.value
    let upper = accepted.filter { $0.key > number }.min { $0.key < $1.key }?.value
    if accepted[number] != nil || (lower.map { $0.time >= time } ?? false) || (upper.map { $0.time <= time } ?? false) {
      frozen = true
      return "frozen"
    }
    if let lower, lower.set > set { return "refused" }
    if let upper, upper.set < set { return "refused" }
    let advances = number > newest
    accepted[number] = (commitment.digest, time, set)
    if handover { session += 1 }
    return advances ? "advanced" : "filled"
  }
}

@Suite("Light client against its model") struct ModelTests {
  private static let chain = Result { try ForeignChain(blocks: 60) }

  @Test("random updates, honest and not", arguments: 0..<60 as Range<UInt64>)
  func agrees(seed: UInt64) throws {
    let chain = try Self.chain.get()
    var random = SeededRandom(seed: seed)
    var bench = try Bench(chain)
    let first = chain.commitment(1)
    var model = Model(accepted: [1: (first.digest, first.timestamp, 0)], session: 0)
    var now = chain.host(after: 1).now
    for step in 0..<40 {
      now += Milliseconds.random(in: 0..<3_000, using: &random)
      let before = bench
      let (update, broken) = try offer(chain, model: model, &random)
      let commitment = update.certificate.commitment
      let outcome = bench.update(update, host: HostMoment(now: now, block: 1))
      let expected =
        broken && model.accepted[commitment.blockNumber]?.digest != commitment.digest
        ? "refused"
        : model.offer(commitment, handover: update.handover != nil, now: now, drift: ClientState.defaultDrift)
      #expect(kind(outcome) == expected, "seed \(seed), step \(step): \(outcome)")
      if expected == "refused" || expected == "known" { #expect(bench == before, "seed \(seed), step \(step)") }
      #expect(bench.client.number == model.newest, "seed \(seed), step \(step)")
      #expect(bench.client.current.id == model.session && bench.client.next.id == model.session + 1)
      #expect(bench.store.retention().heights == model.accepted.keys.sorted(), "seed \(seed), step \(step)")
      #expect((bench.client.status == .frozen) == model.frozen, "seed \(seed), step \(step)")
    }
  }

  /// One update: mostly honest and near the newest height; else older, skipping, forged, or badly signed.
  private func offer(
    _ chain: ForeignChain, model: Model, _ random: inout SeededRandom
  ) throws -> (update: ClientUpdate, broken: Bool) {
    let newest = model.newest
    let number =
      random.chance(2, in: 3)
      ? min(60, newest + BlockNumber.random(in: 1...5, using: &random)) : BlockNumber.random(in: 1...60, using: &random)
    var commitment = chain.commitment(number)
    if random.chance(1, in: 25) { forge(&commitment, &random) }
    let isHandover = number > newest && commitment.validatorSetID == model.session + 1
    let honest = commitment == chain.commitment(number)
    // A forged root proves no leaf: leave the leaf out, or the refusal has two reasons.
    let withLeaf = honest && isHandover != random.chance(1, in: 20)
    var update = ClientUpdate(
      certificate: try ForeignChain.certify(commitment),
      handover: withLeaf ? try chain.handover(leafOf: number, at: number) : nil)
    guard random.chance(1, in: 8) else { return (update, false) }
    var list = update.certificate.proof.signed.signatures.signatures
    let signers = update.certificate.proof.signed.signatures.signers
    switch Int.random(in: 0..<3, using: &random) {
    case 0: list[signers[0]] = nil
    case 1: list[signers[0]] = list[signers[1]]
    default: update.certificate.addresses.swapAt(0, 1)
    }
    if let changed = SignatureList(list) { update.certificate.proof.signed.signatures = changed }
    return (update, true)
  }

  private func forge(_ commitment: inout Commitment, _ random: inout SeededRandom) {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: commitment.headerHash = Hash.keccak256(random.bytes(4))
    case 1: commitment.timestamp += Milliseconds.random(in: 1...9_000, using: &random)
    case 2: commitment.timestamp -= Milliseconds.random(in: 1...9_000, using: &random)
    case 3: commitment.validatorSetID = commitment.validatorSetID.subtractingSaturating(1)
    default: commitment.validatorSetID += 1
    }
  }

  private func kind(_ outcome: UpdateOutcome) -> String {
    switch outcome {
    case .advanced: "advanced"
    case .filled: "filled"
    case .known: "known"
    case .frozen: "frozen"
    case .refused: "refused"
    }
  }
}
