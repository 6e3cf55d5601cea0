import PalletRoyalty
import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

@Suite("Royalties") struct RoyaltyTests {
  private let chain = TestRoyalties()

  // MARK: Credit and claims

  @Test("a sale is credited by whole units, and what does not divide is carried to the next") func carry() throws {
    let split = try chain.row(chain.work(1, royalty: 100_000, members: [(account(1), 333_333), (account(2), 666_667)])).saleSplit
    let work = TestRoyalty.workID(owner: .test(1), meta: H256(words: Words32(1, 1, 2, 3)))
    for amount: Balance in [1_500_000, 700_000] {
      #expect(chain.run(.pay(work: work, asset: here, amount: amount, reference: .zero), .test(3)) == nil)
    }
    let acc = try #require(try Royalty.acc.get(split, here, in: chain.context))
    #expect(acc.perUnit == 2 && acc.carry == 200_000 && acc.received == 2_200_000 && acc.n == 2)
    #expect(try chain.due(account(1), split) == 666_666)
    #expect(try chain.due(account(2), split) == 1_333_334)
    let before = try chain.balance(2)
    #expect(chain.run(.claim(split: split, asset: here), .test(2)) == nil)
    #expect(try chain.balance(2) == before + 1_333_334)
    #expect(chain.run(.claim(split: split, asset: here), .test(2)) == TestRoyalty.failure(.nothingDue))
  }

  @Test("rows of a statement hash to the head, and each names the block of the one before") func statement() throws {
    let work = chain.work(1, royalty: 100_000, members: [(account(1), 1_000_000)])
    var head = H256.zero
    for (n, amount) in [Balance(2_000_000), 3_000_000, 5_000_000].enumerated() {
      try chain.pass(3)
      #expect(chain.run(.pay(work: work, asset: here, amount: amount, reference: H256(words: Words32(UInt64(n), 0, 0, 0)))) == nil)
      head = Royalty.chained(
        head,
        Royalty.StatementRow(
          n: UInt64(n), work: work, reference: H256(words: Words32(UInt64(n), 0, 0, 0)), asset: here, amount: amount,
          block: 4 + 3 * BlockNumber(n)))
    }
    let acc = try #require(try Royalty.acc.get(try chain.row(work).saleSplit, here, in: chain.context))
    #expect(acc.head == head && acc.lastBlock == 10)
    let blocks = chain.context.events(of: TestRoyalty.self).compactMap { event -> BlockNumber? in
      if case .credited(_, _, _, _, _, _, let previous) = event { previous } else { nil }
    }
    #expect(blocks == [0, 4, 7])
  }

  @Test("a keeper pays somebody else and keeps the tip that the terms grant") func keeper() throws {
    let split = chain.split([(account(2), 1_000_000)])
    let work = chain.work(1, royalty: 100_000, members: [(.splitPot(split), 1_000_000)])
    let own = try chain.row(work).ownSplit
    #expect(
      chain.run(
        .setPayout(
          terms: Royalty.PayoutTerms(
            destination: .account(.test(4)), minimum: 100, keeperRate: 20_000, isAutomatic: false, isPaused: false)), .test(2)) == nil)
    #expect(chain.run(.pay(work: work, asset: gold, amount: 5_000_000, reference: .zero), .test(3)) == nil)
    #expect(chain.run(.pullEdge(from: own, to: split, asset: gold), .test(9)) == nil)
    let (payee, keeper) = (try chain.balance(4, gold), try chain.balance(9, gold))
    #expect(chain.run(.claimFor(party: account(2), split: split, asset: gold), .test(9)) == nil)
    #expect(try chain.balance(4, gold) == payee + 4_900_000)
    #expect(try chain.balance(9, gold) == keeper + 100_000)
  }

  // MARK: Derivatives

  /// A work, a remix of it, and a remix of that, each with its own owner's royalty of 200,000 and a parent's share of 100,000.
  private func generations(_ mode: Royalty.DerivativeMode) throws -> [Royalty.Work] {
    var works: [H256] = []
    for generation in UInt8(0)..<3 {
      let parents = works.last.map { [Royalty.ParentLink(work: $0, licence: nil, share: 100_000)] } ?? []
      works.append(chain.work(generation, royalty: 200_000, members: [(account(1 + generation), 1_000_000)], parents: parents, mode: mode))
    }
    return try works.map { try chain.row($0) }
  }

  @Test("in relative mode a parent's share flows on from parent to parent") func relative() throws {
    let works = try generations(.relative)
    #expect(works.map(\.stack) == [200_000, 300_000, 300_000] && works.map(\.depth) == [0, 1, 2])
    let last = TestRoyalty.workID(owner: .test(1), meta: works[2].meta)
    // 300,000 of a price of a million is the royalty that a market would credit.
    #expect(chain.run(.pay(work: last, asset: here, amount: 3_000_000, reference: .zero), .test(9)) == nil)
    #expect(try chain.due(.splitPot(works[1].saleSplit), works[2].saleSplit) == 1_000_002)
    #expect(try chain.due(.splitPot(works[2].ownSplit), works[2].saleSplit) == 1_999_998)
    #expect(chain.run(.pullEdge(from: works[2].saleSplit, to: works[1].saleSplit, asset: here)) == nil)
    #expect(chain.run(.pullEdge(from: works[1].saleSplit, to: works[0].saleSplit, asset: here)) == nil)
    let acc = try #require(try Royalty.acc.get(works[0].saleSplit, here, in: chain.context))
    #expect(acc.received == 333_334)
  }

  @Test("in absolute mode every ancestor has its own share of every descendant") func absolute() throws {
    let works = try generations(.absolute)
    #expect(works.map(\.stack) == [200_000, 300_000, 400_000] && works.map(\.ancestorShare) == [0, 100_000, 200_000])
    let last = TestRoyalty.workID(owner: .test(1), meta: works[2].meta)
    #expect(chain.run(.pay(work: last, asset: here, amount: 4_000_000, reference: .zero), .test(9)) == nil)
    #expect(try chain.due(.splitPot(works[0].ownSplit), works[2].saleSplit) == 1_000_000)
    #expect(try chain.due(.splitPot(works[1].ownSplit), works[2].saleSplit) == 1_000_000)
    #expect(try chain.due(.splitPot(works[2].ownSplit), works[2].saleSplit) == 2_000_000)
  }

  @Test("a frozen edge holds the flow and not the credit") func frozen() throws {
    let works = try generations(.relative)
    let ids = works.map { TestRoyalty.workID(owner: .test(1), meta: $0.meta) }
    #expect(chain.run(.freezeEdge(child: ids[1], parent: ids[0]), .root) == nil)
    #expect(chain.run(.pay(work: ids[1], asset: here, amount: 3_000_000, reference: .zero)) == nil)
    #expect(
      chain.run(.pullEdge(from: works[1].saleSplit, to: works[0].saleSplit, asset: here)) == TestRoyalty.failure(.edgeFrozen))
    #expect(chain.run(.resolveEdge(child: ids[1], parent: ids[0]), .root) == nil)
    #expect(chain.run(.pullEdge(from: works[1].saleSplit, to: works[0].saleSplit, asset: here)) == nil)
  }

  @Test("nine generations are one too many, and so is more than half for ancestors") func limits() throws {
    var parent = chain.work(0, royalty: 10, members: [(account(1), 1_000_000)])
    for generation in UInt8(1)...8 {
      parent = chain.work(
        generation, royalty: 10, members: [(account(1), 1_000_000)], parents: [Royalty.ParentLink(work: parent, licence: nil, share: 10)])
    }
    #expect(try chain.row(parent).depth == 8)
    let before = chain.context.trace
    let call = Royalty.Call.registerWork(
      meta: .zero, royalty: 10, members: [Royalty.Share(account(1), units: 1_000_000)],
      parents: [Royalty.ParentLink(work: parent, licence: nil, share: 10)], mode: .relative, isImmutable: true)
    #expect(chain.run(call) == TestRoyalty.failure(.depth))
    #expect(chain.context.trace == before)
  }

  // MARK: Changes

  @Test("a change waits for its notice, and what was earned before stays with whoever earned it") func change() throws {
    let split = chain.split([(account(1), 500_000), (account(2), 500_000)])
    let work = chain.work(1, royalty: 100_000, members: [(.splitPot(split), 1_000_000)])
    let own = try chain.row(work).ownSplit
    func earn() {
      for call in [
        Royalty.Call.pay(work: work, asset: here, amount: 2_000_000, reference: .zero), .pullEdge(from: own, to: split, asset: here),
      ] { #expect(chain.run(call, .test(9)) == nil) }
    }
    earn()
    #expect(chain.run(.proposeChange(split: split, members: [Royalty.Share(account(3), units: 1_000_000)])) == nil)
    #expect(chain.run(.activateChange(split: split), .test(9)) == TestRoyalty.failure(.noticePending))
    earn()
    try chain.pass(10)
    #expect(chain.run(.activateChange(split: split), .test(9)) == nil)
    earn()
    #expect(try [1, 2, 3].map { try chain.due(account($0), split) } == [2_000_000, 2_000_000, 2_000_000])
    for member in UInt8(1)...3 { #expect(chain.run(.claim(split: split, asset: here), .test(member)) == nil) }
    #expect(try [1, 2, 3].map { try chain.due(account($0), split) } == [0, 0, 0])
  }

  @Test("units change hands and take nothing of the past with them") func transfer() throws {
    let work = chain.work(1, royalty: 100_000, members: [(account(1), 600_000), (account(2), 400_000)])
    let split = try chain.row(work).ownSplit
    let pay = Royalty.Call.pay(work: work, asset: here, amount: 1_000_000, reference: .zero)
    #expect(chain.run(pay, .test(9)) == nil)
    #expect(chain.run(.transferUnits(split: split, to: account(3), units: 600_000), .test(1)) == nil)
    #expect(chain.run(pay, .test(9)) == nil)
    #expect(try [1, 2, 3].map { try chain.due(account($0), split) } == [600_000, 800_000, 600_000])
    #expect(try Royalty.splits.get(split, in: chain.context)?.memberCount == 2)
  }

  @Test("a split that nobody needs is closed, and its carry goes to its first member") func close() throws {
    let split = chain.split([(account(2), 1_000_000)])
    let held = try TestCurrency.held.get(.test(1), in: chain.context)
    #expect(chain.run(.closeSplit(split: split), .test(2)) == TestRoyalty.failure(.notController))
    #expect(chain.run(.closeSplit(split: split)) == nil)
    #expect(try TestCurrency.held.get(.test(1), in: chain.context) == held - 55)
    let bound = try chain.row(chain.work(1, royalty: 1, members: [(account(1), 1_000_000)])).ownSplit
    #expect(chain.run(.closeSplit(split: bound)) == TestRoyalty.failure(.splitInUse))
  }

  // MARK: Automatic payment

  @Test("one party that cannot be paid does not hold the others up") func automatic() throws {
    let parties: [UInt8] = [2, 66, 3]
    let work = chain.work(1, royalty: 100_000, members: [(account(2), 400_000), (account(66), 300_000), (account(3), 300_000)])
    let split = try chain.row(work).ownSplit
    let terms = Royalty.PayoutTerms(destination: .account(.test(2)), minimum: 1, keeperRate: 0, isAutomatic: true, isPaused: false)
    #expect(chain.run(.setPayout(terms: terms), .test(2)) == nil)
    // A row that could never pay would only take up room.
    #expect(chain.run(.setAutomatic(split: split, asset: here, isOn: true), .test(2)) == TestRoyalty.failure(.nothingDue))
    #expect(chain.run(.setAutomatic(split: split, asset: here, isOn: true), .test(9)) == TestRoyalty.failure(.notMember))
    #expect(chain.run(.reserveAsset(split: split, asset: here)) == nil)
    for party in parties {
      let terms = Royalty.PayoutTerms(destination: .account(.test(party)), minimum: 1, keeperRate: 0, isAutomatic: true, isPaused: false)
      #expect(chain.run(.setPayout(terms: terms), .test(party)) == nil)
      #expect(chain.run(.setAutomatic(split: split, asset: here, isOn: true), .test(party)) == nil)
    }
    #expect(chain.run(.pay(work: work, asset: here, amount: 1_000_000, reference: .zero), .test(9)) == nil)
    let before = try [2, 3].map { try chain.balance($0) }
    let used = TestRoyalty.onIdle(remaining: .max, in: chain.context)
    #expect(used != .zero)
    #expect(try [2, 3].map { try chain.balance($0) } == [before[0] + 400_000, before[1] + 300_000])
    #expect(try chain.due(account(66), split) == 300_000)
    #expect(chain.context.events(of: TestRoyalty.self).contains(.automaticSkipped(split: split, party: account(66), asset: here)))
    #expect(TestRoyalty.onIdle(remaining: .zero, in: chain.context) == .zero)
    #expect(chain.run(.setAutomatic(split: split, asset: here, isOn: false), .test(2)) == nil)
    #expect(chain.run(.setAutomatic(split: split, asset: here, isOn: false), .test(2)) == TestRoyalty.failure(.automaticQueue))
  }

  // MARK: Other chains

  /// A work whose three contributors live on chain 2001, with something due to each, and the payout to all of them.
  private func payout() throws -> (split: UInt64, parties: [Royalty.Party], message: H256) {
    let parties = (1...3).map { Royalty.Party.remote(Location(parents: 1, .para(2001), .account(.test($0)))) }
    let work = chain.work(1, royalty: 100_000, members: [(parties[0], 500_000), (parties[1], 300_000), (parties[2], 200_000)])
    let split = try chain.row(work).ownSplit
    #expect(chain.run(.pay(work: work, asset: here, amount: 1_000_000, reference: .zero), .test(9)) == nil)
    #expect(
      chain.run(.claimRemote(chain: studio, asset: here, claims: parties.map { Royalty.Claim(split: split, party: $0) }), .test(9)) == nil)
    let row = try #require(try Royalty.inFlight.get(0, in: chain.context))
    #expect(row.items.map(\.amount) == [200_000, 300_000, 500_000])
    #expect(try parties.map { try chain.due($0, split) } == [0, 0, 0])
    return (split, parties, row.message)
  }

  @Test("a payout is paid when its receipt says so") func executed() throws {
    let (split, _, message) = try payout()
    try chain.end(message, .executed, back: 0, payout: 0)
    let acc = try #require(try Royalty.acc.get(split, here, in: chain.context))
    #expect(acc.inFlight == 0 && acc.paid == 1_000_000)
    #expect(!Royalty.inFlight.exists(0, in: chain.context))
    // A second ending of the same message does nothing.
    let before = chain.context.trace
    TestRoyalty.payoutEnded(message: message, by: TestRoyalty.payoutAccount(0), .returned, in: chain.context)
    #expect(chain.context.trace == before)
  }

  @Test("a payout that never arrived is due again, to the last unit") func returned() throws {
    let (split, parties, message) = try payout()
    try chain.end(message, .returned, back: 1_000_000, payout: 0)
    #expect(try parties.map { try chain.due($0, split) } == [500_000, 300_000, 200_000])
    #expect(!Royalty.inFlight.exists(0, in: chain.context))
  }

  @Test("of a payout that failed half way, the first are paid and the rest is due again, less what the way cost") func failed() throws {
    let (split, parties, message) = try payout()
    try chain.end(message, .failed(index: 2, error: 1), back: 0, payout: 0)
    #expect(chain.run(.returnPayout(payout: 0)) == TestRoyalty.failure(.notReturned))
    try TestBook.transfer(
      799_998, of: here, from: TestSender.elsewhere, to: TestRoyalty.payoutAccount(0), .expendable, in: chain.context)
    #expect(chain.run(.returnPayout(payout: 0)) == nil)
    #expect(try parties.map { try chain.due($0, split) } == [499_998, 300_000, 0])
    let acc = try #require(try Royalty.acc.get(split, here, in: chain.context))
    #expect(acc.inFlight == 0 && acc.received - acc.paid == 799_998)
  }

  @Test("a gift to a payout's account does not end the payout") func gift() throws {
    let (split, parties, message) = try payout()
    try chain.end(message, .failed(index: 2, error: 1), back: 0, payout: 0)
    func give(_ amount: Balance, from source: AccountID) throws {
      try TestBook.transfer(amount, of: here, from: source, to: TestRoyalty.payoutAccount(0), .expendable, in: chain.context)
      #expect(chain.run(.returnPayout(payout: 0), .test(9)) == nil)
    }
    try give(12, from: .test(5))
    #expect(Royalty.inFlight.exists(0, in: chain.context))
    #expect(try parties.map { try chain.due($0, split) } == [7, 5, 0])
    try give(799_988, from: TestSender.elsewhere)
    #expect(!Royalty.inFlight.exists(0, in: chain.context))
    #expect(try parties.map { try chain.due($0, split) } == [500_000, 300_000, 0])
  }

  @Test("a payout whose way home failed is called home, once root has said who was paid") func stranded() throws {
    let (split, parties, message) = try payout()
    #expect(
      chain.run(.recoverPayout(payout: 0, amount: 1, isTrapped: false), .test(9)) == TestRoyalty.failure(.notReturned))
    try chain.end(message, .failed(index: 0, error: 1), back: 0, payout: 0)
    let before = chain.context.trace
    #expect(chain.run(.returnPayout(payout: 0)) == TestRoyalty.failure(.notReturned))
    #expect(chain.run(.recoverPayout(payout: 0, amount: 0, isTrapped: true), .test(9)) == TestRoyalty.failure(.zeroAmount))
    #expect(chain.run(.resolvePayout(payout: 0, paid: 4), .root) == TestRoyalty.failure(.notReturned))
    #expect(chain.run(.resolvePayout(payout: 0, paid: 1), .test(1)) == .badOrigin)
    #expect(chain.context.trace == before)
    #expect(chain.run(.resolvePayout(payout: 0, paid: 1), .root) == nil)
    #expect(chain.run(.recoverPayout(payout: 0, amount: 800_000, isTrapped: true), .test(9)) == nil)
    #expect(chain.run(.returnPayout(payout: 0)) == nil)
    #expect(try parties.map { try chain.due($0, split) } == [500_000, 300_000, 0])
    #expect(!Royalty.inFlight.exists(0, in: chain.context))
  }

  @Test("only the payout's own account tells how its message ended") func forged() throws {
    let (_, _, message) = try payout()
    let before = chain.context.trace
    for ending in [Royalty.PayoutEnding.executed, .failed(index: 2, error: 1), .returned] {
      TestRoyalty.payoutEnded(message: message, by: .test(6), ending, in: chain.context)
      TestRoyalty.payoutEnded(message: message, by: TestRoyalty.payoutAccount(1), ending, in: chain.context)
    }
    #expect(chain.context.trace == before)
  }

  @Test("whoever could not be paid travels alone until a payment arrives") func alone() throws {
    let (split, parties, message) = try payout()
    try chain.end(message, .failed(index: 1, error: 1), back: 1_000_000, payout: 0)
    #expect(chain.run(.returnPayout(payout: 0)) == nil)
    let (poor, other) = (Royalty.Claim(split: split, party: parties[2]), Royalty.Claim(split: split, party: parties[0]))
    #expect(chain.run(.claimRemote(chain: studio, asset: here, claims: [other, poor])) == TestRoyalty.failure(.paidAlone))
    #expect(chain.run(.claimRemote(chain: studio, asset: here, claims: [poor])) == nil)
    let second = try #require(try Royalty.inFlight.get(1, in: chain.context)).message
    try chain.end(second, .executed, back: 0, payout: 1)
    #expect(!Royalty.paidAlone.exists(parties[2], in: chain.context))
  }

  @Test("a payout's account is kept until the payout has ended, and the delivery's payer is known as long") func kept() throws {
    let (_, _, message) = try payout()
    let account = TestRoyalty.payoutAccount(0)
    #expect(TestConfig.kept.exists(account, in: chain.context))
    #expect(TestRoyalty.payer(of: message, by: account, in: chain.context) == .test(9))
    #expect(TestRoyalty.payer(of: message, by: .test(9), in: chain.context) == nil)
    try chain.end(message, .executed, back: 0, payout: 0)
    #expect(!TestConfig.kept.exists(account, in: chain.context))
    #expect(TestRoyalty.payer(of: message, by: account, in: chain.context) == nil)
  }

  @Test("a stranger's payments cannot fill a work's assets up") func reserved() throws {
    let work = chain.work(1, royalty: 100_000, members: [(account(1), 1_000_000)])
    let assets = (10..<28 as Range<UInt32>).map { Location.sibling($0) }
    for asset in assets {
      TestBook.balances.set(asset, .test(9), to: 1_000_000, in: chain.context)
      #expect(chain.run(.acceptAsset(asset: asset), .test(9)) == nil)
    }
    let outcomes = assets.map { chain.run(.pay(work: work, asset: $0, amount: 100, reference: .zero), .test(9)) }
    #expect(outcomes.count { $0 == nil } == Int(Royalty.maximumOpenAssets))
    #expect(outcomes.last == TestRoyalty.failure(.tooManyAssets))
    try TestRoyalty.reserve(here, for: work, in: chain.context)
    #expect(chain.run(.pay(work: work, asset: here, amount: 100, reference: .zero), .test(9)) == nil)
    let own = try chain.row(work).ownSplit
    #expect(chain.run(.reserveAsset(split: own, asset: gold), .test(9)) == TestRoyalty.failure(.notController))
    #expect(chain.run(.reserveAsset(split: own, asset: gold)) == nil)
    #expect(chain.run(.pay(work: work, asset: gold, amount: 100, reference: .zero), .test(9)) == nil)
  }

  @Test("a party that is many changes behind is caught up in steps") func behind() throws {
    let split = chain.split([(account(1), 500_000), (account(2), 500_000)])
    let work = chain.work(1, royalty: 100_000, members: [(.splitPot(split), 1_000_000)])
    let own = try chain.row(work).ownSplit
    for _ in 0..<40 {
      #expect(chain.run(.pay(work: work, asset: here, amount: 2_000_000, reference: .zero), .test(9)) == nil)
      #expect(chain.run(.pullEdge(from: own, to: split, asset: here), .test(9)) == nil)
      #expect(
        chain.run(
          .proposeChange(split: split, members: [Royalty.Share(account(1), units: 500_000), Royalty.Share(account(2), units: 500_000)]))
          == nil)
      try chain.pass(10)
      #expect(chain.run(.activateChange(split: split), .test(9)) == nil)
    }
    #expect(chain.run(.claim(split: split, asset: here)) == TestRoyalty.failure(.settleFirst))
    for _ in 0..<2 { #expect(chain.run(.settle(party: account(1), split: split, asset: here), .test(9)) == nil) }
    let before = try chain.balance(1)
    #expect(chain.run(.claim(split: split, asset: here)) == nil)
    #expect(try chain.balance(1) == before + 40_000_000)
  }

  @Test("what an ancestor gets in every sale cannot be lost by a change of mode") func modes() throws {
    let works = try generations(.absolute)
    let parent = TestRoyalty.workID(owner: .test(1), meta: works[1].meta)
    let call = Royalty.Call.registerWork(
      meta: .zero, royalty: 10, members: [Royalty.Share(account(1), units: 1_000_000)],
      parents: [Royalty.ParentLink(work: parent, licence: nil, share: 10)], mode: .relative, isImmutable: true)
    #expect(chain.run(call) == TestRoyalty.failure(.modeMismatch))
  }

  @Test("somebody elsewhere may be paid into an account here") func landed() throws {
    let split = chain.split([(.remote(remote), 1_000_000)])
    let work = chain.work(1, royalty: 100_000, members: [(.splitPot(split), 1_000_000)])
    #expect(chain.run(.pay(work: work, asset: here, amount: 1_000_000, reference: .zero), .test(9)) == nil)
    #expect(chain.run(.pullEdge(from: try chain.row(work).ownSplit, to: split, asset: here), .test(9)) == nil)
    #expect(chain.run(.claimFor(party: .remote(remote), split: split, asset: here), .test(9)) == TestRoyalty.failure(.isRemote))
    let terms = Royalty.PayoutTerms(destination: .account(.test(3)), minimum: 0, keeperRate: 0, isAutomatic: false, isPaused: false)
    #expect(chain.run(.setPayout(terms: terms), .xcm(location: remote.encoded())) == nil)
    let before = try chain.balance(3)
    #expect(chain.run(.claimFor(party: .remote(remote), split: split, asset: here), .test(9)) == nil)
    #expect(try chain.balance(3) == before + 1_000_000)
  }

  @Test("what nobody is owed is swept to the treasury") func sweep() throws {
    try TestBook.transfer(777, of: here, from: .test(5), to: TestConfig.pot, .expendable, in: chain.context)
    #expect(chain.run(.sweepUnattributed(asset: here)) == nil)
    #expect(try TestBook.balance(of: here, who: TestConfig.treasury, in: chain.context) == 777)
    #expect(chain.run(.sweepUnattributed(asset: here)) == TestRoyalty.failure(.nothingDue))
  }

  @Test("a party owed outside works has a split of its own") func owed() throws {
    for _ in 0..<2 {
      try TestRoyalty.owe(.remote(remote), asset: here, amount: 1_000_000, from: .test(3), reference: .zero, in: chain.context)
    }
    let split = try #require(try Royalty.soleSplits.get(.remote(remote), in: chain.context))
    #expect(try chain.due(.remote(remote), split) == 2_000_000)
  }
}
