import PalletMarketplace
import PalletSupport
import Primitives
import RuntimeKit
import Testing
import XCM

@Suite("Refused market calls") struct RefusalTests {
  private let chain = TestMarkets()

  init() throws { try Standing.make(in: chain) }

  @Test("a refused call leaves no trace", arguments: Refusal.all) func refused(refusal: Refusal) throws {
    try chain.pass(refusal.blocks)
    let before = chain.context.trace
    #expect(chain.run(refusal.call, refusal.origin) == refusal.expected)
    #expect(chain.context.trace == before)
  }

  @Test("every reason to refuse is met") func reasons() {
    #expect(Set(Refusal.all.compactMap(\.reason)) == Set(Marketplace.Failure.allCases))
  }

  @Test("what stands is what the refusals speak of") func standing() throws {
    let states: [(H256, Marketplace.OrderState)] = [
      (Standing.funded, .funded), (Standing.delivered, .delivered), (Standing.key, .delivered),
      (Standing.unanswered, .challenged(block: 0, bond: 500_000, remaining: 100)), (Standing.expired, .released),
      (Standing.licensed, .released), (Standing.undelivered, .funded), (Standing.unconfirmed, .delivered), (Standing.judged, .judging),
      (Standing.challenged, .challenged(block: 0, bond: 500_000, remaining: 98)), (Standing.asked, .judging),
      (Standing.jurors, .delivered),
    ]
    for (id, state) in states { #expect(try chain.order(id).state == state) }
    #expect(try chain.now == 43)
  }
}
