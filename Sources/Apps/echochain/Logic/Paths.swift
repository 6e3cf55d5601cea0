import ChainClient
import EchoRuntime
import Lanes
import LightClient
import PalletLightClients
import PalletMessages
import PalletSupport
import Primitives
import ScaleCodec

/// One end of a path: what a chain knows of the lane and of its counterparty.
struct PathEnd: Hashable, Sendable {
  var chain: String
  var counterparty: String
  var counterpartyParaId: UInt32
  var lane: LaneID
  var clientId: UInt32
  var block: BlockNumber
  var outbound: OutboundLane
  var inbound: InboundLane
  var client: ClientState?
  /// The counterparty's newest finalised height; `nil` when its node was not asked.
  var counterpartyHead: BlockNumber?

  /// How many blocks the client is behind its chain.
  var lag: BlockNumber? {
    guard let client, let counterpartyHead else { return nil }
    return counterpartyHead.subtractingSaturating(client.number)
  }
}

/// Reads one chain's ends of all its lanes.
/// - Parameter heads: Newest heights by para id, where known.
func pathEnds(of chain: ChainClient, heads: [UInt32: BlockNumber] = [:], name: (UInt32) -> String) async throws -> [PathEnd] {
  let head = try await chain.finalized()
  var ends: [PathEnd] = []
  let channels = try await chain.rows(Messages.channels.prefix, skip: 0, key: LaneID.self, value: Messages.Channel.self, at: head.hash)
  for (lane, channel) in channels {
    guard let outbound = try await chain.value(Messages.outboundLanes.key(lane), at: head.hash, as: OutboundLane.self),
      let inbound = try await chain.value(Messages.inboundLanes.key(lane), at: head.hash, as: InboundLane.self)
    else { continue }
    let client = try await chain.value(LightClients.clientKey(channel.clientId), at: head.hash, as: ClientState.self)
    let para = channel.counterparty.paraId
    ends.append(
      PathEnd(
        chain: chain.info.name, counterparty: name(para), counterpartyParaId: para, lane: lane, clientId: channel.clientId,
        block: head.number, outbound: outbound, inbound: inbound, client: client, counterpartyHead: heads[para]))
  }
  return ends.sorted { $0.counterpartyParaId < $1.counterpartyParaId }
}

/// Reads both ends of all paths of a network.
func pathEnds(of network: LinkedNetwork) async throws -> [PathEnd] {
  var heads: [UInt32: BlockNumber] = [:]
  for chain in network.chains { heads[chain.info.paraId] = try await chain.finalized().number }
  var ends: [PathEnd] = []
  for chain in network.chains { ends += try await pathEnds(of: chain, heads: heads) { network.name(of: $0) } }
  return ends
}
