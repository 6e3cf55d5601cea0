public import PalletSupport
public import Primitives
internal import ScaleCodec
public import XCM

extension XcmPallet {
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = XcmPallet.Call
    public typealias Event = XcmPallet.Event
    public typealias Failure = XcmPallet.Failure

    typealias Executor = XcmExecutor<C.Execution>

    public static var name: String { "XcmPallet" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] {
      [
        queryCounter.entry, queries.entry, queryOwners.entry, openQueries.entry, assetTraps.entry, safeXcmVersion.entry,
        supportedVersion.entry, versionNotifiers.entry, versionNotifyTargets.entry, announcedVersion.entry,
        remoteLockedFungibles.entry, lockedFungibles.entry, lastLockChange.entry, lockChanges.entry, pendingLocks.entry,
        pendingReleases.entry, xcmExecutionSuspended.entry, authorizedAliases.entry, refunds.entry, overdueRefunds.entry,
        requestedTimeout.entry, pendingRevenue.entry, sentCount.entry,
      ]
    }

    public static var constants: [PalletConstant] {
      [
        PalletConstant("AliasDeposit", C.aliasDeposit, docs: ["What is held for each location that may act as an account."]),
        PalletConstant("MaxQueries", maximumQueries, docs: ["How many open queries an account may have."]),
        PalletConstant("MaxLockers", UInt32(maximumLockers), docs: ["How many locations may hold locks on an account."]),
      ]
    }

    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .send: DispatchInfo(.of(micros: 100, reads: 8, writes: 6))
      // Time is what is paid for and what a block has little of; claimed proof bytes would cost nothing.
      // Beside the program there is a topic to be taken and, for what it leaves, a trap to be written.
      case .execute(_, let maxWeight):
        DispatchInfo(Weight(refTime: maxWeight.refTime.value).adding(.of(micros: 50, reads: 4, writes: 2)))
      case .teleportAssets, .reserveTransferAssets, .limitedReserveTransferAssets, .limitedTeleportAssets, .transferAssets,
        .transferAssetsUsingTypeAndThen, .transferAssetsWithTimeout, .retryRefund:
        DispatchInfo(.of(micros: 200, reads: 16, writes: 12))
      case .claimAssets(let assets, _):
        // A trap and a topic, and for each asset a balance, the asset itself and, at worst, an account.
        DispatchInfo(.of(micros: 50, reads: 4, writes: 2).adding(.of(micros: 20, reads: 3, writes: 3).multiplied(by: assets.count)))
      case .forceXcmVersion, .forceDefaultXcmVersion, .forceSuspension: DispatchInfo(.of(micros: 10, writes: 1))
      case .forceSubscribeVersionNotify, .forceUnsubscribeVersionNotify: DispatchInfo(.of(micros: 100, reads: 10, writes: 9))
      case .addAuthorizedAlias, .removeAuthorizedAlias, .removeAllAuthorizedAliases:
        DispatchInfo(.of(micros: 50, reads: 4, writes: 4))
      case .sendWithReport: DispatchInfo(.of(micros: 150, reads: 12, writes: 10))
      case .closeQuery: DispatchInfo(.of(micros: 30, reads: 3, writes: 3))
      }
    }

    /// Tells subscribers of a new version, a few in each block.
    public static func onInitialize(in context: ExecutionContext) throws(DispatchError) {
      try notifySubscribers(in: context)
    }

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      guard call.isForced else { return try dispatch(call, by: try origin.signer(), in: context) }
      try origin.ensureRoot()
      switch call {
      case .forceXcmVersion(let location, let version): try setVersion(version, of: location, in: context)
      case .forceDefaultXcmVersion(let version): try setSafeVersion(version, in: context)
      case .forceSubscribeVersionNotify(let location): try subscribe(to: try located(location), in: context)
      case .forceUnsubscribeVersionNotify(let location): try unsubscribe(from: try located(location), in: context)
      case .forceSuspension(let suspended): xcmExecutionSuspended.set(suspended, in: context)
      default: throw .badOrigin
      }
    }

    private static func dispatch(_ call: Call, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .send(let dest, let message):
        _ = try send(try latest(message), to: try latest(dest), from: account, in: context)
      case .sendWithReport(let dest, let message, let timeout):
        try sendWithReport(try latest(message), to: try latest(dest), until: timeout, from: account, in: context)
      case .closeQuery(let query): try closeQuery(query, by: account, in: context)
      case .execute(let message, let maxWeight):
        try execute(try latest(message), as: account, limit: maxWeight, in: context)
      case .claimAssets(let assets, let beneficiary):
        try claim(try latest(assets), to: try latest(beneficiary), by: account, in: context)
      case .retryRefund(let lane, let nonce): try retryRefund(lane: lane, nonce: nonce, in: context)
      case .addAuthorizedAlias(let aliaser, let expires):
        try authorize(try located(aliaser), until: expires, by: account, in: context)
      case .removeAuthorizedAlias(let aliaser): try revoke(try located(aliaser), by: account, in: context)
      case .removeAllAuthorizedAliases: try revokeAll(by: account, in: context)
      default: try dispatchTransfer(call, by: account, in: context)
      }
    }

    private static func dispatchTransfer(_ call: Call, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .teleportAssets(let dest, let beneficiary, let assets, let item):
        let request = try request(dest, beneficiary, assets, item, .unlimited)
        try teleport(request, by: account, in: context)
      case .limitedTeleportAssets(let dest, let beneficiary, let assets, let item, let limit):
        let request = try request(dest, beneficiary, assets, item, limit)
        try teleport(request, by: account, in: context)
      case .reserveTransferAssets(let dest, let beneficiary, let assets, let item):
        let request = try request(dest, beneficiary, assets, item, .unlimited)
        try reserveTransfer(request, by: account, in: context)
      case .limitedReserveTransferAssets(let dest, let beneficiary, let assets, let item, let limit):
        let request = try request(dest, beneficiary, assets, item, limit)
        try reserveTransfer(request, by: account, in: context)
      case .transferAssets(let dest, let beneficiary, let assets, let item, let limit):
        let request = try request(dest, beneficiary, assets, item, limit)
        try transfer(request, by: account, in: context)
      case .transferAssetsWithTimeout(let dest, let beneficiary, let assets, let item, let limit, let timeout):
        guard (1...maximumTimeout).contains(timeout.value) else { throw failure(.badTimeout) }
        let request = try request(dest, beneficiary, assets, item, limit)
        requestedTimeout.set(timeout.value, in: context)
        try transfer(request, by: account, in: context)
        requestedTimeout.remove(in: context)
      case .transferAssetsUsingTypeAndThen(let dest, let assets, let type, let fees, let feesType, let program, let limit):
        let request = try request(dest, assets, fees, then: program, limit)
        try transfer(request, assetsBy: try route(type), feesBy: try route(feesType), by: account, in: context)
      default: throw .badOrigin
      }
    }

    // MARK: Local programs

    /// Executes a program as an account; a program that does not complete leaves no trace.
    @discardableResult static func execute(
      _ program: Xcm, as account: AccountID, limit: Weight, in context: ExecutionContext
    ) throws(DispatchError) -> H256 {
      let prepared: WeighedXcm
      do throws(XcmError) { prepared = try Executor.prepare(program, in: context) } catch { throw failure(.unweighableMessage) }
      guard !prepared.weight.exceeds(limit) else { throw failure(.unweighableMessage) }
      var id = try nextTopic(in: context)
      // The caller's fee has paid for this weight.
      let outcome = Executor.execute(prepared, origin: .account(account), id: &id, weightCredit: prepared.weight, in: context)
      if let error = outcome.failure { throw incomplete(error) }
      deposit(.attempted(outcome: outcome), topics: [id], in: context)
      return id
    }

    /// Runs a program that this runtime has built as an account, whose call has paid for its weight.
    /// - Parameter timeout: Milliseconds that its message may take; `nil` for the chain's own.
    /// - Returns: The id of the message that it sends.
    public static func run(
      _ program: Xcm, as account: AccountID, timeout: UInt64?, in context: ExecutionContext
    ) throws(DispatchError) -> H256 {
      if let timeout {
        guard timeout > 0, timeout <= XcmPallet.maximumTimeout else { throw failure(.badTimeout) }
        XcmPallet.requestedTimeout.set(timeout, in: context)
      }
      defer { XcmPallet.requestedTimeout.remove(in: context) }
      return try execute(program, as: account, limit: C.maximumLocalWeight, in: context)
    }

    /// Sends a program that this runtime has built in the name of an account, which pays the delivery.
    /// - Returns: The message's id.
    public static func send(
      _ program: Xcm, to destination: Location, as account: AccountID, in context: ExecutionContext
    ) throws(DispatchError) -> H256 { try send(program, to: destination, from: account, in: context) }

    /// The error of a local program: the pallet's number, then index and number of the failed instruction's error.
    private static func incomplete(_ error: InstructionError) -> DispatchError {
      if error.error == .unknownClaim { return failure(.unknownClaim) }
      if error.error == .unroutable { return failure(.unreachable) }
      var module = ModuleError(pallet: index, error: XcmPallet.Failure.localExecutionIncompleteWithError.rawValue)
      module.error = FixedBytes([module.number, error.index, error.error.encoded()[0], 0]) ?? .zero
      return .module(module)
    }

    private static func claim(_ assets: Assets, to beneficiary: Location, by account: AccountID, in context: ExecutionContext)
      throws(DispatchError)
    {
      guard !assets.isEmpty else { throw failure(.empty) }
      let program: Xcm = [
        .claimAsset(assets: assets, ticket: .here),
        .depositAsset(assets: .wild(.allCounted(Compact(UInt32(assets.count)))), beneficiary: beneficiary),
      ]
      try execute(program, as: account, limit: C.maximumLocalWeight, in: context)
    }

    // MARK: Versions of arguments

    static func latest(_ location: VersionedLocation) throws(DispatchError) -> Location {
      do throws(XcmConversionError) { return try location.latest() } catch { throw failure(.badVersion) }
    }
    static func latest(_ assets: VersionedAssets) throws(DispatchError) -> Assets {
      do throws(XcmConversionError) { return try assets.latest() } catch { throw failure(.badVersion) }
    }
    static func latest(_ id: VersionedAssetID) throws(DispatchError) -> AssetID {
      do throws(XcmConversionError) { return try id.latest() } catch { throw failure(.badVersion) }
    }
    static func latest(_ message: VersionedXcm) throws(DispatchError) -> Xcm {
      do throws(XcmConversionError) { return try message.latest() } catch { throw failure(.badVersion) }
    }
    /// As ``latest(_:)``, with the error that the reference has where the location is not a destination of assets.
    private static func located(_ location: VersionedLocation) throws(DispatchError) -> Location {
      do throws(XcmConversionError) { return try location.latest() } catch { throw failure(.badLocation) }
    }
  }
}

extension XcmPallet.Call {
  /// Whether only root makes this call.
  fileprivate var isForced: Bool {
    switch self {
    case .forceXcmVersion, .forceDefaultXcmVersion, .forceSubscribeVersionNotify, .forceUnsubscribeVersionNotify,
      .forceSuspension:
      true
    default: false
    }
  }
}

extension VersionedAssets {
  /// How many assets there are.
  fileprivate var count: UInt64 {
    switch self {
    case .v3(let assets): UInt64(assets.items.count)
    case .v4(let assets): UInt64(assets.items.count)
    case .v5(let assets): UInt64(assets.count)
    }
  }
}
