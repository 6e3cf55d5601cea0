public import PalletSupport
internal import PalletUtility
internal import ScaleCodec
public import XCM

/// What programs from other chains may call with `Transact`, and as whom.
public enum TransactSetup: CallDispatcherSetup {
  public typealias Call = EchoCall

  /// `SovereignAccount` is the account that the location owns here, `Native` a local account itself or a sibling chain
  /// as such, `Xcm` any location as such. Nobody is `Superuser`: no other chain governs this one.
  public static let origins: any OriginConverter = FirstOrigin(
    SovereignSignedViaLocation(EchoRuntime.locationAccounts), SignedAccountID32AsNative(), SiblingParachainAsNative(),
    XcmPassthrough())

  /// Everything but calls that could undo what lets programs be believed at all.
  ///
  /// - `sudo`: an account with root's authority may let a remote location act in its name; that must not hand over the
  ///   chain.
  /// - `lightClients` and `messages`: a delivery would run inside a delivery, on rows that the outer one holds.
  /// - `timestamp`: belongs to the block's author.
  /// - `utility`: as safe as the calls inside.
  public static func isSafe(_ call: EchoCall, in state: ExecutionContext) -> Bool {
    switch call {
    case .system, .balances, .assets, .foreignAssets, .assetRate, .xcmPallet, .royalty, .marketplace: true
    case .sudo, .lightClients, .messages, .timestamp: false
    // As deep as the call decodes at most.
    case .utility(let call): call.inner.allSatisfy { isSafe($0, in: state) }
    }
  }
}
