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
    subcommands: [
      KeyGenerate.self, KeyImport.self, KeyList.self, KeyInspect.self, KeySign.self, KeyVerify.self, KeyEthereumMessage.self,
    ])
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
      Takes a stored key's name, an address, an account (32 bytes), a public key (33 bytes), an Ethereum address (20 bytes) or a \
      development name. Secret URIs of development keys, such as //Alice or //Alice/soft, are taken as they are.

        echochain key inspect carol
        echochain key inspect 5C7C2Z5sWbytvHpuLTvzKunnnRwQxft1jiqrLD5rhucQ5S9X
        echochain key inspect alice --dev
        echochain key inspect //Alice --scheme sr25519
      """)

  @Argument(help: "Name, address, account or public key.") var subject: String
  @OptionGroup var kind: SchemeOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    if kind.scheme != .ecdsa, let key = try accountKey() { return show(key) }
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

  /// The development key that is meant, as a key of the wanted kind.
  private func accountKey() throws -> AccountKey? {
    if subject.hasPrefix("/") { return try SecretURI(subject).accountKey(kind.scheme) }
    guard keys.isDevelopment, try keys.keystore.find(subject) == nil else { return nil }
    return AccountText.developmentKey(subject)?.accountKey(kind.scheme)
  }

  private func show(_ key: AccountKey) {
    var facts = [("address", SS58.encode(key.accountID)), ("account", key.accountID.hex), ("public key", Hex.encode(key.publicKey))]
    var members: [String: JSON] = [
      "scheme": .string(key.scheme.rawValue), "address": .string(SS58.encode(key.accountID)), "account": .hex(key.accountID.bytes),
      "publicKey": .hex(key.publicKey),
    ]
    if let address = EthereumAddress(account: key.accountID) {
      members["ethereumAddress"] = .string(address.checksummed)
      facts.append(("ethereum", address.checksummed))
    }
    print.output.json(.object(members))
    print.output.facts([("scheme", key.scheme.rawValue)] + facts)
  }

  private func publicKey() throws -> PublicKey? {
    if let file = try keys.keystore.find(subject) { return file.publicKey }
    if subject.hasPrefix("/") { return try SecretURI(subject).secretKey().publicKey }
    if keys.isDevelopment, let key = AccountText.developmentKey(subject) { return key.secretKey.publicKey }
    if let bytes = Hex.decode(subject), bytes.count == 33 { return try PublicKey(compressed: bytes) }
    if let payload = try? SS58.decode(subject).bytes, payload.count == 33 { return try PublicKey(compressed: payload) }
    return nil
  }
}
