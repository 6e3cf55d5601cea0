import Primitives
import ScaleCodec
import Testing
import XCM
import XcmTools

@Suite("Input") struct InputTests {
  @Test(
    "hexadecimal text is read with and without 0x, quotes and white space",
    arguments: [
      "0x05040a", "05040a", " 0x0504\n0A\t", "\"0x05040a\"\n", "0X05040A", "05 04 0a",
    ]) func readsHex(_ text: String) throws
  {
    #expect(try XcmInput.bytes(ofHex: Array(text.utf8)) == [5, 4, 10])
    #expect(XcmInput.isHex(text))
  }

  @Test(
    "text that is no hexadecimal names the place",
    arguments: [
      ("0x05zz", "character 4", "'z' is no hexadecimal digit"),
      ("program.hex", "character 0", "'p' is no hexadecimal digit"),
      ("0x050", "", "3 hexadecimal digits, which is an odd number: half a byte is missing"),
      ("", "", "there are no bytes"), ("0x", "", "there are no bytes"),
      ("\"", "character 0", "'\"' is no hexadecimal digit"),
    ]) func refusesText(_ text: String, place: String, reason: String)
  {
    #expect(throws: XcmTextError(place: place, reason: reason)) { try XcmInput.bytes(ofHex: Array(text.utf8)) }
    #expect(!XcmInput.isHex(text))
  }

  @Test("a file holds text or the bytes themselves") func readsFiles() throws {
    #expect(try XcmInput.bytes(ofFile: Array("0x05040a\n".utf8)) == [5, 4, 10])
    #expect(try XcmInput.bytes(ofFile: [5, 4, 10]) == [5, 4, 10])
    #expect(throws: XcmTextError.self) { try XcmInput.bytes(ofFile: Array("hello".utf8)) }
    #expect(throws: XcmTextError.self) { try XcmInput.bytes(ofFile: []) }
  }

  @Test("more than a mebibyte is refused") func limitsSize() {
    let many = [UInt8](repeating: 0x30, count: XcmInput.limit + 1)
    #expect(throws: XcmTextError(reason: "1048577 bytes, at most 1048576 are taken")) {
      try XcmInput.bytes(ofFile: many)
    }
    #expect(throws: XcmTextError(reason: "1048577 bytes of text, at most 1048576 are taken")) {
      try XcmInput.bytes(ofHex: many)
    }
  }

  @Test(
    "bytes that do not decode name offset and part",
    arguments: [
      ("0x02", "byte 0", "version 2 is not one of 3, 4 and 5"),
      ("0x0504ff", "byte 2, V5[0]", "Instruction has no variant 255"),
      ("0x05040a0a", "byte 3", "1 byte left after the value"),
      ("0x050413000000", "byte 6, V5[0].BuyExecution.fees.fun.Fungible", "the bytes end here: 1 byte needed, 0 left"),
      ("0x0504000400000000", "byte 6, V5[0].WithdrawAsset[0].fun", "a fungible amount of zero"),
      ("0x05040b09", "byte 3, V5[0].DescendOrigin", "Junctions has no variant 9"),
      ("0x05040301000000", "byte 3, V5[0].QueryResponse.query_id", "a compact integer is not in its shortest form"),
    ]) func namesOffsets(_ hex: String, place: String, reason: String)
  {
    do {
      _ = try XcmDocument(decoding: try XcmInput.bytes(ofHex: Array(hex.utf8)), as: .program)
      Issue.record("decodes")
    } catch {
      #expect(error == XcmTextError(place: place, reason: reason))
    }
  }
}

@Suite("Locations as text") struct LocationTextTests {
  static let alice = AccountID([UInt8](repeating: 7, count: 32)) ?? .zero

  @Test(
    "forms that people write",
    arguments: [
      ("here", Location.here), ("..", .parent), ("parent", .parent), ("../Parachain(2000)", .sibling(2000)),
      ("sibling:2000", .sibling(2000)), ("para 2000", .sibling(2000)), ("child:7", Location(.para(7))),
      ("market", .sibling(2000)), ("AccountId32(alice)", .account(alice)),
      (
        "../Parachain(2000)/PalletInstance(50)/GeneralIndex(1984)",
        Location(parents: 1, interior: Junctions(.para(2000), .palletInstance(50), .generalIndex(Compact(1984))))
      ),
      ("../../GlobalConsensus(Ethereum(1))", Location(parents: 2, .globalConsensus(.ethereum(chainId: Compact(1))))),
      ("../Plurality(Treasury, Voice)", Location(parents: 1, .plurality(id: .treasury, part: .voice))),
      (#"{"parents":1,"interior":{"X1":[{"Parachain":2000}]}}"#, .sibling(2000)),
      (#"{"V3":{"parents":1,"interior":{"X1":{"Parachain":2000}}}}"#, .sibling(2000)),
      ("0x05010100411f", .sibling(2000)),
    ]) func reads(_ text: String, location: Location) throws
  {
    let found = try LocationText.parse(
      text, account: { $0 == "alice" ? Self.alice : nil }, chain: { $0 == "market" ? 2000 : nil })
    #expect(found == location)
  }

  @Test(
    "what the printer writes is read again",
    arguments: [
      Location.here, .parent, .sibling(7), .account(alice), .account(alice, network: .kusama),
      Location(parents: 1, .para(1), .accountKey20(network: .ethereum(chainId: Compact(5)), key: .zero)),
      Location(parents: 3, .globalConsensus(.byGenesis(.zero)), .onlyChild),
      Location(.generalKey(length: 2, data: H256([1, 2] + [UInt8](repeating: 0, count: 30)) ?? .zero)),
      Location(.accountIndex64(network: nil, index: Compact(9))),
    ]) func readsPrinted(_ location: Location) throws
  {
    #expect(try LocationText.parse(XcmPrinter().text(location)) == location)
  }

  @Test(
    "what is no location is refused",
    arguments: [
      "", "moon", "Parachain(x)", "Parachain(4294967296)", "Parachain(+1)", "para x", "Parachain(1)/..",
      "AccountId32(nobody)", "AccountKey20(0x00)", "GlobalConsensus(Mars)", "0x0501", "{}", "{\"parents\":1}",
      "OnlyChild/OnlyChild/OnlyChild/OnlyChild/OnlyChild/OnlyChild/OnlyChild/OnlyChild/OnlyChild",
    ]) func refuses(_ text: String)
  {
    #expect(throws: XcmTextError.self) { try LocationText.parse(text) }
  }

  @Test(
    "the rule of an account",
    arguments: [
      (Location.sibling(2000), SovereignRule.siblingChain), (.parent, .parentChain), (.account(alice), .localAccount),
      (Location(parents: 1, .para(2000), .account(alice)), .description), (.here, .thisChain),
    ]) func rules(_ location: Location, rule: SovereignRule) throws
  {
    let found = try #require(SovereignRule.account(of: location))
    #expect(found.rule == rule)
  }

  @Test("a location without an account has no rule") func noRule() {
    #expect(SovereignRule.account(of: Location(.onlyChild)) == nil)
  }
}
