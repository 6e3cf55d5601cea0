internal import PalletAssets
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import ScaleCodec
internal import XCM

/// The runtime APIs about XCM: trials, prices, accounts of locations, trust.
///
/// - SeeAlso: Docs/formats/runtime-apis.md; `polkadot/xcm/xcm-runtime-apis` of polkadot-sdk for all but `EchoXcmApi`.
enum XcmInterface {
  /// The APIs, for ``RuntimeInterface``.
  static let apis: [RuntimeAPI] = [
    RuntimeAPI(
      "DryRunApi", version: 2, docs: ["Trials of calls and XCM programs."],
      [
        RuntimeAPI.Method(
          "dry_run_call", "origin", "call", "result_xcms_version", missing: XcmVersion.latest.encoded(), docs: ["Tries a call out."],
          dryRunCall),
        RuntimeAPI.Method("dry_run_xcm", "origin_location", "xcm", docs: ["Tries a program out."], dryRunXcm),
      ]),
    RuntimeAPI(
      "XcmPaymentApi", version: 2, docs: ["What XCM programs cost."],
      [
        RuntimeAPI.Method(
          "query_acceptable_payment_assets", "xcm_version", docs: ["The assets that pay for weight."], acceptablePaymentAssets),
        RuntimeAPI.Method("query_xcm_weight", "message", docs: ["The weight of a program."], xcmWeight),
        RuntimeAPI.Method("query_weight_to_asset_fee", "weight", "asset", docs: ["What a weight costs in an asset."], weightToAssetFee),
        RuntimeAPI.Method(
          "query_delivery_fees", "destination", "message", "asset_id", missing: VersionedAssetID.v5(AssetID(.here)).encoded(),
          docs: ["What sending a program costs."], deliveryFees),
      ]),
    RuntimeAPI(
      "LocationToAccountApi", version: 1, docs: ["Accounts of locations."],
      [RuntimeAPI.Method("convert_location", "location", docs: ["The account of a location."], convertLocation)]),
    RuntimeAPI(
      "TrustedQueryApi", version: 1, docs: ["Whom this chain trusts."],
      [
        RuntimeAPI.Method("is_trusted_reserve", "asset", "location", docs: ["Whether a location is a trusted reserve of an asset."]) {
          isTrusted($1, $2, in: $0) { XcmSettings.isReserve($0, of: $1, in: $2) }
        },
        RuntimeAPI.Method("is_trusted_teleporter", "asset", "location", docs: ["Whether an asset may be teleported from a location."]) {
          isTrusted($1, $2, in: $0) { XcmSettings.isTeleporter($0, of: $1, in: $2) }
        },
      ]),
    RuntimeAPI(
      "EchoXcmApi", version: 1, docs: ["Trials with every step (Docs/formats/runtime-apis.md)."],
      [
        RuntimeAPI.Method("trace_call", "origin", "call", docs: ["Tries a call out as its extrinsic would run."], traceCall),
        RuntimeAPI.Method("trace_xcm", "origin_location", "xcm", docs: ["Tries a program out, step by step."], traceXcm),
      ]),
  ]

  /// The answer of an entry point whose errors are of one type.
  static func answer<T, E: Error>(_ body: () throws(E) -> T) -> ScaleResult<T, E>
  where T: ScaleCodable & Hashable & Sendable, E: ScaleCodable & Hashable & Sendable {
    do throws(E) { return .ok(try body()) } catch { return .err(error) }
  }

  // MARK: Trials

  @Sendable private static func dryRunCall(_ state: ExecutionContext, _ caller: OriginCaller, _ call: RuntimeCall, _ version: UInt32) throws
    -> ScaleResult<CallDryRunEffects, DryRunError>
  {
    try Trial.begin(in: state)
    let recorder = TraceRecorder(in: state)
    var result = DispatchResultWithPostInfo.ok(PostDispatchInfo())
    do throws(DispatchError) { try Trial.dispatch(call, caller.origin, in: state) } catch {
      result = .err(DispatchErrorWithPostInfo(error))
    }
    let run = try recorder.finish(in: state)
    return answer { () throws(DryRunError) in
      var local: VersionedXcm?
      if let first = run.programs.first { local = try converted(.v5(first.program), to: version) }
      return CallDryRunEffects(
        executionResult: result, emittedEvents: run.events, localXcm: local,
        forwardedXcms: try grouped(run.forwarded, version: version))
    }
  }

  @Sendable private static func dryRunXcm(_ state: ExecutionContext, _ location: VersionedLocation, _ message: VersionedXcm) throws
    -> ScaleResult<XcmDryRunEffects, DryRunError>
  {
    try Trial.begin(in: state)
    guard let origin = try? location.latest(), let program = try? message.latest() else { return .err(.versionedConversionFailed) }
    let outcome = Trial.execute(message, program, from: origin, in: state)
    let events = try Trial.events(in: state)
    let forwarded = try Trial.forwarded(events, in: state)
    return answer { () throws(DryRunError) in
      XcmDryRunEffects(
        executionResult: outcome, emittedEvents: events, forwardedXcms: try grouped(forwarded, version: message.version)
      )
    }
  }

  @Sendable private static func traceCall(_ state: ExecutionContext, _ caller: OriginCaller, _ call: RuntimeCall) throws
    -> ScaleResult<XcmCallTrace, DryRunError>
  {
    try Trial.begin(in: state)
    return .ok(try Trial.trace(call, caller.origin, in: state))
  }

  @Sendable private static func traceXcm(_ state: ExecutionContext, _ location: VersionedLocation, _ message: VersionedXcm) throws
    -> ScaleResult<XcmProgramRun, DryRunError>
  {
    guard let origin = try? location.latest(), let program = try? message.latest() else { return .err(.versionedConversionFailed) }
    try Trial.begin(in: state)
    let recorder = TraceRecorder(in: state)
    let outcome = Trial.execute(message, program, from: origin, in: state)
    let run = try recorder.finish(in: state)
    var problem: XcmFailureDetail?
    if let error = outcome.failure?.error, run.programs.first?.steps.isEmpty ?? true {
      problem = run.programs.first?.refusal ?? XcmDiagnosis.refusal(error, limit: Trial.limit(for: origin))
    }
    return .ok(XcmProgramRun(outcome: outcome, problem: problem, run: run))
  }

  /// Messages by destination, destinations in the order of their first message.
  private static func grouped(_ messages: [XcmForwardedMessage], version: UInt32) throws(DryRunError) -> ForwardedXcms {
    var groups: [(destination: Location, programs: [VersionedXcm])] = []
    for message in messages {
      guard let program = try? VersionedXcm(decoding: message.payload) else { throw .versionedConversionFailed }
      let said = try converted(program, to: version)
      if let place = groups.firstIndex(where: { $0.destination == message.destination }) {
        groups[place].programs.append(said)
      } else {
        groups.append((message.destination, [said]))
      }
    }
    var result: ForwardedXcms = []
    for (destination, programs) in groups {
      do throws(XcmConversionError) {
        result.append(Pair(try VersionedLocation.v5(destination).into(version: version), programs))
      } catch { throw .versionedConversionFailed }
    }
    return result
  }

  private static func converted(_ program: VersionedXcm, to version: UInt32) throws(DryRunError) -> VersionedXcm {
    do throws(XcmConversionError) { return try program.into(version: version) } catch {
      throw .versionedConversionFailed
    }
  }
}
