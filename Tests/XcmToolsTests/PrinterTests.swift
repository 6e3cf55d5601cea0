import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM
import XcmTools

@Suite("Printer") struct PrinterTests {
  static let account = AccountID([UInt8](repeating: 7, count: 32)) ?? .zero
  static let universal = Junctions(.globalConsensus(.byGenesis(.zero)), .para(1000))

  /// Chain 1000 knows its own asset and that of chain 2000.
  static let printer: XcmPrinter = {
    var names = XcmNames()
    names.name(asset: .here, XcmNames.Unit(symbol: "ECHO", decimals: 12))
    names.name(asset: .sibling(2000), XcmNames.Unit(symbol: "MRKT", decimals: 6))
    names.name(account: account, "bob")
    return XcmPrinter(names: names, universal: universal)
  }()

  static let program: Xcm = [
    .withdrawAsset(
      (try? Assets([Asset(.here, amount: 1_500_000_000_000), Asset(.sibling(2000), amount: 250)])) ?? Assets()),
    .payFees(asset: Asset(.here, amount: 5)),
    .setAppendix([.refundSurplus, .depositAsset(assets: .wild(.allCounted(2)), beneficiary: .account(account))]),
    .initiateTransfer(
      destination: .sibling(2000),
      remoteFees: .reserveDeposit(.definite(Assets(Asset(.here, amount: 100_000_000_000)))), preserveOrigin: true,
      assets: BoundedVector([.reserveWithdraw(.wild(.allOf(id: AssetID(.sibling(2000)), fun: .fungible)))])
        ?? BoundedVector(),
      remoteXcm: [
        .depositAsset(
          assets: .definite(Assets(Asset(.sibling(1000), amount: 1_000_000_000_000))), beneficiary: .account(account)),
        .depositReserveAsset(
          assets: .definite(Assets(Asset(.here, amount: 2_000_000))), dest: .sibling(1000), xcm: [.clearOrigin]),
        .exportMessage(network: .kusama, destination: .here, xcm: [.burnAsset(Assets(Asset(.here, amount: 3)))]),
      ]),
  ]

  @Test("amounts are in units, whoever names the asset; programs are indented") func printsUnits() {
    let bob = Self.printer.text(Self.account)
    #expect(bob.hasPrefix("bob 5"))
    let expected = [
      "0  WithdrawAsset  1.5 ECHO + 0.00025 MRKT", "1  PayFees  asset: 0.000000000005 ECHO", "2  SetAppendix",
      "   0  RefundSurplus", "   1  DepositAsset  assets: the first 2; beneficiary: AccountId32(\(bob))",
      "3  InitiateTransfer  destination: ../Parachain(2000); remote_fees: 0.1 ECHO by reserve deposit; "
        + "preserve_origin: true; assets: [all of MRKT by reserve withdraw]",
      "   remote_xcm:", "     0  DepositAsset  assets: 1 ECHO; beneficiary: AccountId32(\(bob))",
      "     1  DepositReserveAsset  assets: 2 MRKT; dest: ../Parachain(1000)", "        xcm:",
      "          0  ClearOrigin",
      "     2  ExportMessage  network: Kusama; destination: here", "        xcm:", "          0  BurnAsset  3 of here",
    ]
    #expect(Self.printer.lines(Self.program) == expected)
  }

  @Test("the same program reads the same in every version that has its instructions", arguments: [3, 4, 5] as [UInt32])
  func printsVersions(version: UInt32) throws {
    let program: Xcm = [
      .reserveAssetDeposited(Assets(Asset(.here, amount: 1_000_000_000_000))),
      .buyExecution(
        fees: Asset(.sibling(2000), amount: 1), weightLimit: .limited(Weight(refTime: 1_000_000, proofSize: 65536))),
      .transact(
        originKind: .xcm, fallbackMaxWeight: Weight(refTime: 5, proofSize: 6), call: DoubleEncoded(encoded: [0, 1])),
      .reportError(QueryResponseInfo(destination: .parent, queryId: 7, maxWeight: .zero)),
      .expectPallet(index: 3, name: Array("Balances".utf8), moduleName: [0xff], crateMajor: 1, minCrateMinor: 2),
    ]
    let document = try XcmDocument.program(.v5(program)).into(version: version)
    let weight = version == 5 ? "fallback_max_weight" : "require_weight_at_most"
    let expected = [
      "XCM version \(version), 5 instructions, \(document.encoded().count) bytes", "0  ReserveAssetDeposited  1 ECHO",
      "1  BuyExecution  fees: 0.000001 MRKT; weight_limit: at most 1,000,000 ps, 65,536 B",
      "2  Transact  origin_kind: Xcm; \(weight): 5 ps, 6 B; call: 0x0001",
      "3  ReportError  destination: ..; query_id: 7; max_weight: 0 ps, 0 B",
      "4  ExpectPallet  index: 3; name: \"Balances\"; module_name: 0xff; crate_major: 1; min_crate_minor: 2",
    ]
    #expect(Self.printer.lines(document) == expected)
  }

  @Test("without names amounts are in smallest units of a path") func printsPaths() throws {
    let printer = XcmPrinter()
    #expect(
      printer.line(.withdrawAsset(Assets(Asset(.sibling(2000), amount: 5)))) == "WithdrawAsset  5 of ../Parachain(2000)"
    )
    #expect(printer.line(.setAppendix([.clearOrigin])) == "SetAppendix")
    #expect(printer.line(.clearOrigin) == "ClearOrigin")
    let nft = Asset(Location(.palletInstance(52)), instance: .index(Compact(7)))
    #expect(printer.line(.burnAsset(Assets(nft))) == "BurnAsset  instance Index(7) of PalletInstance(52)")
    #expect(printer.text(Assets()) == "nothing")
  }

  @Test("a call is read where a reader is given, and long data is cut") func printsCalls() {
    var printer = XcmPrinter()
    let long = Instruction.transact(
      originKind: .native, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [UInt8](repeating: 1, count: 70)))
    let shown = String(repeating: "01", count: 64)
    #expect(
      printer.line(long) == "Transact  origin_kind: Native; fallback_max_weight: none; call: 0x\(shown)… (70 bytes)")
    printer.call = { _ in "System.remark" }
    #expect(printer.line(long) == "Transact  origin_kind: Native; fallback_max_weight: none; call: System.remark")
  }

  @Test(
    "locations, assets and asset ids",
    arguments: [
      ("0x05010100411f", XcmKind.location, ["location of version 5, 6 bytes", "  ../Parachain(2000)"]),
      ("0x050101000000", .assets, []), ("0x0500", .assets, ["assets of version 5, 0 assets, 2 bytes"]),
      ("0x0504000000070010a5d4e8", .assets, ["assets of version 5, 1 asset, 11 bytes", "  1 ECHO"]),
      ("0x0300010100411f", .assetID, ["asset id of version 3, 7 bytes", "  ../Parachain(2000)"]),
    ]) func printsOthers(_ hex: String, kind: XcmKind, lines: [String]) throws
  {
    guard !lines.isEmpty else {
      #expect(throws: XcmTextError.self) { try XcmDocument(decoding: Hex.decode(hex) ?? [], as: kind) }
      return
    }
    #expect(Self.printer.lines(try XcmDocument(decoding: Hex.decode(hex) ?? [], as: kind)) == lines)
  }

  @Test("every program of the vectors is printed, one line for each instruction at least") func printsVectors() throws {
    for bytes in XcmExample.programs {
      guard case .program(let program) = try XcmDocument(decoding: bytes, as: .program) else { continue }
      let lines = XcmPrinter().lines(.program(program))
      #expect(lines.count >= 2)
      if let latest = try? program.latest() { #expect(lines.count >= 1 + latest.totalInstructions) }
    }
  }
}
