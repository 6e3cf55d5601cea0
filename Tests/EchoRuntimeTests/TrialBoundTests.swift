import EchoRuntime
import PalletSupport
import PalletSystem
import PalletUtility
import Primitives
import ScaleCodec
import Testing
import XCM

/// Trials take any origin, root's too, so a call may not announce less than what it makes others do.
@Suite struct TrialBoundTests {
  private func trial(_ count: Int) throws -> RuntimeCall {
    let keys = (0..<count).map { [UInt8(truncatingIfNeeded: $0), 1, 2] }
    return .utility(.withWeight(call: .utility(.forceBatch(calls: [.system(.killStorage(keys: keys))])), weight: .zero))
  }

  @Test("a with_weight cannot smuggle work past a dry run's limit") func dryRun() throws {
    let chain = try XcmTestChain()
    func outcome(_ count: Int) throws -> DispatchResultWithPostInfo? {
      let arguments = OriginCaller.system(.root).encoded() + (try trial(count)).encoded() + UInt32(5).encoded()
      let answer = try #require(try RuntimeInterface.call("DryRunApi_dry_run_call", arguments, in: chain.state()))
      guard case .ok(let effects) = try ScaleResult<CallDryRunEffects, DryRunError>(decoding: answer) else { return nil }
      return effects.executionResult
    }
    #expect(try outcome(1) == .ok(PostDispatchInfo()))
    #expect(try outcome(30_000) == .err(DispatchErrorWithPostInfo(.exhausted)))
  }

  @Test("nor past a trace's") func trace() throws {
    let chain = try XcmTestChain()
    func outcome(_ count: Int) throws -> DispatchResult? {
      let arguments = OriginCaller.system(.root).encoded() + (try trial(count)).encoded()
      let answer = try #require(try RuntimeInterface.call("EchoXcmApi_trace_call", arguments, in: chain.state()))
      guard case .ok(let trace) = try ScaleResult<XcmCallTrace, DryRunError>(decoding: answer) else { return nil }
      return trace.result
    }
    #expect(try outcome(1) == .ok(Unit()))
    #expect(try outcome(30_000) == .err(.exhausted))
  }
}
