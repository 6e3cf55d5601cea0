import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

// Written by hand from the type registry of Asset Hub Polkadot 2000000 (metadata V15), as the bytes of instructions
// are.

private func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

private func bytes(_ hex: String) -> [UInt8] { Fixture.hex(hex.filter { $0 != " " }) }

private let networks: [(NetworkID, String)] = [
  (.byGenesis(.zero), "00" + zeros(32)),
  (.byFork(blockNumber: 258, blockHash: .zero), "01 0201000000000000" + zeros(32)),
  (.polkadot, "02"), (.kusama, "03"), (.ethereum(chainId: 1), "07 04"), (.bitcoinCore, "08"), (.bitcoinCash, "09"),
  (.polkadotBulletin, "0a"),
]

private let bodies: [(BodyID, String)] = [
  (.unit, "00"), (.moniker(FixedBytes([1, 2, 3, 4]) ?? .zero), "01 01020304"), (.index(7), "02 1c"), (.executive, "03"),
  (.technical, "04"), (.legislative, "05"), (.judicial, "06"), (.defense, "07"), (.administration, "08"),
  (.treasury, "09"),
]

private let parts: [(BodyPart, String)] = [
  (.voice, "00"), (.members(count: 3), "01 0c"), (.fraction(nom: 1, denom: 2), "02 04 08"),
  (.atLeastProportion(nom: 1, denom: 2), "03 04 08"), (.moreThanProportion(nom: 1, denom: 64), "04 04 0101"),
]

private let junctions: [(Junction, String)] = [
  (.para(2000), "00 411f"), (.account(.zero), "01 00" + zeros(32)),
  (.account(.zero, network: .ethereum(chainId: 1)), "01 01 07 04" + zeros(32)),
  (.accountIndex64(network: .polkadot, index: 5), "02 01 02 14"),
  (.accountKey20(network: .kusama, key: .zero), "03 01 03" + zeros(20)),
  (.palletInstance(50), "04 32"), (.generalIndex(1984), "05 011f"),
  (.generalIndex(Compact(UInt128.max)), "05 33" + String(repeating: "ff", count: 16)),
  (.generalKey(length: 2, data: .zero), "06 02" + zeros(32)), (.onlyChild, "07"),
  (.plurality(id: .treasury, part: .voice), "08 09 00"),
  (.plurality(id: .index(7), part: .moreThanProportion(nom: 1, denom: 2)), "08 02 1c 04 04 08"),
  (.globalConsensus(.ethereum(chainId: 1)), "09 07 04"),
  (.globalConsensus(.byFork(blockNumber: 1, blockHash: .zero)), "09 01 0100000000000000" + zeros(32)),
]

private let instances: [(AssetInstance, String)] = [
  (.undefined, "00"), (.index(1984), "01 011f"), (.array4(FixedBytes([1, 2, 3, 4]) ?? .zero), "02 01020304"),
  (.array8(.zero), "03" + zeros(8)), (.array16(.zero), "04" + zeros(16)), (.array32(.zero), "05" + zeros(32)),
]

private let responses: [(Response, String)] = [
  (.null, "00"), (.assets(Assets(Asset(.parent, amount: 1))), "01 04 ~0100 00 04"), (.executionResult(nil), "02 00"),
  (.executionResult(Pair(2, .trap(1))), "02 01 02000000 15 0100000000000000"), (.version(5), "03 05000000"),
  (.palletsInfo(BoundedVector()), "04 00"),
  (
    .palletsInfo(
      BoundedVector([
        PalletInfo(
          index: 31, name: BoundedVector([0x61]) ?? BoundedVector(), moduleName: BoundedVector(), major: 1, minor: 2,
          patch: 3)
      ]) ?? BoundedVector()),
    "04 04 7c 04 61 00 04 08 0c"
  ),
  (.dispatchResult(.success), "05 00"),
  (.dispatchResult(.truncatedError(BoundedVector([1, 2]) ?? BoundedVector())), "05 02 08 0102"),
]

/// Errors with their numbers in version 5 and in versions 3 and 4.
private let errors: [(XcmError, new: String, old: String?)] = [
  (.overflow, "00", "00"), (.unimplemented, "01", "01"), (.untrustedReserveLocation, "02", "02"),
  (.untrustedTeleportLocation, "03", "03"), (.locationFull, "04", "04"), (.locationNotInvertible, "05", "05"),
  (.badOrigin, "06", "06"), (.invalidLocation, "07", "07"), (.assetNotFound, "08", "08"),
  (.failedToTransactAsset, "09", "09"), (.notWithdrawable, "0a", "0a"), (.locationCannotHold, "0b", "0b"),
  (.exceedsMaxMessageSize, "0c", "0c"), (.destinationUnsupported, "0d", "0d"), (.transport, "0e", "0e"),
  (.unroutable, "0f", "0f"), (.unknownClaim, "10", "10"), (.failedToDecode, "11", "11"),
  (.maxWeightInvalid, "12", "12"), (.notHoldingFees, "13", "13"), (.tooExpensive, "14", "14"),
  (.trap(258), "15 0201000000000000", "15 0201000000000000"), (.expectationFalse, "16", "16"),
  (.palletNotFound, "17", "17"), (.nameMismatch, "18", "18"), (.versionIncompatible, "19", "19"),
  (.holdingWouldOverflow, "1a", "1a"), (.exportError, "1b", "1b"), (.reanchorFailed, "1c", "1c"),
  (.noDeal, "1d", "1d"), (.feesNotMet, "1e", "1e"), (.lockError, "1f", "1f"), (.noPermission, "20", "20"),
  (.unanchored, "21", "21"), (.notDepositable, "22", "22"), (.tooManyAssets, "23", nil),
  (.unhandledXcmVersion, "24", "23"), (.weightLimitReached(Weight(refTime: 1, proofSize: 2)), "25 04 08", "24 04 08"),
  (.barrier, "26", "25"), (.weightNotComputable, "27", "26"), (.exceedsStackLimit, "28", "27"),
]

@Suite("Golden bytes of types") struct GoldenTypeTests {
  /// The value has these bytes, and the bytes are this value.
  private func check<T: ScaleCodable & Equatable>(_ value: T, _ hex: String) throws {
    #expect(value.encoded() == bytes(hex))
    #expect(try T(decoding: bytes(hex)) == value)
  }

  @Test("networks", arguments: networks)
  func network(_ network: NetworkID, _ hex: String) throws { try check(network, hex) }

  @Test("networks 4 to 6 are of versions 3 and 4 only", arguments: [4, 5, 6] as [UInt8])
  func testNetworks(number: UInt8) throws {
    #expect(throws: ScaleError.unknownVariant(type: "NetworkID", index: number, offset: 0)) {
      try NetworkID(decoding: [number])
    }
    for version in [3, 4] as [UInt8] {
      let location: [UInt8] = [version, 2, 1, 9, number]
      #expect(try VersionedLocation(decoding: location).encoded() == location)
    }
    #expect(throws: ScaleError.self) { try VersionedLocation(decoding: [5, 2, 1, 9, number]) }
  }

  @Test("bodies", arguments: bodies)
  func body(_ body: BodyID, _ hex: String) throws { try check(body, hex) }

  @Test("parts of bodies", arguments: parts)
  func part(_ part: BodyPart, _ hex: String) throws { try check(part, hex) }

  @Test("junctions", arguments: junctions)
  func junction(_ junction: Junction, _ hex: String) throws {
    try check(junction, hex)
    for version in 3...5 as ClosedRange<UInt32> {
      let location = try VersionedLocation(Location(junction), version: version)
      #expect(location.encoded() == [UInt8(version), 0, 1] + bytes(hex))
      #expect(try VersionedLocation(decoding: location.encoded()) == location)
    }
  }

  @Test("paths of no to eight junctions", arguments: 0...8, [3, 4, 5] as [UInt32])
  func path(count: Int, version: UInt32) throws {
    let path = try #require(Junctions((0..<count).map { .palletInstance(UInt8($0)) }))
    let interior = ["00", "0400", "0401", "0402", "0403", "0404", "0405", "0406", "0407"][1..<(count + 1)].joined()
    let expected = [UInt8(version), 1, UInt8(count)] + bytes(interior)
    let location = try VersionedLocation(Location(parents: 1, interior: path), version: version)
    #expect(location.encoded() == expected)
    #expect(try VersionedLocation(decoding: expected).latest() == Location(parents: 1, interior: path))
  }

  @Test("a path of nine junctions is unknown", arguments: [3, 4, 5] as [UInt8])
  func longPath(version: UInt8) {
    let junctions = Array(repeating: [4, 0] as [UInt8], count: 9).joined()
    #expect(throws: ScaleError.unknownVariant(type: "Junctions", index: 9, offset: 2)) {
      try VersionedLocation(decoding: [version, 1, 9] + junctions)
    }
    #expect(Junctions(Array(repeating: .palletInstance(0), count: 9)) == nil)
  }

  @Test("instances of assets", arguments: instances)
  func instance(_ instance: AssetInstance, _ hex: String) throws {
    try check(instance, hex)
    let asset = Asset(.parent, instance: instance)
    try check(asset, "0100 01" + hex)
    #expect(try VersionedAsset(asset, version: 3).encoded() == bytes("03 00 0100 01" + hex))
    #expect(try VersionedAssets(Assets(asset), version: 4).encoded() == bytes("04 04 0100 01" + hex))
  }

  @Test("asset ids of the three versions, and the abstract one of version 3")
  func assetIDs() throws {
    let id = AssetID(.sibling(2000))
    #expect(try VersionedAssetID(id, version: 3).encoded() == bytes("03 00 01 01 00 411f"))
    #expect(try VersionedAssetID(id, version: 4).encoded() == bytes("04 01 01 00 411f"))
    #expect(try VersionedAssetID(id, version: 5).encoded() == bytes("05 01 01 00 411f"))
    let abstract = bytes("03 01" + zeros(32))
    #expect(try VersionedAssetID(decoding: abstract).encoded() == abstract)
    #expect(throws: ScaleError.self) { try VersionedAssetID(decoding: [3, 2] + Array(repeating: 0, count: 32)) }
  }

  @Test("responses", arguments: responses)
  func response(_ response: Response, _ hex: String) throws {
    try check(response, hex.replacing("~", with: ""))
    for version in 3...5 as ClosedRange<UInt32> {
      let expected = [UInt8(version)] + bytes(hex.replacing("~", with: version == 3 ? "00" : ""))
      #expect(try VersionedResponse(response, version: version).encoded() == expected)
      #expect(try VersionedResponse(decoding: expected).latest() == response)
    }
  }

  @Test("errors 0 to 40, and their numbers in versions 3 and 4", arguments: errors)
  func error(_ error: XcmError, new: String, old: String?) throws {
    try check(error, new)
    let response = Response.executionResult(Pair(0, error))
    for version in [3, 4] as [UInt32] {
      guard let old else {
        #expect(throws: XcmConversionError.error(version: version)) {
          try VersionedResponse(response, version: version)
        }
        continue
      }
      let expected = bytes("0\(version) 02 01 00000000" + old)
      #expect(try VersionedResponse(response, version: version).encoded() == expected)
      #expect(try VersionedResponse(decoding: expected).latest() == response)
    }
  }

  @Test("the table leaves no error out")
  func complete() {
    #expect(errors.map { bytes($0.new)[0] } == Array(0...40))
    #expect(errors.compactMap { $0.old.map { bytes($0)[0] } } == Array(0...39))
    #expect(throws: ScaleError.unknownVariant(type: "XcmError", index: 41, offset: 0)) { try XcmError(decoding: [41]) }
    for index in 40...255 as ClosedRange<UInt8> {
      #expect(throws: ScaleError.unknownVariant(type: "Error", index: index, offset: 0)) {
        try LegacyXcmError(decoding: [index])
      }
    }
  }

  @Test("kinds of origins, limits and transfers")
  func small() throws {
    for (kind, number) in [(OriginKind.native, "00"), (.sovereignAccount, "01"), (.superuser, "02"), (.xcm, "03")] {
      try check(kind, number)
    }
    try check(WeightLimit.unlimited, "00")
    try check(WeightLimit.limited(Weight(refTime: 64, proofSize: 16384)), "01 0101 02000100")
    try check(AssetTransferFilter.teleport(.wild(.all)), "00 01 00")
    try check(AssetTransferFilter.reserveDeposit(.wild(.allCounted(1))), "01 01 02 04")
    try check(AssetTransferFilter.reserveWithdraw(.definite(Assets())), "02 00 00")
    try check(Hint.assetClaimer(location: .parent), "00 0100")
    try check(MaybeErrorCode.error(BoundedVector([1]) ?? BoundedVector()), "01 04 01")
  }

  @Test("outcomes")
  func outcomes() throws {
    let used = Weight(refTime: 1, proofSize: 2)
    try check(Outcome.complete(used: used), "00 04 08")
    try check(Outcome.incomplete(used: used, error: InstructionError(index: 3, error: .barrier)), "01 04 08 03 26")
    try check(Outcome.error(InstructionError(index: 0, error: .unhandledXcmVersion)), "02 00 24")
  }

  @Test("metadata names what clients look up")
  func shapes() throws {
    guard case .variant(let instructions) = Instruction.typeShape.definition else { return #expect(Bool(false)) }
    #expect(instructions.map(\.index) == Array(0...51))
    #expect(instructions[49].name == "InitiateTransfer")
    #expect(
      instructions[49].fields.map(\.name) == ["destination", "remote_fees", "preserve_origin", "assets", "remote_xcm"])
    #expect(Location.typeShape.path.joined(separator: "::") == "staging_xcm::v5::location::Location")
    guard case .variant(let paths) = Junctions.typeShape.definition else { return #expect(Bool(false)) }
    #expect(paths.map(\.name) == ["Here", "X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8"])
    guard case .array(let length, _) = paths[3].fields[0].type.shape.definition else { return #expect(Bool(false)) }
    #expect(length == 3)
    guard case .variant(let errors) = LegacyXcmError.typeShape.definition else { return #expect(Bool(false)) }
    #expect(errors.map(\.index) == Array(0...39))
  }
}
