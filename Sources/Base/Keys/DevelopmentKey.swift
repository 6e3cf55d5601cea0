/// The keys that every Substrate development chain funds. Anyone can compute them: they guard nothing.
public enum DevelopmentKey: String, CaseIterable, Sendable {
  case alice = "Alice"
  case bob = "Bob"
  case charlie = "Charlie"
  case dave = "Dave"
  case eve = "Eve"
  case ferdie = "Ferdie"

  /// The secret URI, for example `//Alice`.
  public var uri: String { "//\(rawValue)" }

  /// The key itself. Derives from the phrase at the first call of each run, then in microseconds.
  public var secretKey: SecretKey {
    do { return try Self.root.derivedHard(rawValue) } catch { preconditionFailure("keys: \(uri) does not derive") }
  }

  /// The key of the same name in any scheme. Ethereum's are the first six of the development phrase in wallets, from
  /// `m/44'/60'/0'/0/0` on.
  public func accountKey(_ scheme: SignatureScheme) -> AccountKey {
    guard scheme != .ecdsa else { return .ecdsa(secretKey) }
    do {
      return try SecretURI(scheme == .ethereum ? ethereumURI : uri).accountKey(scheme)
    } catch { preconditionFailure("keys: \(uri) does not derive for \(scheme)") }
  }

  /// The secret URI of the Ethereum key: the path of an account in wallets.
  public var ethereumURI: String { "/m/44'/60'/0'/0/\(Self.allCases.firstIndex(of: self) ?? 0)" }

  /// The name by which development networks of Ethereum accounts know the key.
  public var ethereumName: String {
    switch self {
    case .alice: "Alith"
    case .bob: "Baltathar"
    case .charlie: "Charleth"
    case .dave: "Dorothy"
    case .eve: "Ethan"
    case .ferdie: "Faith"
    }
  }

  private static let root: SecretKey = {
    do { return try SecretKey(Mnemonic(phrase: SecretURI.developmentPhrase)) } catch {
      preconditionFailure("keys: the development phrase gives no key")
    }
  }()
}
