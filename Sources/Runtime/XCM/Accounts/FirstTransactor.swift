public import PalletSupport
internal import Primitives

/// Asks a second transactor about assets that are not the first one's, and about what the first one does not do.
///
/// Each transactor of a composition serves assets that the others do not; what ``XcmError/assetNotFound`` says of one
/// is not yet said of all.
public enum FirstTransactor<First: AssetTransactor, Second: AssetTransactor>: AssetTransactor {
  public static func withdraw(
    _ asset: Asset, from location: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try either { () throws(XcmError) in
      try First.withdraw(asset, from: location, context: context, in: state)
    } or: { () throws(XcmError) in
      try Second.withdraw(asset, from: location, context: context, in: state)
    }
  }

  public static func deposit(
    _ asset: Asset, to location: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try either { () throws(XcmError) in
      try First.deposit(asset, to: location, context: context, in: state)
    } or: { () throws(XcmError) in
      try Second.deposit(asset, to: location, context: context, in: state)
    }
  }

  public static func transfer(
    _ asset: Asset, from source: Location, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try either { () throws(XcmError) in
      try First.transfer(asset, from: source, to: target, context: context, in: state)
    } or: { () throws(XcmError) in
      try Second.transfer(asset, from: source, to: target, context: context, in: state)
    }
  }

  public static func canCheckIn(
    _ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try either { () throws(XcmError) in
      try First.canCheckIn(asset, from: origin, context: context, in: state)
    } or: { () throws(XcmError) in
      try Second.canCheckIn(asset, from: origin, context: context, in: state)
    }
  }

  public static func checkIn(
    _ asset: Asset, from origin: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try either { () throws(XcmError) in
      try First.checkIn(asset, from: origin, context: context, in: state)
    } or: { () throws(XcmError) in
      try Second.checkIn(asset, from: origin, context: context, in: state)
    }
  }

  public static func canCheckOut(
    _ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try either { () throws(XcmError) in
      try First.canCheckOut(asset, to: target, context: context, in: state)
    } or: { () throws(XcmError) in
      try Second.canCheckOut(asset, to: target, context: context, in: state)
    }
  }

  public static func checkOut(
    _ asset: Asset, to target: Location, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) {
    try either { () throws(XcmError) in
      try First.checkOut(asset, to: target, context: context, in: state)
    } or: { () throws(XcmError) in
      try Second.checkOut(asset, to: target, context: context, in: state)
    }
  }

  private static func either(
    _ first: () throws(XcmError) -> Void, or second: () throws(XcmError) -> Void
  ) throws(XcmError) {
    do throws(XcmError) { try first() } catch {
      guard error == .assetNotFound || error == .unimplemented else { throw error }
      try second()
    }
  }
}
