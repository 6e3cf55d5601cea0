import EchoRuntime
import PalletSupport
import Primitives
import Testing
import XCM

@Suite("Weights of instructions") struct XcmWeightTests {
  private static func assets(_ count: Int) -> XCM.Assets {
    (try? XCM.Assets((0..<count).map { Asset(.sibling(UInt32(3000 + $0)), amount: 1) })) ?? XCM.Assets()
  }
  private static let all = AssetFilter.wild(.all)
  private static let info = QueryResponseInfo(destination: .parent, queryId: 1, maxWeight: .zero)

  /// Instructions with the units of weight that they are charged for.
  static let table: [(Instruction, UInt64)] = [
    (.clearOrigin, 1), (.withdrawAsset(assets(1)), 1), (.withdrawAsset(assets(20)), 39), (.withdrawAsset(assets(0)), 1),
    (.reserveAssetDeposited(assets(2)), 3), (.transferAsset(assets: assets(20), beneficiary: .here), 20),
    (.depositAsset(assets: all, beneficiary: .here), 1), (.depositAsset(assets: .definite(assets(5)), beneficiary: .here), 5),
    (.depositReserveAsset(assets: all, dest: .parent, xcm: []), 4), (.transferReserveAsset(assets: assets(2), dest: .parent, xcm: []), 5),
    (.exchangeAsset(give: all, want: assets(3), maximal: true), 6), (.reportError(info), 4),
    (.queryPallet(moduleName: [], responseInfo: info), 4),
    (
      .initiateTransfer(
        destination: .parent, remoteFees: .teleport(.definite(assets(1))), preserveOrigin: false,
        assets: BoundedVector([.teleport(.definite(assets(4))), .reserveDeposit(all)]) ?? BoundedVector(), remoteXcm: []), 9
    ),
  ]

  @Test("weight grows with the assets that are named and with messages that are sent", arguments: table.indices)
  func weighed(_ row: Int) throws {
    let (instruction, units) = Self.table[row]
    let state = try XcmTestChain().state()
    let unit = try XcmSettings.weigher.weight(of: .clearTopic, in: state)
    #expect(try XcmSettings.weigher.weight(of: instruction, in: state) == unit.multiplied(by: units))
  }

  @Test("what runs here as part of a program is weighed with it, what runs elsewhere is not") func nested() throws {
    let state = try XcmTestChain().state()
    let inner: Xcm = [.clearOrigin, .withdrawAsset(Self.assets(2))]
    let unit = try XcmSettings.weigher.weight(of: .clearTopic, in: state)
    #expect(try XcmSettings.weigher.weight(of: .setAppendix(inner), in: state) == unit.multiplied(by: 1 + 1 + 3))
    let sent = Instruction.initiateTeleport(assets: Self.all, dest: .parent, xcm: inner)
    #expect(try XcmSettings.weigher.weight(of: sent, in: state) == unit.multiplied(by: 4))
  }
}
