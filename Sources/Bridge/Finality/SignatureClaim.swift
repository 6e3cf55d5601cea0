internal import Dispatch
internal import Keys
internal import Primitives

/// A signature with the address whose it should be.
struct SignatureClaim: Sendable {
  /// The validator's place, for error messages.
  var index: Int
  var signature: RecoverableSignature
  var address: EthereumAddress

  /// Claims that one task checks; below twice that many, a second thread costs more than it saves.
  private static let batch = 8

  /// The first claim, in order, that does not hold. Checks batches in parallel, each claim once.
  static func firstFailure(of claims: [SignatureClaim], digest: H256) -> VerificationFailure? {
    guard claims.count >= 2 * batch else { return claims.lazy.compactMap { $0.failure(digest) }.first }
    let batches = (claims.count + batch - 1) / batch
    let failures = [VerificationFailure?](unsafeUninitializedCapacity: batches) { buffer, filled in
      // Each iteration initialises its own element and nothing else; the call returns when all have.
      nonisolated(unsafe) let slots = buffer
      DispatchQueue.concurrentPerform(iterations: batches) { number in
        let part = claims[(number * batch)..<min((number + 1) * batch, claims.count)]
        slots.initializeElement(at: number, to: part.lazy.compactMap { $0.failure(digest) }.first)
      }
      filled = batches
    }
    return failures.lazy.compactMap(\.self).first
  }

  /// Why the claim does not hold; `nil` when it does.
  private func failure(_ digest: H256) -> VerificationFailure? {
    guard signature.isLowS else { return .highSignature(index: index) }
    guard let signer = signature.recoverAddress(prehash: digest) else { return .badSignature(index: index) }
    return signer == address ? nil : .wrongSigner(index: index)
  }
}
