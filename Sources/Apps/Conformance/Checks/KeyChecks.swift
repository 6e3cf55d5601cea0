internal import Hashing
internal import Keys
internal import Primitives

/// `secp256k1` and `keys`: signatures, keys, phrases and derivations.
enum KeyChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    SignatureChecks.checkLists(file.json, &tally)
    let highS = highSRule(file)
    let hash = try? file.json["hash"]?.text()
    file.each(&tally) { json in
      if json.has("sig_der", "result") {
        if hash == "sha256", json.has("msg") {
          try expect("prehash", Hash.sha256(try json.bytes(of: "msg")), try json.hash(of: "prehash"))
        }
        return try checkDER(json, highS: highS)
      }
      if json.has("input", "expected") { return try checkPrecompile(json) }
      if json.has("signature_rsv", "prehash") { return try checkRecovery(json) }
      if json.has("phrase", "path") { return try checkDerivation(json) }
      if json.has("mini_secret") { return try checkMiniSecret(json) }
      if json.has("entropy", "mnemonic") { return try checkPhrase(json) }
      if json.has("seed", "path") { return try checkExtended(json) }
      if json.has("secret", "public_compressed") { return try checkKey(json) }
      return false
    }
  }

  /// Bitcoin's vectors require a low `s`, plain ECDSA's do not.
  private static func highSRule(_ file: VectorFile) -> PublicKey.HighS {
    let source = (try? file.json["source"]?.text()) ?? ""
    return (file.name + source).lowercased().contains("bitcoin") ? .refused : .accepted
  }

  private static func checkDER(_ json: JSON, highS: PublicKey.HighS) throws(Mismatch) -> Bool {
    let bytes = try json.bytes(of: "public_uncompressed")
    let signature = try json.bytes(of: "sig_der")
    // ECDSA takes the leftmost bits of a longer hash.
    guard let prehash = H256(Array(try json.bytes(of: "prehash").prefix(32))) else {
      throw Mismatch("prehash is under 32 bytes")
    }
    let isValid = (try? PublicKey(uncompressed: bytes))?.verify(der: signature, prehash: prehash, highS: highS) ?? false
    let result = try json.text(of: "result")
    if result != "acceptable" { try expect("result", isValid ? "valid" : "invalid", result) }
    return true
  }

  private static func checkPrecompile(_ json: JSON) throws(Mismatch) -> Bool {
    let found = EthereumAddress.precompileRecover(input: try json.bytes(of: "input"))
    let output = found.map { [UInt8](repeating: 0, count: 12) + $0.bytes } ?? []
    try expect("output", output, try json.bytes(of: "expected"))
    return true
  }

  private static func checkRecovery(_ json: JSON) throws(Mismatch) -> Bool {
    let signature = try json.signature(of: "signature_rsv")
    let prehash = try json.hash(of: "prehash")
    let key = try json.publicKey(of: "public_compressed")
    let isLow = try json["low_s"]?.flag("low_s") ?? true
    try expect("low s", signature.isLowS, isLow)
    try expect("signer", signature.recover(prehash: prehash), isLow ? key : nil)
    try expect("verification", key.verify(signature, prehash: prehash), isLow)
    // A high s still recovers where Ethereum's precompile is asked, which writes v as 27 or 28.
    var word = signature.bytes
    word[64] &+= 27
    let lenient = RecoverableSignature(word)?.recover(prehash: prehash, rules: .precompile)
    try expect("signer by the precompile's rules", lenient, key)
    if json.has("eth_address") { try expect("address", key.ethereumAddress, try json.address(of: "eth_address")) }
    return true
  }

  private static func checkKey(_ json: JSON) throws(Mismatch) -> Bool {
    let secret = try json.secretKey(of: "secret")
    if json.has("mnemonic") {
      // Phrases of the vectors are Substrate's, or Ethereum's by its standard path.
      let phrase = try json.text(of: "mnemonic")
      let keys = try keys(of: phrase)
      try require(keys.contains(secret.bytes), "no known derivation of the phrase gives the secret")
    }
    try checkPublic(secret.publicKey, json)
    return true
  }

  private static func keys(of phrase: String) throws(Mismatch) -> [[UInt8]] {
    try attempt {
      let mnemonic = try Mnemonic(phrase: phrase)
      let seed = try mnemonic.seed()
      let extended = try ExtendedSecretKey(seed: seed)
      return [
        try SecretKey(mnemonic).bytes, extended.secretKey.bytes, Array(seed.prefix(32)),
        try extended.derived(path: ExtendedSecretKey.ethereumPath).secretKey.bytes,
      ]
    }
  }

  static func checkPublic(_ key: PublicKey, _ json: JSON) throws(Mismatch) {
    for name in ["public_compressed", "public"] where json.has(name) {
      try expect("public key", key.compressed, try json.bytes(of: name))
    }
    for name in ["account_id", "account_id_blake2"] where json.has(name) {
      try expect("account", key.accountID.bytes, try json.bytes(of: name))
    }
    for name in ["eth_address", "beefy_eth_address"] where json.has(name) {
      try expect("address", key.ethereumAddress, try json.address(of: name))
    }
    if json.has("ss58_42") { try expect("SS58", SS58.encode(key.accountID), try json.text(of: "ss58_42")) }
  }

  private static func checkDerivation(_ json: JSON) throws(Mismatch) -> Bool {
    let text = try json.text(of: "phrase") + json.text(of: "path")
    try checkSecret(try attempt { try SecretKey(suri: text) }, json)
    return true
  }

  static func checkSecret(_ key: SecretKey, _ json: JSON) throws(Mismatch) {
    if json.has("secret") { try expect("secret", key.bytes, try json.bytes(of: "secret")) }
    try checkPublic(key.publicKey, json)
  }
}

extension KeyChecks {
  private static func checkPhrase(_ json: JSON) throws(Mismatch) -> Bool {
    let entropy = try json.bytes(of: "entropy")
    let phrase = try json.text(of: "mnemonic")
    let passphrase = try json["passphrase"]?.text("passphrase") ?? ""
    let mnemonic = try attempt { try Mnemonic(entropy: entropy) }
    try expect("phrase", mnemonic.phrase, phrase)
    try expect("entropy", try attempt { try Mnemonic(phrase: phrase).entropy }, entropy)
    let seed = try attempt { try mnemonic.seed(passphrase: passphrase) }
    if json.has("seed") { try expect("seed", seed, try json.bytes(of: "seed")) }
    if json.has("bip32_xprv") {
      let text = try attempt { try ExtendedSecretKey(seed: seed).secretText }
      try expect("xprv", text, try json.text(of: "bip32_xprv"))
    }
    return true
  }

  private static func checkMiniSecret(_ json: JSON) throws(Mismatch) -> Bool {
    let entropy = try json.bytes(of: "entropy")
    let password = try json["password"]?.text("password") ?? ""
    let mnemonic = try attempt { try Mnemonic(entropy: entropy) }
    let secret = try attempt { try mnemonic.miniSecret(password: password) }
    if json.has("mnemonic") { try expect("phrase", mnemonic.phrase, try json.text(of: "mnemonic")) }
    try expect("secret", secret, try json.bytes(of: "mini_secret"))
    if json.has("seed_64") { try expect("secret", secret, Array(try json.bytes(of: "seed_64").prefix(32))) }
    return true
  }

  private static func checkExtended(_ json: JSON) throws(Mismatch) -> Bool {
    let seed = try json.bytes(of: "seed")
    let path = try json.text(of: "path")
    let key = try attempt { try ExtendedSecretKey(seed: seed).derived(path: path) }
    if json.has("xprv") { try expect("xprv", key.secretText, try json.text(of: "xprv")) }
    if json.has("xpub") { try expect("xpub", key.publicText, try json.text(of: "xpub")) }
    return true
  }
}

/// `ss58`: addresses, and the prefixes of networks.
enum AddressChecks {
  static func check(_ file: VectorFile, _ tally: inout Tally) {
    file.each(&tally) { json in
      if json.has("address", "valid") { return try checkAddress(json) }
      guard json.has("prefix", "network") else { return false }
      let prefix: UInt16 = try json.integer(of: "prefix")
      // The registry also numbers networks whose addresses are not SS58: such a number cannot be written.
      guard SS58.prefixes.contains(prefix) else { return false }
      let text = SS58.encode(DevelopmentKey.alice.secretKey.publicKey.accountID, prefix: prefix)
      try expect("prefix", try attempt { try SS58.decode(text).prefix }, prefix)
      return true
    }
  }

  private static func checkAddress(_ json: JSON) throws(Mismatch) -> Bool {
    let address = try json.text(of: "address")
    guard try json.flag(of: "valid") else {
      try require((try? SS58.decode(address)) == nil, "is accepted, and must not be")
      return true
    }
    let decoded = try attempt { try SS58.decode(address) }
    try expect("prefix", decoded.prefix, try json.integer(of: "ss58_format"))
    try expect("payload", decoded.bytes, try json.bytes(of: "public_key"))
    if let account = AccountID(decoded.bytes) {
      try expect("text", SS58.encode(account, prefix: decoded.prefix), address)
    } else if let key = try? PublicKey(compressed: decoded.bytes) {
      try expect("text", SS58.encode(key, prefix: decoded.prefix), address)
    }
    return true
  }
}
