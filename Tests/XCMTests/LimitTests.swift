import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

private func decodes<T>(_ body: () throws -> T) -> Bool {
  do {
    _ = try body()
    return true
  } catch { return false }
}

/// A program nested `depth` levels deep.
private func nested(_ depth: Int) -> Xcm {
  depth == 1 ? [.clearOrigin] : [.setAppendix(nested(depth - 1))]
}

private func assets(_ count: Int) -> [Asset] {
  (0..<count).map { Asset(Location(.generalIndex(Compact(UInt128($0)))), amount: 1) }
}

@Suite("Decode limits") struct LimitTests {
  @Test(
    "instructions",
    arguments: [(99, true), (100, true), (101, false), (255, false), (256, false), (257, false), (356, false)])
  func instructions(count: Int, accepted: Bool) {
    let bytes = Xcm(Array(repeating: .clearOrigin, count: count)).encoded()
    #expect(decodes { try Xcm(decoding: bytes) } == accepted)
    #expect(decodes { try VersionedXcm(decoding: [4] + bytes) } == accepted)
  }

  @Test("instructions are counted over nested programs", arguments: [(98, true), (99, true), (100, false)])
  func nestedInstructions(inner: Int, accepted: Bool) {
    let bytes = Xcm([.setAppendix(Xcm(Array(repeating: .clearError, count: inner)))]).encoded()
    #expect(decodes { try Xcm(decoding: bytes) } == accepted)
    #expect(decodes { try VersionedXcm(decoding: [3] + bytes) } == accepted)
  }

  @Test("many nested programs cannot hide instructions from one another")
  func spreadInstructions() {
    let half = Xcm(Array(repeating: .clearError, count: 49))
    let program = Xcm([.setAppendix(half), .setErrorHandler(half)])
    #expect(program.totalInstructions == 100 && program.isWithinDecodeLimits)
    #expect((try? Xcm(decoding: program.encoded())) == program)
    let more = Xcm([.setAppendix(half), .setErrorHandler(half), .clearError])
    #expect(throws: ScaleError.lengthOverLimit(length: 101, limit: 100, offset: 0)) {
      try Xcm(decoding: more.encoded())
    }
  }

  @Test("depth", arguments: [(1, true), (7, true), (8, true), (9, false), (30, false), (100, false)])
  func depth(depth: Int, accepted: Bool) {
    let program = nested(depth)
    #expect(program.depth == depth)
    #expect(decodes { try Xcm(decoding: program.encoded()) } == accepted)
    #expect(decodes { try VersionedXcm(decoding: [4] + program.encoded()) } == accepted)
  }

  @Test("every instruction that holds a program is counted")
  func nestingInstructions() {
    let inner = nested(8)
    let any = AssetFilter.wild(.all)
    let holders: [Instruction] = [
      .transferReserveAsset(assets: Assets(), dest: .here, xcm: inner),
      .depositReserveAsset(assets: any, dest: .here, xcm: inner),
      .initiateReserveWithdraw(assets: any, reserve: .here, xcm: inner),
      .initiateTeleport(assets: any, dest: .here, xcm: inner),
      .setErrorHandler(inner), .setAppendix(inner), .exportMessage(network: .polkadot, destination: .here, xcm: inner),
      .initiateTransfer(
        destination: .here, remoteFees: nil, preserveOrigin: false, assets: BoundedVector(), remoteXcm: inner),
      .executeWithOrigin(descendantOrigin: nil, xcm: inner),
    ]
    for holder in holders { #expect(throws: ScaleError.self) { try Xcm(decoding: Xcm([holder]).encoded()) } }
  }

  @Test("assets", arguments: [(0, true), (19, true), (20, true), (21, false)])
  func assetCount(count: Int, accepted: Bool) {
    let bytes = Compact(UInt32(count)).encoded() + assets(count).flatMap { $0.encoded() }
    #expect(decodes { try Assets(decoding: bytes) } == accepted)
    #expect(decodes { try Assets(assets(count)) } == accepted)
  }

  @Test("lengths of byte vectors", arguments: [(48, true), (49, false), (255, false), (256, false), (257, false)])
  func names(length: Int, accepted: Bool) {
    let name = Array(repeating: UInt8(ascii: "a"), count: length).encoded()
    let info = [0] + name + [0, 0, 0, 0] as [UInt8]
    #expect(decodes { try PalletInfo(decoding: info) } == accepted)
    // A module's name in a query has no bound of its own.
    let query = Instruction.queryPallet(
      moduleName: Array(repeating: 1, count: length),
      responseInfo: QueryResponseInfo(destination: .here, queryId: 0, maxWeight: .zero))
    #expect((try? Instruction(decoding: query.encoded())) == query)
  }

  @Test("bounded lists refuse one more")
  func boundedLists() {
    let hint = Hint.assetClaimer(location: .here)
    #expect(decodes { try Instruction(decoding: [51, 4] + hint.encoded()) })
    #expect(throws: ScaleError.self) { try Instruction(decoding: [51, 8] + hint.encoded() + hint.encoded()) }
    let filter = AssetTransferFilter.teleport(.wild(.all)).encoded()
    let head = [49] + Location.here.encoded() + [0, 0] as [UInt8]
    for (count, accepted) in [(6, true), (7, false)] {
      let list = (0..<count).flatMap { _ in filter }
      #expect(decodes { try Instruction(decoding: head + [UInt8(count) << 2] + list + [0]) } == accepted)
    }
  }

  @Test("random bytes never stop the decoder", arguments: 0..<40 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<500 {
      let version = UInt8.random(in: 3...5, using: &random)
      let bytes = [version] + random.bytes(Int.random(in: 0...120, using: &random))
      guard let program = try? VersionedXcm(decoding: bytes) else { continue }
      #expect(program.encoded() == bytes, "seed \(seed)")
    }
  }

  @Test("a mutated program decodes to itself or not at all", arguments: 0..<40 as Range<UInt64>)
  func mutate(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      var bytes = VersionedXcm.v5(RandomXcm.program(&random)).encoded()
      #expect((try VersionedXcm(decoding: bytes)).encoded() == bytes, "seed \(seed)")
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let program = try? VersionedXcm(decoding: bytes) else { continue }
      #expect(program.encoded() == bytes, "seed \(seed)")
    }
  }
}

@Suite("Golden bytes") struct GoldenTests {
  private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }
  private static let junctions: [(Junction, String)] = [
    (.para(2000), "00411f"), (.account(.zero), "0100" + zeros(64)),
    (.accountIndex64(network: .polkadot, index: 5), "02010214"),
    (.accountKey20(network: .kusama, key: .zero), "030103" + zeros(40)),
    (.palletInstance(50), "0432"), (.generalIndex(1984), "05011f"),
    (.generalKey(length: 2, data: .zero), "0602" + zeros(64)), (.onlyChild, "07"),
    (.plurality(id: .treasury, part: .voice), "080900"),
    (.plurality(id: .index(7), part: .moreThanProportion(nom: 1, denom: 2)), "08021c040408"),
    (.globalConsensus(.ethereum(chainId: 1)), "090704"),
    (.globalConsensus(.byFork(blockNumber: 1, blockHash: .zero)), "09010100000000000000" + zeros(64)),
  ]

  @Test("junctions", arguments: junctions)
  func junction(_ junction: Junction, _ hex: String) throws {
    #expect(junction.encoded() == Fixture.hex(hex))
    #expect(try Junction(decoding: Fixture.hex(hex)) == junction)
  }

  @Test("error numbers 0 to 40", arguments: 0..<41 as Range<UInt8>)
  func errors(number: UInt8) throws {
    let bytes: [UInt8] =
      switch number {
      case 21: [21, 7, 0, 0, 0, 0, 0, 0, 0]
      case 37: [37, 4, 8]
      default: [number]
      }
    let error = try XcmError(decoding: bytes)
    #expect(error.encoded() == bytes)
    let old = LegacyXcmError(error)
    #expect((old == nil) == (number == 35))
    if let old {
      let encoded = old.encoded()
      #expect(encoded[0] == (number > 35 ? number - 1 : number))
      #expect(try LegacyXcmError(decoding: encoded) == old)
    }
  }

  @Test("a number behind the last is unknown in every enum")
  func unknown() {
    #expect(throws: ScaleError.unknownVariant(type: "Instruction", index: 52, offset: 0)) {
      try Instruction(decoding: [52])
    }
    #expect(throws: ScaleError.unknownVariant(type: "XcmError", index: 41, offset: 0)) { try XcmError(decoding: [41]) }
    #expect(throws: ScaleError.unknownVariant(type: "Error", index: 40, offset: 0)) {
      try LegacyXcmError(decoding: [40])
    }
    #expect(throws: ScaleError.unknownVariant(type: "NetworkID", index: 4, offset: 0)) { try NetworkID(decoding: [4]) }
    #expect(throws: ScaleError.unknownVariant(type: "Junctions", index: 9, offset: 1)) {
      try Location(decoding: [0, 9])
    }
    #expect(throws: ScaleError.unknownVariant(type: "VersionedXcm", index: 2, offset: 0)) {
      try VersionedXcm(decoding: [2, 0])
    }
  }

  @Test("metadata names what clients look up")
  func shapes() {
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

  @Test("a network that version 5 dropped is named by its genesis, or refused")
  func conversion() throws {
    let rococo = try VersionedLocation(decoding: [3, 2, 1, 9, 5]).latest()
    guard case .globalConsensus(.byGenesis)? = rococo.interior.first else { return #expect(Bool(false)) }
    let wococo = try VersionedLocation(decoding: [4, 2, 1, 9, 6])
    #expect(throws: XcmConversionError.unknownNetwork) { try wococo.latest() }
    let abstract = try VersionedAssetID(decoding: [3, 1] + Array(repeating: 9, count: 32))
    #expect(throws: XcmConversionError.abstractAsset) { try abstract.latest() }
  }
}
