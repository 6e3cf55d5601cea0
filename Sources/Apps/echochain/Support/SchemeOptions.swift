public import ArgumentParser
import ChainClient
public import Keys

extension SignatureScheme: ExpressibleByArgument {}

/// Of which kind a key is.
struct SchemeOptions: ParsableArguments {
  @Option(help: "Kind of key: ecdsa, sr25519, ed25519 or ethereum.") var scheme: SignatureScheme = .ecdsa
}

extension KeystoreOptions {
  /// Opens the key that signs, as a key of the wanted kind.
  ///
  /// Stored keys are secp256k1 keys, which sign as ecdsa and as ethereum. Development keys, by name or by a secret URI without
  /// a phrase, are of any kind.
  func signer(_ name: String, _ kind: SchemeOptions, on client: ChainClient?) async throws -> AccountKey {
    if name.hasPrefix("/"), try keystore.find(name) == nil {
      guard try await allowsDevelopment(on: client) else {
        throw Complaint.usage("'\(name)' names a development key, which anyone holds; give --dev to mean it")
      }
      return try SecretURI(name).accountKey(kind.scheme)
    }
    if kind.scheme == .ecdsa { return .ecdsa(try await signer(name, on: client)) }
    if let key = AccountText.developmentKey(name), try keystore.find(name) == nil {
      guard try await allowsDevelopment(on: client) else {
        throw Complaint.usage("'\(name)' names a development key, which anyone holds; give --dev to mean it")
      }
      return key.accountKey(kind.scheme)
    }
    guard kind.scheme == .ethereum else {
      throw Complaint.usage("'\(name)' is a stored key; those are secp256k1 keys, which sign as ecdsa or ethereum")
    }
    return .ethereum(try await signer(name, on: client))
  }

  /// The key of a secret in a file.
  func secretKey(_ path: String, _ scheme: SignatureScheme) throws -> AccountKey {
    let uri = try SecretURI(try Secrets.secret(file: path))
    guard !uri.isDevelopment || isDevelopment else {
      throw Complaint.usage("\(path) holds a development key, which anyone holds; give --dev to use it all the same")
    }
    return try uri.accountKey(scheme)
  }
}
