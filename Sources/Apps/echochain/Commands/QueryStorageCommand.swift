import ArgumentParser
import Foundation
import Metadata
import PalletSupport
import Primitives
import RPC

struct QueryStorage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storage", abstract: "Read storage by pallet and item, or by its key.",
    discussion: """
      Asks any Substrate node and reads rows by the node's metadata. The keys of a map follow as words or as one JSON list; \
      accounts may be addresses or names. --prefix lists the rows that begin with the keys given, with their own keys where \
      the storage keeps those.

        echochain query storage --chain hub --item System.Number
        echochain query storage --chain hub --item System.Account alice
        echochain query storage --url ws://127.0.0.1:9944 --item System.Account --args '["5C7C…"]' --json
        echochain query storage --chain hub --item System.Account --prefix --limit 20
        echochain query storage --chain hub --key 0x26aa394eea5630e07c48ae0c9558cef7…
      """)

  @Argument(help: "Keys of the row, one for each part.") var keyWords: [String] = []
  @Option(help: "Pallet and storage item, such as System.Number.") var item: String?
  @Option(help: "Keys of the row as a JSON list.") var args: String?
  @Option(help: "The whole storage key in hexadecimal.") var key: String?
  @Flag(help: "List all rows that begin with the key.") var prefix = false
  @Option(help: "The most rows that are listed.") var limit = 100
  @Option(name: .customLong("at"), help: "Block by height or hash; the newest finalised one unless given.") var at: String?
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (key == nil) != (item == nil) else { throw ValidationError("give --key or --item") }
    guard limit > 0 else { throw ValidationError("--limit is above 0") }
    if key != nil, args != nil || !keyWords.isEmpty { throw ValidationError("keys of a row go with --item") }
    if args != nil, !keyWords.isEmpty { throw ValidationError("give the keys as words or with --args") }
  }

  func run() async throws {
    let node = try await target.connectToAny()
    let (number, hash) = try await node.block(at)
    let metadata = try await node.metadata(at: hash)
    let start = try await startKey(metadata, node)
    let found = prefix ? try await node.keys(prefix: start, limit: limit, at: hash) : [start]
    let values = try await node.storages(found, at: hash)
    let reader = RowReader(metadata: metadata, presenter: DynamicPresenter(registry: metadata.registry, ss58Prefix: node.ss58Prefix))
    let rows = zip(found, values).map { reader.read(key: $0, value: $1) }
    print.output.json(["block": JSON(number), "hash": .hash(hash), "rows": .array(rows.map(\.json))])
    for row in rows { print.output.line("  \(row.line)") }
    print.output.line("  \(rows.count) row\(rows.count == 1 ? "" : "s") at \(node.name) #\(number)")
    await node.close()
  }

  private func startKey(_ metadata: RuntimeMetadata, _ node: SubstrateNode) async throws -> [UInt8] {
    if let key {
      return try StorageText.key(key, item: nil)
    }
    let (pallet, name) = try DottedName.parse(item ?? "", example: "a pallet and an item, such as System.Number")
    let entry = try metadata.storageEntry(pallet, name)
    var arguments: [DynamicValue] = []
    if let args {
      let value = try DynamicJSON.value(parsing: args, option: "--args")
      if case .sequence(let list) = value { arguments = list } else { arguments = [value] }
    } else {
      for word in keyWords { arguments.append(try DynamicJSON.value(loose: word)) }
    }
    if !prefix, arguments.isEmpty, metadata.keyCount(entry) > 0 {
      throw Complaint.usage("\(entry.name) is a map of \(metadata.keyCount(entry)) keys; give them, or --prefix to list its rows")
    }
    return try metadata.storageKey(entry, arguments: arguments, isPrefix: prefix, accounts: try await keys.knowing(node).accountReader)
  }
}

/// Storage keys as people name them where no metadata is at hand.
enum StorageText {
  /// - Returns: The key as it is given, or twox128 of the pallet's and the item's names.
  static func key(_ key: String?, item: String?) throws(Complaint) -> [UInt8] {
    if let key {
      guard let bytes = Hex.decode(key), !bytes.isEmpty else { throw .usage("'\(key)' is no storage key in hexadecimal") }
      return bytes
    }
    let (pallet, name) = try DottedName.parse(item ?? "", example: "a pallet and an item, such as System.Number")
    return storagePrefix(pallet, name)
  }
}

/// `Pallet.name` as people write it.
enum DottedName {
  static func parse(_ text: String, example: String) throws(Complaint) -> (pallet: String, name: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { throw .usage("'\(text)' is not \(example)") }
    return (parts[0], parts[1])
  }
}

/// Reads rows by metadata; what it does not know stays bytes.
private struct RowReader {
  let metadata: RuntimeMetadata
  let presenter: DynamicPresenter

  struct Row {
    var key: [UInt8]
    var value: [UInt8]?
    var item: String?
    /// The parts of the key; a hash where the storage keeps no more.
    var parts: [JSON]?
    var decoded: JSON?

    var json: JSON {
      var members: [String: JSON] = ["key": .hex(key), "value": value.map { .hex($0) } ?? .null]
      members["item"] = item.map { .string($0) }
      members["keys"] = parts.map { .array($0) }
      members["decoded"] = decoded
      return .object(members)
    }

    var line: String {
      let name = item.map { item in item + (parts ?? []).map { "[\($0.asString ?? $0.description)]" }.joined() } ?? Hex.encode(key)
      guard let value else { return "\(name)  absent" + (decoded.map { ", reads as \($0)" } ?? "") }
      return "\(name)  \(decoded?.description ?? Hex.encode(value))"
    }
  }

  func read(key: [UInt8], value: [UInt8]?) -> Row {
    var row = Row(key: key, value: value)
    guard let entry = metadata.storageEntry(ofKey: key), let parts = try? metadata.keyParts(entry, key: key) else { return row }
    row.item = entry.name
    row.parts = parts.map { part in
      switch part {
      case .value(let value, let type): presenter.json(value, type)
      case .hash(let bytes, _): .hex(bytes)
      }
    }
    // Damaged rows and those of another runtime version are shown as bytes.
    let decoded: DynamicValue?? = try? metadata.value(of: entry, row: value)
    if let decoded, let decoded { row.decoded = presenter.json(decoded, entry.value) }
    return row
  }
}
