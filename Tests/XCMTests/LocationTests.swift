import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

private let network = NetworkID.byGenesis(H256(words: Words32(1, 2, 3, 4)))

@Suite("Location algebra") struct LocationTests {
  @Test("appending cancels junctions against parents")
  func appends() {
    let base = Location(parents: 1, .para(21), .generalIndex(69))
    #expect(
      base.appending(Location(parents: 1, .palletInstance(3))) == Location(parents: 1, .para(21), .palletInstance(3)))
    let up = Location(parents: 2, .palletInstance(3))
    #expect(up.prepending(Location(parents: 1, .para(21), .onlyChild)) == Location(parents: 1, .palletInstance(3)))
    #expect(Location.parent.appending(.parent) == Location(parents: 2))
  }

  @Test("nothing grows past eight junctions or 255 parents")
  func overflows() {
    let full = Location(parents: 0, interior: Junctions(repeatElement(.onlyChild, count: 8)) ?? .here)
    #expect(full.interior.count == 8 && full.appending(.onlyChild) == nil)
    #expect(full.appending(Location(.onlyChild)) == nil)
    #expect(full.appending(Location(parents: 1, .onlyChild)) != nil)
    #expect(Location(parents: 255).appending(.parent) == nil)
    #expect(Junctions(repeatElement(.onlyChild, count: 9)) == nil)
  }

  @Test("a location starts with its prefixes")
  func prefixes() {
    let account = Location(parents: 1, .para(1), .onlyChild)
    #expect(Location.sibling(1).isPrefix(of: account) && account.starts(with: account))
    #expect(!account.starts(with: .sibling(2)) && !account.starts(with: Location(.para(1))))
    #expect(account.chain == .sibling(1) && Location(parents: 1, .onlyChild).chain == .parent)
  }

  @Test(
    "reanchoring between chains of a network",
    arguments: [
      // from 1000: our own token, a sibling's, and the parent's, as seen by sibling 2000
      (Location.here, Location.sibling(2000), Location.sibling(1000)),
      (.sibling(2000), .sibling(2000), .here),
      (.sibling(2001), .sibling(2000), .sibling(2001)),
      (.parent, .sibling(2000), .parent),
      (
        Location(.palletInstance(50), .generalIndex(7)), .sibling(2000),
        Location(parents: 1, interior: Junctions(.para(1000), .palletInstance(50), .generalIndex(7)))
      ),
      (Location(parents: 1, .para(2000), .palletInstance(3)), .sibling(2000), Location(.palletInstance(3))),
      (.here, .parent, Location(.para(1000))),
      (.here, .here, .here),
    ])
  func reanchors(_ location: Location, to target: Location, is expected: Location) {
    let universal = Junctions(.globalConsensus(network), .para(1000))
    #expect(location.reanchored(to: target, universal: universal) == expected)
  }

  @Test("reanchoring there and back is the identity", arguments: 0..<50 as Range<UInt64>)
  func roundTrips(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let here = Junctions(.globalConsensus(network), .para(1000))
    let there = Junctions(.globalConsensus(network), .para(2000))
    for _ in 0..<40 {
      let parents = UInt8.random(in: 0...1, using: &random)
      guard
        let interior = Junctions((0..<Int.random(in: 0...4, using: &random)).map { _ in RandomXcm.junction(&random) })
      else { continue }
      let location = Location(parents: parents, interior: interior).simplified(in: here)
      guard let moved = location.reanchored(to: .sibling(2000), universal: here) else { continue }
      #expect(moved.reanchored(to: .sibling(1000), universal: there) == location, "seed \(seed)")
    }
  }

  @Test("universal locations")
  func universal() {
    let local = Junctions(.globalConsensus(network), .para(1000))
    #expect(local.universal(of: .sibling(2000)) == Junctions(.globalConsensus(network), .para(2000)))
    #expect(local.universal(of: Location(parents: 2)) == nil)
    #expect(
      Junctions(.globalConsensus(.polkadot)).relative(to: local) == Location(parents: 2, .globalConsensus(.polkadot)))
    #expect(Junctions(.globalConsensus(network), .para(2000)).relative(to: local) == .sibling(2000))
    #expect(
      local.inverted(target: Location(parents: 3))
        == Location(parents: 0, interior: Junctions(.onlyChild, .globalConsensus(network), .para(1000))))
    #expect(local.globalConsensus == network)
  }

  @Test("locations and programs can be read")
  func descriptions() {
    #expect(Location.here.description == "here")
    #expect(Location.sibling(2000).description == "../Parachain(2000)")
    #expect(Location(parents: 2, .globalConsensus(.polkadot)).description == "../../GlobalConsensus(Polkadot)")
    #expect(Asset(.parent, amount: 5).description == "5 of ..")
    let program: Xcm = [.withdrawAsset(Assets(Asset(.here, amount: 7))), .setAppendix([.refundSurplus])]
    #expect(program.description == "WithdrawAsset(7 of here)\nSetAppendix\n  RefundSurplus")
  }
}

@Suite("Assets") struct AssetsTests {
  let usdt = Location(.palletInstance(50), .generalIndex(1984))

  @Test("a list is brought into its one form")
  func canonical() throws {
    let assets = try Assets([
      Asset(.parent, amount: 3), Asset(usdt, amount: 0), Asset(usdt, instance: .index(2)), Asset(usdt, amount: 4),
      Asset(.parent, amount: 5),
      Asset(usdt, instance: .index(1)), Asset(usdt, instance: .index(1)),
    ])
    #expect(
      assets.items == [
        Asset(usdt, amount: 4), Asset(usdt, instance: .index(1)), Asset(usdt, instance: .index(2)),
        Asset(.parent, amount: 8),
      ])
    #expect(try Assets(decoding: assets.encoded()) == assets)
    #expect(try Assets([Asset(.here, amount: .max), Asset(.here, amount: 1)]).first?.amount == .max)
  }

  @Test("the order is by value, not by bytes")
  func order() throws {
    // Compact 256 begins with a smaller byte than compact 1.
    let low = Asset(Location(.generalIndex(1)), amount: 1)
    let high = Asset(Location(.generalIndex(256)), amount: 1)
    #expect(try Assets([high, low]).items == [low, high])
    let swapped: [UInt8] = [8] + high.encoded() + low.encoded()
    #expect(throws: ScaleError.self) { try Assets(decoding: swapped) }
  }

  @Test("random lists have one encoding", arguments: 0..<40 as Range<UInt64>)
  func property(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<20 {
      let list = (0..<8).map { _ in RandomXcm.asset(&random) }
      let assets = try Assets(list.shuffled(using: &random))
      #expect(try Assets(list.shuffled(using: &random)) == assets, "seed \(seed)")
      #expect(try Assets(decoding: assets.encoded()) == assets, "seed \(seed)")
    }
  }
}

@Suite("Sovereign accounts") struct AccountTests {
  static let ones = AccountID(Array(repeating: 1, count: 32)) ?? .zero
  static let alice = AccountID(hex: "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d") ?? .zero
  static let child = Location(.para(1111))

  private static func with(_ base: Location, _ junction: Junction) -> Location { base.appending(junction) ?? base }

  @Test(
    "published values of hashed descriptions",
    arguments: [
      (with(.parent, .palletInstance(50)), "2036beb18154ada8a27e4fbe4bb6f76d9ce13d98055b0caa1d023b028c67ebc2"),
      (with(.sibling(1111), .palletInstance(50)), "b8ef0c3fc595e8b4663217010da331783093366fa1df310d9084649dfa81fce0"),
      (with(child, .palletInstance(50)), "a21620c9455c69c91b821efecb346c1467cd67b930b261111a2259c9c50f0907"),
      (with(.parent, .account(ones)), "397c0c5034762919d8aa02cd50123f14078bcde77b575e1b3513176a6ad6a69b"),
      (with(.sibling(1111), .account(ones)), "352c320f6ea25bdd88a6693861d8a75fe5dc78c3d239453b640649609c4e6b55"),
      (with(child, .account(alice)), "5fd59a3423d2e0bc23cd09adea311b3c58a5bbd4c7ba79fc93af79e7b89545f4"),
      (with(.sibling(1111), .account(alice)), "4b6d4641bf506a4fba4c59d3a8c9ef3d2dd0816ff2fbbeabf7417d3aecd0e702"),
      (
        with(.parent, .accountKey20(network: nil, key: .zero)),
        "851c344fa9f6e5a057f72bd0ddfb8e19746fd8c5abec5a6c613c2e10d53eabd7"
      ),
      (
        with(.sibling(1111), .accountKey20(network: nil, key: .zero)),
        "04d1657f405338509bb1c70469b59333ee59a2cd3c77e43e1671ed492726fd69"
      ),
      (
        with(.parent, .plurality(id: .treasury, part: .voice)),
        "12545d4abbd4fe47c07f7033032a3618dcb9a143cd9a6c746ca6e2d31d0bf473"
      ),
      (
        with(.parent, .plurality(id: .unit, part: .voice)),
        "5d97a0d3231285076e724d43b69697aeea762161d6097531e51ef43d2beabe13"
      ),
    ])
  func described(_ location: Location, _ hex: String) {
    #expect(DescribedAccount().account(of: location)?.hex == "0x" + hex)
  }

  @Test("a network in an account changes nothing")
  func networks() {
    let plain = Self.with(.sibling(1111), .account(Self.ones))
    let named = Self.with(.sibling(1111), .account(Self.ones, network: .polkadot))
    #expect(DescribedAccount().account(of: plain) == DescribedAccount().account(of: named))
  }

  @Test("chains have readable accounts")
  func chains() {
    let zeros = { (count: Int) in String(repeating: "00", count: count) }
    #expect(SiblingAccount().account(of: .sibling(1111))?.hex == "0x7369626c57040000" + zeros(24))
    #expect(ChildAccount().account(of: Self.child)?.hex == "0x7061726157040000" + zeros(24))
    #expect(ParentAccount().account(of: .parent)?.hex == "0x506172656e74" + zeros(26))
    #expect(
      SiblingAccount().account(of: Self.child) == nil && ChildAccount().account(of: .sibling(1)) == nil
        && ParentAccount().account(of: .here) == nil)
  }

  @Test(
    "accounts of early versions",
    arguments: [
      (
        Location(parents: 1, .para(1), .account(.zero)),
        "b5ba849834d2e2c708ebd5f25e46faaa13a3c466f50eacb802946c57e6a3cc20"
      ),
      (
        Location(parents: 1, .para(1), .accountKey20(network: nil, key: .zero)),
        "d23c25ff7426dd1a5552fc7ddc13295bb9456653783f0fd44a8d52cbbbd44d78"
      ),
      (Location(parents: 1, .account(.zero)), "e30c98f1dc351a1b01a7a7d63da1ff603810dd3b2f2d28c1585c04a7a41b7063"),
    ])
  func legacy(_ location: Location, _ hex: String) {
    #expect(LegacyForeignAccount().account(of: location)?.hex == "0x" + hex)
  }

  @Test("what a converter does not know, it leaves to the next")
  func order() {
    let all = FirstConverter(ParentAccount(), SiblingAccount(), LocalAccount(network: network), DescribedAccount())
    #expect(all.account(of: .sibling(5)) == SiblingAccount().account(of: .sibling(5)))
    #expect(all.account(of: .account(Self.alice)) == Self.alice)
    #expect(all.account(of: .account(Self.alice, network: network)) == Self.alice)
    #expect(all.account(of: .account(Self.alice, network: .polkadot)) == nil)
    #expect(all.account(of: .here) == nil && all.account(of: Location(parents: 2)) == nil)
  }

  @Test("chains of other networks")
  func remote() {
    let converter = RemoteNetworkAccount(universal: Junctions(.globalConsensus(network), .para(1000)))
    let chain = converter.account(of: Location(parents: 2, .globalConsensus(.polkadot)))
    let para = converter.account(of: Location(parents: 2, .globalConsensus(.polkadot), .para(1000)))
    #expect(chain != nil && para != nil && chain != para)
    #expect(converter.account(of: .parent) == nil && converter.account(of: .sibling(1)) == nil)
    #expect(converter.account(of: Location(parents: 2, .globalConsensus(network))) == nil)
  }
}
