import Testing
import XCM

@Suite("Hints and older versions") struct HintTests {
  private static let hint = Instruction.setHints(hints: BoundedVector([.assetClaimer(location: .here)]) ?? BoundedVector())
  private static let rest: Xcm = [.clearOrigin]
  private static let mixed: Xcm = [hint, .clearOrigin, hint]

  /// Every instruction that holds a program, around `inner`.
  private static func wrappers(_ inner: Xcm) -> [Instruction] {
    [
      .transferReserveAsset(assets: .home(1), dest: .parent, xcm: inner),
      .depositReserveAsset(assets: .wild(.all), dest: .parent, xcm: inner),
      .initiateReserveWithdraw(assets: .wild(.all), reserve: .parent, xcm: inner),
      .initiateTeleport(assets: .wild(.all), dest: .parent, xcm: inner), .setErrorHandler(inner), .setAppendix(inner),
      .exportMessage(network: .polkadot, destination: .here, xcm: inner),
      .initiateTransfer(
        destination: .parent, remoteFees: .teleport(.definite(.home(1))), preserveOrigin: true, assets: BoundedVector(),
        remoteXcm: inner), .executeWithOrigin(descendantOrigin: .here, xcm: inner),
    ]
  }

  @Test("hints leave, and nothing else does, wherever they stand", arguments: 0..<9)
  func stripped(_ wrapper: Int) {
    let outer = Xcm([Self.hint, Self.wrappers(Self.mixed)[wrapper], .refundSurplus])
    #expect(outer.withoutHints == Xcm([Self.wrappers(Self.rest)[wrapper], .refundSurplus]))
    let deep = Xcm([.setAppendix([.setErrorHandler(outer)])])
    #expect(deep.withoutHints == Xcm([.setAppendix([.setErrorHandler(outer.withoutHints)])]))
  }
}
