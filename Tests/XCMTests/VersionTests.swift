import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

private let westend = RandomXcm.westend
private let rococo = H256(hex: "0x6408de7737c59c238890533af25896a2c20608d8b380bb01029acb392781063e") ?? .zero

private func consensus(_ network: NetworkID) -> Location { Location(parents: 2, .globalConsensus(network)) }

@Suite("Versions") struct VersionTests {
  @Test("a version that is not supported has no form", arguments: [0, 1, 2, 6, .max] as [UInt32])
  func unsupported(version: UInt32) {
    let error = XcmConversionError.unknownVersion(version)
    #expect(throws: error) { try VersionedXcm([], version: version) }
    #expect(throws: error) { try VersionedLocation(.here, version: version) }
    #expect(throws: error) { try VersionedAssets(Assets(), version: version) }
    #expect(throws: error) { try VersionedAsset(Asset(.here, amount: 1), version: version) }
    #expect(throws: error) { try VersionedAssetID(AssetID(.here), version: version) }
    #expect(throws: error) { try VersionedResponse(.null, version: version) }
    #expect(throws: error) { try VersionedXcm.v5([.clearOrigin]).into(version: version) }
    #expect(!XcmVersion.supported.contains(version))
  }

  @Test("a value tells its version", arguments: [3, 4, 5] as [UInt32], [3, 4, 5] as [UInt32])
  func version(from: UInt32, to: UInt32) throws {
    let program = try VersionedXcm([.withdrawAsset(Assets(Asset(.parent, amount: 1)))], version: from)
    #expect(program.version == from)
    #expect(try program.into(version: to).version == to)
    #expect(try program.into(version: to).into(version: from) == program)
    #expect(program.encoded().first == UInt8(from))
    #expect(try VersionedLocation(.parent, version: from).into(version: to).version == to)
    #expect(try VersionedAssets(Assets(), version: from).into(version: to).version == to)
    #expect(try VersionedAsset(Asset(.parent, amount: 1), version: from).into(version: to).version == to)
    #expect(try VersionedAssetID(AssetID(.parent), version: from).into(version: to).version == to)
    #expect(try VersionedResponse(.version(4), version: from).into(version: to).version == to)
  }

  @Test("what only version 5 says is named", arguments: [3, 4] as [UInt32])
  func instructions(version: UInt32) {
    let cases: [(Instruction, String)] = [
      (.payFees(asset: Asset(.here, amount: 1)), "PayFees"),
      (
        .initiateTransfer(
          destination: .parent, remoteFees: nil, preserveOrigin: false, assets: BoundedVector(), remoteXcm: []),
        "InitiateTransfer"
      ),
      (.executeWithOrigin(descendantOrigin: nil, xcm: []), "ExecuteWithOrigin"),
      (.setHints(hints: BoundedVector()), "SetHints"),
    ]
    for (instruction, name) in cases {
      let error = XcmConversionError.instruction(name, version: version)
      #expect(throws: error) { try VersionedXcm([instruction], version: version) }
      // Nested programs travel to other chains or run later, in the same version.
      #expect(throws: error) { try VersionedXcm([.clearOrigin, .setAppendix([instruction])], version: version) }
      #expect(throws: error) {
        let onward = Instruction.depositReserveAsset(assets: .wild(.all), dest: .parent, xcm: [instruction])
        _ = try VersionedXcm([onward], version: version)
      }
      #expect("\(error)" == "xcm: version \(version) has no instruction \(name)")
    }
  }

  @Test("TooManyAssets has no number in versions 3 and 4", arguments: [3, 4] as [UInt32])
  func tooManyAssets(version: UInt32) {
    let result = Pair(UInt32(1), XcmError.tooManyAssets)
    let error = XcmConversionError.error(version: version)
    #expect(throws: error) { try VersionedXcm([.expectError(result)], version: version) }
    #expect(throws: error) { try VersionedResponse(.executionResult(result), version: version) }
    let response = Instruction.queryResponse(
      queryId: 1, response: .executionResult(result), maxWeight: .zero, querier: nil)
    #expect(throws: error) { try VersionedXcm([response], version: version) }
  }

  @Test("Transact without a fallback weight requires the largest", arguments: [3, 4] as [UInt32])
  func transact(version: UInt32) throws {
    let call = DoubleEncoded(encoded: [1])
    let old = try VersionedXcm(
      [.transact(originKind: .xcm, fallbackMaxWeight: nil, call: call)], version: version)
    // Compact 2^64-1 twice.
    let largest = Fixture.hex("13ffffffffffffffff")
    #expect(old.encoded() == [UInt8(version), 4, 6, 3] + largest + largest + [4, 1])
    #expect(try old.latest() == [.transact(originKind: .xcm, fallbackMaxWeight: .max, call: call)])
  }

  @Test(
    "test networks have numbers in versions 3 and 4 and genesis hashes in version 5",
    arguments: [(4, westend), (5, rococo)] as [(UInt8, H256)], [3, 4] as [UInt8])
  func networks(named: (UInt8, H256), version: UInt8) throws {
    let (number, genesis) = named
    let location = try VersionedLocation(decoding: [version, 2, 1, 9, number])
    #expect(try location.latest() == consensus(.byGenesis(genesis)))
    #expect(try VersionedLocation(consensus(.byGenesis(genesis)), version: UInt32(version)) == location)
    // By genesis in an old version is the same network; it comes back by number.
    let byGenesis = try VersionedLocation(decoding: [version, 2, 1, 9, 0] + genesis.bytes)
    #expect(try byGenesis.latest() == location.latest())
    #expect(try byGenesis.into(version: 5).into(version: UInt32(version)) == location)
    // In accounts, too.
    let account = Location(.accountIndex64(network: .byGenesis(genesis), index: 1))
    #expect(try VersionedLocation(account, version: UInt32(version)).encoded() == [version, 0, 1, 2, 1, number, 4])
    let export = try VersionedXcm(
      [.exportMessage(network: .byGenesis(genesis), destination: .here, xcm: [])], version: UInt32(version))
    #expect(export.encoded() == [version, 4, 38, number, 0, 0])
  }

  @Test("Wococo has no name in version 5, and abstract assets have none after version 3")
  func refused() throws {
    for version in [3, 4] as [UInt8] {
      let wococo = try VersionedLocation(decoding: [version, 2, 1, 9, 6])
      #expect(throws: XcmConversionError.unknownNetwork) { try wococo.latest() }
      #expect(throws: XcmConversionError.unknownNetwork) { try wococo.into(version: 5) }
      #expect(try wococo.into(version: UInt32(version)) == wococo)
    }
    let abstract = try VersionedAssetID(decoding: [3, 1] + Array(repeating: 9, count: 32))
    #expect(throws: XcmConversionError.abstractAsset) { try abstract.latest() }
    #expect(throws: XcmConversionError.abstractAsset) { try abstract.into(version: 4) }
    let list: [UInt8] = [3, 4, 1] + Array(repeating: 9, count: 32) + [0, 4]
    #expect(throws: XcmConversionError.abstractAsset) { try VersionedAssets(decoding: list).latest() }
  }

  @Test("assets stand in the order of each version", arguments: [3, 4] as [UInt32])
  func order(version: UInt32) throws {
    // By genesis Westend (e1..) stands before ff.., and by number behind every genesis.
    let other = consensus(.byGenesis(H256(Array(repeating: 0xff, count: 32)) ?? .zero))
    let assets = try Assets([
      Asset(consensus(.byGenesis(westend)), amount: 1), Asset(other, amount: 2), Asset(consensus(.polkadot), amount: 3),
    ])
    #expect(assets.items.map(\.amount) == [1, 2, 3])
    let old = try VersionedAssets(assets, version: version)
    // A chain of that version takes the list, so it is in that version's order.
    #expect(try VersionedAssets(decoding: old.encoded()) == old)
    let amounts: [Balance] =
      switch old {
      case .v3(let assets): assets.items.compactMap { amount($0.fun) }
      case .v4(let assets): assets.items.compactMap { amount($0.fun) }
      case .v5: []
      }
    #expect(amounts == [2, 3, 1])
    #expect(try old.latest() == assets)
  }

  private func amount(_ fun: Fungibility) -> Balance? {
    if case .fungible(let amount) = fun { amount.value } else { nil }
  }

  @Test("a network that an old list names twice is one in version 5")
  func merged() throws {
    let byGenesis = Fixture.hex("02010900" + westend.hex.dropFirst(2)) + [0, 4] as [UInt8]
    let byNumber: [UInt8] = [2, 1, 9, 4, 0, 8]
    let old = try VersionedAssets(decoding: [4, 8] + byGenesis + byNumber)
    #expect(try old.latest().items == [Asset(consensus(.byGenesis(westend)), amount: 3)])
  }
}
