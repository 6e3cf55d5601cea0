import EchoRuntime
import Keys
import Lanes
import PalletAssets
import PalletBalances
import PalletMessages
import PalletSudo
import PalletSupport
import PalletSystem
import PalletXcm
import Primitives
import ScaleCodec
import XCM

// Calls, programs and questions that tests over several chains share.

extension DevelopmentKey {
  var account: AccountID { secretKey.publicKey.accountID }
  /// The account as its own chain names it.
  var location: Location { .account(account) }
  /// The account on a chain, as another one names it.
  func location(on para: UInt32) -> Location { Location(parents: 1, .para(para), .account(account)) }
}

/// Runs a program as the signer.
func execute(_ program: Xcm) -> RuntimeCall {
  .xcmPallet(.execute(message: .v5(program), maxWeight: Weight(refTime: 10_000_000_000, proofSize: 1 << 20)))
}

/// Sends a program in the signer's name.
func send(_ program: Xcm, to para: UInt32) -> RuntimeCall {
  .xcmPallet(.send(dest: .v5(.sibling(para)), message: .v5(program)))
}

/// Moves one or two assets in the ways that fit them.
func transfer(_ assets: [Asset], fees: Int = 0, to para: UInt32, _ beneficiary: Location) throws -> RuntimeCall {
  let list = try Assets(assets)
  guard let item = list.items.firstIndex(of: assets[fees]) else { throw TestChain.TestFailure("no such asset") }
  return .xcmPallet(
    .transferAssets(
      dest: .v5(.sibling(para)), beneficiary: .v5(beneficiary), assets: .v5(list), feeAssetItem: UInt32(item), weightLimit: .unlimited))
}

/// Everything in holding.
let everything = AssetFilter.wild(.all)

/// Sends assets and a program that acts as the signer there; what is left goes to the signer's account there.
func initiate(
  to para: UInt32, fees: AssetTransferFilter, withdrawing assets: XCM.Assets, preserveOrigin: Bool = true, _ program: [Instruction]
) -> RuntimeCall {
  execute([
    .setFeesMode(jitWithdraw: true), .withdrawAsset(assets),
    .initiateTransfer(
      destination: .sibling(para), remoteFees: fees, preserveOrigin: preserveOrigin, assets: BoundedVector(), remoteXcm: Xcm(program)),
  ])
}

/// What an account of another chain owns here.
func remoteAccount(_ key: DevelopmentKey, of para: UInt32) throws -> AccountID {
  guard let account = EchoRuntime.account(of: key.location(on: para)) else { throw TestChain.TestFailure("no account") }
  return account
}

extension TestChain {
  /// Seals a block with one call.
  /// - Throws: The call's failure, as a test failure.
  func run(_ call: RuntimeCall, by key: DevelopmentKey = .alice) throws {
    try seal([(key, call)])
    if let error = try failures().first { throw TestFailure("call: \(error)") }
  }

  /// Seals a block with one call as root.
  func sudo(_ call: RuntimeCall) throws {
    try run(.sudo(.sudo(call: call)))
    for case .sudo(.sudid(sudoResult: .err(let error))) in try events() { throw TestFailure("sudo: \(error)") }
  }

  /// The ids of messages that left in the latest block.
  func sentTopics() throws -> [H256] {
    try events().compactMap { if case .xcmPallet(.sent(_, _, _, let id)) = $0 { id } else { nil } }
  }

  /// The ids of messages that were executed in the latest block, and how they ended.
  func processed() throws -> [(id: H256, outcome: Outcome)] {
    try events().compactMap { if case .xcmPallet(.processed(_, let id, let outcome)) = $0 { (id, outcome) } else { nil } }
  }

  /// Units of the teleporting asset that exist here, or on its home chain that are away.
  func credits() throws -> Balance {
    paraId == 1000
      ? try AssetsPallet.balance(of: 7, who: EchoRuntime.checkingAccount, in: context())
      : try ForeignAssetsPallet.totalIssuance(of: Self.credits(on: paraId), in: context())
  }
}

extension [RuntimeEvent] {
  /// How messages ended that did not run to their end.
  var failures: [DeliveryOutcome] {
    compactMap { event in
      guard case .messages(.received(_, _, _, let outcome)) = event, outcome != .executed else { return nil }
      return outcome
    }
  }
}

extension DeliveryOutcome {
  /// Turned away: nothing happened, and the source gives all back.
  static func rejected(_ error: XcmError) -> DeliveryOutcome { .rejected(error: error.encoded()[0]) }
  /// Ended at an instruction: what the program still held waits for its claimer.
  static func failed(at index: UInt32, _ error: XcmError) -> DeliveryOutcome {
    .executedWithError(index: index, error: error.encoded()[0])
  }
}

/// The error of a call whose program failed here.
func failedLocally(at index: UInt8, _ error: XcmError) -> DispatchError {
  var module = ModuleError(pallet: 33, error: XcmPallet.Failure.localExecutionIncompleteWithError.rawValue)
  module.error = FixedBytes([module.number, index, error.encoded()[0], 0]) ?? .zero
  return .module(module)
}
