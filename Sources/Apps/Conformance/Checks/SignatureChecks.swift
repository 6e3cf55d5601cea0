internal import EchoRuntime
internal import Hashing
internal import Keys
internal import Primitives
internal import ScaleCodec

/// `keys` again, signatures of accounts in every scheme; and `signing`, the words that Ethereum wallets sign.
enum SignatureChecks {
  /// Checks the lists of signatures and derivations in a file of `keys`.
  static func checkLists(_ json: JSON, _ tally: inout Tally) {
    each("signatures", json, &tally, checkSchnorrkel)
    each("ed25519", json, &tally, checkEd25519)
    each("personal", json, &tally, checkPersonal)
    each("derived", json, &tally, checkKeys)
    each("accounts", json, &tally, checkKeys)
  }

  /// Checks the words for calls and the signatures over them.
  static func checkWords(_ file: VectorFile, _ tally: inout Tally) {
    file.each(&tally) { json in
      guard json.has("text", "typedData", "signature", "typedSignature") else { return false }
      let names = try json.field("chain")
      let context = SigningContext(
        specVersion: try json.integer(of: "specVersion"), transactionVersion: try json.integer(of: "transactionVersion"),
        genesisHash: try json.hash(of: "genesisHash"), birthHash: try json.hash(of: "birthHash"),
        chain: ChainNames(
          name: try names.bytes(of: "name"), tokenSymbol: Array(try names.text(of: "symbol").utf8),
          tokenDecimals: try names.integer(of: "decimals")))
      let (call, extra) = (try json.bytes(of: "call"), try SignedExtra(decoding: try json.bytes(of: "extra")))
      let words = try TransactionWords(call: call, extra: extra, context: context)
      try expect("text", words.text, try json.text(of: "text"))
      try expect("typed data", words.typedDataJSON, try json.text(of: "typedData"))
      try expect("hash of typed data", Hash.keccak256(words.typedData), try json.hash(of: "typedDataHash"))
      let account = try json.address(of: "signer").accountID
      for signature in [
        MultiSignature.eth(try json.signature(of: "signature")), .ethTypedData(try json.signature(of: "typedSignature")),
      ] {
        let extrinsic = Extrinsic(
          call: try RuntimeCall(decoding: call), signature: Extrinsic.Signature(signer: account, signature: signature, extra: extra))
        try require(extrinsic.verifySignature(context), "the signature does not verify")
      }
      return true
    }
  }

  private static func each(_ name: String, _ json: JSON, _ tally: inout Tally, _ body: (JSON) throws(Mismatch) -> Void) {
    guard case .array(let items)? = json[name] else { return }
    for (number, item) in items.enumerated() { tally.check("\(name) \(number)") { try body(item) } }
  }

  private static func checkSchnorrkel(_ json: JSON) throws(Mismatch) {
    guard let key = AccountID(try json.bytes(of: "public")), let signature = FixedBytes<64>(try json.bytes(of: "signature")) else {
      throw Mismatch("public has not 32 bytes, or signature not 64")
    }
    let valid = MultiSignature.sr25519(signature).verify(message: try json.bytes(of: "message"), account: key)
    try expect("valid", valid, try json.flag(of: "valid"))
  }

  private static func checkEd25519(_ json: JSON) throws(Mismatch) {
    let uri = try json.text(of: "signer")
    let key = try attempt { try SecretURI(uri).accountKey(.ed25519) }
    let message = try json.bytes(of: "message")
    let signature = key.sign(message)
    try expect("signature", Array(signature.encoded().dropFirst()), try json.bytes(of: "signature"))
    try require(signature.verify(message: message, account: key.accountID), "does not verify")
  }

  private static func checkPersonal(_ json: JSON) throws(Mismatch) {
    let message = try json.bytes(of: "message")
    try expect("hash", EthereumMessage.personalHash(message), try json.hash(of: "hash"))
    let signature = MultiSignature.eth(try json.signature(of: "signature"))
    try require(signature.verify(message: message, account: try json.address(of: "address").accountID), "does not verify")
  }

  /// A secret URI and the public halves of its keys.
  private static func checkKeys(_ json: JSON) throws(Mismatch) {
    let uri = try json.text(of: "suri")
    for scheme in [SignatureScheme.sr25519, .ed25519] where json.has(scheme.rawValue) {
      let key = try attempt { try SecretURI(uri).accountKey(scheme) }
      try expect(scheme.rawValue, key.publicKey, try json.bytes(of: scheme.rawValue))
    }
    if json.has("ethereum"), let key = DevelopmentKey.allCases.first(where: { $0.uri == uri }) {
      try expect("ethereum", key.accountKey(.ethereum).accountID, try json.address(of: "ethereum").accountID)
    }
  }
}
