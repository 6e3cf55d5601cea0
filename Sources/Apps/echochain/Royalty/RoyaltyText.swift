import ChainClient
import Commerce
import EchoRuntime
import Foundation
import Hashing
import Keys
import PalletRoyalty
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

// Parties, shares and works, as people write them.

extension RoyaltyChain {
  /// Reads `alice`, `studio:bob` or `split:7`.
  func party(_ text: String) async throws -> Royalty.Party {
    switch PartyName(text) {
    case nil: throw Complaint.usage("'\(text)' is no split: write split: and its number")
    case .split(let number)?: return .splitPot(number)
    case .account(let name)?: return .account(try await keys.account(name, on: client))
    case .elsewhere(let chain, let name)?:
      let paraId = try paraId(chain)
      return Royalty.Party(try await keys.account(name, on: client), on: paraId, seenFrom: client.info.paraId)
    }
  }

  /// Reads a beneficiary: `alice` here, or `studio:alice` on another chain.
  func destination(_ text: String) async throws -> Location {
    switch try await party(text) {
    case .account(let account): .account(account)
    case .remote(let location): location
    case .splitPot: throw Complaint.usage("a split is paid with 'echochain royalty pull'; name an account")
    }
  }

  /// Reads `alice=600000` or `alice=60%`.
  func share(_ text: String) async throws -> Royalty.Share {
    guard let sign = text.lastIndex(of: "=") else { throw Complaint.usage("'\(text)' is no share such as alice=600000 or alice=60%") }
    let units = try RoyaltyText.parts(String(text[text.index(after: sign)...]))
    return Royalty.Share(try await party(String(text[..<sign])), units: units)
  }

  /// Writes a party.
  func text(_ party: Royalty.Party) -> String {
    switch party {
    case .account(let account): names.text(account)
    case .remote(let location): text(location)
    case .splitPot(let number): "split:\(number)"
    }
  }

  /// Writes a beneficiary as it can be typed.
  func text(_ location: Location) -> String {
    if let paraId = location.siblingParaID, location.interior.count == 2, case .accountId32(nil, let account)? = location.interior.last {
      let chain = file?.chains.first { $0.paraId == paraId }?.name ?? String(paraId)
      return "\(chain):\(names.text(account))"
    }
    return names.text(location)
  }

  /// Writes an amount with its asset.
  func text(_ amount: Balance, of asset: Location) -> String { names.text(amount, of: AssetID(asset)) }

  /// What an asset is called.
  func symbol(_ asset: Location) -> String { names.unit(of: AssetID(asset))?.symbol ?? "\(asset)" }

  /// The asset that a symbol or a location names; the chain's own without one.
  func asset(_ text: String?) async throws -> KnownAsset {
    guard let text else { return client.nativeAsset }
    return try await client.asset(named: text)
  }
}

extension Royalty.Party {
  /// The party for programs.
  func json(_ chain: RoyaltyChain) -> JSON {
    switch self {
    case .account(let account): ["kind": "account", "account": .hex(account.bytes), "name": .string(chain.text(self))]
    case .remote(let location): ["kind": "remote", "location": .string("\(location)"), "name": .string(chain.text(self))]
    case .splitPot(let number): ["kind": "split", "split": JSON(number), "name": .string(chain.text(self))]
    }
  }
}

enum RoyaltyText {
  /// Reads parts of a million: `50000`, or `5%` with at most four digits behind the point.
  static func parts(_ text: String) throws(Complaint) -> UInt32 {
    let parts: Balance?
    if text.hasSuffix("%") {
      parts = try? Amount.parse(String(text.dropLast()), symbol: "%", decimals: 4)
    } else {
      parts = Balance(text.filter { $0 != "_" })
    }
    guard let parts, parts <= Balance(Royalty.units) else {
      throw .usage("'\(text)' is no share: 0 to 1000000 parts of a million, or a percentage such as 12.5%")
    }
    return UInt32(parts)
  }

  /// Writes parts of a million: `12.5 %`.
  static func percent(_ parts: UInt32) -> String { "\(XcmNames.decimal(Balance(parts), decimals: 4)) %" }

  /// Reads 32 bytes of hexadecimal.
  static func hash(_ text: String, _ what: String) throws(Complaint) -> H256 {
    guard text.hasPrefix("0x"), let hash = H256(hex: text) else { throw .usage("'\(text)' is no \(what): 32 bytes after 0x") }
    return hash
  }

  /// What commits to a text: the hash of its bytes.
  static func commitment(_ text: String) -> H256 { Hash.blake2b256(Array(text.utf8)) }
}
