internal import Hashing
public import Keys
public import Primitives

/// Proves that a point `S` is what a key box and a buyer's key share, without showing the buyer's secret key.
///
/// Chaum and Pedersen's proof that the logarithm of `P` (the buyer's key) to the generator is that of `S` to `R` (the
/// box's ephemeral point), made non-interactive by hashing:
///
/// ```
/// A = k·G    B = k·R    c = sha256("echo/dleq/v1" ‖ P ‖ R ‖ S ‖ A ‖ B) mod n    s = k + c·d
/// ```
///
/// Points are hashed in compressed form. With it a buyer shows a chain what the box holds (``KeyBox/open(sharedPoint:)``),
/// and no false `S` passes.
/// - SeeAlso: Chaum, Pedersen, "Wallet databases with observers", CRYPTO '92.
public struct SharedPointProof: Hashable, Sendable {
  /// The shared point `S`, compressed.
  public let sharedPoint: [UInt8]
  /// `c`, big-endian, reduced modulo the order of the curve.
  public let challenge: H256
  /// `s`, big-endian, reduced modulo the order of the curve.
  public let response: H256

  /// Takes a proof of any bytes; whether it is one shows in ``verify(buyer:ephemeral:)``.
  public init(sharedPoint: [UInt8], challenge: H256, response: H256) {
    self.sharedPoint = sharedPoint
    self.challenge = challenge
    self.response = response
  }

  /// Makes the proof for a box.
  ///
  /// The nonce is that of RFC 6979 over all three points, so it is new for each box and needs no randomness.
  public static func make(for box: KeyBox, with secret: SecretKey) -> SharedPointProof {
    let points = Points(buyer: secret.publicKey, ephemeral: box.ephemeral, shared: secret.sharedPoint(with: box.ephemeral))
    var attempt: UInt8 = 0
    while true {
      let nonce = secret.nonce(for: Hash.sha256(points.bytes + [attempt]), domain: domain)
      if let proof = make(points, secret: secret, nonce: nonce) { return proof }
      // `c` or `s` is zero: once in 2^255.
      attempt &+= 1
    }
  }

  /// Makes the proof with a nonce of the caller's choice, for comparison with published values.
  package static func make(for box: KeyBox, with secret: SecretKey, nonce: SecretKey) -> SharedPointProof? {
    let points = Points(buyer: secret.publicKey, ephemeral: box.ephemeral, shared: secret.sharedPoint(with: box.ephemeral))
    return make(points, secret: secret, nonce: nonce)
  }

  /// Whether ``sharedPoint`` is what `ephemeral` shares with the key of `buyer`.
  ///
  /// Any bytes are safe to ask about: what is no point or no reduced number is no proof.
  /// - Parameters:
  ///   - buyer: The buyer's key `P`, compressed.
  ///   - ephemeral: `R` of the box, compressed.
  /// - Complexity: Four products on the curve, about 0.2 ms.
  public func verify(buyer: [UInt8], ephemeral: [UInt8]) -> Bool {
    guard let buyer = try? PublicKey(compressed: buyer), let ephemeral = try? PublicKey(compressed: ephemeral),
      let shared = try? PublicKey(compressed: sharedPoint), let challenge = Scalar(challenge),
      let response = Scalar(response)
    else { return false }
    let points = Points(buyer: buyer, ephemeral: ephemeral, shared: shared)
    guard let a = Self.commitment(.generator(times: response), buyer.multiplied(by: challenge)),
      let b = Self.commitment(ephemeral.multiplied(by: response), shared.multiplied(by: challenge))
    else { return false }
    return points.challenge(a, b) == challenge
  }

  /// Whether ``sharedPoint`` is what a box's ephemeral point shares with the key of `buyer`.
  public func verify(buyer: PublicKey, box: KeyBox) -> Bool {
    verify(buyer: buyer.compressed, ephemeral: box.ephemeral.compressed)
  }

  private static let domain = FixedDomain("echo/dleq/v1")

  private static func make(_ points: Points, secret: SecretKey, nonce: SecretKey) -> SharedPointProof? {
    guard let challenge = points.challenge(nonce.publicKey, nonce.sharedPoint(with: points.ephemeral)),
      let response = secret.response(to: challenge, nonce: nonce)
    else { return nil }
    return SharedPointProof(
      sharedPoint: points.shared.compressed, challenge: challenge.value, response: response.value)
  }

  private static func commitment(_ first: PublicKey?, _ second: PublicKey?) -> PublicKey? {
    guard let first, let second else { return nil }
    return first.subtracting(second)
  }

  /// What a proof is about.
  private struct Points {
    var buyer: PublicKey
    var ephemeral: PublicKey
    var shared: PublicKey

    var bytes: [UInt8] { Array("echo/dleq/v1".utf8) + buyer.compressed + ephemeral.compressed + shared.compressed }

    func challenge(_ a: PublicKey, _ b: PublicKey) -> Scalar? {
      Scalar(reducing: Hash.sha256(bytes + a.compressed + b.compressed))
    }
  }
}

extension KeyBox {
  /// Opens the box with a point of any bytes: the entry for chains, which judge what strangers send.
  /// - Throws: ``KeyBoxError/doesNotOpen``, also when the bytes are no compressed point.
  public func open(sharedPoint: [UInt8]) throws(KeyBoxError) -> ContentKey {
    guard let point = try? PublicKey(compressed: sharedPoint) else { throw .doesNotOpen }
    return try open(sharedPoint: point)
  }
}
