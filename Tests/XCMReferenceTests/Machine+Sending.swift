import PalletSupport
import Primitives
import ScaleCodec
import XCM

extension Machine {
  /// Moves assets out of this chain.
  /// - Returns: The instruction that brings them in at `destination`, and the assets as it calls them.
  private mutating func release(
    _ pile: Pile, _ kind: TransferKind, to destination: Location
  ) throws(XcmError) -> (instruction: Instruction, assets: Assets) {
    let seen = try Path.view(pile.list, from: destination)
    switch kind {
    case .reserveDeposit: try deposit(pile, to: destination)
    case .reserveWithdraw:
      for asset in pile.list where !Self.isReserve(destination, asset) { throw .untrustedReserveLocation }
    case .teleport:
      for asset in pile.list {
        guard Self.isTeleporter(destination, asset) else { throw .untrustedTeleportLocation }
        try chain.canCheckOut(asset)
      }
      for asset in pile.list { try chain.checkOut(asset) }
    }
    return switch kind {
    case .reserveDeposit: (.reserveAssetDeposited(seen), seen)
    case .reserveWithdraw: (.withdrawAsset(seen), seen)
    case .teleport: (.receiveTeleportedAsset(seen), seen)
    }
  }

  /// The three older instructions that send assets out of holding.
  mutating func sendAssets(
    _ filter: AssetFilter, _ kind: TransferKind, to destination: Location, _ xcm: Xcm, _ reason: FeeReason
  ) throws(XcmError) {
    let aside = try setAside(filter, for: destination)
    let pile = holding.take(filter)
    let released = try release(pile, kind, to: destination)
    holding.put(aside)
    try send(
      [released.instruction, .clearOrigin] + xcm.instructions, to: destination, reason,
      [OutboundTransfer(kind: kind, assets: try Assets(pile.list))])
  }

  mutating func initiateTransfer(
    to destination: Location, _ fees: AssetTransferFilter?, _ preserve: Bool, _ assets: [AssetTransferFilter],
    _ xcm: Xcm
  ) throws(XcmError) {
    var message: [Instruction] = []
    var transfers: [OutboundTransfer] = []
    if let fees {
      guard let pile = holding.takeWhole(fees.filter) else { throw .notHoldingFees }
      let released = try release(pile, Self.kind(of: fees), to: destination)
      guard let fee = released.assets.first, released.assets.count == 1 else { throw .tooManyAssets }
      message = [released.instruction, .payFees(asset: fee)]
      transfers.append(OutboundTransfer(kind: Self.kind(of: fees), assets: try Assets(pile.list)))
    }
    for filter in assets {
      let pile = holding.take(filter.filter)
      message.append(try release(pile, Self.kind(of: filter), to: destination).instruction)
      transfers.append(OutboundTransfer(kind: Self.kind(of: filter), assets: try Assets(pile.list)))
    }
    if preserve {
      guard let origin else { throw .badOrigin }
      if !origin.isHere {
        guard let seen = Path.view(origin, from: destination), let here = Path.view(.here, from: destination) else {
          throw .reanchorFailed
        }
        guard Self.isAlias(seen, of: here) else { throw .noPermission }
        message.append(.aliasOrigin(seen))
      }
    } else {
      message.append(.clearOrigin)
    }
    if fees == nil { message.append(.unpaidExecution(weightLimit: .unlimited, checkOrigin: nil)) }
    try send(message + xcm.instructions, to: destination, .initiateTransfer, transfers)
  }

  private static func kind(of filter: AssetTransferFilter) -> TransferKind {
    switch filter {
    case .teleport: .teleport
    case .reserveDeposit: .reserveDeposit
    case .reserveWithdraw: .reserveWithdraw
    }
  }

  /// Answers a question.
  mutating func respond(_ response: Response, _ info: QueryResponseInfo, _ reason: FeeReason) throws(XcmError) {
    var querier: Location?
    if let origin {
      querier = Path.view(origin, from: info.destination)
      guard querier != nil else { throw .reanchorFailed }
    }
    let answer = Instruction.queryResponse(
      queryId: info.queryId, response: response, maxWeight: info.maxWeight, querier: querier)
    try send([answer], to: info.destination, reason)
  }

  /// Sends a message: a claimer for its assets, a topic at its end, the fee paid.
  mutating func send(
    _ body: [Instruction], to destination: Location, _ reason: FeeReason, _ transfers: [OutboundTransfer] = []
  ) throws(XcmError) {
    var message = body
    let load = message.firstIndex {
      switch $0 {
      case .reserveAssetDeposited(let assets), .withdrawAsset(let assets), .receiveTeleportedAsset(let assets):
        !assets.isEmpty
      default: false
      }
    }
    let namesClaimer = message.contains { if case .setHints(let hints) = $0 { !hints.items.isEmpty } else { false } }
    if !transfers.isEmpty, let load, !namesClaimer, Self.isPlainAccount(owner) {
      message.insert(.setHints(hints: BoundedVector([.assetClaimer(location: owner)]) ?? BoundedVector()), at: load + 1)
    }
    let (program, trace) = traced(Xcm(message))
    guard program.totalInstructions <= 100, program.depth <= 8 else { throw .exceedsMaxMessageSize }
    let fee = try Self.deliveryFee(to: destination)
    try charge(fee, reason)
    let info = SendInfo(origin: origin, claimer: owner, topic: trace, reason: reason, transfers: transfers)
    chain.messages.append(Row.content(program, to: destination, info))
    guard !message.contains(.clearTopic) else { throw .transport }
    events.append(
      .sent(origin: origin, destination: destination, program: program, messageID: trace, topic: trace))
  }

  /// The program with a topic in last place, and that topic: its own, else the one of this program.
  private func traced(_ program: Xcm) -> (Xcm, H256) {
    if case .setTopic(let own)? = program.instructions.last { return (program, own) }
    let trace = topic ?? id
    return (Xcm(program.instructions + [.setTopic(trace)]), trace)
  }

  private static func isPlainAccount(_ location: Location) -> Bool {
    if location.parents == 0, location.interior.count == 1, case .accountId32(nil, _)? = location.interior.first {
      return true
    }
    return false
  }

  /// Sends a program to another network.
  mutating func export(_ xcm: Xcm, to network: NetworkID, _ destination: Junctions) throws(XcmError) {
    guard let origin else { throw .badOrigin }
    guard origin.parents < 2, let source = Junctions(Path.absolute(origin)) else { throw .unanchored }
    let (program, _) = traced(xcm)
    // ADR 012, 22: the bridge adds two.
    guard program.totalInstructions <= 98, program.depth <= 8 else { throw .exceedsMaxMessageSize }
    guard network == World.ethereum else { throw .unroutable }
    let hash = StorageHasher.blake2b128.hash([1] + origin.encoded() + destination.encoded())
    let channel = hash.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    try charge(Assets(Asset(World.home, amount: 7)), .export(network))
    chain.messages.append(
      Row.content(
        ExportedMessage(
          network: network, channel: channel, source: source, destination: destination, program: program)))
  }
}
