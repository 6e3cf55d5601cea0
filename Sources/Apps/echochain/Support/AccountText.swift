import Keys
import Primitives

/// Accounts as people name them.
enum AccountText {
  /// Reads an SS58 address, 32 bytes in hexadecimal, an Ethereum address (20 bytes), the name of a key of the user's own, or a
  /// development name where those count. A key of the user's own comes before the development key of that name.
  /// - Parameters:
  ///   - development: Whether `alice` to `ferdie` and `//Alice` to `//Ferdie` name their well-known accounts, and the names of
  ///     ``developmentNames`` those of other kinds of key.
  ///   - keystore: Where names of the user's own keys are looked up; `nil` for nowhere.
  /// - Throws: A ``Complaint`` of usage that says why.
  static func parse(_ text: String, development: Bool, keystore: Keystore? = nil) throws -> AccountID {
    if let account = AccountID(hex: text), text.hasPrefix("0x") { return account }
    if let address = EthereumAddress(hex: text), text.hasPrefix("0x") { return address.accountID }
    if let keystore, let file = try keystore.find(text) { return file.publicKey.accountID }
    if let key = developmentKey(text) {
      guard development else {
        throw Complaint.usage("'\(text)' names a development key, which anyone holds; give --dev to mean it")
      }
      return key.secretKey.publicKey.accountID
    }
    if development, let account = developmentAccounts.first(where: { $0.value == text.lowercased() })?.key { return account }
    do throws(SS58Error) {
      return try AccountID(ss58: text)
    } catch {
      throw Complaint.usage(
        "'\(text)' is no account: neither an address (\(error)), nor 32 or 20 bytes after 0x, nor a key that you hold")
    }
  }

  /// The development key that `alice`, `Alice` or `//Alice` names. `carol` is another name of charlie; `//Carol` is
  /// another key and none of these.
  static func developmentKey(_ text: String) -> DevelopmentKey? {
    if text.lowercased() == "carol" { return .charlie }
    let name = text.hasPrefix("//") ? String(text.dropFirst(2)) : text
    return DevelopmentKey.allCases.first { $0.rawValue.lowercased() == name.lowercased() }
  }

  /// Development names are shown beside addresses: they make a development chain readable.
  static func developmentName(of account: AccountID) -> String? {
    developmentAccounts[account]
  }

  /// The development accounts with their names: `alice` for the ECDSA account, `alice-sr25519`, `alice-ed25519`, and `alith`
  /// for the Ethereum account.
  static var developmentNames: [AccountID: String] { developmentAccounts }

  private static let developmentAccounts: [AccountID: String] = {
    var names: [AccountID: String] = [:]
    for key in DevelopmentKey.allCases {
      let name = key.rawValue.lowercased()
      for scheme in SignatureScheme.allCases {
        let account = key.accountKey(scheme).accountID
        switch scheme {
        case .ecdsa: names[account] = name
        case .ethereum: names[account] = key.ethereumName.lowercased()
        case .ed25519, .sr25519: names[account] = "\(name)-\(scheme.rawValue)"
        }
      }
    }
    return names
  }()
}
