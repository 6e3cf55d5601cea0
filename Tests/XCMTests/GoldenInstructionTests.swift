import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

// The bytes are written by hand from the type registry of Asset Hub Polkadot 2000000 (metadata V15): variant numbers
// and the order of fields are the chain's, compact integers follow the SCALE specification. Nothing here was printed by
// the encoder under test. `~` stands where version 3 writes the tag of a concrete asset id, which later versions lack.

/// A value and its bytes.
private struct Golden<Value: Sendable>: Sendable, CustomTestStringConvertible {
  var value: Value
  var hex: String
  init(_ value: Value, _ hex: String) {
    self.value = value
    self.hex = hex
  }
  var testDescription: String { hex.filter { $0 != " " } }

  /// The bytes in a version.
  func bytes(_ version: UInt32 = 5) -> [UInt8] {
    Fixture.hex(hex.filter { $0 != " " }.replacing("~", with: version == 3 ? "00" : ""))
  }
}

private let assets = Assets(Asset(.parent, amount: 1))
private let asset = Asset(.parent, amount: 1)
private let info = QueryResponseInfo(
  destination: .parent, queryId: 1, maxWeight: Weight(refTime: 2, proofSize: 3))
private let weight = Weight(refTime: 2, proofSize: 3)
private let inner: Xcm = [.clearOrigin]
private let parentID = AssetID(.parent)

/// Instructions 0 to 24.
private let first: [Golden<Instruction>] = [
  Golden(.withdrawAsset(assets), "00 04 ~0100 00 04"),
  Golden(.reserveAssetDeposited(assets), "01 04 ~0100 00 04"),
  Golden(.receiveTeleportedAsset(assets), "02 04 ~0100 00 04"),
  Golden(.queryResponse(queryId: 1, response: .null, maxWeight: weight, querier: .parent), "03 04 00 080c 01 0100"),
  Golden(
    .queryResponse(queryId: 64, response: .assets(assets), maxWeight: weight, querier: nil),
    "03 0101 01 04 ~0100 00 04 080c 00"),
  Golden(.transferAsset(assets: assets, beneficiary: .sibling(2000)), "04 04 ~0100 00 04 01 01 00 411f"),
  Golden(.transferReserveAsset(assets: assets, dest: .parent, xcm: inner), "05 04 ~0100 00 04 0100 04 0a"),
  Golden(.hrmpNewChannelOpenRequest(sender: 1, maxMessageSize: 64, maxCapacity: 16384), "07 04 0101 02000100"),
  Golden(.hrmpChannelAccepted(recipient: 63), "08 fc"),
  Golden(.hrmpChannelClosing(initiator: 1, sender: 2, recipient: 3), "09 04 08 0c"),
  Golden(.clearOrigin, "0a"),
  Golden(.descendOrigin(Junctions(.palletInstance(50))), "0b 01 04 32"),
  Golden(.reportError(info), "0c 0100 04 080c"),
  Golden(.depositAsset(assets: .wild(.all), beneficiary: .parent), "0d 01 00 0100"),
  Golden(.depositReserveAsset(assets: .definite(assets), dest: .parent, xcm: inner), "0e 00 04 ~0100 00 04 0100 04 0a"),
  Golden(
    .exchangeAsset(give: .wild(.allOf(id: parentID, fun: .fungible)), want: assets, maximal: true),
    "0f 01 01 ~0100 00 04 ~0100 00 04 01"),
  Golden(
    .initiateReserveWithdraw(assets: .wild(.allCounted(2)), reserve: .parent, xcm: inner), "10 01 02 08 0100 04 0a"),
  Golden(
    .initiateTeleport(
      assets: .wild(.allOfCounted(id: parentID, fun: .nonFungible, count: 3)), dest: .parent, xcm: inner),
    "11 01 03 ~0100 01 0c 0100 04 0a"),
  Golden(.reportHolding(responseInfo: info, assets: .wild(.all)), "12 0100 04 080c 01 00"),
  Golden(.buyExecution(fees: asset, weightLimit: .unlimited), "13 ~0100 00 04 00"),
  Golden(.buyExecution(fees: asset, weightLimit: .limited(weight)), "13 ~0100 00 04 01 080c"),
  Golden(.refundSurplus, "14"),
  Golden(.setErrorHandler(inner), "15 04 0a"),
  Golden(.setAppendix(inner), "16 04 0a"),
  Golden(.clearError, "17"),
  Golden(.claimAsset(assets: assets, ticket: .here), "18 04 ~0100 00 04 0000"),
]

/// Instructions 25 to 47.
private let second: [Golden<Instruction>] = [
  Golden(.trap(1), "19 04"),
  Golden(.subscribeVersion(queryId: 1, maxResponseWeight: weight), "1a 04 080c"),
  Golden(.unsubscribeVersion, "1b"),
  Golden(.burnAsset(assets), "1c 04 ~0100 00 04"),
  Golden(.expectAsset(assets), "1d 04 ~0100 00 04"),
  Golden(.expectOrigin(.parent), "1e 01 0100"),
  Golden(.expectOrigin(nil), "1e 00"),
  Golden(.expectError(Pair(5, .destinationUnsupported)), "1f 01 05000000 0d"),
  Golden(.expectError(nil), "1f 00"),
  Golden(.expectTransactStatus(.success), "20 00"),
  Golden(.expectTransactStatus(.error(BoundedVector([7]) ?? BoundedVector())), "20 01 04 07"),
  Golden(.queryPallet(moduleName: [0x61, 0x62], responseInfo: info), "21 08 6162 0100 04 080c"),
  Golden(
    .expectPallet(index: 1, name: [0x61], moduleName: [0x62, 0x63], crateMajor: 1, minCrateMinor: 0),
    "22 04 04 61 08 6263 04 00"),
  Golden(.reportTransactStatus(info), "23 0100 04 080c"),
  Golden(.clearTransactStatus, "24"),
  Golden(.universalOrigin(.globalConsensus(.polkadot)), "25 09 02"),
  Golden(
    .exportMessage(network: .kusama, destination: Junctions(.para(2000)), xcm: inner), "26 03 01 00 411f 04 0a"),
  Golden(.lockAsset(asset: asset, unlocker: .here), "27 ~0100 00 04 0000"),
  Golden(.unlockAsset(asset: asset, target: .here), "28 ~0100 00 04 0000"),
  Golden(.noteUnlockable(asset: asset, owner: .here), "29 ~0100 00 04 0000"),
  Golden(.requestUnlock(asset: asset, locker: .here), "2a ~0100 00 04 0000"),
  Golden(.setFeesMode(jitWithdraw: true), "2b 01"),
  Golden(.setTopic(H256(Array(repeating: 0xab, count: 32)) ?? .zero), "2c" + String(repeating: "ab", count: 32)),
  Golden(.clearTopic, "2d"),
  Golden(.aliasOrigin(.parent), "2e 0100"),
  Golden(.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil), "2f 00 00"),
  Golden(.unpaidExecution(weightLimit: .limited(weight), checkOrigin: .parent), "2f 01 080c 01 0100"),
]

/// Instruction 6 in version 5 and instructions 48 to 51.
private let latestOnly: [Golden<Instruction>] = [
  Golden(
    .transact(originKind: .superuser, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [1, 2])),
    "06 02 00 08 0102"),
  Golden(
    .transact(originKind: .xcm, fallbackMaxWeight: weight, call: DoubleEncoded(encoded: [])), "06 03 01 080c 00"),
  Golden(.payFees(asset: asset), "30 0100 00 04"),
  Golden(
    .initiateTransfer(
      destination: .sibling(2000), remoteFees: .teleport(.definite(assets)), preserveOrigin: true,
      assets: BoundedVector([.reserveDeposit(.wild(.all)), .reserveWithdraw(.wild(.all))]) ?? BoundedVector(),
      remoteXcm: inner),
    "31 01 01 00 411f 01 00 00 04 0100 00 04 01 08 01 0100 02 0100 04 0a"),
  Golden(
    .initiateTransfer(
      destination: .parent, remoteFees: nil, preserveOrigin: false, assets: BoundedVector(), remoteXcm: Xcm()),
    "31 0100 00 00 00 00"),
  Golden(.executeWithOrigin(descendantOrigin: nil, xcm: inner), "32 00 04 0a"),
  Golden(
    .executeWithOrigin(descendantOrigin: Junctions(.palletInstance(50)), xcm: inner), "32 01 01 04 32 04 0a"),
  Golden(.setHints(hints: BoundedVector([.assetClaimer(location: .parent)]) ?? BoundedVector()), "33 04 00 0100"),
]

/// The names of all instructions, in the order of their numbers, as the chain's metadata has them.
private let names = """
  WithdrawAsset ReserveAssetDeposited ReceiveTeleportedAsset QueryResponse TransferAsset TransferReserveAsset Transact
  HrmpNewChannelOpenRequest HrmpChannelAccepted HrmpChannelClosing ClearOrigin DescendOrigin ReportError DepositAsset
  DepositReserveAsset ExchangeAsset InitiateReserveWithdraw InitiateTeleport ReportHolding BuyExecution RefundSurplus
  SetErrorHandler SetAppendix ClearError ClaimAsset Trap SubscribeVersion UnsubscribeVersion BurnAsset ExpectAsset
  ExpectOrigin ExpectError ExpectTransactStatus QueryPallet ExpectPallet ReportTransactStatus ClearTransactStatus
  UniversalOrigin ExportMessage LockAsset UnlockAsset NoteUnlockable RequestUnlock SetFeesMode SetTopic ClearTopic
  AliasOrigin UnpaidExecution PayFees InitiateTransfer ExecuteWithOrigin SetHints
  """.split { $0 == " " || $0 == "\n" }.map(String.init)

@Suite("Golden bytes of instructions") struct GoldenInstructionTests {
  @Test("version 5", arguments: first + second + latestOnly)
  private func latest(_ golden: Golden<Instruction>) throws {
    let bytes = golden.bytes()
    #expect(golden.value.encoded() == bytes)
    #expect(golden.value.encodedSize == bytes.count)
    #expect(try Instruction(decoding: bytes) == golden.value)
    #expect(golden.value.name == names[Int(bytes[0])])
    #expect(try VersionedXcm(decoding: [5, 4] + bytes) == .v5([golden.value]))
  }

  @Test("versions 3 and 4", arguments: first + second, [3, 4] as [UInt32])
  private func old(_ golden: Golden<Instruction>, version: UInt32) throws {
    let bytes = [UInt8(version), 4] + golden.bytes(version)
    let program = try VersionedXcm(decoding: bytes)
    #expect(program.encoded() == bytes)
    // A program that is read is the one that is written, both ways.
    #expect(try program.latest() == [golden.value])
    #expect(try VersionedXcm([golden.value], version: version) == program)
  }

  @Test("Transact requires a weight in versions 3 and 4", arguments: [3, 4] as [UInt32])
  func transact(version: UInt32) throws {
    let program: Xcm = [.transact(originKind: .native, fallbackMaxWeight: weight, call: DoubleEncoded(encoded: [9]))]
    #expect(try VersionedXcm(program, version: version).encoded() == [UInt8(version), 4, 6, 0, 8, 12, 4, 9])
    #expect(try VersionedXcm(decoding: [UInt8(version), 4, 6, 0, 8, 12, 4, 9]).latest() == program)
  }

  @Test("the tables leave no instruction out")
  func complete() {
    let old = Set((first + second).map { $0.bytes()[0] })
    let new = Set(latestOnly.map { $0.bytes()[0] })
    #expect(names.count == 52)
    #expect(old == Set((0...47).filter { $0 != 6 }))
    #expect(new == [6, 48, 49, 50, 51])
  }

  @Test("numbers behind the last are unknown", arguments: [(3, 48), (4, 48), (4, 51), (5, 52), (5, 255)])
  func unknown(version: UInt8, number: UInt8) {
    #expect(throws: ScaleError.self) { try VersionedXcm(decoding: [version, 4, number]) }
    #expect(throws: ScaleError.self) { try VersionedXcm(decoding: [version, 4, number, 0, 0, 0, 0]) }
  }

  @Test("versions that are not 3, 4 or 5 are unknown", arguments: [0, 1, 2, 6, 255] as [UInt8])
  func unknownVersion(version: UInt8) {
    #expect(throws: ScaleError.unknownVariant(type: "VersionedXcm", index: version, offset: 0)) {
      try VersionedXcm(decoding: [version, 0])
    }
    #expect(throws: ScaleError.self) { try VersionedLocation(decoding: [version, 0, 0]) }
    #expect(throws: ScaleError.self) { try VersionedAssets(decoding: [version, 0]) }
    #expect(throws: ScaleError.self) { try VersionedAssetID(decoding: [version, 0, 0]) }
    #expect(throws: ScaleError.self) { try VersionedAsset(decoding: [version, 0, 0, 0, 4]) }
    #expect(throws: ScaleError.self) { try VersionedResponse(decoding: [version, 0]) }
  }
}
