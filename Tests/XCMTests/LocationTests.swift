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
    #expect(account.starts(with: .sibling(1)) && account.starts(with: account))
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
        Asset(usdt, amount: 4), Asset(.parent, amount: 8), Asset(usdt, instance: .index(1)),
        Asset(usdt, instance: .index(2)),
      ], "amounts stand before instances")
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
