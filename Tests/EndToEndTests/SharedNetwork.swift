import ChainClient
import Testing

/// A network that all tests of a suite use: up before the first of them, down after the last.
struct SharedNetwork: Sendable {
  /// The network of the suite that runs.
  @TaskLocal static var running: SharedNetwork?

  let basePath: String
  private let endpoints: [String: String]

  fileprivate init(_ network: RunningNetwork) {
    basePath = network.basePath
    endpoints = network.endpoints
  }

  static func current() throws -> SharedNetwork {
    guard let running else { throw HarnessError("the suite has no network") }
    return running
  }

  /// Runs a command that knows where the network is.
  func run(_ arguments: [String]) async throws -> Programs.Ended {
    try await Programs.run(arguments + ["--base-path", basePath])
  }

  /// A client of a chain.
  func client(_ name: String) async throws -> ChainClient { try await ChainClient.connect(endpoint(name)) }

  /// A chain's address.
  func endpoint(_ name: String) -> String { endpoints[name] ?? "" }

  /// Gives a suite its network.
  struct Lending: SuiteTrait, TestScoping {
    let chains: [String]

    func provideScope(for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void)
      async throws
    {
      let network = try await RunningNetwork.up(chains)
      try await SharedNetwork.$running.withValue(SharedNetwork(network)) { try await function() }
      try await network.down()
    }
  }
}

extension Trait where Self == SharedNetwork.Lending {
  /// Built-in chains, each linked with each, for all tests of the suite together.
  static func network(_ chains: String...) -> Self { Self(chains: chains) }
}
