import Primitives
import ScaleCodec
import Testing
import XCM

private let network = NetworkID.byGenesis(H256(words: Words32(1, 2, 3, 4)))

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
      // Computed apart from this code, by the same description.
      (with(child, .account(ones)), "2d5ef8c4e0d16059a95131c25a51b0a7b689d74eaf11bc2c62ea44b680474e41"),
      (
        with(.sibling(1111), .plurality(id: .unit, part: .voice)),
        "31a513accdf03a5ccc83177e353ab9985dbb82adda8b8db45a5b643e3fc35109"
      ),
      (
        with(child, .plurality(id: .index(7), part: .members(count: 3))),
        "065ef5d1538c12374f7d0401036591d3ad5a6e56746c27b771e537c6efec15b5"
      ),
      (.sibling(1111), "5e1744fc7ebd9b9e303d1ebadd3a05df42763a99357349ea2dc58a7f89c5b8ee"),
      (.parent, "d9380024e49afa1ac89c0127fea210bb6b431b10dafefab8061bd88ac25d17a5"),
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
      (Location(parents: 1, .account(ones)), "8fc357498102a3d3ef3337eb52ada2ce9eeda649fe3e8306aaf1d17469451de2"),
      (
        Location(parents: 1, .para(2), .account(.zero)),
        "b7bc42a952fa2d1e8e77b837b14035720c93800a3c2d29c1571256317fe9f38f"
      ),
      (
        Location(parents: 1, .para(2), .accountKey20(network: nil, key: .zero)),
        "c5101fc7ea50a637b2875f30138009a73363d7935eab1c9d1d6bf0160a6863ba"
      ),
      (Location(.para(1), .account(.zero)), "2d78e800e2316a3041b5b893e0ebc698b79c43394343bb68ab178c15b7983f14"),
      (Location(.para(2), .account(.zero)), "61776e42ef7160ea7f5c42cc35812177d5c0ab648b33273ec4a310d5a02c64e4"),
      (
        Location(.para(1), .accountKey20(network: nil, key: .zero)),
        "19fb0f5c948decee326c8538760bfa7a51a068a061c8d231d08e4090186ef665"
      ),
      (
        Location(.para(2), .accountKey20(network: .polkadot, key: .zero)),
        "589de0eb4c58c98fcee30ec0b1f54b3e290a6bb63d39ef702b973a6f9699eabd"
      ),
    ])
  func legacy(_ location: Location, _ hex: String) {
    #expect(LegacyForeignAccount().account(of: location)?.hex == "0x" + hex)
  }

  @Test(
    "early versions knew no other accounts",
    arguments: [
      Location(parents: 1, .accountKey20(network: nil, key: .zero)), .here, .parent, .sibling(1),
      Location(.account(.zero)),
      Location(parents: 2, .para(1), .account(.zero)), Location(parents: 2, .account(.zero)),
      Location(parents: 1, interior: Junctions(.para(1), .account(.zero), .onlyChild)),
    ])
  func legacyUnknown(_ location: Location) {
    #expect(LegacyForeignAccount().account(of: location) == nil)
  }

  @Test("descriptions compose, and know their own end of a path only")
  func descriptions() {
    let ends: [(LocationDescription, Junction)] = [
      (.pallet, .palletInstance(50)), (.accountID32, .account(Self.ones)),
      (.accountKey20, .accountKey20(network: nil, key: .zero)),
      (.treasuryVoice, .plurality(id: .treasury, part: .voice)),
      (.body, .plurality(id: .unit, part: .voice)),
    ]
    for (index, (description, junction)) in ends.enumerated() {
      let bytes = description.bytes(of: Location(junction))
      #expect(bytes != nil && LocationDescription.allTerminals.bytes(of: Location(junction)) == bytes)
      #expect(description.bytes(of: Location(parents: 1, junction)) == nil && description.bytes(of: .here) == nil)
      #expect(description.bytes(of: Location(junction, .onlyChild)) == nil)
      for (other, (_, foreign)) in ends.enumerated() where other != index && index != 4 {
        #expect(description.bytes(of: Location(foreign)) == nil)
      }
    }
    #expect(
      LocationDescription.terminus.bytes(of: .here) == [] && LocationDescription.terminus.bytes(of: .parent) == nil)
    #expect(LocationDescription.body.bytes(of: Location(.plurality(id: .treasury, part: .voice))) != nil)
    let pallets = HashedDescription(.family(.pallet))
    #expect(
      pallets.account(of: Self.with(.parent, .palletInstance(50)))
        == DescribedAccount().account(of: Self.with(.parent, .palletInstance(50))))
    #expect(pallets.account(of: .parent) == nil && pallets.account(of: Self.with(.parent, .account(Self.ones))) == nil)
    let nothing = HashedDescription(LocationDescription.terminus.or(.family(.allTerminals)))
    #expect(nothing.account(of: .here)?.hex == "0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")
    #expect(
      nothing.account(of: Location(parents: 2)) == nil && nothing.account(of: Location(.palletInstance(1))) == nil)
    #expect(nothing.account(of: Location(parents: 2, .para(1))) == nil)
  }

  @Test("any location has a hash of its own")
  func hashedLocation() {
    #expect(
      HashedLocationAccount().account(of: .sibling(1111))?.hex
        == "0xdea734a78092363791ecadcca2e67a871e4fc30e0fd6704d92c6fa274608d53d")
    let all = [
      Location.here, .parent, Self.child, .sibling(1111), .account(Self.ones), .account(Self.ones, network: .polkadot),
    ]
    #expect(Set(all.map { HashedLocationAccount().account(of: $0) }).count == all.count)
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
}

@Suite("Accounts of other networks") struct RemoteAccountTests {
  private static let local = Junctions(.globalConsensus(.byGenesis(fill(1))), .para(1234))
  private static let third = NetworkID.byGenesis(fill(3))
  private static let fourth = NetworkID.byGenesis(fill(4))
  private static func fill(_ byte: UInt8) -> H256 { H256(Array(repeating: byte, count: 32)) ?? .zero }
  private static func at(_ network: NetworkID, _ junctions: Junction...) -> Location {
    Location(parents: 2, interior: Junctions([.globalConsensus(network)] + junctions) ?? .here)
  }

  @Test(
    "networks and their parachains",
    arguments: [
      (at(.polkadot), "95e1c5aaf6b481c95e1e94cb272418f78b120b058cee7d87d847ef9396977588"),
      (at(third), "30da76adcda36f9b4cad98fb2dfe32e4d5419e1193d751f88e13f9b340cad56d"),
      (at(fourth), "7e0452656a0b99ad7fb2865548c91aae0fe921b9401b9fba27c10180aa051875"),
      (at(.polkadot, .para(1000)), "94af7756a0eab8081f648284c3eb5c0d99057f01508b3f9556c5db85f30a4e45"),
      (at(.polkadot, .para(1001)), "651a60efd364ae5595a66483838b432c272ddce9bb8ee208d90cb2db8b2cb3b4"),
      (at(third, .para(1000)), "adc26b16f3d97207f0538163bdbbeeb2a8b3b31b344b0584ce52a4591fcb9396"),
      (at(third, .para(1001)), "050015504e9366cf05cb9c5bd287b171fd4d3f36e9eb449777b8b78aa3d26893"),
      (at(fourth, .para(1000)), "82b0453e7d18333b36030c8d2ba2597e158f81c40c958b1b83615407fb898d1f"),
      (at(fourth, .para(1001)), "a5cfe66a7f6bb8e3bc7eaf05fc27ecfa9e5fd18c1684d8a1b18893a6115ff17e"),
    ])
  func known(_ location: Location, _ hex: String) {
    let isChain = location.interior.count == 1
    let chain = GlobalConsensusAccount(universal: Self.local).account(of: location)
    let para = GlobalConsensusParachainAccount(universal: Self.local).account(of: location)
    #expect((isChain ? chain : para)?.hex == "0x" + hex && (isChain ? para : chain) == nil)
    #expect(RemoteNetworkAccount(universal: Self.local).account(of: location)?.hex == "0x" + hex)
    // Where this chain stands in its own network changes nothing.
    let elsewhere = Junctions(.globalConsensus(.kusama), .para(9))
    #expect(RemoteNetworkAccount(universal: elsewhere).account(of: location)?.hex == "0x" + hex)
  }

  @Test(
    "every place of another network",
    arguments: [
      (at(.polkadot, .para(1000)), "94af7756a0eab8081f648284c3eb5c0d99057f01508b3f9556c5db85f30a4e45"),
      (at(.polkadot), "fab037718d77f2aa45cd942040724fa5583e96a178873f928983308197ac994c"),
      (
        at(.polkadot, .para(1000), .account(AccountTests.ones)),
        "9efacf5795d22c10786f4cb37ce013981b8494fe9105c84aa9558b48e764d9f4"
      ),
      (at(third, .account(AccountTests.ones)), "4764e0c48877796df0b07f47c25c9544a5d1adfc5b18601891914c1995f00de8"),
      // The bridged Ethereum test network, as its bridge publishes it.
      (at(.ethereum(chainId: 11_155_111)), "ce796ae65569a670d0c1cc1ac12515a3ce21b5fbf729d63d7b289baad070139d"),
      (at(.ethereum(chainId: 1)), "204dfe37731e8e2b4866ad0da9a17c49f434542c3477c5f914a3349acd88ba1a"),
      (
        at(.ethereum(chainId: 11_155_111), .accountKey20(network: nil, key: contract)),
        "6e911240626a716989f8762897123913c19057ccd79f6ca3569941d030f34912"
      ),
      (
        at(.ethereum(chainId: 1), .palletInstance(5)),
        "ff3f41bb28cf485e97301d240f1f738476ca9082206e4f2d322d9dc145a87a58"
      ),
    ])
  func external(_ location: Location, _ hex: String) {
    #expect(ExternalConsensusAccount(universal: Self.local).account(of: location)?.hex == "0x" + hex)
  }
  private static let contract = FixedBytes<20>(hexBytes) ?? .zero
  private static let hexBytes: [UInt8] = [
    0xd1, 0x84, 0xc1, 0x03, 0xf7, 0xac, 0xc3, 0x40, 0x84, 0x7e, 0xee, 0x82, 0xa0, 0xb9, 0x09, 0xe3, 0x35, 0x8b, 0xc2,
    0x8d,
  ]

  @Test(
    "places of this network, and what escapes too little or too far, have no such account",
    arguments: [
      Location.here, .parent, .sibling(1), Location(.para(1000)), at(.byGenesis(fill(1))),
      at(.byGenesis(fill(1)), .para(1000)),
      Location(.globalConsensus(third)), Location(parents: 1, .globalConsensus(third)),
      Location(parents: 3, .globalConsensus(third)), Location(parents: 9, .globalConsensus(third), .para(1000)),
      Location(parents: 2), Location(parents: 2, .para(1000)),
    ])
  func local(_ location: Location) {
    #expect(RemoteNetworkAccount(universal: Self.local).account(of: location) == nil)
    #expect(ExternalConsensusAccount(universal: Self.local).account(of: location) == nil)
    let lost = Junctions(.para(1), .para(2))
    #expect(RemoteNetworkAccount(universal: lost).account(of: location) == nil, "nobody knows which network this is")
  }

  @Test("deeper places than a parachain are left to other converters")
  func deeper() {
    let account = Self.at(Self.third, .para(1000), .account(AccountTests.ones))
    #expect(RemoteNetworkAccount(universal: Self.local).account(of: account) == nil)
    #expect(RemoteNetworkAccount(universal: Self.local).account(of: Self.at(Self.third, .palletInstance(1))) == nil)
    let relay = Junctions(.globalConsensus(.kusama))
    let seen = Location(parents: 1, .globalConsensus(.polkadot))
    #expect(
      GlobalConsensusAccount(universal: relay).account(of: seen)
        == GlobalConsensusAccount(universal: Self.local).account(of: Self.at(.polkadot)))
  }
}
