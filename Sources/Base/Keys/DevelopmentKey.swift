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

  private static let root: SecretKey = {
    do { return try SecretKey(Mnemonic(phrase: SecretURI.developmentPhrase)) } catch {
      preconditionFailure("keys: the development phrase gives no key")
    }
  }()
}
