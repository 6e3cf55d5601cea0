internal import EchoRuntime
internal import Finality
internal import Keys
internal import Primitives
internal import RPC
internal import ScaleCodec

/// An answer of the node, with its method's name for error messages.
struct Answer: Sendable {
  var method: String
  var value: JSON
  /// Where the value stands in the answer; empty for the whole of it.
  var path = ""

  func failure(_ reason: String) -> ChainClientError {
    .malformed(method: method, reason: path.isEmpty ? reason : "\(path): \(reason)")
  }

  /// A member that must be there.
  func member(_ name: String) throws(ChainClientError) -> Answer {
    guard let member = value[name] else { throw failure("no \(name)") }
    return Answer(method: method, value: member, path: path.isEmpty ? name : "\(path).\(name)")
  }

  func elements() throws(ChainClientError) -> [Answer] {
    guard let list = value.asArray else { throw failure("not a list") }
    return list.enumerated().map { Answer(method: method, value: $1, path: "\(path)[\($0)]") }
  }

  func text() throws(ChainClientError) -> String {
    guard let text = value.asString else { throw failure("not a text") }
    return text
  }

  func number<N: FixedWidthInteger>(as _: N.Type = N.self) throws(ChainClientError) -> N {
    guard let wide = value.asUInt128, let number = N(exactly: wide) else { throw failure("not a number that fits") }
    return number
  }

  /// A number within bounds.
  func number<N: FixedWidthInteger>(in bounds: ClosedRange<N>) throws(ChainClientError) -> N {
    let number: N = try number()
    guard bounds.contains(number) else { throw failure("not \(bounds.lowerBound) to \(bounds.upperBound)") }
    return number
  }

  func bytes() throws(ChainClientError) -> [UInt8] {
    guard let bytes = value.asBytes else { throw failure("not bytes in hexadecimal") }
    return bytes
  }

  func hash() throws(ChainClientError) -> H256 {
    guard let hash = value.asHash else { throw failure("not 32 bytes in hexadecimal") }
    return hash
  }

  func decoded<T: ScaleDecodable>(_ what: String, as _: T.Type = T.self) throws(ChainClientError) -> T {
    let bytes = try bytes()
    do throws(ScaleError) { return try T(decoding: bytes) } catch { throw .undecodable(what: what, error) }
  }
}

extension ChainInfo {
  init(_ answer: Answer) throws(ChainClientError) {
    self.init(
      name: try answer.member("name").text(), network: try answer.member("network").text(),
      paraId: try answer.member("paraId").number(), genesisHash: try answer.member("genesisHash").hash(),
      tokenSymbol: try answer.member("tokenSymbol").text(),
      tokenDecimals: try answer.member("tokenDecimals").number(in: 0...Self.maximumDecimals),
      ss58Prefix: try answer.member("ss58Format").number(in: SS58.prefixes),
      specVersion: try answer.member("specVersion").number(),
      transactionVersion: try answer.member("transactionVersion").number(),
      sessionLength: try answer.member("sessionLength").number(in: 1...UInt32.max),
      existentialDeposit: try answer.member("existentialDeposit").number())
  }
}

extension BlockRef {
  init(_ answer: Answer) throws(ChainClientError) {
    self.init(
      number: try answer.member("number").number(), hash: try answer.member("hash").hash(),
      timestamp: try answer.member("timestamp").number())
  }
}

extension CertifiedBlock {
  init(_ answer: Answer) throws(ChainClientError) {
    let proof: FinalityProof = try answer.member("proof").decoded("finality proof")
    var addresses: [EthereumAddress] = []
    for element in try answer.member("addresses").elements() {
      guard let address = EthereumAddress(try element.bytes()) else { throw element.failure("not 20 bytes") }
      addresses.append(address)
    }
    let number: BlockNumber = try answer.member("number").number()
    guard proof.commitment.blockNumber == number else {
      throw answer.failure("the proof is for block \(proof.commitment.blockNumber)")
    }
    self.init(
      number: number, hash: proof.commitment.headerHash, timestamp: proof.commitment.timestamp, proof: proof,
      addresses: addresses, setID: proof.commitment.validatorSetID)
  }
}

extension Header {
  /// Reads Substrate's JSON form of a header.
  init(_ answer: Answer) throws(ChainClientError) {
    var digest: [DigestItem] = []
    for log in try answer.member("digest").member("logs").elements() { digest.append(try log.decoded("digest item")) }
    self.init(
      parentHash: try answer.member("parentHash").hash(), number: Compact(try answer.member("number").number()),
      stateRoot: try answer.member("stateRoot").hash(), extrinsicsRoot: try answer.member("extrinsicsRoot").hash(),
      digest: digest)
  }
}
