public import PalletSupport
internal import Primitives
internal import ScaleCodec
public import XCM

extension XcmPallet.Pallet {
  /// The oldest version that this chain writes.
  static var oldestVersion: UInt32 { 3 }

  // MARK: The versions of others

  /// In which version a program is written for a destination: the newest that both sides understand as far as this
  /// chain knows, else the safe version.
  /// - Throws: ``XcmError/destinationUnsupported`` when nothing is known and there is no safe version.
  public static func wrapVersion(of destination: Location, in context: ExecutionContext) throws(XcmError) -> UInt32 {
    do throws(DispatchError) {
      let safe = try XcmPallet.safeXcmVersion.get(in: context)
      let version = try XcmPallet.supportedVersion.get(XcmVersion.latest, .v5(destination), in: context) ?? safe
      if version >= oldestVersion { return min(version, XcmVersion.latest) }
    } catch { throw .transport }
    throw .destinationUnsupported
  }

  static func setVersion(_ version: UInt32, of location: Location, in context: ExecutionContext) throws(DispatchError) {
    guard version >= oldestVersion else { throw failure(.badVersion) }
    XcmPallet.supportedVersion.set(XcmVersion.latest, .v5(location), to: version, in: context)
    deposit(.supportedVersionChanged(location: location, version: version), in: context)
  }

  static func setSafeVersion(_ version: UInt32?, in context: ExecutionContext) throws(DispatchError) {
    if let version, version < oldestVersion { throw failure(.badVersion) }
    XcmPallet.safeXcmVersion.set(version ?? 0, in: context)
  }

  /// Asks a location to tell its version.
  static func subscribe(to location: Location, in context: ExecutionContext) throws(DispatchError) {
    let key = VersionedLocation.v5(location)
    guard !XcmPallet.versionNotifiers.exists(XcmVersion.latest, key, in: context) else { throw failure(.alreadySubscribed) }
    let query = try openQuery(.versionNotifier(origin: key, isActive: false), in: context)
    XcmPallet.versionNotifiers.set(XcmVersion.latest, key, to: query, in: context)
    do throws(XcmError) {
      let program: Xcm = [.subscribeVersion(queryId: Compact(query), maxResponseWeight: .zero)]
      let sent = try sendAsChain(program, to: location, in: context)
      deposit(
        .versionNotifyRequested(destination: location, cost: sent.cost, messageId: sent.id), topics: [sent.id], in: context)
    } catch { throw refusal(error) }
  }

  /// Asks a location to tell its version no more. What it told before stays known.
  static func unsubscribe(from location: Location, in context: ExecutionContext) throws(DispatchError) {
    let key = VersionedLocation.v5(location)
    guard let query = try XcmPallet.versionNotifiers.get(XcmVersion.latest, key, in: context) else {
      throw failure(.noSubscription)
    }
    XcmPallet.versionNotifiers.remove(XcmVersion.latest, key, in: context)
    XcmPallet.queries.remove(query, in: context)
    do throws(XcmError) {
      let sent = try sendAsChain([.unsubscribeVersion], to: location, in: context)
      deposit(
        .versionNotifyUnrequested(destination: location, cost: sent.cost, messageId: sent.id), topics: [sent.id],
        in: context)
    } catch { throw refusal(error) }
  }

  // MARK: Subscribers to this chain's version

  /// Begins to tell `location` this chain's version, at once for the first time.
  /// - Throws: ``XcmError/invalidLocation`` when it is subscribed already, or what sending throws.
  public static func start(
    _ location: Location, queryID: UInt64, maxWeight: Weight, context xcm: XcmContext, in context: ExecutionContext
  ) throws(XcmError) {
    guard !isSubscribed(location, in: context) else { throw .invalidLocation }
    let target = XcmPallet.VersionNotifyTarget(queryID: queryID, maxWeight: maxWeight, version: XcmVersion.latest)
    let sent = try tell(location, target, in: context)
    XcmPallet.versionNotifyTargets.set(XcmVersion.latest, .v5(location), to: target, in: context)
    // From the first subscriber on, a runtime of another version knows that it has to tell somebody.
    if !XcmPallet.announcedVersion.exists(in: context) { XcmPallet.announcedVersion.set(XcmVersion.latest, in: context) }
    deposit(
      .versionNotifyStarted(destination: location, cost: sent.cost, messageId: sent.id), topics: [sent.id], in: context)
  }

  /// Ends telling `location`; without a subscription nothing happens.
  public static func stop(_ location: Location, context xcm: XcmContext, in context: ExecutionContext) {
    XcmPallet.versionNotifyTargets.remove(XcmVersion.latest, .v5(location), in: context)
  }

  /// Whether `location` is told this chain's version.
  public static func isSubscribed(_ location: Location, in context: ExecutionContext) -> Bool {
    XcmPallet.versionNotifyTargets.exists(XcmVersion.latest, .v5(location), in: context)
  }

  private static func tell(
    _ location: Location, _ target: XcmPallet.VersionNotifyTarget, in context: ExecutionContext
  ) throws(XcmError) -> (id: H256, cost: Assets) {
    let answer = Instruction.queryResponse(
      queryId: Compact(target.queryID), response: .version(target.version), maxWeight: target.maxWeight, querier: nil)
    return try sendAsChain([answer], to: location, in: context)
  }

  /// Tells subscribers that this chain's version has changed, a few in each block, until all know it.
  static func notifySubscribers(in context: ExecutionContext) throws(DispatchError) {
    guard let announced = try XcmPallet.announcedVersion.get(in: context), announced != XcmVersion.latest else { return }
    // There are as many subscribers as lanes: only a sibling chain can be answered.
    let outdated = try XcmPallet.versionNotifyTargets.rows(XcmVersion.latest, in: context, limit: 1024)
      .filter { $0.value.version != XcmVersion.latest }
    for row in outdated.prefix(XcmPallet.maximumNotificationsPerBlock) { try notify(row.key, row.value, in: context) }
    guard outdated.count <= XcmPallet.maximumNotificationsPerBlock else { return }
    XcmPallet.announcedVersion.set(XcmVersion.latest, in: context)
    deposit(.versionMigrationFinished(version: XcmVersion.latest), in: context)
  }

  /// Tells one subscriber; one that cannot be told is subscribed no more.
  private static func notify(
    _ key: VersionedLocation, _ target: XcmPallet.VersionNotifyTarget, in context: ExecutionContext
  ) throws(DispatchError) {
    let location = try latest(key)
    var target = target
    target.version = XcmVersion.latest
    let mark = context.begin()
    do throws(XcmError) {
      let sent = try tell(location, target, in: context)
      XcmPallet.versionNotifyTargets.set(XcmVersion.latest, key, to: target, in: context)
      deposit(
        .versionChangeNotified(destination: location, result: target.version, cost: sent.cost, messageId: sent.id),
        topics: [sent.id], in: context)
      context.commit()
    } catch {
      context.rollback(to: mark)
      XcmPallet.versionNotifyTargets.remove(XcmVersion.latest, key, in: context)
      deposit(.notifyTargetSendFail(location: location, queryId: target.queryID, error: error), in: context)
    }
  }
}
