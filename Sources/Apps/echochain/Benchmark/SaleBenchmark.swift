import BlockExecution
import EchoRuntime
import Hashing
import Keys
import PalletBalances
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM

/// What crediting one sale costs, by who shares in it.
struct SaleCost: Sendable {
  /// Contributors of the work that is sold.
  var members: Int
  /// Works in the line that ends with it, itself included.
  var generations: Int
  /// Processor time of one credit.
  var nanoseconds: Double
  /// Rows of the state that one credit writes.
  var rows: Int

  func json(base: SaleCost) -> JSON {
    [
      "members": JSON(members), "generations": JSON(generations), "nanoseconds": .double(nanoseconds.rounded()), "rows": JSON(rows),
      "ratio": .double(nanoseconds / max(base.nanoseconds, 1)),
    ]
  }
}

/// Credits sales of works with few and with many members on the genesis state of a built-in chain, in memory.
///
/// All kinds are measured by turns within one run, and every credit is rolled back. A native transfer is measured along
/// with them: paying members one by one would cost that much for each.
struct SaleBenchmark {
  static let memberCounts = [1, 8, 64]
  static let generationCounts = [1, 4, 8]
  /// The ratio between 64 members and one that this release promises to stay under.
  static let target = 1.2

  private let state: ExecutionContext
  private let works: [(members: Int, generations: Int, id: H256)]
  private static let alice = DevelopmentKey.alice.secretKey.publicKey.accountID
  private static let bob = DevelopmentKey.bob.secretKey.publicKey.accountID
  private static let price: Balance = 1_234_567_890_123

  init() throws {
    guard let spec = BuiltInChain.spec(named: "dev") else { throw Complaint.configuration("the built-in chains are not known") }
    do throws(ChainError) { state = try Chain.genesis(of: spec).context() } catch {
      throw Complaint.configuration("the spec of \(spec.name) makes no chain: \(error)")
    }
    var works: [(members: Int, generations: Int, id: H256)] = []
    for count in Self.memberCounts { works.append((count, 1, try Self.register("members \(count)", members: count, in: state))) }
    for count in Self.generationCounts.dropFirst() {
      var parent: H256?
      for generation in 1...count {
        parent = try Self.register("generation \(generation) of \(count)", members: 1, parent: parent, in: state)
      }
      if let parent { works.append((1, count, parent)) }
    }
    self.works = works
    // The first credit of an asset makes a row; the later ones are what is measured.
    for work in works { try Self.set { () throws(DispatchError) in try Self.credit(work.id, in: state) } }
    state.clearEvents()
  }

  /// - Returns: The costs, and the nanoseconds of one transfer.
  func run(_ stopwatch: Stopwatch) -> (costs: [SaleCost], transfer: Double) {
    var bodies: [() -> Void] = works.map { work in
      { undone { () throws(DispatchError) in try Self.credit(work.id, in: state) } }
    }
    bodies.append {
      undone { () throws(DispatchError) in
        try BalancesPallet.transfer(Self.price, from: Self.bob, to: Self.alice, .preserve, in: state)
      }
    }
    let results = stopwatch.measureTogether(bodies)
    let costs = zip(works, results).map { work, result in
      SaleCost(members: work.members, generations: work.generations, nanoseconds: result.median, rows: rows(of: work.id))
    }
    return (costs, results.last?.median ?? 0)
  }

  /// Does something and forgets it.
  private func undone(_ body: () throws(DispatchError) -> Void) {
    let mark = state.begin()
    do throws(DispatchError) { try body() } catch { keep(error) }
    state.rollback(to: mark)
  }

  /// The rows whose value a credit changes.
  private func rows(of work: H256) -> Int {
    let before = Dictionary(state.changes().map { ($0.key, $0.value) }) { first, _ in first }
    let mark = state.begin()
    defer { state.rollback(to: mark) }
    do throws(DispatchError) { try Self.credit(work, in: state) } catch { return 0 }
    return state.changes().count { before[$0.key] != $0.value }
  }

  private static func credit(_ work: H256, in state: ExecutionContext) throws(DispatchError) {
    try RoyaltyPallet.credit(work: work, asset: .here, amount: price, from: bob, reference: .zero, in: state)
  }

  // MARK: Works

  /// Registers a work of Alice's.
  static func register(_ title: String, members: Int, parent: H256? = nil, in state: ExecutionContext) throws -> H256 {
    let call = registration(title, members: members, parent: parent)
    try set { () throws(DispatchError) in try RoyaltyPallet.dispatch(call, origin: .signed(alice), in: state) }
    for record in state.events.reversed() {
      guard case .royalty(.workRegistered(let work, _, _, _))? = try? RuntimeEvent(decoding: record.event) else { continue }
      return work
    }
    throw Complaint.configuration("the chain for the measurement registers no work")
  }

  /// The call that registers a work of Alice's with so many contributors.
  static func registration(_ title: String, members: Int, parent: H256? = nil) -> Royalty.Call {
    let units = Royalty.units / UInt32(members)
    let shares = (0..<members).map { place in
      let account = place == 0 ? alice : AccountID(words: Hash.blake2b256(Array("member \(place)".utf8)).words)
      return Royalty.Share(.account(account), units: place == 0 ? Royalty.units - units * UInt32(members - 1) : units)
    }
    let links = parent.map { [Royalty.ParentLink(work: $0, licence: nil, share: 50_000)] } ?? []
    return .registerWork(
      meta: Hash.blake2b256(Array(title.utf8)), royalty: 100_000, members: shares, parents: links, mode: .absolute, isImmutable: true)
  }

  private static func set(_ body: () throws(DispatchError) -> Void) throws(Complaint) {
    do throws(DispatchError) { try body() } catch {
      throw .configuration("the chain for the measurement cannot be set up: \(spell(error))")
    }
  }
}
