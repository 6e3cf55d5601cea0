import Testing

@Suite("Random programs") struct CoverageTests {
  /// Instructions that this chain never serves, and the one whose purpose is to fail.
  private static let hopeless: Set<Int> = [7, 8, 9, 25]
  /// Instructions that cannot fail.
  private static let harmless: Set<Int> = [10, 20, 21, 22, 23, 28, 36, 43, 44, 45, 51]

  @Test("every instruction succeeds where it can and fails where it can")
  func coverage() {
    var maker = ProgramMaker(seed: 99)
    let coverage = Coverage()
    for _ in 0..<3_000 { _ = maker.trial().executed { coverage.note($0) } }
    if Settings.statistics { print(coverage.text) }
    for opcode in 0..<52 {
      #expect(coverage.succeeded[opcode] > 0 || Self.hopeless.contains(opcode), "\(opcode) never succeeds")
      #expect(!coverage.failed[opcode].isEmpty || Self.harmless.contains(opcode), "\(opcode) never fails")
    }
  }
}
