import ArgumentParser
import Foundation
import Keys
import Primitives
import RPC
import ScaleCodec

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
      Signs as accounts of the key's kind do: ecdsa signs blake2b-256 of the message, sr25519 in the context "substrate", ethereum \
      as personal_sign. Prints 64 bytes for ed25519 and sr25519, r, s and v (65) for the others.

        echochain key sign --key carol --message "I am carol"
        echochain key sign --key alice --dev --file letter.txt --json
        echochain key sign --key //Alice --scheme sr25519 --dev --hex 0x0102
        echochain key sign --secret-file phrase.txt --scheme ed25519 --message hello
      """)

  @Option(help: "Stored key's name, or a development name or URI with --dev.") var key: String?
  @Option(help: "File that holds the secret (a phrase, 0x seed or secret URI) instead of a stored key.") var secretFile: String?
  @OptionGroup var kind: SchemeOptions
  @OptionGroup var message: MessageOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (key == nil) != (secretFile == nil) else { throw ValidationError("give --key or --secret-file") }
  }

  func run() async throws {
    let bytes = try message.bytes()
    let secret = try await signer()
    let signature = secret.sign(bytes).walletBytes
    print.output.json([
      "signature": .hex(signature), "signer": .string(SS58.encode(secret.accountID)), "publicKey": .hex(secret.publicKey),
      "scheme": .string(secret.scheme.rawValue),
    ])
    print.output.line(Hex.encode(signature))
  }

  private func signer() async throws -> AccountKey {
    if let secretFile { return try keys.secretKey(secretFile, kind.scheme) }
    guard let key else { throw Complaint.usage("give --key or --secret-file") }
    return try await keys.signer(key, kind, on: nil)
  }
}

struct KeyVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check a signature over a message.",
    discussion: """
      Exit code 0 when the signature is the signer's, 5 when it is not.

        echochain key verify --signer 5C7C… --message "I am carol" --signature 0x…
        echochain key verify --signer 5Grw… --scheme sr25519 --hex 0x0102 --signature 0x…
        echochain key verify --signer 0xf24f… --scheme ethereum --message hello --signature 0x…
      """)

  @Option(
    help: "Address, account, public key, Ethereum address, stored key's name, or a development name with --dev.")
  var signer: String
  @Option(help: "Kind of key: ecdsa, sr25519, ed25519 or ethereum.") var scheme: SignatureScheme = .ecdsa
  @Option(help: "64 bytes in hexadecimal for ed25519 and sr25519, else 65.") var signature: String
  @OptionGroup var message: MessageOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let signature = try MultiSignature(scheme: scheme, text: signature)
    let account = try account()
    let valid = signature.verify(message: try message.bytes(), account: account)
    print.output.json(["valid": JSON(valid), "signer": .string(SS58.encode(account)), "scheme": .string(scheme.rawValue)])
    guard valid else { throw Complaint.proofInvalid("the signature is not \(SS58.encode(account))'s over this message") }
    print.output.line("  \(print.output.terminal.style("✓", .green)) signed by \(SS58.encode(account))")
  }

  /// The account that the signer has under this kind of key.
  private func account() throws -> AccountID {
    if let bytes = Hex.decode(signer), bytes.count == 33 {
      let key = try PublicKey(compressed: bytes)
      return scheme == .ethereum ? key.ethereumAddress.accountID : key.accountID
    }
    let stored = try keys.keystore.find(signer)
    if let stored, scheme == .ethereum { return stored.publicKey.ethereumAddress.accountID }
    if stored == nil, scheme != .ecdsa, keys.isDevelopment, let key = AccountText.developmentKey(signer) {
      return key.accountKey(scheme).accountID
    }
    return try AccountText.parse(signer, development: keys.isDevelopment, keystore: keys.keystore)
  }
}

extension MultiSignature {
  /// Reads a signature of a kind from hexadecimal text.
  init(scheme: SignatureScheme, text: String) throws {
    let count = scheme == .ed25519 || scheme == .sr25519 ? 64 : 65
    guard let bytes = Hex.decode(text), bytes.count == count else {
      throw Complaint.usage("--signature is not \(count) bytes in hexadecimal, which a signature of \(scheme.rawValue) has")
    }
    let tag: UInt8 =
      switch scheme {
      case .ed25519: 0
      case .sr25519: 1
      case .ecdsa: 2
      case .ethereum: 3
      }
    self = try MultiSignature(decoding: [tag] + bytes)
  }

  /// The signature without its tag, as tools of its kind write it: Ethereum's count `v` from 27.
  var walletBytes: [UInt8] {
    var bytes = Array(encoded().dropFirst())
    if scheme == .ethereum, let v = bytes.last, v < 27 { bytes[bytes.count - 1] = v + 27 }
    return bytes
  }
}
