import ChainClient
import Foundation
import Keys
import Metadata
import Primitives
import RPC
import ScaleCodec

/// A node of any Substrate chain, asked only what all such nodes answer.
struct SubstrateNode: Sendable {
  let rpc: RPCClient
  /// What the chain calls itself.
  let name: String
  let genesisHash: H256
  let specVersion: UInt32
  let transactionVersion: UInt32
  /// 42 where the chain names none.
  let ss58Prefix: UInt16
  /// Empty where the chain names none.
  let tokenSymbol: String
  let tokenDecimals: UInt8

  static func connect(_ url: String, timeout: Duration) async throws(ChainClientError) -> SubstrateNode {
    var configuration = RPCClient.Configuration()
    configuration.connectTimeout = timeout
    configuration.callTimeout = timeout
    let address = url.hasPrefix("http://") ? "ws://" + url.dropFirst("http://".count) : url
    do throws(RPCClientError) {
      return try await SubstrateNode(try await RPCClient.connect(address, configuration: configuration))
    } catch { throw .rpc(error) }
  }

  private init(_ rpc: RPCClient) async throws(RPCClientError) {
    self.rpc = rpc
    name = try await rpc.call("system_chain").asString ?? "the chain"
    let version = try await rpc.call("state_getRuntimeVersion")
    guard let genesis = try await rpc.call("chain_getBlockHash", [0]).asHash,
      let spec = version["specVersion"]?.asUInt64.flatMap(UInt32.init(exactly:)),
      let transaction = version["transactionVersion"]?.asUInt64.flatMap(UInt32.init(exactly:))
    else { throw .malformedResponse("the node names no genesis block or no runtime version") }
    genesisHash = genesis
    specVersion = spec
    transactionVersion = transaction
    let properties = try await rpc.call("system_properties")
    // One value, or a list with one for each token.
    func first(_ name: String) -> JSON? { properties[name]?.asArray?.first ?? properties[name] }
    let prefix = first("ss58Format")?.asUInt64.flatMap(UInt16.init(exactly:)) ?? SS58.genericPrefix
    ss58Prefix = SS58.prefixes.contains(prefix) ? prefix : SS58.genericPrefix
    tokenSymbol = first("tokenSymbol")?.asString ?? ""
    let decimals = first("tokenDecimals")?.asUInt64.flatMap(UInt8.init(exactly:)) ?? 0
    tokenDecimals = min(decimals, ChainInfo.maximumDecimals)
  }

  func call(_ method: String, _ params: [JSON] = []) async throws(ChainClientError) -> JSON {
    do throws(RPCClientError) { return try await rpc.call(method, params) } catch { throw .rpc(error) }
  }

  func close() async { await rpc.close() }

  /// An answer that must be bytes.
  private func bytes(_ method: String, _ params: [JSON]) async throws(ChainClientError) -> [UInt8] {
    guard let bytes = try await call(method, params).asBytes else { throw .malformed(method: method, reason: "no bytes in hexadecimal") }
    return bytes
  }
}

// MARK: Metadata

extension SubstrateNode {
  /// The metadata in a version, as its bytes.
  /// - Parameter version: `nil` for the newest of 15 and 14 that the node serves.
  func metadataBytes(version: UInt8? = nil, at hash: H256? = nil) async throws -> [UInt8] {
    let place: JSON = hash.map { .hash($0) } ?? .null
    if version != 14 {
      let number = version ?? 15
      let method = "Metadata_metadata_at_version"
      do {
        let answer = try await bytes("state_call", [.string(method), .hex([number, 0, 0, 0]), place])
        if answer.first == 1 { return try [UInt8](decoding: Array(answer.dropFirst())) }
        guard version == nil else { throw Complaint.refused("\(name) serves no metadata of version \(number)") }
      } catch ChainClientError.rpc(.rpc) where version == nil {
        // A node from before version 15 knows no such runtime API.
      }
    }
    return try await bytes("state_getMetadata", [place])
  }

  /// The metadata that calls and rows are read by.
  func metadata(at hash: H256? = nil) async throws -> RuntimeMetadata {
    try RuntimeMetadata(decoding: try await metadataBytes(at: hash))
  }
}

// MARK: Blocks and storage

extension SubstrateNode {
  /// A block by height or hash; the newest finalised one unless given.
  func block(_ text: String?) async throws -> (number: BlockNumber, hash: H256) {
    let hash: H256?
    if let text {
      if let number = BlockNumber(text) {
        hash = try await call("chain_getBlockHash", [JSON(number)]).asHash
      } else {
        guard let given = H256(hex: text) else { throw Complaint.usage("'\(text)' is neither a height nor a block hash") }
        hash = given
      }
    } else {
      hash = try await call("chain_getFinalizedHead").asHash
    }
    guard let hash, let number = try await number(of: hash) else { throw Complaint.refused("\(name) has no block \(text ?? "")") }
    return (number, hash)
  }

  /// The height of a block; `nil` for an unknown one.
  func number(of hash: H256) async throws(ChainClientError) -> BlockNumber? {
    let header = try await call("chain_getHeader", [.hash(hash)])
    guard !header.isNull else { return nil }
    guard let number = header["number"]?.asUInt128.flatMap(BlockNumber.init(exactly:)) else {
      throw .malformed(method: "chain_getHeader", reason: "no number")
    }
    return number
  }

  func storage(_ key: [UInt8], at hash: H256) async throws(ChainClientError) -> [UInt8]? {
    let value = try await call("state_getStorage", [.hex(key), .hash(hash)])
    guard !value.isNull else { return nil }
    guard let bytes = value.asBytes else { throw .malformed(method: "state_getStorage", reason: "no bytes in hexadecimal") }
    return bytes
  }

  /// Rows in one message, in the order of their keys.
  func storages(_ keys: [[UInt8]], at hash: H256) async throws(ChainClientError) -> [[UInt8]?] {
    var rows: [[UInt8]?] = []
    for answer in await rpc.batch(keys.map { RPCCall("state_getStorage", [.hex($0), .hash(hash)]) }) {
      let value: JSON
      do throws(RPCClientError) { value = try answer.get() } catch { throw .rpc(error) }
      guard value.isNull || value.asBytes != nil else { throw .malformed(method: "state_getStorage", reason: "no bytes in hexadecimal") }
      rows.append(value.asBytes)
    }
    return rows
  }

  /// The first keys that begin with `prefix`, in their order.
  func keys(prefix: [UInt8], limit: Int, at hash: H256) async throws(ChainClientError) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    while keys.count < limit {
      let wanted = min(limit - keys.count, 1000)
      let start: JSON = keys.last.map { .hex($0) } ?? .null
      let answer = try await call("state_getKeysPaged", [.hex(prefix), JSON(wanted), start, .hash(hash)])
      guard let page = answer.asArray?.map(\.asBytes), page.count <= wanted else {
        throw .malformed(method: "state_getKeysPaged", reason: "no list of at most \(wanted) keys")
      }
      for key in page {
        // A node that answers with keys that were there before would be asked for ever.
        guard let key, key.starts(with: prefix), keys.last.map({ $0.lexicographicallyPrecedes(key) }) ?? true else {
          throw .malformed(method: "state_getKeysPaged", reason: "keys that are none of the prefix, or out of order")
        }
        keys.append(key)
      }
      if page.count < wanted { break }
    }
    return keys
  }
}

extension ChainOptions {
  /// Connects to a node of any Substrate chain.
  func connectToAny() async throws -> SubstrateNode { try await SubstrateNode.connect(try endpoint(), timeout: network.timeout) }
}

extension KeystoreOptions {
  /// The same keys, with development names where the chain says that it is for development.
  func knowing(_ node: SubstrateNode) async throws -> KeystoreOptions {
    var keys = self
    if !isDevelopment {
      let type = try? await node.call("system_chainType").asString
      keys.isDevelopment = type == "Development" || type == "Local"
    }
    return keys
  }

  /// Reads text that stands for an account: an address, a stored key, or a development name where those count.
  var accountReader: TypeRegistry.AccountReader {
    let (development, store) = (isDevelopment, keystore)
    return { text in try? AccountText.parse(text, development: development, keystore: store).bytes }
  }
}
