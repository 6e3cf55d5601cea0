import EchoRuntime
import Keys
import PalletBalances
import PalletMessages
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

private let unit = Hub.unit
private let alice = Hub.alice
private let aliceKey = Hub.aliceKey
private let bob = Hub.bob
private let gold = Hub.gold
private let market = Hub.market

/// A program of a local account.
struct LocalProgram: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var program: Xcm

  static let all: [LocalProgram] = [
    LocalProgram(
      testDescription: "a transfer between accounts",
      program: [.transferAsset(assets: assets((.here, unit)), beneficiary: .account(bob))]),
    LocalProgram(
      testDescription: "a deposit of part of what was withdrawn",
      program: [
        .withdrawAsset(assets((.here, 3 * unit))),
        .depositAsset(assets: .definite(assets((.here, unit))), beneficiary: .account(bob)),
      ]),
    LocalProgram(
      testDescription: "a reserve transfer",
      program: [
        .setFeesMode(jitWithdraw: true),
        .transferReserveAsset(
          assets: assets((.here, 5 * unit)), dest: market,
          xcm: [
            .buyExecution(fees: Asset(Location.sibling(1000), amount: unit), weightLimit: .unlimited),
            .depositAsset(assets: .wild(.all), beneficiary: .account(bob)),
          ]),
      ]),
    LocalProgram(
      testDescription: "an error handler that deposits",
      program: [
        .withdrawAsset(assets((.here, unit))),
        .setErrorHandler([.depositAsset(assets: .wild(.all), beneficiary: .account(bob)), .clearError]),
        .trap(7),
      ]),
    LocalProgram(testDescription: "more than there is", program: [.withdrawAsset(assets((.here, 5000 * unit)))]),
    LocalProgram(
      testDescription: "a failure behind a withdrawal",
      program: [.withdrawAsset(assets((gold, unit))), .expectAsset(assets((gold, 2 * unit)))]),
    LocalProgram(
      testDescription: "a call within a program",
      program: [
        .transact(
          originKind: .sovereignAccount, fallbackMaxWeight: nil,
          call: DoubleEncoded(
            encoded: RuntimeCall.balances(.transferKeepAlive(dest: .id(bob), value: Compact(2 * unit))).encoded())),
        .expectTransactStatus(.success),
      ]),
  ]
}

@Suite("Dry-run") struct XcmDryRunTests {
  let chain: XcmTestChain
  init() throws { chain = try XcmTestChain() }

  @Test("a call's trial predicts its dispatch: result and events", arguments: LocalProgram.all)
  func predictsCalls(_ local: LocalProgram) throws {
    let effects = try chain.dryRun(execute(local.program))
    let block = try chain.block()
    let before = block.events.count
    let failure = attempt(in: block) { () throws(DispatchError) in
      try execute(local.program).dispatch(origin: .signed(alice), in: block)
    }
    #expect(effects.executionResult == failure.map { .err(DispatchErrorWithPostInfo($0)) } ?? .ok(PostDispatchInfo()))
    #expect(effects.emittedEvents == Array(try block.decodedEvents().dropFirst(before)))
    #expect(effects.localXcm == .v5(local.program))
  }

  @Test("a trace predicts the extrinsic: result, fee, every event", arguments: LocalProgram.all)
  func predictsExtrinsics(_ local: LocalProgram) throws {
    let trace = try chain.trace(execute(local.program))
    let block = try chain.block()
    let before = block.events.count
    let genesis = try System.blockHash.get(0, in: block)
    let era = Era(period: 64, current: 1)
    let signing = SigningContext(
      specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion,
      genesisHash: genesis,
      birthHash: chain.parentHash)
    let extrinsic = Extrinsic(
      call: execute(local.program), extra: SignedExtra(era: era, nonce: 0), context: signing, key: aliceKey)
    try Executive.apply(extrinsic.encoded(), signatureChecked: true, in: block)
    #expect(trace.run.events == Array(try block.decodedEvents().dropFirst(before)))
    guard case .system(let last)? = trace.run.events.last else {
      Issue.record("no result")
      return
    }
    switch (trace.result, last) {
    case (.ok, .extrinsicSuccess(let info)): #expect(info.weight == trace.weight)
    case (.err(let error), .extrinsicFailed(let said, _)): #expect(error == said)
    default: Issue.record("\(trace.result) is not \(last)")
    }
    let spent = 1000 * unit - (try BalancesPallet.freeBalance(of: alice, in: block))
    let change = trace.run.ledger.first { $0.account == alice && $0.asset == AssetID(.here) }
    #expect(change.map { $0.before - $0.after } == spent)
    #expect(trace.fee > 0 && spent >= trace.fee)
  }

  @Test(
    "a transfer's message is forwarded to its destination, in the version that is asked for",
    arguments: [3, 4, 5] as [UInt32])
  func forwards(version: UInt32) throws {
    let effects = try chain.dryRun(.xcmPallet(.send(dest: .v5(market), message: .v5([.clearOrigin]))), version: version)
    #expect(effects.executionResult == .ok(PostDispatchInfo()))
    let group = try #require(effects.forwardedXcms.first)
    #expect(effects.forwardedXcms.count == 1 && group.second.count == 1)
    #expect(group.first.version == version && group.second.allSatisfy { $0.version == version })
    #expect(try group.first.latest() == market)
    let program = try #require(group.second.first).latest()
    #expect(program.instructions.contains(.clearOrigin))
    guard case .setTopic? = program.instructions.last else {
      Issue.record("no topic")
      return
    }
  }

  @Test("a message that the version cannot say is a failed conversion") func inexpressible() throws {
    let arguments = OriginCaller.system(.signed(alice)).encoded() + send(5 * unit, of: .here).encoded()
    // Version 5 alone has the hint that names the claimer.
    let answer: ScaleResult<CallDryRunEffects, DryRunError> = try chain.call(
      "DryRunApi_dry_run_call", arguments + UInt32(4).encoded())
    #expect(answer == .err(.versionedConversionFailed))
    let unknown: ScaleResult<CallDryRunEffects, DryRunError> = try chain.call(
      "DryRunApi_dry_run_call", arguments + UInt32(6).encoded())
    #expect(unknown == .err(.versionedConversionFailed))
  }

  @Test("the form without a version answers in the latest") func olderForm() throws {
    let arguments = OriginCaller.system(.signed(alice)).encoded() + send(5 * unit, of: .here).encoded()
    let old: ScaleResult<CallDryRunEffects, DryRunError> = try chain.call("DryRunApi_dry_run_call", arguments)
    let new: ScaleResult<CallDryRunEffects, DryRunError> = try chain.call(
      "DryRunApi_dry_run_call", arguments + UInt32(5).encoded())
    #expect(old == new)
    guard case .ok(let effects) = old else {
      Issue.record("refused")
      return
    }
    #expect(effects.forwardedXcms.count == 1)
  }

  @Test("root, nobody and a location are origins too") func origins() throws {
    let call = RuntimeCall.system(.remark(remark: [1]))
    #expect(try chain.dryRun(call, as: .system(.root)).executionResult == .ok(PostDispatchInfo()))
    let bad = DispatchResultWithPostInfo.err(DispatchErrorWithPostInfo(.badOrigin))
    #expect(try chain.dryRun(send(unit, of: .here), as: .system(.none)).executionResult == bad)
    #expect(try chain.dryRun(send(unit, of: .here), as: .xcmPallet(.xcm(market))).executionResult == bad)
  }

  @Test("OriginCaller is encoded as polkadot-sdk encodes it") func originBytes() {
    #expect(OriginCaller.system(.root).encoded() == [0, 0])
    #expect(OriginCaller.system(.signed(alice)).encoded() == [0, 1] + alice.bytes)
    #expect(OriginCaller.system(.none).encoded() == [0, 2])
    #expect(OriginCaller.xcmPallet(.xcm(.here)).encoded() == [33, 0, 0, 0])
  }

  @Test("results are encoded as polkadot-sdk encodes them") func resultBytes() {
    #expect(DispatchResultWithPostInfo.ok(PostDispatchInfo()).encoded() == [0, 0, 0])
    #expect(DispatchResultWithPostInfo.err(DispatchErrorWithPostInfo(.badOrigin)).encoded() == [1, 0, 0, 2])
    #expect(ScaleResult<CallDryRunEffects, DryRunError>.err(.versionedConversionFailed).encoded() == [1, 1])
  }

  @Test("a program from another chain ends as its delivery does", arguments: RemoteProgram.all)
  func predictsDeliveries(_ remote: RemoteProgram) throws {
    let message = VersionedXcm.v5(remote.program)
    let answer: ScaleResult<XcmDryRunEffects, DryRunError> = try chain.call(
      "DryRunApi_dry_run_xcm", VersionedLocation.v5(market).encoded() + message.encoded())
    guard case .ok(let effects) = answer else {
      Issue.record("refused")
      return
    }
    let block = try chain.block()
    let before = block.events.count
    let id = try #require(remote.topic)
    let outcome = XcmPalletPallet.receive(message.encoded(), from: market, id: id, in: block)
    #expect(effects.executionResult == outcome)
    #expect(effects.emittedEvents == Array(try block.decodedEvents().dropFirst(before)))
    let traced = try chain.trace(remote.program, from: market)
    #expect(traced.outcome == outcome && traced.run.events == effects.emittedEvents)
  }

  @Test("a program that version 5 cannot say has no trial") func unknownVersions() throws {
    // Version 3 with an abstract asset.
    let abstract: [UInt8] = [3, 4, 19, 1] + [UInt8](repeating: 5, count: 32) + [0, 4, 0]
    let arguments = VersionedLocation.v5(market).encoded() + abstract
    for name in ["DryRunApi_dry_run_xcm", "EchoXcmApi_trace_xcm"] {
      #expect(try RuntimeInterface.call(name, arguments, in: chain.state()) == [1, 1], "\(name)")
    }
  }

  @Test("a trial changes nothing for the next one") func leavesNoTrace() throws {
    let call = send(5 * unit, of: .here)
    let first = try chain.dryRun(call)
    #expect(try chain.dryRun(call) == first)
    let state = chain.state()
    #expect(try BalancesPallet.freeBalance(of: alice, in: state) == 1000 * unit)
    #expect(try SystemPallet.blockNumber(in: state) == 1)
    #expect(state.changes().isEmpty)
  }

  @Test("a call that fits no block is refused as exhausted") func tooHeavy() throws {
    let call = RuntimeCall.xcmPallet(.execute(message: .v5([]), maxWeight: .max))
    #expect(try chain.dryRun(call).executionResult == .err(DispatchErrorWithPostInfo(.exhausted)))
    let trace = try chain.trace(call)
    #expect(trace.result == .err(.exhausted))
    guard case .weight? = trace.problem?.requirement else {
      Issue.record("\(String(describing: trace.problem))")
      return
    }
  }

  @Test(
    "arguments that do not decode are refused",
    arguments: [
      "DryRunApi_dry_run_call", "DryRunApi_dry_run_xcm", "EchoXcmApi_trace_call", "EchoXcmApi_trace_xcm",
      "XcmPaymentApi_query_acceptable_payment_assets", "XcmPaymentApi_query_xcm_weight",
      "XcmPaymentApi_query_weight_to_asset_fee",
      "XcmPaymentApi_query_delivery_fees", "LocationToAccountApi_convert_location",
      "TrustedQueryApi_is_trusted_reserve",
      "TrustedQueryApi_is_trusted_teleporter",
    ], [0, 1, 80])
  func malformed(name: String, count: Int) throws {
    let bytes = [UInt8](repeating: 0xff, count: count)
    #expect(throws: RuntimeInterface.CallError.self) { try RuntimeInterface.call(name, bytes, in: chain.state()) }
  }

  @Test("bytes behind the arguments are refused") func trailing() throws {
    let location = VersionedLocation.v5(market).encoded()
    let program = VersionedXcm.v5([.clearOrigin]).encoded()
    let rows: [(String, [UInt8])] = [
      ("DryRunApi_dry_run_xcm", location + program), ("EchoXcmApi_trace_xcm", location + program),
      (
        "EchoXcmApi_trace_call",
        OriginCaller.system(.root).encoded() + RuntimeCall.system(.remark(remark: [])).encoded()
      ),
      ("XcmPaymentApi_query_acceptable_payment_assets", UInt32(5).encoded()),
      ("XcmPaymentApi_query_xcm_weight", program),
      (
        "XcmPaymentApi_query_weight_to_asset_fee",
        Weight(refTime: 1).encoded() + VersionedAssetID.v5(AssetID(.here)).encoded()
      ),
      ("LocationToAccountApi_convert_location", location),
      ("TrustedQueryApi_is_trusted_reserve", VersionedAsset.v5(Asset(.here, amount: 1)).encoded() + location),
    ]
    for (name, arguments) in rows {
      #expect(try RuntimeInterface.call(name, arguments, in: chain.state()) != nil, "\(name)")
      #expect(throws: RuntimeInterface.CallError.self, "\(name)") {
        try RuntimeInterface.call(name, arguments + [0], in: chain.state())
      }
    }
  }

  @Test("101 instructions are no argument") func tooManyInstructions() {
    let program = [UInt8](repeating: 10, count: 101)
    let arguments = VersionedLocation.v5(market).encoded() + [5] + Compact(UInt32(101)).encoded() + program
    #expect(throws: RuntimeInterface.CallError.self) {
      try RuntimeInterface.call("EchoXcmApi_trace_xcm", arguments, in: chain.state())
    }
  }
}

/// A program of chain 2000.
struct RemoteProgram: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var program: Xcm

  var topic: H256? {
    if case .setTopic(let topic)? = program.instructions.last { topic } else { nil }
  }

  init(_ description: String, _ instructions: Instruction...) {
    testDescription = description
    program = Xcm(instructions + [.setTopic(XcmTestChain.hash(77))])
  }

  static let fees = Asset(market, amount: unit)
  static let all: [RemoteProgram] = [
    RemoteProgram(
      "vouchers for an account", .reserveAssetDeposited(assets((market, 5 * unit))), .clearOrigin,
      .buyExecution(fees: fees, weightLimit: .unlimited), .depositAsset(assets: .wild(.all), beneficiary: .account(bob))
    ),
    RemoteProgram(
      "vouchers for nobody: trapped", .reserveAssetDeposited(assets((market, 5 * unit))), .clearOrigin,
      .buyExecution(fees: fees, weightLimit: .unlimited), .depositAsset(assets: .wild(.all), beneficiary: .parent),
      .trap(1)),
    RemoteProgram(
      "an asset that the chain may not bring", .reserveAssetDeposited(assets((.sibling(2001), 5 * unit))), .clearOrigin,
      .buyExecution(fees: Asset(Location.sibling(2001), amount: unit), weightLimit: .unlimited)),
    RemoteProgram("nothing paid", .clearOrigin, .trap(3)),
    RemoteProgram(
      "more than the reserve account has", .withdrawAsset(assets((.here, 5 * unit))), .clearOrigin,
      .buyExecution(fees: Asset(.here, amount: unit), weightLimit: .unlimited)),
  ]
}
