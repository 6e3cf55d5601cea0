import ArgumentParser
import EchoRuntime
import Foundation
import Hashing
import Keys
import NIOCore
import Node
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec

/// A method that is measured.
enum RpcWorkload: String, CaseIterable, ExpressibleByArgument, Sendable {
  case storage = "state_getStorage"
  case header = "chain_getHeader"
  case submit = "author_submitExtrinsic"
}

/// One line of the measurement: a method over a transport by so many connections at once.
struct RpcRate: Sendable {
  var method: RpcWorkload
  var transport: LoadTransport
  var connections: Int
  var tally = LoadTally()
  /// Processor seconds that the node used meanwhile.
  var nodeSeconds = 0.0

  /// Microseconds of the node's processor time for one request.
  var nodeMicroseconds: Double { tally.answered > 0 ? nodeSeconds * 1e6 / Double(tally.answered) : 0 }

  var json: JSON {
    [
      "method": .string(method.rawValue), "transport": .string(transport.rawValue), "connections": JSON(connections),
      "requests": JSON(tally.latencies.count), "requestsPerSecond": .double(tally.perSecond),
      "p50Milliseconds": .double(tally.milliseconds(within: 0.5)), "p99Milliseconds": .double(tally.milliseconds(within: 0.99)),
      "nodeMicroseconds": .double(nodeMicroseconds), "failures": JSON(tally.failures),
    ]
  }
}

/// Asks a node of its own for the same things in several ways, by turns.
struct RpcBenchmark {
  let methods: [RpcWorkload]
  let connections: [Int]
  /// Measured seconds of each line; for submissions a number of transfers stands instead.
  let seconds: Double
  let transfers: Int

  /// How many times every line has its turn.
  private static let rounds = 3

  func run(progress: (String) -> Void) async throws -> [RpcRate] {
    let accounts = methods.contains(.submit) ? transfers : 0
    let node = try await RpcBenchmarkNode.start(accounts: accounts, connections: connections.max() ?? 1, subscriptions: 1)
    let generator = LoadGenerator(port: node.port)
    do {
      // Beyond genesis, as chains are.
      try await node.seal()
      let rates = try await rates(node, generator, progress)
      await generator.shutDown()
      await node.stop()
      return rates
    } catch {
      await generator.shutDown()
      await node.stop()
      throw error
    }
  }

  private func rates(_ node: RpcBenchmarkNode, _ generator: LoadGenerator, _ progress: (String) -> Void) async throws -> [RpcRate] {
    var rates = methods.flatMap { method in
      connections.flatMap { count in LoadTransport.allCases.map { RpcRate(method: method, transport: $0, connections: count) } }
    }
    let reading = rates.count { $0.method != .submit }
    for round in 1...Self.rounds where reading > 0 {
      progress("reading, round \(round) of \(Self.rounds), \(Spoken.duration(.seconds(seconds * Double(reading) / Double(Self.rounds))))")
      for place in rates.indices where rates[place].method != .submit {
        let time = TimeAmount.nanoseconds(Int64(seconds * 1e9) / Int64(Self.rounds))
        let message = rates[place].transport.wire(Self.request(rates[place].method), host: generator.host)
        try await measure(&rates[place], .same(message, warmUp: .nanoseconds(time.nanoseconds / 5), time: time), node, generator)
      }
    }
    var nonce: UInt32 = 0
    for place in rates.indices where rates[place].method == .submit {
      progress("\(rates[place].label), \(transfers) transfers")
      let messages = node.transfers(nonce: nonce).map { rates[place].transport.wire($0, host: generator.host) }
      try await measure(&rates[place], .each(messages), node, generator)
      try await node.drain()
      nonce += 1
    }
    return rates
  }

  private func measure(
    _ rate: inout RpcRate, _ requests: LoadRequests, _ node: RpcBenchmarkNode, _ generator: LoadGenerator
  ) async throws {
    try Task.checkCancellation()
    let before = node.processorSeconds()
    rate.tally.add(try await generator.run(requests, connections: rate.connections, rate.transport))
    rate.nodeSeconds += node.processorSeconds() - before
  }

  private static func request(_ method: RpcWorkload) -> [UInt8] {
    switch method {
    case .storage:
      let account = DevelopmentKey.alice.secretKey.publicKey.accountID
      return LoadAnswer.request(method.rawValue, [.hex(System.account.key(account))])
    case .header, .submit: return LoadAnswer.request(method.rawValue)
    }
  }
}

extension RpcRate {
  fileprivate var label: String { "\(method.rawValue) over \(transport.name), \(connections) at a time" }
}
