internal import Hashing
public import Primitives

/// What Ethereum wallets sign besides transactions.
public enum EthereumMessage {
  /// The hash that `personal_sign` signs: keccak-256 of byte 0x19, `Ethereum Signed Message:`, a line feed, the length in
  /// decimal digits, and the message.
  /// - SeeAlso: EIP-191, version 0x45.
  public static func personalHash(_ message: [UInt8]) -> H256 {
    Hash.keccak256([0x19] + Array("Ethereum Signed Message:\n\(message.count)".utf8) + message)
  }

  /// The bytes that stand for typed data: 0x19 0x01 | hash of the domain | hash of the data, 66 in all.
  /// - SeeAlso: EIP-712, "Specification of the eth_signTypedData JSON RPC".
  public static func typedData(domain: H256, data: H256) -> [UInt8] { [0x19, 0x01] + domain.bytes + data.bytes }

  /// The hash of typed data.
  /// - Returns: `nil` unless the bytes have the form that ``typedData(domain:data:)`` gives them.
  static func typedDataHash(_ bytes: [UInt8]) -> H256? {
    bytes.count == 66 && bytes.starts(with: [0x19, 0x01]) ? Hash.keccak256(bytes) : nil
  }
}

extension EthereumAddress {
  private static let accountFiller = [UInt8](repeating: 0xee, count: 12)

  /// The account that belongs to the address: its 20 bytes and twelve times 0xee.
  /// - SeeAlso: `sp_runtime::MultiSigner::Eth`, pallet-revive's `AddressMapper`.
  public var accountID: AccountID {
    guard let account = AccountID(bytes + Self.accountFiller) else { preconditionFailure("keys: 20 and 12 bytes are not 32") }
    return account
  }

  /// The address whose account this is.
  /// - Returns: `nil` for an account of another kind.
  public init?(account: AccountID) {
    let bytes = account.bytes
    guard Array(bytes[20...]) == Self.accountFiller else { return nil }
    self.init(Array(bytes[..<20]))
  }
}
