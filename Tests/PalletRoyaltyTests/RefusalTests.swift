import PalletRoyalty
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

private func share(_ byte: UInt8, _ units: UInt32) -> Royalty.Share { Royalty.Share(account(byte), units: units) }
private let all = [share(1, 1_000_000)]
private let many = (0..<65).map { share($0, $0 == 0 ? 1_000_000 - 64 : 1) }

/// A refused call, who makes it, and why.
private struct Refusal: CustomTestStringConvertible, Sendable {
  var call: Royalty.Call
  var origin = Origin.test(1)
  var expected: DispatchError
  var testDescription: String { "\(expected): \(call)" }

  init(_ call: Royalty.Call, _ failure: Royalty.Failure, by origin: Origin = .test(1)) {
    (self.call, self.origin, expected) = (call, origin, TestRoyalty.failure(failure))
  }
  init(_ call: Royalty.Call, error: DispatchError, by origin: Origin) { (self.call, self.origin, expected) = (call, origin, error) }
}

private func register(
  royalty: UInt32 = 1, members: [Royalty.Share] = all, parents: [Royalty.ParentLink] = [], tag: UInt64 = 50,
  mode: Royalty.DerivativeMode = .relative
) -> Royalty.Call {
  .registerWork(
    meta: H256(words: Words32(tag, 1, 2, 3)), royalty: royalty, members: members, parents: parents, mode: mode, isImmutable: false)
}

/// The work that ``RefusalTests`` begins with.
private let work = TestRoyalty.workID(owner: .test(1), meta: H256(words: Words32(1, 1, 2, 3)))
private func parent(_ share: UInt32, licence: UInt64? = nil, of id: H256 = work) -> Royalty.ParentLink {
  Royalty.ParentLink(work: id, licence: licence, share: share)
}
private func terms(to destination: Location, keeperRate: UInt32 = 0, minimum: Balance = 0, isPaused: Bool = false) -> Royalty.PayoutTerms {
  Royalty.PayoutTerms(destination: destination, minimum: minimum, keeperRate: keeperRate, isAutomatic: false, isPaused: isPaused)
}

@Suite("Refused royalty calls") struct RefusalTests {
  private let chain = TestRoyalties()

  /// Split 0 is the work's, of accounts 1 and 2 and somebody on chain 2001; split 1 cannot change; split 2 has a change
  /// announced; split 3 has account 4, whose payments are paused, and pays split 0's income on.
  init() {
    chain.work(1, royalty: 100_000, members: [(account(1), 400_000), (account(2), 400_000), (.remote(remote), 200_000)])
    _ = chain.run(.createSplit(members: all, isImmutable: true))
    chain.split([(account(1), 1_000_000)])
    chain.split([(account(4), 500_000), (.splitPot(0), 500_000)])
    _ = chain.run(.proposeChange(split: 2, members: all))
    _ = chain.run(.setPayout(terms: terms(to: .account(.test(4)), isPaused: true)), .test(4))
    _ = chain.run(.setPayout(terms: terms(to: .account(.test(2)), minimum: 1_000_000)), .test(2))
    _ = chain.run(.pay(work: work, asset: here, amount: 1_000_000, reference: .zero), .test(9))
  }

  @Test(
    "a refused call leaves no trace",
    arguments: [
      Refusal(register(royalty: 975_001), .stackTooHigh),
      Refusal(register(members: [share(1, 999_999)]), .unitsMismatch),
      Refusal(register(members: [share(1, 1_000_000), share(2, 0)]), .unitsMismatch),
      Refusal(register(members: []), .tooManyMembers),
      Refusal(register(members: many), .tooManyMembers),
      Refusal(register(members: [share(1, 500_000), share(1, 500_000)]), .duplicateMember),
      Refusal(register(members: [Royalty.Share(.splitPot(77), units: 1_000_000)]), .unknownSplit),
      Refusal(register(members: [Royalty.Share(.remote(.account(.test(5))), units: 1_000_000)]), .isLocal),
      Refusal(register(tag: 1), .workExists),
      Refusal(register(parents: [parent(250_001)]), .stackTooHigh),
      Refusal(register(parents: [parent(1, of: .zero)]), .unknownWork),
      Refusal(register(parents: [parent(1), parent(1)]), .duplicateMember),
      Refusal(register(parents: (0..<5).map { _ in parent(1) }), .depth),
      Refusal(register(parents: [parent(100_000)]), .notLicensed, by: .test(3)),
      Refusal(register(parents: [parent(99_999, licence: 7)]), .notLicensed, by: .test(2)),
      Refusal(register(parents: [parent(100_000, licence: 8)]), .notLicensed, by: .test(2)),
      Refusal(register(parents: [parent(100_000, licence: 6)]), .notLicensed, by: .test(2)),
      Refusal(register(), error: .token(.fundsUnavailable), by: .test(99)),
      Refusal(.proposeChange(split: 77, members: all), .unknownSplit),
      Refusal(.proposeChange(split: 0, members: all), .notController, by: .test(2)),
      Refusal(.proposeChange(split: 1, members: all), .immutable),
      Refusal(.proposeChange(split: 2, members: all), .noticePending),
      Refusal(.proposeChange(split: 0, members: [Royalty.Share(.splitPot(0), units: 1_000_000)]), .cycle),
      Refusal(.proposeChange(split: 0, members: [Royalty.Share(.splitPot(3), units: 1_000_000)]), .cycle),
      Refusal(.activateChange(split: 77), .unknownSplit),
      Refusal(.activateChange(split: 0), .noChange),
      Refusal(.activateChange(split: 2), .noticePending),
      Refusal(.withdrawChange(split: 0), .noChange),
      Refusal(.withdrawChange(split: 2), .notController, by: .test(2)),
      Refusal(.transferUnits(split: 77, to: account(2), units: 1), .unknownSplit),
      Refusal(.transferUnits(split: 0, to: account(2), units: 0), .zeroAmount),
      Refusal(.transferUnits(split: 0, to: account(2), units: 400_001), .notMember),
      Refusal(.transferUnits(split: 0, to: account(1), units: 1), .notMember),
      Refusal(.transferUnits(split: 0, to: account(2), units: 1), .notMember, by: .test(3)),
      Refusal(.transferUnits(split: 0, to: .splitPot(3), units: 1), .cycle),
      Refusal(.transferUnits(split: 0, to: .remote(.account(.test(5))), units: 1), .isLocal),
      Refusal(.pay(work: .zero, asset: here, amount: 1, reference: .zero), .unknownWork),
      Refusal(.pay(work: work, asset: here, amount: 0, reference: .zero), .zeroAmount),
      Refusal(.pay(work: work, asset: studio, amount: 1, reference: .zero), .assetNotAccepted),
      Refusal(.pay(work: work, asset: here, amount: 1, reference: .zero), error: .token(.fundsUnavailable), by: .test(20)),
      Refusal(.claim(split: 77, asset: here), .unknownSplit),
      Refusal(.claim(split: 0, asset: gold), .nothingDue),
      Refusal(.claimFor(party: account(3), split: 0, asset: here), .nothingDue),
      Refusal(.claimFor(party: account(2), split: 0, asset: here), .belowMinimum),
      Refusal(.claimFor(party: account(4), split: 3, asset: here), .paused),
      Refusal(.claimFor(party: .remote(remote), split: 0, asset: here), .isRemote),
      Refusal(.claimFor(party: .splitPot(0), split: 3, asset: here), .badTerms),
      Refusal(.pullEdge(from: 3, to: 77, asset: here), .unknownSplit),
      Refusal(.pullEdge(from: 3, to: 0, asset: here), .nothingDue),
      Refusal(.setPayout(terms: terms(to: here, keeperRate: 20_001)), .badTerms),
      Refusal(.setPayout(terms: terms(to: studio)), .badTerms),
      Refusal(.setAutomatic(split: 0, asset: here, isOn: true), .badTerms),
      Refusal(.setAutomatic(split: 0, asset: here, isOn: false), .automaticQueue),
      Refusal(.claimRemote(chain: studio, asset: here, claims: []), .badBatch),
      Refusal(.claimRemote(chain: here, asset: here, claims: [Royalty.Claim(split: 0, party: .remote(remote))]), .badBatch),
      Refusal(.claimRemote(chain: gold, asset: here, claims: [Royalty.Claim(split: 0, party: .remote(remote))]), .badBatch),
      Refusal(
        .claimRemote(chain: studio, asset: here, claims: [Royalty.Claim](repeating: .init(split: 0, party: .remote(remote)), count: 2)),
        .badBatch),
      Refusal(.claimRemote(chain: studio, asset: here, claims: [Royalty.Claim(split: 0, party: account(1))]), .isLocal),
      Refusal(.claimRemote(chain: studio, asset: gold, claims: [Royalty.Claim(split: 0, party: .remote(remote))]), .nothingDue),
      Refusal(.returnPayout(payout: 0), .unknownPayout),
      Refusal(.recoverPayout(payout: 0, amount: 1, isTrapped: false), .unknownPayout),
      Refusal(.freezeEdge(child: work, parent: work), .unknownEdge, by: .root),
      Refusal(.resolveEdge(child: work, parent: work), .unknownEdge, by: .root),
      Refusal(.freezeEdge(child: work, parent: work), error: .badOrigin, by: .test(1)),
      Refusal(.sweepUnattributed(asset: studio), .assetNotAccepted),
      Refusal(.sweepUnattributed(asset: here), .nothingDue),
      Refusal(.acceptAsset(asset: here), .assetAccepted),
      Refusal(.acceptAsset(asset: TestBook.unknown), .assetNotAccepted),
      Refusal(.closeSplit(split: 77), .unknownSplit),
      Refusal(.closeSplit(split: 0), .splitInUse),
      Refusal(.closeSplit(split: 2), .splitInUse),
      Refusal(.closeSplit(split: 1), .notController, by: .test(2)),
      Refusal(.claim(split: 0, asset: here), error: .badOrigin, by: .none),
      Refusal(.transferUnits(split: 0, to: account(1), units: 1), error: .badOrigin, by: .xcm(location: [1])),
    ])
  private func refused(refusal: Refusal) {
    let before = chain.context.trace
    #expect(chain.run(refusal.call, refusal.origin) == refusal.expected)
    #expect(chain.context.trace == before)
  }

  @Test("a payout that is not worth its fee waits") func small() throws {
    let split = chain.split([(.remote(remote), 1_000_000)])
    let id = chain.work(9, royalty: 1, members: [(.splitPot(split), 1_000_000)])
    #expect(chain.run(.pay(work: id, asset: here, amount: 1_000_000, reference: .zero), .test(9)) == nil)
    #expect(chain.run(.pullEdge(from: try chain.row(id).ownSplit, to: split, asset: here)) == nil)
    #expect(try chain.due(.remote(remote), split) == 1_000_000)
    let claims = [Royalty.Claim(split: 0, party: .remote(remote))]
    let acc = try #require(try Royalty.acc.get(0, here, in: chain.context))
    #expect(acc.perUnit == 1)
    // 200,000 units are due there, far above 20 times 3; a sender that asks for more is tested with a price of its own.
    #expect(chain.run(.claimRemote(chain: studio, asset: here, claims: claims), .test(9)) == nil)
  }

  @Test("no more than sixteen assets have income in one split, eight of them by strangers' choice") func assets() throws {
    for number in UInt32(0)..<16 {
      let asset = Location.sibling(3_000 + number)
      TestBook.balances.set(asset, .test(9), to: 10_000_000, in: chain.context)
      TestBook.balances.set(asset, TestConfig.pot, to: 10, in: chain.context)
      Royalty.accepted.set(asset, to: 10, in: chain.context)
      let pay = Royalty.Call.pay(work: work, asset: asset, amount: 1_000, reference: .zero)
      // The native asset has been paid before.
      #expect(chain.run(pay, .test(9)) == (number < 7 ? nil : TestRoyalty.failure(.tooManyAssets)))
      let reserved: DispatchError?
      do throws(DispatchError) {
        try TestRoyalty.reserve(asset, for: work, in: chain.context)
        reserved = nil
      } catch { reserved = error }
      #expect(reserved == (number < 15 ? nil : TestRoyalty.failure(.tooManyAssets)))
      #expect(chain.run(pay, .test(9)) == reserved)
    }
  }
}
