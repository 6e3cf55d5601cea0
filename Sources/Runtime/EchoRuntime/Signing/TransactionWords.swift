internal import Hashing
internal import Keys
public import Primitives
public import ScaleCodec

/// A transaction as an Ethereum wallet shows it before it signs, in two forms with the same content.
///
/// The last line is the hash of the ordinary signing payload, so that nothing is left open where words are cut short.
/// - SeeAlso: Docs/formats/signatures.md, which is normative.
public struct TransactionWords: Hashable, Sendable {
  /// The chain's name.
  public let chain: String
  /// `Balances.transfer_keep_alive`
  public let call: String
  /// `dest: 5C7C…`, one for each argument.
  public let arguments: [String]
  public let nonce: UInt32
  /// In whole tokens.
  public let tip: String
  /// `for ever`, or the era's length and the hash of its first block.
  public let validity: String
  public let specVersion: UInt32
  public let transactionVersion: UInt32
  public let genesisHash: H256
  /// blake2b-256 of call, extra and additional data.
  public let payload: H256

  /// - Parameters:
  ///   - call: The encoded call.
  /// - Throws: ``ScaleError`` when the bytes are not a call of this runtime.
  public init(call: [UInt8], extra: SignedExtra, context: SigningContext) throws(ScaleError) {
    let words = try CallWords(call, chain: context.chain)
    chain = PlainText.escaped(context.chain.name)
    self.call = words.name
    arguments = words.arguments
    nonce = extra.nonce
    tip = context.chain.amount(extra.tip)
    switch extra.era {
    case .immortal: validity = "for ever"
    case .mortal(let period, _): validity = "for \(period) blocks from \(context.birthHash)"
    }
    specVersion = context.specVersion
    transactionVersion = context.transactionVersion
    genesisHash = context.genesisHash
    payload = Hash.blake2b256(context.unhashedPayload(call: call, extra: extra))
  }

  /// What `personal_sign` is asked to sign: lines of printable ASCII with a line feed between them, none at the end.
  public var text: String {
    let lines =
      ["Echochain transaction", "", "Chain: \(chain)", "Call: \(call)"] + arguments.map { "  \($0)" } + [
        "Nonce: \(nonce)", "Tip: \(tip)", "Valid: \(validity)", "Runtime: \(specVersion), transactions \(transactionVersion)",
        "Genesis: \(genesisHash)", "Payload: \(payload)",
      ]
    return lines.joined(separator: "\n")
  }
}

// MARK: EIP-712

extension TransactionWords {
  private static let domainFields = [("name", "string"), ("version", "string"), ("salt", "bytes32")]
  private static let fields = [
    ("chain", "string"), ("call", "string"), ("arguments", "string[]"), ("nonce", "uint32"), ("tip", "string"), ("validity", "string"),
    ("specVersion", "uint32"), ("transactionVersion", "uint32"), ("payload", "bytes32"),
  ]
  private static let domainName = "Echochain"
  private static let domainVersion = "1"

  /// The 66 bytes that `eth_signTypedData_v4` signs the keccak-256 of.
  public var typedData: [UInt8] {
    let domain = Self.typeHash("EIP712Domain", Self.domainFields) + Self.hash(Self.domainName) + Self.hash(Self.domainVersion)
    var data = Self.typeHash("Transaction", Self.fields) + Self.hash(chain) + Self.hash(call)
    data += Hash.keccak256(arguments.flatMap { Self.hash($0) }).bytes
    data += Self.word(nonce) + Self.hash(tip) + Self.hash(validity) + Self.word(specVersion) + Self.word(transactionVersion)
    data += payload.bytes
    return EthereumMessage.typedData(domain: Hash.keccak256(domain + genesisHash.bytes), data: Hash.keccak256(data))
  }

  /// The JSON that `eth_signTypedData_v4` takes.
  public var typedDataJSON: String {
    let list = arguments.map { Self.json($0) }.joined(separator: ",")
    let message = [
      "\"chain\":\(Self.json(chain))", "\"call\":\(Self.json(call))", "\"arguments\":[\(list)]", "\"nonce\":\(nonce)",
      "\"tip\":\(Self.json(tip))", "\"validity\":\(Self.json(validity))", "\"specVersion\":\(specVersion)",
      "\"transactionVersion\":\(transactionVersion)", "\"payload\":\"\(payload)\"",
    ]
    let domain = "\"name\":\"\(Self.domainName)\",\"version\":\"\(Self.domainVersion)\",\"salt\":\"\(genesisHash)\""
    let types = "\"EIP712Domain\":[\(Self.json(Self.domainFields))],\"Transaction\":[\(Self.json(Self.fields))]"
    return "{\"types\":{\(types)},\"primaryType\":\"Transaction\",\"domain\":{\(domain)},\"message\":{\(message.joined(separator: ","))}}"
  }

  private static func typeHash(_ name: String, _ fields: [(String, String)]) -> [UInt8] {
    hash("\(name)(\(fields.map { "\($0.1) \($0.0)" }.joined(separator: ",")))")
  }

  private static func hash(_ text: String) -> [UInt8] { Hash.keccak256(Array(text.utf8)).bytes }

  private static func word(_ number: UInt32) -> [UInt8] {
    [UInt8](repeating: 0, count: 28) + withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }

  private static func json(_ fields: [(String, String)]) -> String {
    fields.map { "{\"name\":\"\($0.0)\",\"type\":\"\($0.1)\"}" }.joined(separator: ",")
  }

  /// The texts hold printable ASCII only, of which JSON escapes two characters.
  private static func json(_ text: String) -> String { "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }
}
