import ChainClient
import EchoRuntime
import Finality
import Keys
import Lanes
import LightClient
import PalletLightClients
import PalletMessages
import PalletSudo
import PalletSupport
import Primitives
import RPC

/// Introduces the chains of a topology to each other: a light client of each counterparty, then the lane to it.
///
/// It speaks for governance with the development sudo key, and trusts the nodes that it has started for the first
/// certificate; everything after that the light clients check themselves.
struct PathSetup: Sendable {
  let topology: Topology
  /// Connections by chain name.
  let clients: [String: ChainClient]

  /// How long a block may take to come.
  static let patience = Duration.seconds(20)

  /// What a light client starts from.
  private struct Trust: Sendable {
    var setup: LightClients.Setup
    var end: Messages.LaneEnd
  }

  /// Creates the clients and lanes that are missing, on all chains at the same time.
  /// - Returns: How many of both were made.
  /// - Throws: A ``Complaint`` when a chain refuses.
  func run() async throws -> Int {
    let trusts = try await withThrowingTaskGroup(of: (String, Trust).self) { group in
      for (name, client) in clients { group.addTask { (name, try await trust(in: client)) } }
      var trusts: [String: Trust] = [:]
      for try await (name, trust) in group { trusts[name] = trust }
      return trusts
    }
    return try await withThrowingTaskGroup(of: Int.self) { group in
      for (name, client) in clients { group.addTask { try await introduce(to: client, name: name, trusts) } }
      var made = 0
      for try await count in group { made += count }
      return made
    }
  }

  /// The newest certificate of a chain, with the sets around it.
  private func trust(in client: ChainClient) async throws -> Trust {
    let block = try await Patience.wait(for: "\(client.info.name)'s first block") { try await client.finalityProof(at: nil) }
    let following = block.setID.addingSaturating(1)
    let answer = try await client.call("echo_validatorSet", [JSON(following)])
    guard let length = answer["length"]?.asUInt64.flatMap({ UInt32(exactly: $0) }), let root = answer["root"]?.asHash else {
      throw Complaint.network("\(client.info.name) does not know its next validator set")
    }
    let setup = LightClients.Setup(
      trusted: block.proof.commitment, current: ValidatorSetSummary(id: block.setID, addresses: block.addresses),
      next: ValidatorSetSummary(id: following, length: length, root: root), trustingPeriod: topology.trustingPeriod * 1000)
    return Trust(setup: setup, end: Messages.LaneEnd(genesisHash: client.info.genesisHash, paraId: client.info.paraId))
  }

  /// Makes what is missing on one chain, in one block when all goes well.
  private func introduce(to client: ChainClient, name: String, _ trusts: [String: Trust]) async throws -> Int {
    let key = DevelopmentKey.alice.secretKey
    let known = try await known(by: client)
    var calls: [(what: String, call: RuntimeCall)] = []
    for path in topology.paths {
      guard let other = path.other(than: name), let trust = trusts[other] else { continue }
      let id = trust.end.paraId
      if !known.clients.contains(id) {
        calls.append(("light client of \(other)", .lightClients(.create(clientId: id, setup: trust.setup))))
      }
      if !known.lanes.contains(id) {
        calls.append(("lane to \(other)", .messages(.openLane(clientId: id, counterparty: trust.end, mode: path.mode))))
      }
    }
    guard !calls.isEmpty else { return 0 }
    let first = try await client.nonce(of: key.publicKey.accountID)
    var watches: [(what: String, watch: ExtrinsicWatch)] = []
    for (index, (what, call)) in calls.enumerated() {
      let extrinsic = try await client.sign(.sudo(.sudo(call: call)), key: key, nonce: first.addingSaturating(UInt32(index)))
      watches.append((what, try await client.watch(extrinsic)))
    }
    for (what, watch) in watches {
      let inclusion = try await client.inclusion(of: watch.hash, in: try await watch.block(within: PathSetup.patience))
      if let reason = refusal(inclusion) { throw Complaint.refused("\(name) refused the \(what): \(reason)") }
    }
    return calls.count
  }

  private func known(by client: ChainClient) async throws -> (clients: Set<UInt32>, lanes: Set<UInt32>) {
    func ids(_ method: String, _ key: String) async throws -> Set<UInt32> {
      let rows = try await client.call(method).asArray ?? []
      return Set(rows.compactMap { $0[key]?.asUInt64.flatMap { UInt32(exactly: $0) } })
    }
    return (try await ids("echo_clients", "id"), try await ids("echo_lanes", "counterpartyParaId"))
  }

  /// Why a sudo call did nothing, `nil` when it worked.
  private func refusal(_ inclusion: Inclusion) -> String? {
    if let failure = inclusion.failure { return describe(failure) }
    for case .sudo(.sudid(sudoResult: .err(let error))) in inclusion.events.map(\.event) { return describe(error) }
    return nil
  }
}

/// Whether the paths of a topology carry messages.
struct PathHealth: Sendable {
  /// What keeps a path from working, by path; empty when all is well.
  var faults: [(path: Topology.Path, reason: String)] = []

  /// Looks at the lanes and light clients at both ends of every path.
  static func check(_ topology: Topology, clients: [String: ChainClient]) async throws -> PathHealth {
    var rows: [String: (lanes: [JSON], clients: [JSON])] = [:]
    for (name, client) in clients {
      rows[name] = (try await client.call("echo_lanes").asArray ?? [], try await client.call("echo_clients").asArray ?? [])
    }
    var health = PathHealth()
    for path in topology.paths {
      for (here, there) in [(path.a, path.b), (path.b, path.a)] {
        guard let row = rows[here], let para = clients[there]?.info.paraId else {
          health.faults.append((path, "\(here) or \(there) does not answer"))
          continue
        }
        let lane = row.lanes.first { $0["counterpartyParaId"]?.asUInt64 == UInt64(para) }
        let client = row.clients.first { $0["id"]?.asUInt64 == UInt64(para) }
        if lane?["outbound"]?["status"]?.asString != "open" { health.faults.append((path, "the lane to \(there) is not open on \(here)")) }
        if client?["status"]?.asString != "active" { health.faults.append((path, "the light client of \(there) is not active on \(here)")) }
      }
    }
    return health
  }
}

/// Waiting for something that comes soon, without a guess at how long it takes.
enum Patience {
  /// Asks again and again, a few milliseconds apart, until there is an answer.
  /// - Parameters:
  ///   - what: What is waited for, for the complaint.
  ///   - check: May throw to give up at once.
  /// - Throws: A ``Complaint`` when time is over.
  static func wait<T>(
    for what: String, every pause: Duration = .milliseconds(10), at most: Duration = .seconds(30),
    isolation: isolated (any Actor)? = #isolation, _ check: () async throws -> T?
  ) async throws -> T {
    let deadline = ContinuousClock.now.advanced(by: most)
    while true {
      if let answer = try await check() { return answer }
      guard ContinuousClock.now < deadline else { throw Complaint.network("\(what) did not come within \(Spoken.duration(most))") }
      try await Task.sleep(for: pause)
    }
  }
}
