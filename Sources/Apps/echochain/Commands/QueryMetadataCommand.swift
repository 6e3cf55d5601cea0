import ArgumentParser
import Foundation
import Keys
import Metadata
import Primitives
import RPC

struct QueryMetadata: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metadata", abstract: "Show what a runtime says of itself: pallets, calls, storage, events, errors, runtime APIs.",
    discussion: """
      Reads any Substrate node, or a file with its metadata as bytes or in hexadecimal.

        echochain query metadata --chain hub
        echochain query metadata --chain hub --pallet Balances
        echochain query metadata --file polkadot.scale --pallet Staking --json
        echochain query metadata --url ws://127.0.0.1:9944 --version 15 --raw > runtime.scale
      """)

  @Option(help: "Only this pallet, in full.") var pallet: String?
  @Option(help: "Version to ask the node for: 14, 15 or 16.") var version: UInt8?
  @Option(help: "File with metadata, instead of a node.") var file: String?
  @Flag(help: "Write the metadata's bytes to standard output.") var raw = false
  @Option(name: .customLong("at"), help: "Block by height or hash; the newest finalised one unless given.") var at: String?
  @OptionGroup var target: ChainOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    if let version, !(14...16).contains(version) { throw ValidationError("--version is 14, 15 or 16") }
    if file != nil, version != nil || at != nil || target.chain != nil || target.url != nil {
      throw ValidationError("--file takes neither --chain, --url, --at nor --version")
    }
    if raw, print.json || pallet != nil { throw ValidationError("--raw takes neither --json nor --pallet") }
  }

  func run() async throws {
    let (bytes, name, prefix) = try await source()
    if raw {
      guard !print.output.terminal.isInteractive else { throw Complaint.usage("--raw writes bytes; send them into a file") }
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
      return
    }
    let metadata = try RuntimeMetadata(decoding: bytes)
    let view = MetadataView(metadata: metadata, presenter: DynamicPresenter(registry: metadata.registry, ss58Prefix: prefix))
    if let pallet {
      let found = try metadata.pallet(pallet)
      print.output.json(view.json(found))
      view.show(found, print.output)
    } else {
      print.output.json(view.json(bytes))
      view.show(name, bytes, print.output)
    }
  }

  private func source() async throws -> (bytes: [UInt8], name: String, ss58Prefix: UInt16) {
    if let file {
      let bytes = try MetadataFile.read(file)
      return (bytes, URL(filePath: file).lastPathComponent, try MetadataFile.ss58Prefix(bytes))
    }
    let node = try await target.connectToAny()
    let hash = try await node.block(at).hash
    let bytes = try await node.metadataBytes(version: version, at: hash)
    await node.close()
    return (bytes, node.name, node.ss58Prefix)
  }
}

struct QueryConstants: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "constants", abstract: "Show the constants of a runtime.",
    discussion: """
        echochain query constants --chain hub
        echochain query constants --chain hub Balances
        echochain query constants --url ws://127.0.0.1:9944 Balances.ExistentialDeposit --json
      """)

  @Argument(help: "A pallet, or a pallet's constant, such as Balances.ExistentialDeposit.") var name: String?
  @Option(name: .customLong("at"), help: "Block by height or hash; the newest finalised one unless given.") var at: String?
  @OptionGroup var target: ChainOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let node = try await target.connectToAny()
    let metadata = try await node.metadata(at: try await node.block(at).hash)
    await node.close()
    let view = MetadataView(metadata: metadata, presenter: DynamicPresenter(registry: metadata.registry, ss58Prefix: node.ss58Prefix))
    var list: [JSON] = []
    var table = Table("constant", "type", "value")
    for (pallet, constant) in try chosen(metadata) {
      var members = view.json(constant).asObject ?? [:]
      members["pallet"] = .string(pallet)
      list.append(.object(members))
      table.rows.append(["\(pallet).\(constant.name)", metadata.registry.name(constant.type), members["value"]?.description ?? ""])
    }
    print.output.json(.array(list))
    print.output.table(table)
  }

  private func chosen(_ metadata: RuntimeMetadata) throws -> [(pallet: String, constant: RuntimeMetadata.Constant)] {
    guard let name else { return metadata.pallets.flatMap { pallet in pallet.constants.map { (pallet.name, $0) } } }
    if name.contains(".") {
      let (pallet, constant) = try DottedName.parse(name, example: "a pallet and a constant, such as Balances.ExistentialDeposit")
      return [(try metadata.pallet(pallet).name, try metadata.constant(pallet, constant))]
    }
    let pallet = try metadata.pallet(name)
    return pallet.constants.map { (pallet.name, $0) }
  }
}

/// Metadata that lies in a file.
enum MetadataFile {
  /// Bytes as they are, or their hexadecimal digits.
  static func read(_ path: String) throws -> [UInt8] {
    let url = URL(filePath: path)
    let size = try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    guard size <= 2 * RuntimeMetadata.byteLimit + 16 else {
      throw Complaint.configuration("\(path) has \(size) bytes, more than metadata ever has")
    }
    let bytes = Array(try Data(contentsOf: url))
    guard let text = String(validating: bytes, as: UTF8.self), text.hasPrefix("0x"),
      let decoded = Hex.decode(text.trimmingCharacters(in: .whitespacesAndNewlines))
    else { return bytes }
    return decoded
  }

  /// The chain's address prefix, which it names as a constant.
  static func ss58Prefix(_ bytes: [UInt8]) throws -> UInt16 {
    let metadata = try RuntimeMetadata(decoding: bytes)
    guard let constant = try? metadata.constant("System", "SS58Prefix"),
      case .unsigned(let value) = try metadata.value(of: constant).unwrapped,
      let prefix = UInt16(exactly: value), SS58.prefixes.contains(prefix)
    else { return SS58.genericPrefix }
    return prefix
  }
}
