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

/// Whether the bytes of a program decode in every version, or in none.
///
/// The program may hold only what has the same bytes in all three.
private func decodesInAllVersions(_ program: Xcm) -> Bool {
  let bytes = program.encoded()
  let answers = Set([3, 4, 5].map { version in decodes { try VersionedXcm(decoding: [version] + bytes) } })
  #expect(answers.count == 1)
  return answers == [true]
}

private func clearErrors(_ count: Int) -> [Instruction] { Array(repeating: .clearError, count: count) }

@Suite("Decode limits") struct LimitTests {
  @Test(
    "instructions",
    arguments: [
      (0, true), (99, true), (100, true), (101, false), (255, false), (256, false), (257, false), (355, false),
      (356, false), (357, false), (65_536, false),
    ])
  func instructions(count: Int, accepted: Bool) {
    let program = Xcm(Array(repeating: .clearOrigin, count: count))
    #expect(decodesInAllVersions(program) == accepted)
    #expect(decodes { try Xcm(decoding: program.encoded()) } == accepted)
    #expect(program.isWithinDecodeLimits == accepted)
  }

  @Test("the number in front is refused before the instructions are read", arguments: [3, 4, 5] as [UInt8])
  func countAlone(version: UInt8) {
    // 101 and 2^30-1 instructions that are not there.
    for count in [[0x95, 0x01], [0xfe, 0xff, 0xff, 0xff]] as [[UInt8]] {
      #expect {
        try VersionedXcm(decoding: [version] + count + Array(repeating: 10, count: 40))
      } throws: { error in
        switch error as? ScaleError {
        case .lengthOverLimit, .truncated: true
        default: false
        }
      }
    }
  }

  @Test(
    "instructions are counted over nested programs",
    arguments: [(98, true), (99, true), (100, false), (254, false), (255, false), (256, false)])
  func nestedInstructions(inner: Int, accepted: Bool) {
    let program: Xcm = [.setAppendix(Xcm(clearErrors(inner)))]
    #expect(decodesInAllVersions(program) == accepted)
    #expect(program.isWithinDecodeLimits == accepted)
  }

  @Test("nested programs cannot hide instructions from one another")
  func spreadInstructions() {
    let half = Xcm(clearErrors(49))
    let program: Xcm = [.setAppendix(half), .setErrorHandler(half)]
    #expect(program.totalInstructions == 100 && program.isWithinDecodeLimits)
    #expect((try? Xcm(decoding: program.encoded())) == program)
    #expect(decodesInAllVersions(program))
    let more: Xcm = [.setAppendix(half), .setErrorHandler(half), .clearError]
    #expect(throws: ScaleError.lengthOverLimit(length: 101, limit: 100, offset: 0)) {
      try Xcm(decoding: more.encoded())
    }
    #expect(!decodesInAllVersions(more) && !more.isWithinDecodeLimits)
  }

  @Test(
    "a hundred instructions may be split in any way, and a hundred and one in none",
    arguments: 0..<24 as Range<UInt64>)
  func splits(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for (total, accepted) in [(100, true), (101, false), (102, false)] {
      // Every holder is one instruction of the outer program; the rest is spread over programs two and three deep.
      var left = total
      var outer: [Instruction] = []
      while left > 0 {
        let size = min(left - 1, Int.random(in: 0...40, using: &random))
        if size > 2, random.chance(1, in: 2) {
          outer.append(.setAppendix(Xcm([.setErrorHandler(Xcm(clearErrors(size - 1)))])))
        } else {
          outer.append(.setErrorHandler(Xcm(clearErrors(size))))
        }
        left -= size + 1
      }
      let program = Xcm(outer)
      #expect(program.totalInstructions == total && program.depth <= Xcm.maximumDepth, "seed \(seed)")
      #expect(decodesInAllVersions(program) == accepted, "seed \(seed)")
      #expect(program.isWithinDecodeLimits == accepted, "seed \(seed)")
    }
  }

  @Test(
    "depth", arguments: [(1, true), (7, true), (8, true), (9, false), (10, false), (30, false), (100, false)])
  func depth(depth: Int, accepted: Bool) {
    let program = nested(depth)
    #expect(program.depth == depth)
    #expect(decodesInAllVersions(program) == accepted)
    #expect(decodes { try Xcm(decoding: program.encoded()) } == accepted)
    #expect(program.isWithinDecodeLimits == accepted)
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
    for holder in holders {
      let program: Xcm = [holder]
      #expect(throws: ScaleError.self) { try Xcm(decoding: program.encoded()) }
      #expect(program.depth == 9 && !program.isWithinDecodeLimits)
      for version in [3, 4] as [UInt32] {
        guard let old = try? VersionedXcm(program, version: version) else { continue }
        #expect(throws: ScaleError.self) { try VersionedXcm(decoding: old.encoded()) }
      }
    }
    #expect(holders.count { (try? VersionedXcm([$0], version: 3)) != nil } == 7)
  }

  @Test("a program that holds an amount of zero is not one that a receiver decodes")
  func zeroAmount() {
    let zero = Asset(.parent, amount: 0)
    let holders: [Instruction] = [
      .buyExecution(fees: zero, weightLimit: .unlimited), .payFees(asset: zero),
      .lockAsset(asset: zero, unlocker: .here), .unlockAsset(asset: zero, target: .here),
      .noteUnlockable(asset: zero, owner: .here), .requestUnlock(asset: zero, locker: .here),
    ]
    for holder in holders {
      for program in [[holder], [.setAppendix([.clearError, holder])]] as [Xcm] {
        #expect(!program.isWithinDecodeLimits)
        #expect(throws: ScaleError.self) { try Xcm(decoding: program.encoded()) }
      }
    }
    #expect(Assets(zero).isEmpty)
    #expect((try? Assets([zero, Asset(.here, amount: 1)]))?.count == 1)
  }

  @Test("assets", arguments: [(0, true), (19, true), (20, true), (21, false), (63, false), (64, false), (256, false)])
  func assetCount(count: Int, accepted: Bool) {
    let prefix = Compact(UInt32(count)).encoded()
    let bytes = prefix + assets(count).flatMap { $0.encoded() }
    #expect(decodes { try Assets(decoding: bytes) } == accepted)
    #expect(decodes { try Assets(assets(count)) } == accepted)
    #expect(decodes { try VersionedAssets(decoding: [4] + bytes) } == accepted)
    let concrete = prefix + assets(count).flatMap { [0] + $0.encoded() }
    #expect(decodes { try VersionedAssets(decoding: [3] + concrete) } == accepted)
  }

  /// Lists of amounts and instances of the assets at `here` (a) and `parent` (b), as versions 4 and 5 write them.
  private static let lists: [(String, [String], Bool)] = [
    ("sorted amounts", ["a5", "b7"], true), ("unsorted amounts", ["b7", "a5"], false),
    ("one amount twice", ["a5", "a5"], false), ("two amounts of one asset", ["a5", "a7"], false),
    ("two instances", ["a#1", "a#2"], true), ("unsorted instances", ["a#2", "a#1"], false),
    ("one instance twice", ["a#1", "a#1"], false), ("an amount before an instance", ["b5", "a#1"], true),
    ("an amount before an instance of the same", ["a5", "a#1"], true),
    ("an instance before an amount of the same", ["a#1", "a5"], false),
    ("in the order of ids alone", ["a#1", "b5"], true),
    ("an amount twice around an instance", ["b5", "a#1", "b5"], false),
    ("two amounts around an instance", ["b5", "a#1", "b7"], false),
    ("an instance twice around an amount", ["a#1", "b5", "a#1"], false), ("a zero amount", ["a0"], false),
    ("a zero amount behind another", ["a5", "b0"], false),
  ]

  @Test("order and uniqueness of assets", arguments: lists, [3, 4, 5] as [UInt8])
  func assetOrder(list: (String, [String], Bool), version: UInt8) throws {
    let (name, items, accepted) = list
    var bytes: [UInt8] = [version, UInt8(items.count) << 2]
    for item in items {
      if version == 3 { bytes.append(0) }
      bytes += item.hasPrefix("a") ? [0, 0] : [1, 0]
      let number = UInt8(item.suffix(1)) ?? 0
      bytes += item.contains("#") ? [1, 1, number << 2] : [0, number << 2]
    }
    let decoded = try? VersionedAssets(decoding: bytes)
    #expect((decoded != nil) == accepted, "\(name)")
    guard let decoded else { return }
    #expect(decoded.encoded() == bytes, "\(name)")
    // A list in the order of ids alone keeps it in its own version only.
    let latest = try decoded.latest()
    #expect(latest.count == items.count)
    if version < 5 { #expect(latest == (try Assets(latest.items))) }
  }

  @Test("nothing may follow a value", arguments: [3, 4, 5] as [UInt32])
  func trailing(version: UInt32) throws {
    func check<T: VersionedXcmValue>(_ latest: T.Latest, as _: T.Type) throws {
      let value = try T(latest, version: version)
      let bytes = value.encoded()
      #expect(try T(decoding: bytes) == value)
      for other in [bytes + [0], bytes + bytes, bytes.dropLast(), []] { #expect(!decodes { try T(decoding: other) }) }
    }
    try check([.clearOrigin], as: VersionedXcm.self)
    try check(.parent, as: VersionedLocation.self)
    try check(Assets(), as: VersionedAssets.self)
    try check(Asset(.here, amount: 1), as: VersionedAsset.self)
    try check(AssetID(.parent), as: VersionedAssetID.self)
    try check(.null, as: VersionedResponse.self)
  }

  @Test(
    "lengths of byte vectors",
    arguments: [(0, true), (48, true), (49, false), (255, false), (256, false), (257, false)])
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
      let program = RandomXcm.program(&random)
      let version = UInt32.random(in: 3...5, using: &random)
      var bytes = ((try? VersionedXcm(program, version: version)) ?? .v5(program)).encoded()
      #expect((try VersionedXcm(decoding: bytes)).encoded() == bytes, "seed \(seed)")
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let program = try? VersionedXcm(decoding: bytes) else { continue }
      #expect(program.encoded() == bytes, "seed \(seed)")
    }
  }
}
