internal import BlockExecution
internal import EchoRuntime
internal import Finality
internal import Foundation
internal import Keys
internal import LightClient
internal import MerkleMountainRange
internal import PalletBeefy
internal import PalletLightClients
internal import PalletMessages
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import RPC
internal import ScaleCodec

/// `echo_*`: what Substrate's JSON-RPC has no method for (Docs/formats/rpc.md).
///
/// A block is named by its height, its hash or nothing (the best block). An unknown one is answered with null.
extension NodeService {
  /// Most leaves of one MMR proof.
  static let maximumLeaves = 1024
  /// Most clients and lanes that are listed.
  static let maximumListed = 1024

  nonisolated func registerEchoMethods(_ methods: inout RPCMethods) {
    methods.method("echo_chainInfo") { [self] _ in try chainInfo() }
    methods.method("echo_chainSpec") { [self] _ in try JSON(parsing: [UInt8](JSONEncoder().encode(configuration.spec))) }
    methods.method("echo_header") { [self] params in
      guard let height = try height(params, 0, "block"), let header = try chain.header(at: height) else { return .null }
      return ["number": JSON(height), "hash": .hash(header.hash), "header": .hex(header.encoded())]
    }
    methods.method("echo_finalityProof") { [self] params in
      guard let height = try height(params, 0, "block") else { return .null }
      return try certified(height) ?? .null
    }
    methods.method("echo_firstOfSet") { [self] params in
      guard let height = try chain.firstBlock(ofSet: params.number(0, "setId", as: UInt64.self)) else { return .null }
      return try certified(height) ?? .null
    }
    methods.method("echo_validatorSet") { [self] params in
      let id = try params.optionalNumber(0, "setId", as: UInt64.self)
      guard let set = try validatorSet(id) else { return .null }
      return set.json
    }
    methods.method("echo_mmrProof") { [self] params in try mmrProof(params) }
    methods.method("echo_lanes") { [self] params in try lanes(at: view(params, 0)) }
    methods.method("echo_clients") { [self] params in try clients(at: view(params, 0)) }
    methods.method("echo_events") { [self] params in .array(try DecodedEvents(of: view(params, 0)).all) }
    methods.method("echo_extrinsic") { [self] params in try extrinsic(params.hash(0, "hash")) ?? .null }
  }

  /// The state of the block that a parameter names.
  private nonisolated func view(_ params: RPCParams, _ index: Int) throws -> StateView {
    guard let value = params.value(index, "at") else { return chain.best }
    if let hash = value.asHash { return try state(at: hash) }
    let number = try params.number(index, "at", as: BlockNumber.self)
    guard let state = try chain.state(at: number) else {
      throw number > chain.best.number ? RPCError.unknownBlock("\(number)") : RPCError.stateDiscarded("block \(number)")
    }
    return state
  }

  // MARK: The chain

  private nonisolated func chainInfo() throws -> JSON {
    let spec = configuration.spec
    let best = chain.best
    let timestamp = try EchoRuntime.timestamp(in: best.context())
    return [
      "name": .string(spec.name), "network": .string(spec.network), "paraId": JSON(spec.paraId), "genesisHash": .hash(chain.genesisHash),
      "best": ["number": JSON(best.number), "hash": .hash(best.hash)],
      "finalized": ["number": JSON(best.number), "hash": .hash(best.hash), "timestamp": JSON(timestamp)],
      "tokenSymbol": .string(spec.tokenSymbol), "tokenDecimals": JSON(spec.tokenDecimals), "ss58Format": JSON(spec.ss58Prefix),
      "existentialDeposit": .decimal(EchoRuntime.existentialDeposit), "specVersion": JSON(EchoRuntime.version.specVersion),
      "transactionVersion": JSON(EchoRuntime.version.transactionVersion), "version": .string(nodeVersion),
      "pid": JSON(ProcessInfo.processInfo.processIdentifier), "sessionLength": JSON(spec.sessionLength),
    ]
  }

  /// A block with its finality proof and the set that signed it; `nil` for genesis.
  private nonisolated func certified(_ height: BlockNumber) throws -> JSON? {
    guard let bytes = try chain.justification(at: height), let hash = try chain.hash(at: height) else { return nil }
    let commitment = try FinalityProof(decoding: bytes).signed.commitment
    guard let set = try validatorSet(commitment.validatorSetID) else { return nil }
    let summary = set.summary
    return [
      "number": JSON(height), "hash": .hash(hash), "timestamp": JSON(commitment.timestamp), "proof": .hex(bytes), "setId": JSON(set.id),
      "addresses": .array(set.addresses.map { .hex($0.bytes) }), "setRoot": .hash(summary.root),
    ]
  }

  /// The validators of a session up to the next one; of the current one without an id.
  ///
  /// A session's first header names its set, so no old state is needed.
  private nonisolated func validatorSet(_ id: UInt64?) throws -> ValidatorSet? {
    let context = chain.best.context()
    let current = try BeefyPallet.currentSet(in: context)
    guard let id, id != current.id else { return current }
    guard id < current.id else {
      let next = try BeefyPallet.nextSet(in: context)
      return next.id == id ? next : nil
    }
    guard id > 0 else {
      let keys = try configuration.spec.authorities.map { try PublicKey(compressed: Hex.decode($0) ?? []) }
      return ValidatorSet(id: 0, validators: keys)
    }
    guard let first = try chain.firstBlock(ofSet: id) else { return nil }
    return try chain.header(at: first)?.authoritiesChange
  }

  private nonisolated func mmrProof(_ params: RPCParams) throws -> JSON {
    let list = try params.array(0, "leafIndices")
    guard !list.isEmpty, list.count <= Self.maximumLeaves else { throw RPCError.invalidCount(value: list.count, limit: Self.maximumLeaves) }
    let indices = try list.map { try RPCParams([$0]).number(0, "leafIndices", as: UInt64.self) }
    let count = try params.optionalNumber(1, "leafCount", as: UInt64.self) ?? UInt64(chain.best.number)
    guard let (leaves, proof, root) = try chain.mmrProof(leafIndices: indices, leafCount: count) else { return .null }
    return [
      "leafCount": JSON(count), "leaves": .array(leaves.map { .hex($0.encoded()) }), "proof": .hex(proof.encoded()), "root": .hash(root),
    ]
  }

  // MARK: Lanes and clients

  private nonisolated func lanes(at state: StateView) throws -> JSON {
    let context = state.context()
    let rows = try Messages.channels.rows(in: context, limit: Self.maximumListed)
    return .array(
      try rows.map { lane, channel in
        var json: [String: JSON] = [
          "lane": .hash(lane), "clientId": JSON(channel.clientId), "counterpartyParaId": JSON(channel.counterparty.paraId),
          "counterpartyGenesis": .hash(channel.counterparty.genesisHash), "mode": .string("\(channel.mode)"),
        ]
        json["outbound"] = try Messages.outboundLanes.get(lane, in: context)?.json
        json["inbound"] = try Messages.inboundLanes.get(lane, in: context)?.json
        return .object(json)
      })
  }

  private nonisolated func clients(at state: StateView) throws -> JSON {
    let context = state.context()
    let now = try EchoRuntime.timestamp(in: context)
    return .array(
      try LightClientsPallet.list(in: context, limit: Self.maximumListed).map { id, client in
        [
          "id": JSON(id), "genesisHash": .hash(client.genesisHash), "status": .string("\(client.status(at: now))"),
          "latest": ["number": JSON(client.number), "hash": .hash(client.headerHash), "timestamp": JSON(client.timestamp)],
          "currentSetId": JSON(client.current.id), "nextSetId": JSON(client.next.id), "expiry": JSON(client.expiry),
        ]
      })
  }

  // MARK: Extrinsics

  private nonisolated func extrinsic(_ hash: H256) throws -> JSON? {
    guard let (block, index) = try chain.extrinsic(hash) else { return nil }
    // The outcome stands among the block's events, in the state that the block left.
    guard let state = try chain.state(at: block) else { throw RPCError.stateDiscarded("block \(block)") }
    let decoded = try DecodedEvents(of: state)
    let outcome = decoded.outcome(ofExtrinsic: index)
    return [
      "block": ["number": JSON(block), "hash": .hash(state.hash)], "index": JSON(index), "success": .bool(outcome.isSuccess),
      "error": outcome.error.map { .string($0) } ?? .null, "events": .array(decoded.all(ofExtrinsic: index)),
    ]
  }
}

extension ValidatorSet {
  /// The set as `echo_validatorSet` shows it.
  fileprivate var json: JSON {
    let summary = summary
    return [
      "id": JSON(id), "length": JSON(summary.length), "root": .hash(summary.root), "addresses": .array(addresses.map { .hex($0.bytes) }),
      "publicKeys": .array(validators.map { .hex($0.compressed) }),
    ]
  }
}
