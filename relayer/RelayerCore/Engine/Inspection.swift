internal import ChainClient
internal import Keys
internal import Lanes
internal import LightClient
public import Primitives

/// What a look at all chains and paths of a configuration found.
public struct Inspection: Hashable, Sendable {
  /// A chain, or why it cannot be used.
  public struct ChainFinding: Hashable, Sendable {
    public var name: String
    public var url: String
    /// The relayer's account on the chain, and what it can spend there in the smallest unit.
    public var account: AccountID
    public var balance: Balance?
    public var paraId: UInt32?
    public var height: BlockNumber?
    public var problem: String?
  }

  /// One direction of a path, or why nothing can move on it.
  public struct PathFinding: Hashable, Sendable {
    public var path: String
    public var from: String
    public var to: String
    public var lane: H256?
    /// Messages that the source has not settled.
    public var unsettled: UInt32?
    /// The newest height of the source that its client at the destination knows.
    public var clientHeight: BlockNumber?
    public var problem: String?
  }

  public var chains: [ChainFinding]
  public var paths: [PathFinding]

  /// Whether nothing is wrong.
  public var isClean: Bool { !chains.contains { $0.problem != nil } && !paths.contains { $0.problem != nil } }

  /// Connects to every chain and reads every path, both ways.
  public static func run(_ configuration: RelayerConfiguration) async -> Inspection {
    var clients: [String: ChainClient] = [:]
    var inspection = Inspection(chains: [], paths: [])
    for chain in configuration.chains {
      var finding = ChainFinding(name: chain.name, url: chain.url, account: chain.key.publicKey.accountID)
      do throws(ChainClientError) {
        let client = try await ChainClient.connect(chain.url, timeout: .seconds(5))
        finding.paraId = client.info.paraId
        finding.height = try await client.finalized().number
        finding.balance = try await client.freeBalance(of: finding.account)
        if finding.balance == 0 { finding.problem = "the relayer's account is empty" }
        clients[chain.name] = client
      } catch { finding.problem = "\(error)" }
      inspection.chains.append(finding)
    }
    for path in configuration.paths {
      for (from, to) in [(path.a, path.b), (path.b, path.a)] {
        inspection.paths.append(await look(path, from, to, clients))
      }
    }
    for client in clients.values { await client.close() }
    return inspection
  }

  private static func look(
    _ path: RelayerConfiguration.Path, _ from: String, _ to: String, _ clients: [String: ChainClient]
  ) async -> PathFinding {
    var finding = PathFinding(path: "\(path)", from: from, to: to)
    guard let source = clients[from], let destination = clients[to] else {
      finding.problem = "a chain is not reachable"
      return finding
    }
    let reader = LaneReader(here: destination, there: source)
    finding.lane = reader.lane
    do {
      let snapshot = try await reader.snapshot()
      finding.unsettled = snapshot.there.outbound.unsettled
      finding.clientHeight = snapshot.client.number
      let status = snapshot.client.status(at: snapshot.hereBlock.timestamp)
      if status != .active { finding.problem = "the light client of \(from) on \(to) is \(status)" }
    } catch LaneReader.Missing.laneHere {
      finding.problem = "no lane to \(from) is open on \(to)"
    } catch LaneReader.Missing.laneThere {
      finding.problem = "no lane to \(to) is open on \(from)"
    } catch LaneReader.Missing.client(let id) {
      finding.problem = "light client \(id) is missing on \(to)"
    } catch { finding.problem = "\(error)" }
    return finding
  }
}
