import Primitives
import RPC
import ScaleCodec
import Testing
import XCM
import XcmTools

@Suite("JSON form") struct JSONFormTests {
  @Test("there are 45 examples and 354 programs") func counts() {
    #expect(XcmExample.all.count == 45)
    #expect(XcmExample.programs.count == 354)
  }

  @Test("every example maps both ways exactly", arguments: XcmExample.all)
  func maps(_ example: XcmExample) throws {
    let decoded = try XcmDocument(decoding: example.bytes, as: example.kind)
    #expect(try decoded.json() == example.json)
    let read = try XcmDocument(example.json, as: example.kind)
    #expect(read == decoded)
    #expect(read.encoded() == example.bytes)
  }

  @Test("every program of the vectors comes back through JSON text") func vectorsComeBack() throws {
    for bytes in XcmExample.programs {
      let text = try XcmDocument(decoding: bytes, as: .program).json().encoded()
      #expect(try XcmDocument(try XcmJSON.parse(text), as: .program).encoded() == bytes)
    }
  }

  @Test("random values of all types and versions come back", arguments: 0..<16 as Range<UInt64>)
  func randomValuesComeBack(seed: UInt64) throws {
    var random = RandomValue(seed: seed)
    var accepted = 0
    for kind in XcmKind.allCases {
      for _ in 0..<75 {
        let bytes =
          switch kind {
          case .program: random.bytes(of: VersionedXcm.self)
          case .location: random.bytes(of: VersionedLocation.self)
          case .assets: random.bytes(of: VersionedAssets.self)
          case .assetID: random.bytes(of: VersionedAssetID.self)
          }
        // Rules that a shape does not tell may refuse some.
        guard let document = try? XcmDocument(decoding: bytes, as: kind) else { continue }
        accepted += 1
        let json = try document.json()
        #expect(try XcmDocument(json, as: kind).encoded() == bytes, "seed \(seed)")
        #expect(try XcmDocument(try XcmJSON.parse(json.encoded()), as: kind) == document, "seed \(seed)")
      }
    }
    #expect(accepted > 190, "seed \(seed)")
  }

  @Test("X1 holds a bare junction in version 3 and a list in versions 4 and 5", arguments: [3, 4, 5] as [UInt32])
  func writesX1(version: UInt32) throws {
    let location = try XcmDocument.location(.v5(.sibling(2000))).into(version: version)
    let junction: JSON = ["Parachain": 2000]
    let expected: JSON = ["V\(version)": ["parents": 1, "interior": ["X1": version == 3 ? junction : [junction]]]]
    #expect(try location.json() == expected)
    let other: JSON = ["V\(version)": ["parents": 1, "interior": ["X1": version == 3 ? [junction] : junction]]]
    #expect(throws: XcmTextError.self) { try XcmDocument(other, as: .location) }
  }
}

@Suite("JSON faults") struct JSONFaultTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var text: String
    var place: String
    var reason: String
    var testDescription: String { "\(place): \(reason)" }
  }

  static let asset = #"{"id":{"parents":0,"interior":"Here"},"fun":{"Fungible":"5"}}"#
  static let other = #"{"id":{"parents":1,"interior":"Here"},"fun":{"Fungible":"5"}}"#

  static let faults: [Fault] = [
    Fault(
      text: #"{"V5":["ClearOrigin",{"BuyExecution":{"fees":\#(asset),"weight_limit":"Much"}}]}"#,
      place: "V5[1].BuyExecution.weight_limit", reason: "there is no 'Much' here; it may be one of Unlimited, Limited"),
    Fault(
      text: #"{"V5":[{"BuyExecution":{"fees":\#(asset)}}]}"#, place: "V5[0].BuyExecution",
      reason: "the field 'weight_limit' is missing; the fields are fees, weight_limit"),
    Fault(
      text: #"{"V5":[{"BuyExecution":{"fees":\#(asset),"weight_limit":"Unlimited","weight":1}}]}"#,
      place: "V5[0].BuyExecution", reason: "there is no field 'weight' here; the fields are fees, weight_limit"),
    Fault(
      text: #"{"V5":[{"ClearOrigin":null}]}"#, place: "V5[0]",
      reason: #"ClearOrigin has no fields: it is written "ClearOrigin""#),
    Fault(
      text: #"{"V5":["SetTopic"]}"#, place: "V5[0]", reason: #"SetTopic has fields: it is written {"SetTopic": …}"#),
    Fault(
      text: #"{"V5":[{"Trap":5}]}"#, place: "V5[0].Trap",
      reason: "a number where a number of 64 bits as decimal text belongs"),
    Fault(
      text: #"{"V5":[{"Trap":"05"}]}"#, place: "V5[0].Trap",
      reason: "text that is not a number from 0 to 18446744073709551615 in decimal digits"),
    Fault(
      text: #"{"V5":[{"Trap":"18446744073709551616"}]}"#, place: "V5[0].Trap",
      reason: "18446744073709551616 is above 18446744073709551615"),
    Fault(
      text: #"{"V5":[{"HrmpChannelAccepted":{"recipient":4294967296}}]}"#, place: "V5[0].HrmpChannelAccepted.recipient",
      reason: "4294967296 is above 4294967295"),
    Fault(
      text: #"{"V5":[{"HrmpChannelAccepted":{"recipient":"7"}}]}"#, place: "V5[0].HrmpChannelAccepted.recipient",
      reason: "text where a whole number from 0 to 4294967295 belongs"),
    Fault(
      text: #"{"V5":[{"HrmpChannelAccepted":{"recipient":1.5}}]}"#, place: "V5[0].HrmpChannelAccepted.recipient",
      reason: "a number where a whole number from 0 to 4294967295 belongs"),
    Fault(
      text: #"{"V5":[{"SetFeesMode":{"jit_withdraw":1}}]}"#, place: "V5[0].SetFeesMode.jit_withdraw",
      reason: "a number where true or false belongs"),
    Fault(text: #"{"V5":[{"SetTopic":"0x00"}]}"#, place: "V5[0].SetTopic", reason: "1 bytes where 32 belong"),
    Fault(
      text: #"{"V5":[{"SetTopic":"0011"}]}"#, place: "V5[0].SetTopic",
      reason: "text that is not 32 bytes as 0x and 64 hexadecimal digits"),
    Fault(
      text: #"{"V5":[{"WithdrawAsset":{}}]}"#, place: "V5[0].WithdrawAsset", reason: "an object where a list belongs"),
    Fault(
      text: #"{"V5":[{"WithdrawAsset":[\#(other),\#(asset)]}]}"#, place: "V5[0].WithdrawAsset[1]",
      reason: "assets are not sorted or not unique"),
    Fault(
      text: #"{"V5":[{"WithdrawAsset":[{"id":{"parents":0,"interior":"Here"},"fun":{"Fungible":"0"}}]}]}"#,
      place: "V5[0].WithdrawAsset[0].fun", reason: "a fungible amount of zero"),
    Fault(
      text: #"{"V5":[{"DescendOrigin":{"X2":["OnlyChild"]}}]}"#, place: "V5[0].DescendOrigin.X2",
      reason: "a list of 1 where a list of 2 belongs"),
    Fault(text: #"{"V5":[{"A":1,"B":2}]}"#, place: "V5[0]", reason: "an object of 2 members where one variant belongs"),
    Fault(
      text: #"{"V4":[{"PayFees":{"asset":\#(asset)}}]}"#, place: "V4[0]",
      reason:
        "there is no 'PayFees' here; it may be one of 48 names such as WithdrawAsset, ReserveAssetDeposited, "
        + "ReceiveTeleportedAsset"
    ),
    Fault(text: #"{"V6":[]}"#, place: "", reason: "there is no 'V6' here; it may be one of V3, V4, V5"),
    Fault(text: #"[]"#, place: "", reason: "a list where one of V3, V4, V5 belongs"),
    Fault(text: "{\"V5\":[],\n \"V5\":[]}", place: "line 2, column 2", reason: "a key is given twice"),
    Fault(text: #"{"V5":[,]}"#, place: "line 1, column 8", reason: "',' is not expected here"),
    Fault(text: #"{"V5":["#, place: "line 1, column 8", reason: "the text ends inside a value"),
    Fault(text: #"{"V5":[]} x"#, place: "line 1, column 11", reason: "something follows the value"),
  ]

  @Test("a fault is named with its place", arguments: faults)
  func names(_ fault: Fault) {
    #expect(throws: XcmTextError(place: fault.place, reason: fault.reason)) {
      try XcmDocument(try XcmJSON.parse(Array(fault.text.utf8)), as: .program)
    }
  }

  @Test("programs nested deeper than eight and longer than a hundred are refused with their place") func limits() {
    let deep = (0..<8).reduce(#"["ClearOrigin"]"#) { inner, _ in #"[{"SetAppendix":\#(inner)}]"# }
    #expect(throws: XcmTextError.self) {
      try XcmDocument(try XcmJSON.parse(Array(#"{"V5":\#(deep)}"#.utf8)), as: .program)
    }
    let long = Array(repeating: #""ClearOrigin""#, count: 101).joined(separator: ",")
    #expect(throws: XcmTextError(place: "V5", reason: "101 items, at most 100 are possible")) {
      try XcmDocument(try XcmJSON.parse(Array(#"{"V5":[\#(long)]}"#.utf8)), as: .program)
    }
  }
}
