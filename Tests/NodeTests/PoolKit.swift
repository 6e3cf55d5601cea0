import BlockExecution
import EchoRuntime
import Keys
import Node
import PalletBalances
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import TransactionPool

extension TestNode {
  /// A transfer of one unit to Dave by any secp256k1 key.
  func transfer(by key: SecretKey, nonce: UInt32, tip: Balance = 0) -> [UInt8] {
    signed(.balances(.transferKeepAlive(dest: .id(DevelopmentKey.dave.account), value: Compact(unit))), by: key, nonce: nonce, tip: tip)
  }

  /// A call signed for this chain, for ever.
  func signed(_ call: RuntimeCall, by key: SecretKey, nonce: UInt32, tip: Balance = 0) -> [UInt8] {
    let context = SigningContext(
      specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion,
      genesisHash: chain.genesisHash, birthHash: chain.genesisHash)
    return Extrinsic(call: call, extra: SignedExtra(era: .immortal, nonce: nonce, tip: tip), context: context, key: key).encoded()
  }

  /// A well-formed extrinsic of anybody, with a signature that is nobody's.
  func forged(signer: AccountID, nonce: UInt32, mark: UInt64) -> [UInt8] {
    let bytes = mark.encoded() + [UInt8](repeating: 7, count: 56)
    guard let signature = FixedBytes<64>(bytes) else { return [] }
    return Extrinsic(
      call: .system(.remark(remark: mark.encoded())),
      signature: .init(signer: signer, signature: .ed25519(signature), extra: SignedExtra(era: .immortal, nonce: nonce))
    ).encoded()
  }

  /// Serves the node's methods, the unsafe ones too, to some clients for as long as `body` runs.
  func serving(clients: Int, _ body: ([RPCClient]) async throws -> Void) async throws {
    let server = try await RPCServer.start(RPCServerConfiguration(port: 0, exposure: .unsafe), methods: service.methods)
    do {
      var all: [RPCClient] = []
      for _ in 0..<clients { all.append(try await RPCClient.connect("ws://127.0.0.1:\(server.port)")) }
      try await body(all)
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
    await server.shutdown(grace: .zero)
  }
}

/// Distinct secp256k1 keys that every run has alike.
func poolKeys(_ count: Int) throws -> [SecretKey] {
  try (1...count).map { number in
    try SecretKey(bytes: [UInt8](repeating: 1, count: 24) + withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) })
  }
}

extension SecretKey {
  var account: AccountID { publicKey.accountID }
}

extension AsyncStream where Element: Sendable {
  /// All values until the stream ends.
  func all() async -> [Element] {
    var values: [Element] = []
    for await value in self { values.append(value) }
    return values
  }
}

extension NodeService.SubmissionError {
  /// The pool's refusal, when it was one.
  var poolError: PoolError? { if case .pool(let error) = self { error } else { nil } }
  /// The runtime's refusal, when it was one.
  var validity: TransactionValidityError? { if case .invalid(let error) = self { error } else { nil } }
}

extension NodeService {
  /// What a submission is refused with; `nil` when it is not.
  func refusal(of bytes: [UInt8]) async -> SubmissionError? {
    do throws(SubmissionError) {
      _ = try await submit(bytes)
      return nil
    } catch { return error }
  }
}
