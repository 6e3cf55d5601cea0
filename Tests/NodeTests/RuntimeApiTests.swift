import BlockExecution
import ChainClient
import EchoRuntime
import Finality
import Keys
import Node
import PalletBalances
import PalletSupport
import PalletXcm
import Primitives
import RPC
import ScaleCodec
import Testing
import XCM

/// The runtime APIs about XCM over `state_call`, by the typed client.
@Suite("Runtime APIs over JSON-RPC") struct RuntimeApiTests {
  private let alice = DevelopmentKey.alice.account
  private let bob = DevelopmentKey.bob.account

  private func asking(_ body: (ChainClient, TestNode) async throws -> Void) async throws {
    let node = try TestNode()
    let server = try await RPCServer.start(RPCServerConfiguration(port: 0), methods: node.service.methods)
    do {
      let client = try await ChainClient.connect("ws://127.0.0.1:\(server.port)")
      try await body(client, node)
      await client.close()
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
    await server.shutdown(grace: .zero)
  }

  private var transfer: Xcm { [.transferAsset(assets: Assets(Asset(.here, amount: unit)), beneficiary: .account(bob))] }

  @Test("a trial tells what a call would do and leaves the state as it was") func trials() async throws {
    try await asking { client, node in
      let root = node.chain.best.header.stateRoot
      let weight = Weight(refTime: 1_000_000_000, proofSize: 1 << 20)
      let call = RuntimeCall.xcmPallet(.execute(message: .v5(transfer), maxWeight: weight))
      guard case .ok(let effects) = try await client.dryRun(call, as: .system(.signed(alice))),
        case .ok(let trace) = try await client.trace(call, as: .system(.signed(alice)))
      else {
        Issue.record("refused")
        return
      }
      #expect(effects.executionResult == .ok(PostDispatchInfo()) && effects.localXcm == .v5(transfer))
      #expect(trace.result == .ok(Unit()) && trace.run.programs.first?.steps.count == 1)
      #expect(trace.run.programs.first?.steps.first?.ledger.count == 2)
      #expect(node.chain.best.header.stateRoot == root)
      #expect(try node.balance(of: .bob) == 10 * unit)
    }
  }

  @Test("a program's trial, weights, prices, accounts and trust are told") func queries() async throws {
    try await asking { client, _ in
      guard case .ok(let run) = try await client.trace(.v5(transfer), from: .account(alice)),
        case .ok(let effects) = try await client.dryRun(.v5(transfer), from: .account(alice)),
        case .ok(let weight) = try await client.xcmWeight(.v5(transfer))
      else {
        Issue.record("refused")
        return
      }
      #expect(run.outcome == .complete(used: weight) && effects.executionResult == run.outcome)
      #expect(try await client.acceptableAssets() == .ok([.v5(AssetID(.here))]))
      guard case .ok(let fee) = try await client.weightFee(weight, in: AssetID(.here)) else {
        Issue.record("no price")
        return
      }
      #expect(fee > 0)
      #expect(try await client.weightFee(weight, in: AssetID(.parent)) == .err(.assetNotFound))
      #expect(try await client.deliveryFees(of: .v5(transfer), to: .sibling(9)) == .err(.unroutable))
      #expect(try await client.account(of: .account(bob)) == .ok(bob))
      #expect(try await client.account(of: Location(.generalIndex(1))) == .err(.unsupported))
      #expect(try await client.isTrustedReserve(.sibling(9), of: Asset(Location.sibling(9), amount: 1)) == .ok(false))
      #expect(try await client.isTrustedTeleporter(.sibling(9), of: Asset(.here, amount: 1)) == .ok(false))
    }
  }

  @Test("arguments that do not decode are an error of the call") func malformed() async throws {
    try await asking { client, _ in
      for bytes in ["0x", "0xff", "0x0500000000"] {
        await #expect(throws: ChainClientError.self) {
          try await client.call("state_call", ["EchoXcmApi_trace_xcm", .string(bytes)])
        }
      }
    }
  }
}
