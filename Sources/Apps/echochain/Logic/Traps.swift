import ChainClient
import EchoRuntime
import PalletSupport
import PalletXcm
import Primitives
import ScaleCodec
import XCM
import XcmTools

/// Assets that a program left on a chain, waiting for their claimer.
struct TrappedAssets: Sendable {
  var chain: String
  /// The trap's name in events and state.
  var hash: H256
  var record: XcmPallet.TrapRecord
  /// What things are called there.
  var names: XcmNames

  /// The assets, in the latest version; empty when version 5 has no word for them.
  var assets: [Asset] { (try? record.assets.latest().items) ?? [] }

  /// The account that may claim by signing, when the claimer is one.
  var account: AccountID? {
    guard record.claimer.parents == 0, record.claimer.interior.count == 1,
      case .accountId32(nil, let id)? = record.claimer.interior.first
    else { return nil }
    return id
  }

  /// The call that takes one of them back, for the claimer to sign.
  func claim(to beneficiary: AccountID) -> RuntimeCall {
    .xcmPallet(.claimAssets(assets: record.assets, beneficiary: .v5(.account(beneficiary))))
  }
}

extension ChainClient {
  /// Everything that is trapped on the chain, in the order of the traps' names.
  func traps(names: XcmNames) async throws -> [TrappedAssets] {
    let rows = try await rows(
      XcmPallet.assetTraps.prefix, skip: 16, key: H256.self, value: XcmPallet.TrapRecord.self, at: nil)
    return rows.map { TrappedAssets(chain: info.name, hash: $0.key, record: $0.value, names: names) }
      .sorted { $0.hash.bytes.lexicographicallyPrecedes($1.hash.bytes) }
  }
}
