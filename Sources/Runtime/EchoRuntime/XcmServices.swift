public import PalletSupport
internal import PalletXcm
internal import Primitives
internal import ScaleCodec
public import XCM

// The parts of XCM's configuration that the XCM pallet serves.

/// Traps assets in the XCM pallet.
public enum PalletTrap: AssetTrap {
  public static func trap(_ assets: XCM.Assets, for claimer: Location, context: XcmContext, in state: ExecutionContext) -> Weight {
    XcmPalletPallet.trap(assets, for: claimer, message: context.messageID, in: state)
  }
  public static func claim(_ assets: XCM.Assets, ticket: Location, origin: Location, context: XcmContext, in state: ExecutionContext)
    throws(XcmError) -> Bool
  {
    try XcmPalletPallet.claimTrap(assets, ticket: ticket, origin: origin, message: context.messageID, in: state)
  }
}

/// Locks native units, and notes what other chains have locked, in the XCM pallet.
public enum PalletLocks: AssetLocker {
  public static func lock(_ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext) throws(XcmError) {
    try XcmPalletPallet.lock(asset, owner: owner, unlocker: unlocker, in: state)
  }
  public static func unlock(_ asset: Asset, owner: Location, unlocker: Location, in state: ExecutionContext) throws(XcmError) {
    try XcmPalletPallet.unlock(asset, owner: owner, unlocker: unlocker, in: state)
  }
  public static func noteUnlockable(_ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext) throws(XcmError) {
    try XcmPalletPallet.noteUnlockable(asset, owner: owner, locker: locker, in: state)
  }
  public static func reduceUnlockable(_ asset: Asset, owner: Location, locker: Location, in state: ExecutionContext) throws(XcmError) {
    try XcmPalletPallet.reduceUnlockable(asset, owner: owner, locker: locker, in: state)
  }
}

/// Receives answers in the XCM pallet.
public enum PalletQueries: ResponseHandler {
  public static func isExpecting(_ origin: Location, queryID: UInt64, querier: Location?, in state: ExecutionContext) -> Bool {
    XcmPalletPallet.isExpecting(origin, queryID: queryID, querier: querier, in: state)
  }
  public static func onResponse(
    _ response: Response, from origin: Location, queryID: UInt64, querier: Location?, maxWeight: Weight,
    context: XcmContext, in state: ExecutionContext
  ) -> Weight {
    XcmPalletPallet.onResponse(
      response, from: origin, queryID: queryID, querier: querier, maxWeight: maxWeight, context: context, in: state)
  }
}

/// Keeps subscribers to this chain's XCM version in the XCM pallet.
public enum PalletSubscriptions: VersionSubscriptions {
  public static func start(
    _ location: Location, queryID: UInt64, maxWeight: Weight, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try XcmPalletPallet.start(location, queryID: queryID, maxWeight: maxWeight, context: context, in: state)
  }
  public static func stop(_ location: Location, context: XcmContext, in state: ExecutionContext) throws(XcmError) {
    XcmPalletPallet.stop(location, context: context, in: state)
  }
  public static func isSubscribed(_ location: Location, in state: ExecutionContext) -> Bool {
    XcmPalletPallet.isSubscribed(location, in: state)
  }
}
