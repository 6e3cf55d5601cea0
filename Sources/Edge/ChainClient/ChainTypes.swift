public import EchoRuntime
public import Finality
public import Keys
public import LightClient
public import MerkleMountainRange
public import PalletSupport
public import Primitives
internal import ScaleCodec

/// What a node says about its chain; none of it changes while the node runs.
public struct ChainInfo: Hashable, Sendable {
  public var name: String
  public var network: String
  public var paraId: UInt32
  public var genesisHash: H256
  public var tokenSymbol: String
  public var tokenDecimals: UInt8
  public var ss58Prefix: UInt16
  public var specVersion: UInt32
  public var transactionVersion: UInt32
  /// Blocks in a session.
  public var sessionLength: UInt32
  /// The smallest native balance that keeps an account alive.
  public var existentialDeposit: Balance

  /// The most decimals of a token that a node may name: one whole unit still fits a ``Balance``.
  public static let maximumDecimals: UInt8 = 38

  public init(
    name: String, network: String, paraId: UInt32, genesisHash: H256, tokenSymbol: String, tokenDecimals: UInt8,
    ss58Prefix: UInt16, specVersion: UInt32, transactionVersion: UInt32, sessionLength: UInt32,
    existentialDeposit: Balance
  ) {
    self.name = name
    self.network = network
    self.paraId = paraId
    self.genesisHash = genesisHash
    self.tokenSymbol = tokenSymbol
    self.tokenDecimals = tokenDecimals
    self.ss58Prefix = ss58Prefix
    self.specVersion = specVersion
    self.transactionVersion = transactionVersion
    self.sessionLength = sessionLength
    self.existentialDeposit = existentialDeposit
  }
}

/// A block by height, hash and time.
public struct BlockRef: Hashable, Sendable, CustomStringConvertible {
  public var number: BlockNumber
  public var hash: H256
  /// Milliseconds since 1970.
  public var timestamp: Milliseconds

  public init(number: BlockNumber, hash: H256, timestamp: Milliseconds) {
    self.number = number
    self.hash = hash
    self.timestamp = timestamp
  }

  public var description: String { "#\(number) \(hash)" }
}

/// A finalised header as a subscription reports it. Its hash is computed here, not taken from the node.
public struct FinalizedHead: Hashable, Sendable {
  public var header: Header
  public var hash: H256

  public init(_ header: Header) {
    self.header = header
    hash = header.hash
  }

  public var number: BlockNumber { header.number.value }
}

/// A block with the proof that it is final.
public struct CertifiedBlock: Hashable, Sendable {
  public var number: BlockNumber
  public var hash: H256
  /// Milliseconds since 1970; what the validators signed.
  public var timestamp: Milliseconds
  public var proof: FinalityProof
  /// All addresses of the signing set in voting order.
  public var addresses: [EthereumAddress]
  public var setID: UInt64

  public init(
    number: BlockNumber, hash: H256, timestamp: Milliseconds, proof: FinalityProof, addresses: [EthereumAddress],
    setID: UInt64
  ) {
    self.number = number
    self.hash = hash
    self.timestamp = timestamp
    self.proof = proof
    self.addresses = addresses
    self.setID = setID
  }

  public var block: BlockRef { BlockRef(number: number, hash: hash, timestamp: timestamp) }

  /// Proof and addresses as a light client of another chain takes them.
  public var certificate: Certificate { Certificate(proof: proof, addresses: addresses) }
}

/// MMR leaves with the proof that they lie under a root.
public struct ProvenLeaves: Hashable, Sendable {
  public var leaves: [MmrLeaf]
  public var proof: LeafProof
  public var root: H256

  public init(leaves: [MmrLeaf], proof: LeafProof, root: H256) {
    self.leaves = leaves
    self.proof = proof
    self.root = root
  }
}

/// Where an extrinsic ended up and what it did.
public struct Inclusion: Hashable, Sendable {
  public var extrinsicHash: H256
  public var block: BlockRef
  /// Its place in the block.
  public var index: UInt32
  /// Why the call failed; `nil` when it succeeded.
  public var failure: DispatchError?
  /// Events of this extrinsic alone, in order.
  public var events: [DecodedEvent]

  public init(extrinsicHash: H256, block: BlockRef, index: UInt32, failure: DispatchError?, events: [DecodedEvent]) {
    self.extrinsicHash = extrinsicHash
    self.block = block
    self.index = index
    self.failure = failure
    self.events = events
  }
}
