import PalletSupport
import Primitives
import ScaleCodec
import TestKit
import Testing
import XCM

/// All instructions of a program and of the programs inside it.
private func flatten(_ program: Xcm) -> [Instruction] {
  program.instructions.flatMap { [$0] + ($0.nestedProgram.map(flatten) ?? []) }
}

/// Whether a program, at any depth, says what versions 3 and 4 cannot.
private func needsLatest(_ program: Xcm) -> Bool {
  flatten(program).contains {
    switch $0 {
    case .payFees, .initiateTransfer, .executeWithOrigin, .setHints: true
    case .expectError(let result?): result.second == .tooManyAssets
    case .queryResponse(_, .executionResult(let result?), _, _): result.second == .tooManyAssets
    default: false
    }
  }
}

/// The program as it comes back from an old version: the fallback weight that a call lacks is the largest.
private func withWeights(_ program: Xcm) -> Xcm {
  Xcm(
    program.instructions.map { instruction in
      switch instruction {
      case .transact(let kind, nil, let call): .transact(originKind: kind, fallbackMaxWeight: .max, call: call)
      case .transferReserveAsset(let assets, let dest, let xcm):
        .transferReserveAsset(assets: assets, dest: dest, xcm: withWeights(xcm))
      case .depositReserveAsset(let assets, let dest, let xcm):
        .depositReserveAsset(assets: assets, dest: dest, xcm: withWeights(xcm))
      case .initiateReserveWithdraw(let assets, let reserve, let xcm):
        .initiateReserveWithdraw(assets: assets, reserve: reserve, xcm: withWeights(xcm))
      case .initiateTeleport(let assets, let dest, let xcm):
        .initiateTeleport(assets: assets, dest: dest, xcm: withWeights(xcm))
      case .setErrorHandler(let xcm): .setErrorHandler(withWeights(xcm))
      case .setAppendix(let xcm): .setAppendix(withWeights(xcm))
      case .exportMessage(let network, let destination, let xcm):
        .exportMessage(network: network, destination: destination, xcm: withWeights(xcm))
      default: instruction
      }
    })
}

@Suite("Random programs") struct RandomXcmTests {
  @Test("encode, decode, encode gives the same bytes", arguments: 0..<32 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<60 {
      let program = RandomXcm.program(&random)
      let bytes = program.encoded()
      #expect(bytes.count == program.encodedSize, "seed \(seed)")
      guard program.isWithinDecodeLimits else {
        #expect(throws: ScaleError.self, "seed \(seed)") { try Xcm(decoding: bytes) }
        continue
      }
      let decoded = try Xcm(decoding: bytes)
      #expect(decoded == program && decoded.encoded() == bytes, "seed \(seed)")
      #expect(throws: ScaleError.self, "seed \(seed)") { try Xcm(decoding: bytes + [0]) }
    }
  }

  @Test("the random programs use all 52 instructions, each more than once, and every depth")
  func coverage() throws {
    var random = SeededRandom(seed: 7)
    var counts = Array(repeating: 0, count: 52)
    var depths: Set<Int> = []
    for _ in 0..<800 {
      let program = RandomXcm.program(&random)
      depths.insert(program.depth)
      for instruction in flatten(program) { counts[Int(instruction.encoded()[0])] += 1 }
    }
    for (number, count) in counts.enumerated() { #expect(count > 10, "instruction \(number) occurs \(count) times") }
    #expect(depths.isSuperset(of: 1...4))
  }

  @Test("down and up again is the same program", arguments: 0..<32 as Range<UInt64>, [3, 4] as [UInt32])
  func conversions(seed: UInt64, version: UInt32) throws {
    var random = SeededRandom(seed: seed)
    var converted = 0
    for _ in 0..<60 {
      let program = RandomXcm.program(&random, depth: 2)
      guard program.isWithinDecodeLimits else { continue }
      guard let old = try? VersionedXcm(program, version: version) else {
        #expect(needsLatest(program), "seed \(seed)")
        continue
      }
      converted += 1
      #expect(!needsLatest(program), "seed \(seed)")
      let up = try old.latest()
      #expect(up == withWeights(program), "seed \(seed)")
      // The old form is one that chains of its version take, and reads back to itself.
      let bytes = old.encoded()
      #expect(try VersionedXcm(decoding: bytes) == old, "seed \(seed)")
      #expect(try VersionedXcm(up, version: version).encoded() == bytes, "seed \(seed)")
      #expect(try old.into(version: 7 - version).into(version: version) == old, "seed \(seed)")
    }
    #expect(converted > 10, "seed \(seed)")
  }

  @Test("values beside programs convert down and up", arguments: 0..<32 as Range<UInt64>, [3, 4] as [UInt32])
  func values(seed: UInt64, version: UInt32) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<40 {
      let location = RandomXcm.location(&random)
      let oldLocation = try VersionedLocation(location, version: version)
      #expect(try oldLocation.latest() == location, "seed \(seed)")
      #expect(try VersionedLocation(decoding: oldLocation.encoded()) == oldLocation, "seed \(seed)")
      let assets = RandomXcm.assets(&random)
      let oldAssets = try VersionedAssets(assets, version: version)
      #expect(try oldAssets.latest() == assets, "seed \(seed)")
      #expect(try VersionedAssets(decoding: oldAssets.encoded()) == oldAssets, "seed \(seed)")
      let asset = RandomXcm.asset(&random)
      #expect(try VersionedAsset(asset, version: version).latest() == asset, "seed \(seed)")
      #expect(try VersionedAssetID(asset.id, version: version).latest() == asset.id, "seed \(seed)")
      let response = RandomXcm.response(&random)
      if let old = try? VersionedResponse(response, version: version) {
        #expect(try old.latest() == response, "seed \(seed)")
        #expect(try VersionedResponse(decoding: old.encoded()) == old, "seed \(seed)")
      }
    }
  }

  /// A valid encoding in a random version, of a program or of one of the other versioned values.
  private static func encoding(_ r: inout SeededRandom) -> (bytes: [UInt8], reencode: @Sendable ([UInt8]) -> [UInt8]?) {
    let version = UInt32.random(in: 3...5, using: &r)
    func any<T: VersionedXcmValue>(_ value: T.Latest, _: T.Type) -> ([UInt8], @Sendable ([UInt8]) -> [UInt8]?)? {
      guard let value = try? T(value, version: version) else { return nil }
      return (value.encoded(), { (try? T(decoding: $0))?.encoded() })
    }
    let choice =
      switch Int.random(in: 0...7, using: &r) {
      case 0: any(RandomXcm.location(&r), VersionedLocation.self)
      case 1: any(RandomXcm.assets(&r), VersionedAssets.self)
      case 2: any(RandomXcm.asset(&r), VersionedAsset.self)
      case 3: any(RandomXcm.response(&r), VersionedResponse.self)
      default: any(RandomXcm.program(&r, depth: 2), VersionedXcm.self)
      }
    if let choice { return choice }
    return (VersionedXcm.v5([.clearOrigin]).encoded(), { (try? VersionedXcm(decoding: $0))?.encoded() })
  }

  @Test("changed bytes are refused or are another value's only encoding", arguments: 0..<32 as Range<UInt64>)
  func mutation(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var accepted = 0
    for _ in 0..<40 {
      let (bytes, reencode) = Self.encoding(&random)
      guard reencode(bytes) == bytes else {
        // Only a program over the limits does not read back.
        #expect(bytes.count > 100, "seed \(seed)")
        continue
      }
      for _ in 0..<10 {
        var changed = bytes
        switch Int.random(in: 0...4, using: &random) {
        case 0: changed.removeLast(Int.random(in: 1...changed.count, using: &random))
        case 1: changed += random.bytes(Int.random(in: 1...4, using: &random))
        case 2: changed.remove(at: Int.random(in: 0..<changed.count, using: &random))
        case 3: changed.insert(random.bytes(1)[0], at: Int.random(in: 0...changed.count, using: &random))
        default:
          for _ in 0..<Int.random(in: 1...3, using: &random) {
            let bit = UInt8(1) << UInt8.random(in: 0...7, using: &random)
            changed[Int.random(in: 0..<changed.count, using: &random)] ^= bit
          }
        }
        guard let again = reencode(changed) else { continue }
        accepted += 1
        #expect(again == changed, "seed \(seed)")
      }
      // Nothing shorter than a value is one.
      let cut = Int.random(in: 0..<bytes.count, using: &random)
      #expect(reencode(Array(bytes.prefix(cut))) == nil, "seed \(seed)")
    }
    #expect(accepted > 0, "seed \(seed)")
  }
}
