import Foundation
import Testing

/// The laws of product design 2.1, I1 to I7, after every one of many random operations.
///
/// `ECHOCHAIN_MARKET_SEED` chooses the seeds, `fresh` draws new ones; each failure prints the seed that replays it.
@Suite("Market laws") struct InvariantTests {
  private static let runs = 25
  private static let operations = 4_000
  private static let first: UInt64 = {
    switch ProcessInfo.processInfo.environment["ECHOCHAIN_MARKET_SEED"] {
    case "fresh": UInt64.random(in: 0...(.max / 2))
    case .some(let text): UInt64(text) ?? 20_261
    case nil: 20_261
    }
  }()

  @Test("I1 to I7 hold after every one of 4,000 random operations", arguments: (0..<UInt64(runs)).map { first &+ $0 })
  func laws(seed: UInt64) throws {
    var model = MarketModel(seed: seed)
    for step in 0..<Self.operations {
      model.operate()
      if let broken = try model.brokenLaw() {
        Issue.record("seed \(seed), step \(step): \(broken) after \(model.operation)")
        return
      }
    }
    if let broken = try model.brokenEnd() { Issue.record("seed \(seed), at the end: \(broken)") }
    #expect(model.accepted > Self.operations / 3, "seed \(seed): only \(model.accepted) operations were accepted")
    // A run that meets no state of some kind has tested nothing of it.
    for state in ["released", "refunded", "split", "cancelled"] {
      #expect(model.seen.values.contains { "\($0)".hasPrefix(state) }, "seed \(seed): no order is \(state)")
    }
  }
}
