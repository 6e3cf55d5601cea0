internal import ChainClient
internal import EchoRuntime
internal import Keys
internal import Primitives
internal import RPC

/// Signs and sends calls of one account, with consecutive nonces, one caller at a time.
actor Submitter {
  /// What became of a call that was to be sent.
  enum Sent: Sendable {
    case accepted(ExtrinsicWatch)
    case failed(ChainClientError)
    /// A call before it failed for a reason that would stop this one too.
    case skipped
  }

  private let key: SecretKey
  private var nonces = NonceTracker()
  private var isBusy = false
  private var queue: [CheckedContinuation<Void, Never>] = []

  init(key: SecretKey) { self.key = key }

  /// Asks the chain for the nonce before the next call.
  func resynchronise() { nonces.invalidate() }

  /// Sends calls in order without waiting for their blocks.
  ///
  /// - Parameter required: The first calls that the others build on: when one of them fails, nothing more is sent.
  /// - Returns: One outcome for each call.
  func send(_ calls: [RuntimeCall], required: Int, over client: ChainClient) async -> [Sent] {
    await acquire()
    defer { release() }
    var outcomes: [Sent] = []
    let birth: BlockRef
    do throws(ChainClientError) { birth = try await client.finalized() } catch {
      return calls.map { _ in .failed(error) }
    }
    for (index, call) in calls.enumerated() {
      do throws(ChainClientError) {
        outcomes.append(.accepted(try await send(call, birth: birth, over: client)))
      } catch {
        outcomes.append(.failed(error))
        nonces.invalidate()
        guard index >= required, case .refused = error, !error.isPaymentRefusal else { break }
      }
    }
    return outcomes + Array(repeating: .skipped, count: calls.count - outcomes.count)
  }

  private func send(_ call: RuntimeCall, birth: BlockRef, over client: ChainClient) async throws(ChainClientError)
    -> ExtrinsicWatch
  {
    var isSecondAttempt = false
    while true {
      let nonce: UInt32
      if let next = nonces.next {
        nonce = next
      } else {
        nonce = try await client.nonce(of: key.publicKey.accountID)
        nonces.synchronise(nonce)
      }
      do throws(ChainClientError) {
        let watch = try await client.watch(try await client.sign(call, key: key, nonce: nonce, birth: birth))
        nonces.accepted(nonce)
        return watch
      } catch {
        // Another program uses the same key, or an earlier extrinsic of ours was dropped.
        guard error.isNonceRefusal, !isSecondAttempt else { throw error }
        isSecondAttempt = true
        nonces.invalidate()
      }
    }
  }

  // MARK: One at a time, in the order of asking

  private func acquire() async {
    if isBusy { await withCheckedContinuation { queue.append($0) } } else { isBusy = true }
  }

  private func release() {
    if queue.isEmpty { isBusy = false } else { queue.removeFirst().resume() }
  }
}

extension ChainClientError {
  /// Whether the account cannot pay the fee.
  var isPaymentRefusal: Bool {
    guard case .refused(let error) = self else { return false }
    return error.data?.asString?.contains("pay") ?? false
  }
}
