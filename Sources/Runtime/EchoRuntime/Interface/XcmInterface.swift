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
  /// Calls an entry point.
  /// - Returns: The SCALE answer, or `nil` when there is no entry point of that name.
  /// - Throws: ``ScaleError`` for arguments that do not decode, ``DispatchError`` for a damaged state.
  static func call(_ name: String, _ reader: inout ScaleReader, in state: ExecutionContext) throws -> [UInt8]? {
    switch name {
    case "DryRunApi_dry_run_call": try dryRunCall(&reader, in: state)
    case "DryRunApi_dry_run_xcm": try dryRunXcm(&reader, in: state)
    case "EchoXcmApi_trace_call": try traceCall(&reader, in: state)
    case "EchoXcmApi_trace_xcm": try traceXcm(&reader, in: state)
    case "XcmPaymentApi_query_acceptable_payment_assets": try acceptablePaymentAssets(&reader, in: state)
    case "XcmPaymentApi_query_xcm_weight": try xcmWeight(&reader, in: state)
    case "XcmPaymentApi_query_weight_to_asset_fee": try weightToAssetFee(&reader, in: state)
    case "XcmPaymentApi_query_delivery_fees": try deliveryFees(&reader, in: state)
    case "LocationToAccountApi_convert_location": try convertLocation(&reader)
    case "TrustedQueryApi_is_trusted_reserve": try isTrusted(&reader) { XcmSettings.isReserve($0, of: $1, in: state) }
    case "TrustedQueryApi_is_trusted_teleporter":
      try isTrusted(&reader) { XcmSettings.isTeleporter($0, of: $1, in: state) }
    default: nil
    }
  }

  /// The answer of an entry point whose errors are of one type.
  static func answer<T, E: Error>(_ body: () throws(E) -> T) -> [UInt8]
  where T: ScaleCodable & Hashable & Sendable, E: ScaleCodable & Hashable & Sendable {
    do throws(E) { return ScaleResult<T, E>.ok(try body()).encoded() } catch {
      return ScaleResult<T, E>.err(error).encoded()
    }
  }

  // MARK: Trials

  /// Origin, call, version of the messages in the answer. Version 1 of the API has no version: then it is the latest.
  private static func dryRunCall(_ reader: inout ScaleReader, in state: ExecutionContext) throws -> [UInt8] {
    let origin = try OriginCaller(from: &reader).origin
    let call = try RuntimeCall(from: &reader)
    let version = reader.remaining == 0 ? XcmVersion.latest : try UInt32(from: &reader)
    try reader.finish()
    try Trial.begin(in: state)
    let recorder = TraceRecorder(in: state)
    var result = DispatchResultWithPostInfo.ok(PostDispatchInfo())
    do throws(DispatchError) { try Trial.dispatch(call, origin, in: state) } catch {
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

  /// Origin, program.
  private static func dryRunXcm(_ reader: inout ScaleReader, in state: ExecutionContext) throws -> [UInt8] {
    let (location, message) = (try VersionedLocation(from: &reader), try VersionedXcm(from: &reader))
    try reader.finish()
    try Trial.begin(in: state)
    guard let origin = try? location.latest(), let program = try? message.latest() else {
      return ScaleResult<XcmDryRunEffects, DryRunError>.err(.versionedConversionFailed).encoded()
    }
    let outcome = Trial.execute(message, program, from: origin, in: state)
    let events = try Trial.events(in: state)
    let forwarded = try Trial.forwarded(events, in: state)
    return answer { () throws(DryRunError) in
      XcmDryRunEffects(
        executionResult: outcome, emittedEvents: events, forwardedXcms: try grouped(forwarded, version: message.version)
      )
    }
  }

  /// Origin, call.
  private static func traceCall(_ reader: inout ScaleReader, in state: ExecutionContext) throws -> [UInt8] {
    let origin = try OriginCaller(from: &reader).origin
    let call = try RuntimeCall(from: &reader)
    try reader.finish()
    try Trial.begin(in: state)
    let trace = try Trial.trace(call, origin, in: state)
    return ScaleResult<XcmCallTrace, DryRunError>.ok(trace).encoded()
  }

  /// Origin, program.
  private static func traceXcm(_ reader: inout ScaleReader, in state: ExecutionContext) throws -> [UInt8] {
    let (location, message) = (try VersionedLocation(from: &reader), try VersionedXcm(from: &reader))
    try reader.finish()
    guard let origin = try? location.latest(), let program = try? message.latest() else {
      return ScaleResult<XcmProgramRun, DryRunError>.err(.versionedConversionFailed).encoded()
    }
    try Trial.begin(in: state)
    let recorder = TraceRecorder(in: state)
    let outcome = Trial.execute(message, program, from: origin, in: state)
    let run = try recorder.finish(in: state)
    var problem: XcmFailureDetail?
    if let error = outcome.failure?.error, run.programs.first?.steps.isEmpty ?? true {
      problem = run.programs.first?.refusal ?? XcmDiagnosis.refusal(error, limit: Trial.limit(for: origin))
    }
    return ScaleResult<XcmProgramRun, DryRunError>.ok(XcmProgramRun(outcome: outcome, problem: problem, run: run))
      .encoded()
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
