internal import Hashing
internal import PalletSupport
internal import Primitives
internal import ScaleCodec

// Instructions that call upon the services of `XcmServices.swift`.

extension XcmExecutor {
  /// Swaps assets of holding; without a deal they stay there.
  mutating func exchange(_ filter: AssetFilter, for want: Assets, maximal: Bool) throws(XcmError) {
    let give = registers.holding.take(filter)
    try ensureRoom(for: want.count)
    let bought: Holding
    do throws(XcmError) {
      bought = try Config.Exchanger.exchange(
        give, for: want, maximal: maximal, origin: registers.context.origin, in: state)
    } catch { throw .noDeal }
    guard bought.contains(want) else { throw .noDeal }
    // What was not spent comes back too, so there may be more items than were wanted.
    registers.holding.add(bought)
    guard registers.holding.count <= 2 * Config.maximumHolding else { throw .holdingWouldOverflow }
  }

  /// The origin, when it is still the one that the program came with.
  ///
  /// Derived origins are many and cheap; each subscription costs this chain messages.
  func subscriber() throws(XcmError) -> Location {
    let origin = try origin()
    guard origin == registers.originalOrigin else { throw .badOrigin }
    return origin
  }

  // MARK: Pallets

  /// Answers which pallets are made of a module.
  /// - Throws: ``XcmError/overflow`` when there are more than one answer can name.
  mutating func queryPallet(_ module: [UInt8], _ info: QueryResponseInfo) throws(XcmError) {
    let found = Config.pallets.filter { $0.moduleName.items == module }
    guard let answer = BoundedVector<PalletInfo, 64>(found) else { throw .overflow }
    try respond(.palletsInfo(answer), info, reason: .queryPallet)
  }

  /// Fails unless a pallet is the expected one in a compatible version: the same major number, and at least the minor.
  func expectPallet(
    _ index: UInt32, name: [UInt8], module: [UInt8], major: UInt32, minimumMinor: UInt32
  ) throws(XcmError) {
    guard let pallet = Config.pallets.first(where: { $0.index.value == index }) else { throw .palletNotFound }
    guard pallet.name.items == name, pallet.moduleName.items == module else { throw .nameMismatch }
    guard pallet.major.value == major, pallet.minor.value >= minimumMinor else { throw .versionIncompatible }
  }

  // MARK: Other networks

  /// Hands a program to the bridge that leads to another network, under the origin's universal name.
  mutating func export(_ program: Xcm, to network: NetworkID, _ destination: Junctions) throws(XcmError) {
    let origin = try origin()
    guard let source = try Config.universalLocation(in: state).universal(of: origin) else { throw .unanchored }
    let program = withTopic(program)
    // The bridge puts UniversalOrigin and DescendOrigin before it.
    guard program.isWithinDecodeLimits, program.totalInstructions + 2 <= Xcm.maximumInstructions else {
      throw .exceedsMaxMessageSize
    }
    let hash = Hash.blake2b128(Pair<Location?, Junctions>(origin, destination).encoded())
    let channel = hash.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let message = ExportedMessage(
      network: network, channel: channel, source: source, destination: destination, program: program)
    try takeFee(try Config.Exporter.exportFee(of: message, in: state), reason: .export(network))
    _ = try Config.Exporter.export(message, in: state)
  }

  // MARK: Locks

  /// Locks an asset in the origin's account and tells `unlocker` that it may have it unlocked.
  mutating func lock(_ asset: Asset, unlocker: Location) throws(XcmError) {
    let origin = try origin()
    let universal = try Config.universalLocation(in: state)
    guard let remote = asset.reanchored(to: unlocker, universal: universal) else { throw .reanchorFailed }
    try Config.Locker.lock(asset, owner: origin, unlocker: unlocker, in: state)
    guard let owner = origin.reanchored(to: unlocker, universal: universal) else { throw .reanchorFailed }
    var message = Outbound(destination: unlocker)
    message.instructions = [.noteUnlockable(asset: remote, owner: owner)]
    try send(message, reason: .lockAsset)
  }

  /// Gives up the right to keep an asset of the origin locked, and has `locker` unlock it.
  mutating func requestUnlock(_ asset: Asset, locker: Location) throws(XcmError) {
    let origin = try origin()
    let universal = try Config.universalLocation(in: state)
    guard let remote = asset.reanchored(to: locker, universal: universal),
      let target = origin.reanchored(to: locker, universal: universal)
    else { throw .reanchorFailed }
    try Config.Locker.reduceUnlockable(asset, owner: origin, locker: locker, in: state)
    var message = Outbound(destination: locker)
    message.instructions = [.unlockAsset(asset: remote, target: target)]
    try send(message, reason: .requestUnlock)
  }
}
