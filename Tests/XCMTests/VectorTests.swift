import ScaleCodec
import TestKit
import Testing
import XCM

private struct Case: Decodable, Sendable, CustomTestStringConvertible {
  var name: String?
  var version: String?
  var instruction: String?
  var scale: HexBytes
  var testDescription: String { [version, instruction, name].compactMap { $0 }.joined(separator: " ") }
}

private struct CaseFile: Decodable { var cases: [Case] }

private struct Example: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var type: String
  var hex: HexBytes
  var testDescription: String { name }
}

private struct ExampleFile: Decodable { var examples: [Example] }

private struct Call: Decodable, Sendable, CustomTestStringConvertible {
  struct Argument: Decodable, Sendable {
    var name: String
    var type: String
    var scale: HexBytes
  }
  var call: String
  var args: [Argument]
  var testDescription: String { call }
}

private struct CallFile: Decodable { var cases: [Call] }

/// Decodes bytes as the named type and encodes the value again.
private func reencoded(_ type: String, _ bytes: [UInt8]) throws -> [UInt8] {
  switch type {
  case "VersionedXcm": try VersionedXcm(decoding: bytes).encoded()
  case "VersionedLocation": try VersionedLocation(decoding: bytes).encoded()
  case "VersionedAssets": try VersionedAssets(decoding: bytes).encoded()
  case "VersionedAsset": try VersionedAsset(decoding: bytes).encoded()
  case "VersionedAssetId": try VersionedAssetID(decoding: bytes).encoded()
  case "WeightLimit": try WeightLimit(decoding: bytes).encoded()
  case "u32": try UInt32(decoding: bytes).encoded()
  default: throw ScaleError.invalidValue(type: "test", reason: "no such type", offset: 0)
  }
}

@Suite("XCM vectors") struct VectorTests {
  @Test(
    "every instruction of versions 3, 4 and 5",
    arguments: Fixture.json("xcm/instructions.json", as: CaseFile.self).cases)
  private func instruction(_ vector: Case) throws {
    let program = try VersionedXcm(decoding: vector.scale.bytes)
    #expect(program.encoded() == vector.scale.bytes)
    switch (program, vector.version) {
    case (.v3, "V3"), (.v4, "V4"), (.v5, "V5"): break
    default: Issue.record("the version is another one")
    }
  }

  @Test(
    "an old program says the same in version 5",
    arguments: Fixture.json("xcm/instructions.json", as: CaseFile.self).cases)
  private func converts(_ vector: Case) throws {
    let program = try VersionedXcm(decoding: vector.scale.bytes)
    guard let latest = try? program.latest() else {
      #expect(vector.version != "V5")
      return
    }
    #expect(try Xcm(decoding: latest.encoded()) == latest)
  }

  @Test(
    "up and down again gives an old program's own bytes",
    arguments: Fixture.json("xcm/instructions.json", as: CaseFile.self).cases
      + Fixture.json("xcm/programs.json", as: CaseFile.self).cases)
  private func upAndDown(_ vector: Case) throws {
    let program = try VersionedXcm(decoding: vector.scale.bytes)
    let latest: Xcm
    do { latest = try program.latest() } catch {
      // Abstract assets of version 3, and Wococo.
      #expect(error == .abstractAsset || error == .unknownNetwork)
      return
    }
    #expect(try VersionedXcm(latest, version: program.version).encoded() == vector.scale.bytes)
  }

  @Test("programs", arguments: Fixture.json("xcm/programs.json", as: CaseFile.self).cases)
  private func program(_ vector: Case) throws {
    #expect(try VersionedXcm(decoding: vector.scale.bytes).encoded() == vector.scale.bytes)
  }

  @Test("programs in three versions are one program", arguments: ["reserve-transfer-received"])
  func agree(name: String) throws {
    let cases = Fixture.json("xcm/programs.json", as: CaseFile.self).cases.filter { $0.name == name }
    let programs = Set(try cases.map { try VersionedXcm(decoding: $0.scale.bytes).latest() })
    #expect(cases.count == 3 && programs.count == 1)
  }

  @Test("versioned values", arguments: Fixture.json("xcm/versioned_examples.json", as: ExampleFile.self).examples)
  private func example(_ vector: Example) throws {
    #expect(try reencoded(vector.type, vector.hex.bytes) == vector.hex.bytes)
    #expect(throws: ScaleError.self) { try reencoded(vector.type, vector.hex.bytes + [0]) }
    #expect(throws: ScaleError.self) { try reencoded(vector.type, vector.hex.bytes.dropLast()) }
  }

  @Test("refused", arguments: Fixture.json("xcm/invalid.json", as: CaseFile.self).cases)
  private func refused(_ vector: Case) {
    #expect(throws: ScaleError.self) { try VersionedXcm(decoding: vector.scale.bytes) }
  }

  // Five calls name a fee asset with an amount of zero, which a client encodes and no chain decodes.
  @Test(
    "arguments of recorded calls; version 2 and amounts of zero are refused",
    arguments: Fixture.json("xcm/calls.json", as: CallFile.self).cases)
  private func arguments(_ vector: Call) throws {
    for argument in vector.args {
      let type = argument.type.replacing("Box<", with: "").replacing("<()>", with: "").replacing(">", with: "")
        .replacing("Multi", with: "")
      guard type != "TransferType" else { continue }
      let hasZero = type == "VersionedAsset" && argument.scale.bytes.suffix(2) == [0, 0]
      if type.hasPrefix("Versioned"), argument.scale.bytes[0] == 1 || hasZero {
        #expect(throws: ScaleError.self) { try reencoded(type, argument.scale.bytes) }
      } else {
        #expect(try reencoded(type, argument.scale.bytes) == argument.scale.bytes, "\(argument.name): \(argument.type)")
      }
    }
  }
}
