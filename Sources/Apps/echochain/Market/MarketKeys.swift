import Files
import Foundation
import Keys
import PalletMarketplace
import Primitives
import RPC
import ScaleCodec

/// The content keys of what a seller has listed: one file, readable by its owner only. Keys are found by what listings
/// and orders say of them.
struct MarketKeys {
  /// The most bytes that such a file may have.
  private static let limit = 16 << 20
  let path: String

  /// - Parameter path: The file; `nil` for `content-keys.json` beside the user's signing keys.
  init(path: String?, keystore: Keystore) {
    self.path = path ?? keystore.folder.appending(path: "content-keys.json").path
  }

  /// The key that belongs to a commitment.
  /// - Throws: A ``Complaint`` when there is none.
  func key(_ commitment: H256) throws -> ContentKey {
    for entry in try entries() where entry["commitment"]?.asHash == commitment {
      guard let bytes = entry["key"]?.asBytes, let key = ContentKey(bytes), key.commitment == commitment else {
        throw Complaint.configuration("the key of \(commitment) in \(path) is damaged")
      }
      return key
    }
    throw Complaint.configuration("\(path) has no key for \(commitment); name the seller's file with --content-keys")
  }

  /// Adds a key, unless it is there. Two commands that add one at a time wait for one another.
  func add(_ key: ContentKey, name: String) throws {
    try FileLock.hold(of: path) {
      var entries = try entries()
      guard !entries.contains(where: { $0["commitment"]?.asHash == key.commitment }) else { return }
      entries.append(["commitment": .hash(key.commitment), "key": .hex(key.bytes), "name": .string(name)])
      let data = Data((PrettyJSON.text(["version": 1, "keys": .array(entries)]) + "\n").utf8)
      guard data.count <= Self.limit else { throw Complaint.configuration("\(path) is full; name another file with --content-keys") }
      try PrivateFile.replace(data, at: path)
    }
  }

  private func entries() throws -> [JSON] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let value: JSON
    do { value = try JSON(parsing: [UInt8](try Files.read(path, limit: Self.limit))) } catch let error as JSONError {
      throw Complaint.configuration("\(path) is no file of content keys: \(error)")
    }
    guard value["version"]?.asUInt64 == 1, let list = value["keys"]?.asArray else {
      throw Complaint.configuration("\(path) is no file of content keys of version 1")
    }
    return list
  }
}

/// A complaint as a file, as `market fetch` writes it and `market complain` sends it. Private: the point in it opens the
/// delivered box.
enum ComplaintFile {
  static let format = "echochain-complaint"

  static func write(_ complaint: Marketplace.Complaint, order: H256, to path: String) throws {
    let value: JSON = [
      "format": .string(format), "version": 1, "order": .hash(order), "complaint": .hex(complaint.encoded()),
      "about": .string(kind(complaint)),
    ]
    try PrivateFile.replace(Data((PrettyJSON.text(value) + "\n").utf8), at: path)
  }

  static func read(_ path: String) throws -> (order: H256, complaint: Marketplace.Complaint) {
    let value: JSON
    do { value = try JSON(parsing: [UInt8](try Files.read(path, limit: 1 << 20))) } catch let error as JSONError {
      throw Complaint.configuration("\(path) is no complaint: \(error)")
    }
    guard value["format"]?.asString == format, value["version"]?.asUInt64 == 1, let order = value["order"]?.asHash,
      let bytes = value["complaint"]?.asBytes
    else { throw Complaint.configuration("\(path) is no complaint file of version 1") }
    do throws(ScaleError) { return (order, try Marketplace.Complaint(decoding: bytes)) } catch {
      throw Complaint.configuration("the complaint in \(path) does not decode: \(error)")
    }
  }

  /// What a complaint is about.
  static func kind(_ complaint: Marketplace.Complaint) -> String {
    switch complaint {
    case .wrongKey: "wrong key"
    case .wrongContent(_, let index, _, _, _, _): "wrong content in block \(index)"
    case .notRetrievable(let index): "block \(index) cannot be had"
    }
  }
}

/// A signed listing as a file, as `market sell --sign-to` writes it and `market post` sends it.
enum SignedListingFile {
  static let format = "echochain-listing"

  static func write(_ payload: Marketplace.SignedListing, _ signature: MultiSignature, to path: String) throws {
    let value: JSON = [
      "format": .string(format), "version": 1, "payload": .hex(payload.encoded()), "signature": .hex(signature.encoded()),
      "about": try ScaleJSON.decode(Marketplace.SignedListing.self, bytes: payload.encoded()),
    ]
    try Files.write(Data((PrettyJSON.text(value) + "\n").utf8), to: path)
  }

  static func read(_ path: String) throws -> (payload: Marketplace.SignedListing, signature: MultiSignature) {
    let value: JSON
    do { value = try JSON(parsing: [UInt8](try Files.read(path, limit: 1 << 16))) } catch let error as JSONError {
      throw Complaint.configuration("\(path) is no signed listing: \(error)")
    }
    guard value["format"]?.asString == format, value["version"]?.asUInt64 == 1, let payload = value["payload"]?.asBytes,
      let signature = value["signature"]?.asBytes
    else { throw Complaint.configuration("\(path) is no signed listing of version 1") }
    do throws(ScaleError) {
      return (try Marketplace.SignedListing(decoding: payload), try MultiSignature(decoding: signature))
    } catch { throw Complaint.configuration("the listing in \(path) does not decode: \(error)") }
  }
}
