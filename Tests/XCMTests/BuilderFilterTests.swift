import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let pallet = Location(.palletInstance(50), .generalIndex(1))
private let foreignToken = Location(parents: 1, interior: Junctions(.para(2000), .palletInstance(50), .generalIndex(1)))
private let art = Asset(World.market, instance: .index(7))

private func asset(_ id: Location, _ amount: Balance = 5) -> Asset { Asset(id, amount: amount) }

@Suite("Filters of assets by location") struct AssetLocationFilterTests {
  @Test(
    "who is trusted with what",
    arguments: [
      // (asset, location, native, of its chain)
      (asset(World.market), World.market, true, true), (asset(foreignToken), World.market, false, true),
      (asset(foreignToken), foreignToken, true, false), (asset(World.market), World.studio, false, false),
      (asset(.here), .here, true, false), (asset(pallet), .here, false, false),
      (asset(pallet), World.market, false, false),
      (asset(.here), World.market, false, false), (asset(.parent), .parent, true, true),
      (asset(Location(parents: 1, .palletInstance(3))), .parent, false, true), (art, World.market, true, true),
      (
        asset(Location(parents: 2, .globalConsensus(.polkadot), .para(1))),
        Location(parents: 2, .globalConsensus(.polkadot)), false, false
      ),
    ])
  func presets(_ asset: Asset, _ location: Location, _ native: Bool, _ ofChain: Bool) {
    let state = ExecutionContext.fresh()
    #expect(AssetLocationFilter.native.contains(asset, at: location, in: state) == native)
    #expect(AssetLocationFilter.ofChain.contains(asset, at: location, in: state) == ofChain)
    #expect(AssetLocationFilter.everything.contains(asset, at: location, in: state))
    #expect(!AssetLocationFilter.nothing.contains(asset, at: location, in: state))
  }

  @Test(
    "a filter matches what it would take in full",
    arguments: [
      (.wild(.all), asset(.here), true), (.wild(.all), art, true), (.wild(.allCounted(0)), asset(.here), false),
      (.wild(.allCounted(1)), asset(.here), true),
      (.wild(.allOf(id: AssetID(World.market), fun: .fungible)), asset(World.market), true),
      (.wild(.allOf(id: AssetID(World.market), fun: .fungible)), art, false),
      (.wild(.allOf(id: AssetID(World.market), fun: .nonFungible)), art, true),
      (.wild(.allOf(id: AssetID(.here), fun: .fungible)), asset(World.market), false),
      (.wild(.allOfCounted(id: AssetID(.here), fun: .fungible, count: 0)), asset(.here), false),
      (.wild(.allOfCounted(id: AssetID(.here), fun: .fungible, count: 1)), asset(.here), true),
      (.definite(Assets(asset(.here, 5))), asset(.here, 5), true),
      (.definite(Assets(asset(.here, 5))), asset(.here, 6), false),
      (.definite(Assets(asset(.here, 5))), asset(.here, 4), true),
      (.definite(Assets(asset(.here, 5))), asset(World.market, 1), false), (.definite(Assets(art)), art, true),
      (.definite(Assets(art)), Asset(World.market, instance: .index(8)), false),
      (.definite(Assets(art)), asset(World.market), false), (.definite(Assets()), asset(.here), false),
    ] as [(AssetFilter, Asset, Bool)])
  func matches(_ filter: AssetFilter, _ asset: Asset, _ expected: Bool) {
    #expect(filter.matches(asset) == expected)
  }

  @Test("cases, lists for a set of locations, and their sums")
  func composed() {
    let state = ExecutionContext.fresh()
    let credit = asset(pallet)
    let cases = AssetLocationFilter.cases([
      .init(.wild(.allOf(id: AssetID(pallet), fun: .fungible)), at: World.market), .init(.wild(.all), at: World.studio),
    ])
    #expect(cases.contains(credit, at: World.market, in: state) && cases.contains(credit, at: World.studio, in: state))
    #expect(
      !cases.contains(asset(.here), at: World.market, in: state)
        && cases.contains(asset(.here), at: World.studio, in: state))
    #expect(
      !cases.contains(credit, at: .parent, in: state)
        && !AssetLocationFilter.cases([]).contains(credit, at: .here, in: state))
    let listed = AssetLocationFilter.assets(
      [.wild(.allOf(id: AssetID(pallet), fun: .fungible)), .definite(Assets(asset(.here, 3)))], at: .siblings)
    #expect(
      listed.contains(credit, at: World.market, in: state)
        && listed.contains(asset(.here, 3), at: World.studio, in: state))
    #expect(
      !listed.contains(asset(.here, 4), at: World.market, in: state) && !listed.contains(credit, at: .parent, in: state)
    )
    #expect(!AssetLocationFilter.assets([], at: .everything).contains(credit, at: World.market, in: state))
    let sum = cases.or(.native)
    #expect(sum.contains(asset(.parent), at: .parent, in: state) && sum.contains(credit, at: World.market, in: state))
    #expect(!sum.contains(asset(.parent), at: World.market, in: state))
    let narrowed = AssetLocationFilter.ofChain.from(.only(World.market))
    #expect(narrowed.contains(asset(foreignToken), at: World.market, in: state))
    #expect(!narrowed.contains(asset(World.studio), at: World.studio, in: state))
  }

  @Test("sets of locations compose")
  func locations() {
    let state = ExecutionContext.fresh()
    let inside = World.market.appending(.onlyChild) ?? .here
    #expect(LocationFilter.within(World.market).contains(inside, in: state))
    #expect(LocationFilter.within(World.market).contains(World.market, in: state))
    #expect(!LocationFilter.within(World.market).contains(World.studio, in: state))
    #expect(!LocationFilter.siblings.contains(inside, in: state) && LocationFilter.parent.contains(.parent, in: state))
    let other = LocationFilter.siblings.and(LocationFilter.only(World.market).inverted)
    #expect(other.contains(World.studio, in: state) && !other.contains(World.market, in: state))
    #expect(!other.contains(World.alice, in: state))
  }
}

@Suite("Filters of aliases") struct AliasFilterTests {
  private static let account = Junction.account(AccountID(words: Words32(1, 0, 0, 0)))
  private static let named = Junction.account(AccountID(words: Words32(1, 0, 0, 0)), network: .polkadot)
  private static func at(_ place: Location, _ junctions: Junction...) -> Location {
    junctions.reduce(place) { $0.appending($1) ?? $0 }
  }

  @Test(
    "a location speaks for its descendants and for itself",
    arguments: [
      (World.market, at(World.market, account), true),
      (World.market, at(World.market, .palletInstance(3), account), true),
      (World.market, World.market, true), (at(World.market, account), World.market, false),
      (World.market, at(World.studio, account), false), (World.market, World.alice, false),
      (World.alice, World.bob, false), (.parent, World.market, true), (.parent, .here, false),
      (.here, World.alice, true), (Location(.para(2000)), World.market, false),
    ])
  func children(_ origin: Location, _ target: Location, _ allowed: Bool) {
    #expect(AliasFilter.childLocation.contains(origin, as: target, in: .fresh()) == allowed)
  }

  @Test(
    "a foreign account speaks for the same account here",
    arguments: [
      (at(World.market, account), Location(account), true), (at(World.studio, account), Location(account), false),
      (at(World.market, account), World.bob, false), (at(World.market, named), Location(account), false),
      (at(World.market, named), Location(named), true),
      (at(World.market, .palletInstance(3), account), Location(account), false),
      (World.market, Location(.para(2000)), false), (at(World.market, account), at(World.market, account), false),
      (at(World.market, .onlyChild), Location(.onlyChild), false), (.here, .here, false),
    ])
  func foreign(_ origin: Location, _ target: Location, _ allowed: Bool) {
    #expect(
      AliasFilter.foreignAccountID32(from: .only(World.market)).contains(origin, as: target, in: .fresh()) == allowed)
  }

  @Test(
    "one whole chain speaks for a set of locations",
    arguments: [
      (World.market, World.market, true), (World.studio, World.market, false),
      (at(World.market, account), at(World.market, account), false), (.parent, .parent, false), (.here, .here, false),
      (Location(parents: 2, .globalConsensus(.polkadot)), Location(parents: 2, .globalConsensus(.polkadot)), true),
      (
        Location(parents: 2, .globalConsensus(.polkadot), .para(1000)),
        Location(parents: 2, .globalConsensus(.polkadot), .para(1000)), true
      ),
      (
        Location(parents: 2, .globalConsensus(.polkadot), .palletInstance(1)),
        Location(parents: 2, .globalConsensus(.polkadot), .palletInstance(1)), false
      ),
      (Location(parents: 1, .globalConsensus(.polkadot)), Location(parents: 1, .globalConsensus(.polkadot)), false),
    ])
  func root(_ origin: Location, _ chain: Location, _ allowed: Bool) {
    let filter = AliasFilter.originRoot(chain, as: .only(World.bob))
    #expect(filter.contains(origin, as: World.bob, in: .fresh()) == allowed)
    #expect(!filter.contains(origin, as: World.alice, in: .fresh()), "outside of the set")
  }

  @Test("looked up pairs, and sums of sets")
  func composed() {
    let state = ExecutionContext.fresh()
    let authorized = AliasFilter.authorized { origin, target, state in
      BuilderWorld.number(in: state) == 1 && origin == World.studio && target == World.bob
    }
    let either = AliasFilter.childLocation.or(authorized)
    #expect(!either.contains(World.studio, as: World.bob, in: state))
    BuilderWorld.number.set(1, in: state)
    #expect(either.contains(World.studio, as: World.bob, in: state))
    #expect(either.contains(World.market, as: Self.at(World.market, Self.account), in: state))
    #expect(!either.contains(World.bob, as: World.studio, in: state), "not the other way round")
    #expect(!AliasFilter.nothing.contains(World.bob, as: World.bob, in: state))
  }
}
