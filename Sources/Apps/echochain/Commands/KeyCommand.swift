import ArgumentParser
import Foundation
import Hashing
import Keys
import Primitives
import RPC

/// `echochain key …`
struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Make, keep and use keys.",
    discussion: """
      Keys lie encrypted in ~/.echochain/keys or in --keystore. Secrets are read from a file, the environment or a \
      prompt, never from the command line.
      """,
    subcommands: [KeyGenerate.self, KeyImport.self, KeyList.self, KeyInspect.self, KeySign.self, KeyVerify.self])
}

/// What is public of a key, as every key command shows it.
struct PublicFacts {
  var name: String?
  var key: PublicKey

  var json: JSON {
    var members: [String: JSON] = [
      "address": .string(SS58.encode(key.accountID)), "account": .hex(key.accountID.bytes), "publicKey": .hex(key.compressed),
      "ethereumAddress": .string(key.ethereumAddress.checksummed),
    ]
    if let name { members["name"] = .string(name) }
    return .object(members)
  }

  /// - Parameter file: Where the key was stored just now.
  func show(_ output: Output, file: String? = nil) {
    var facts: [(name: String, value: String)] = name.map { [("name", $0)] } ?? []
    facts += [
      ("address", SS58.encode(key.accountID)), ("account", key.accountID.hex), ("public key", Hex.encode(key.compressed)),
      ("ethereum", key.ethereumAddress.checksummed),
    ]
    if let file { facts.append(("file", file)) }
    output.facts(facts)
  }
}

struct KeyGenerate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Make a new key and store it encrypted.",
    discussion: """
      Shows the phrase from which the key can be made again once, unless --quiet. Examples:

        echochain key generate --name carol
        echochain key generate --name validator-1 --words 24 --password-file /run/secrets/password --quiet
      """)

  @Option(help: "Name of the key.") var name: String
  @Option(help: "Words of the phrase: 12, 15, 18, 21 or 24.") var words = 12
  @Flag(help: "Do not show the phrase. The key is then only in its file.") var quiet = false
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard words.isMultiple(of: 3), (12...24).contains(words) else { throw ValidationError("--words is 12, 15, 18, 21 or 24") }
  }

  func run() async throws {
    let mnemonic = try Mnemonic(entropy: Secrets.random(words / 3 * 4))
    let key = try SecretKey(mnemonic)
    let password = try Secrets.newPassword(file: keys.passwordFile)
    let file = try KeyFile.seal(
      key, password: password, salt: Secrets.random(KeyFile.saltLength), nonce: Secrets.random(KeyFile.nonceLength))
    let url = try keys.keystore.add(file, name: name)
    let facts = PublicFacts(name: name, key: key.publicKey)
    var members = facts.json.asObject ?? [:]
    members["file"] = .string(url.path)
    if !quiet { members["phrase"] = .string(mnemonic.phrase) }
    print.output.json(.object(members))
    facts.show(print.output, file: url.path)
    if !quiet {
      print.output.line()
      print.output.line("  \(print.output.terminal.style("Write this phrase down; whoever has it owns the key:", .yellow))")
      print.output.line("  \(mnemonic.phrase)")
    }
  }
}

struct KeyImport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Store a key that exists already.",
    discussion: """
      The secret is a phrase, 0x and 64 digits, or a secret URI such as '<phrase>//polkadot//0'. It is read from \
      --secret-file, from ECHOCHAIN_SECRET or from a prompt; --file takes a key file as another echochain wrote it.

        echochain key import --name carol
        echochain key import --name carol --secret-file phrase.txt
        echochain key import --name carol --file backup/carol.key
      """)

  @Option(help: "Name of the key.") var name: String
  @Option(help: "File that holds the secret.") var secretFile: String?
  @Option(help: "Encrypted key file to copy.") var file: String?
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let sealed: KeyFile
    if let file {
      sealed = try KeyFile(text: String(decoding: try Files.read(file, limit: KeyFile.textLimit), as: UTF8.self))
    } else {
      let uri = try SecretURI(try Secrets.secret(file: secretFile))
      if uri.isDevelopment, !keys.isDevelopment {
        throw Complaint.usage("this is a development key, which anyone holds; give --dev to store it all the same")
      }
      let password = try Secrets.newPassword(file: keys.passwordFile)
      sealed = try KeyFile.seal(
        try uri.secretKey(), password: password, salt: Secrets.random(KeyFile.saltLength),
        nonce: Secrets.random(KeyFile.nonceLength))
    }
    let url = try keys.keystore.add(sealed, name: name)
    let facts = PublicFacts(name: name, key: sealed.publicKey)
    var members = facts.json.asObject ?? [:]
    members["file"] = .string(url.path)
    print.output.json(.object(members))
    facts.show(print.output, file: url.path)
  }
}

struct KeyList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the keys that are stored.",
    discussion: "No password is needed.\n\n  echochain key list\n  echochain key list --keystore ./keys --json")

  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let list = try keys.keystore.list()
    print.output.json(.array(list.map { PublicFacts(name: $0.name, key: $0.file.publicKey).json }))
    guard !list.isEmpty else { return print.output.line("  no keys in \(keys.keystore.folder.path)") }
    var table = Table("name", "address", "ethereum")
    table.rows = list.map { [$0.name, SS58.encode($0.file.publicKey.accountID), $0.file.publicKey.ethereumAddress.checksummed] }
    print.output.table(table)
  }
}

struct KeyInspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what is public of a key or an address.",
    discussion: """
      Takes a stored key's name, an address, an account (32 bytes), a public key (33 bytes) or a development name.

        echochain key inspect carol
        echochain key inspect 5C7C2Z5sWbytvHpuLTvzKunnnRwQxft1jiqrLD5rhucQ5S9X
        echochain key inspect alice --dev
      """)

  @Argument(help: "Name, address, account or public key.") var subject: String
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    if let key = try publicKey() {
      let facts = PublicFacts(name: nil, key: key)
      print.output.json(facts.json)
      return facts.show(print.output)
    }
    let account = try AccountText.parse(subject, development: keys.isDevelopment)
    let prefix = (try? SS58.decode(subject))?.prefix
    var members: [String: JSON] = ["address": .string(SS58.encode(account)), "account": .hex(account.bytes)]
    if let prefix { members["prefix"] = JSON(prefix) }
    print.output.json(.object(members))
    print.output.facts(
      [("address", SS58.encode(account)), ("account", account.hex)] + (prefix.map { [("given prefix", "\($0)")] } ?? []))
  }

  private func publicKey() throws -> PublicKey? {
    if let file = try keys.keystore.find(subject) { return file.publicKey }
    if keys.isDevelopment, let key = AccountText.developmentKey(subject) { return key.secretKey.publicKey }
    if let bytes = Hex.decode(subject), bytes.count == 33 { return try PublicKey(compressed: bytes) }
    if let payload = try? SS58.decode(subject).bytes, payload.count == 33 { return try PublicKey(compressed: payload) }
    return nil
  }
}

/// The message of `key sign` and `key verify`.
struct MessageOptions: ParsableArguments {
  @Option(help: "The message as text.") var message: String?
  @Option(help: "The message as hexadecimal bytes.") var hex: String?
  @Option(help: "File that holds the message; - for standard input.") var file: String?

  func validate() throws {
    guard [message, hex, file].compactMap(\.self).count == 1 else { throw ValidationError("give one of --message, --hex and --file") }
  }

  func bytes() throws -> [UInt8] {
    if let message { return Array(message.utf8) }
    if let file { return [UInt8](try Files.read(file)) }
    guard let bytes = hex.flatMap({ Hex.decode($0) }) else { throw Complaint.usage("--hex is not hexadecimal") }
    return bytes
  }
}

struct KeySign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Sign a message.",
    discussion: """
      Signs blake2b-256 of the message with secp256k1, as Substrate's ECDSA accounts do. Prints r, s and v, 65 bytes.

        echochain key sign --key carol --message "I am carol"
        echochain key sign --key alice --dev --file letter.txt --json
      """)

  @Option(help: "Stored key's name, or a development name with --dev.") var key: String
  @OptionGroup var message: MessageOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let bytes = try message.bytes()
    let secret = try await keys.signer(key, on: nil)
    let signature = secret.sign(prehash: Hash.blake2b256(bytes))
    print.output.json([
      "signature": .hex(signature.bytes), "signer": .string(SS58.encode(secret.publicKey.accountID)),
      "publicKey": .hex(secret.publicKey.compressed),
    ])
    print.output.line(Hex.encode(signature.bytes))
  }
}

struct KeyVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a signature over a message.",
    discussion: """
      Exit code 0 when the signature is the signer's, 5 when it is not.

        echochain key verify --signer 5C7C… --message "I am carol" --signature 0x…
      """)

  @Option(help: "Address, account, public key, stored key's name, or a development name with --dev.") var signer: String
  @Option(help: "65 bytes in hexadecimal.") var signature: String
  @OptionGroup var message: MessageOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    guard let bytes = Hex.decode(signature), let signature = RecoverableSignature(bytes) else {
      throw Complaint.usage("--signature is not 65 bytes in hexadecimal")
    }
    let account: AccountID
    if let key = Hex.decode(signer), key.count == 33 {
      account = try PublicKey(compressed: key).accountID
    } else {
      account = try AccountText.parse(signer, development: keys.isDevelopment, keystore: keys.keystore)
    }
    let valid = MultiSignature.ecdsa(signature).verify(message: try message.bytes(), account: account)
    print.output.json(["valid": JSON(valid), "signer": .string(SS58.encode(account))])
    guard valid else { throw Complaint.proofInvalid("the signature is not \(SS58.encode(account))'s over this message") }
    print.output.line("  \(print.output.terminal.style("✓", .green)) signed by \(SS58.encode(account))")
  }
}
