internal import ChainClient
internal import Lanes
internal import LightClient
internal import PalletLightClients
internal import PalletMessages
internal import PalletSupport
internal import Primitives
internal import ScaleCodec

/// A lane between two connected chains, read at finalised blocks of both.
struct LaneReader: Sendable {
  let here: ChainClient
  let there: ChainClient
  let lane: H256

  init(here: ChainClient, there: ChainClient) {
    self.here = here
    self.there = there
    lane = Messages.laneID(Self.end(of: here), Self.end(of: there))
  }

  private static func end(of client: ChainClient) -> Messages.LaneEnd {
    Messages.LaneEnd(genesisHash: client.info.genesisHash, paraId: client.info.paraId)
  }

  /// What stands in both chains' state about the lane.
  struct Snapshot: Sendable {
    var hereBlock: BlockRef
    var thereBlock: BlockRef
    var here: EndState
    var there: EndState
    var clientID: UInt32
    var client: ClientState
  }

  /// Why a lane cannot be relayed on.
  enum Missing: Error, Equatable {
    case laneHere, laneThere, client(UInt32)
  }

  /// Reads both ends at their newest finalised blocks.
  ///
  /// The other chain first: what is delivered here after that is then seen as received.
  func snapshot() async throws -> Snapshot {
    let thereBlock = try await there.finalized()
    let hereBlock = try await here.finalized()
    let keys = [Messages.channels.key(lane), Messages.outboundLanes.key(lane), Messages.inboundLanes.key(lane)]
    let remote = try await there.storages(keys, at: thereBlock.hash)
    guard let thereState = try state(remote, thereBlock) else { throw Missing.laneThere }
    let local = try await here.storages(keys, at: hereBlock.hash)
    guard let hereState = try state(local, hereBlock), let bytes = local[0] else { throw Missing.laneHere }
    let channel = try decoded(bytes, as: Messages.Channel.self)
    guard
      let client = try await here.value(
        LightClients.clientKey(channel.clientId), at: hereBlock.hash, as: ClientState.self)
    else {
      throw Missing.client(channel.clientId)
    }
    return Snapshot(
      hereBlock: hereBlock, thereBlock: thereBlock, here: hereState, there: thereState, clientID: channel.clientId,
      client: client)
  }

  private func state(_ rows: [[UInt8]?], _ block: BlockRef) throws -> EndState? {
    guard let outbound = rows[1], let inbound = rows[2] else { return nil }
    return EndState(
      clock: DestinationClock(height: block.number, time: block.timestamp),
      outbound: try decoded(outbound, as: OutboundLane.self),
      inbound: try decoded(inbound, as: InboundLane.self))
  }

  private func decoded<T: ScaleDecodable>(_ bytes: [UInt8], as _: T.Type) throws -> T {
    do throws(ScaleError) { return try T(decoding: bytes) } catch {
      throw ChainClientError.undecodable(what: "\(T.self)", error)
    }
  }

  /// Nonces of the messages that a chain has not settled, ascending.
  func pending(on client: ChainClient, at block: BlockRef) async throws -> [Nonce] {
    try await nonces(under: Messages.outbound.prefix, on: client, at: block)
  }

  /// Nonces of the messages for which a chain holds receipts, ascending.
  func receipts(on client: ChainClient, at block: BlockRef) async throws -> [Nonce] {
    try await nonces(under: Messages.receipts.prefix, on: client, at: block)
  }

  /// Rows of one lane that a chain can hold of either map.
  private static let rowLimit = Int(max(LaneLimits.outboundWindow, UInt64(LaneLimits.unsettledReceipts)))

  /// Both maps have unhashed keys that end with the nonce, its highest byte first.
  private func nonces(under prefix: [UInt8], on client: ChainClient, at block: BlockRef) async throws -> [Nonce] {
    let prefix = prefix + lane.bytes
    return try await client.keys(prefix: prefix, at: block.hash, limit: Self.rowLimit).map { key in
      let nonce = key.dropFirst(prefix.count).reduce(0 as Nonce) { $0 << 8 | Nonce($1) }
      // A lane counts from 1 and stops before the last number: another key is no row of a lane.
      guard key.count == prefix.count + 8, nonce > 0, nonce < .max else {
        throw ChainClientError.malformed(method: "state_getKeysPaged", reason: "a key does not end with a nonce")
      }
      return nonce
    }
  }

  /// Messages of one request, so that an answer stays under 8 MB even when all of them are as large as they may be.
  private static let page = 100

  /// Reads what planning needs of messages.
  /// - Returns: Nonces and facts; none for messages that are settled by then.
  func facts(of nonces: [Nonce], on client: ChainClient, at block: BlockRef) async throws -> [(
    nonce: Nonce, facts: PendingMessage.Facts
  )] {
    var found: [(nonce: Nonce, facts: PendingMessage.Facts)] = []
    for start in stride(from: 0, to: nonces.count, by: Self.page) {
      let chunk = Array(nonces[start..<min(start + Self.page, nonces.count)])
      let rows = try await client.storages(chunk.map { Messages.outbound.key(MessageKey(lane, $0)) }, at: block.hash)
      for (nonce, row) in zip(chunk, rows) {
        guard let row else { continue }
        let message = try decoded(row, as: OutboundMessage.self)
        let facts = PendingMessage.Facts(
          timeoutHeight: message.timeoutHeight, timeoutAt: message.timeoutAt, sentAt: message.sentAt, bytes: row.count)
        found.append((nonce, facts))
      }
    }
    return found
  }
}
