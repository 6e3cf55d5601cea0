import Foundation
import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

/// Settings from the environment: `ECHOCHAIN_XCM_SEED` replays one run, or makes a new one when it is `fresh`;
/// `ECHOCHAIN_XCM_PROGRAMS` sets its length. Eight seeds are fixed, so that a run can be repeated.
enum Settings {
  static let seed =
    ProcessInfo.processInfo.environment["ECHOCHAIN_XCM_SEED"] == "fresh"
    ? UInt64.random(in: 1_000...999_999_999) : number("ECHOCHAIN_XCM_SEED")
  static let programs = number("ECHOCHAIN_XCM_PROGRAMS") ?? 12_500
  static let seeds = seed.map { [$0] } ?? Array(1...8)

  /// `ECHOCHAIN_XCM_STATISTICS` prints how often each instruction succeeded and failed.
  static let statistics = ProcessInfo.processInfo.environment["ECHOCHAIN_XCM_STATISTICS"] != nil

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }
}

@Suite("Two readings of XCM") struct DifferentialTests {
  @Test("the executor and the model agree on random programs", arguments: Settings.seeds)
  func agree(seed: UInt64) {
    let start = ContinuousClock.now
    var maker = ProgramMaker(seed: seed)
    var differences: [String] = []
    var complete = 0
    var instructions = 0
    for number in 0..<Settings.programs {
      let trial = maker.trial()
      let model = trial.model()
      let executor = trial.executed()
      if case .complete = executor.outcome { complete += 1 }
      instructions += trial.program.totalInstructions
      guard model != executor else { continue }
      differences.append(trial.report(seed: seed, number: Int(number)))
      if differences.count == 3 { break }
    }
    let rate = Int(Double(Settings.programs) / (ContinuousClock.now - start).seconds)
    print(
      "xcm reference: seed \(seed), \(Settings.programs) programs of \(instructions) instructions, "
        + "\(complete) complete, \(rate) programs per second")
    for difference in differences { Issue.record("\(difference)") }
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
