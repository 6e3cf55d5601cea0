internal import Hashing
public import Primitives
public import ScaleCodec

/// A block header in Substrate's layout.
///
/// parent hash (32) ‖ compact number ‖ state root (32) ‖ extrinsics root (32) ‖ digest.
/// - SeeAlso: Docs/formats/finality.md, section 1; `sp_runtime::generic::Header<u32, BlakeTwo256>`.
@ScaleCodable(path: "sp_runtime::generic::header::Header")
public struct Header: Hashable, Sendable {
  /// Hash of the block before; zero in genesis.
  public var parentHash: H256
  /// Height; genesis is 0.
  public var number: Compact<BlockNumber>
  /// Root of the state trie after the block.
  public var stateRoot: H256
  /// Root of the ordered trie over the block's extrinsics.
  public var extrinsicsRoot: H256
  /// Logs: the author's first, then those that execution deposits.
  public var digest: [DigestItem]

  public init(
    parentHash: H256, number: Compact<BlockNumber>, stateRoot: H256, extrinsicsRoot: H256, digest: [DigestItem]
  ) {
    self.parentHash = parentHash
    self.number = number
    self.stateRoot = stateRoot
    self.extrinsicsRoot = extrinsicsRoot
    self.digest = digest
  }

  /// The block hash: blake2b-256 of the encoding.
  public var hash: H256 { Hash.blake2b256(encoded()) }

  /// The longest header that verification looks at, in bytes. Real ones with a change of 1000 validators take 72 kB.
  public static let maximumEncodedSize = 1 << 20
}

/// One log of a header.
/// - SeeAlso: `sp_runtime::generic::DigestItem`; the indices are upstream's, 1...3 and 7 are retired there.
@ScaleCodable(path: "sp_runtime::generic::digest::DigestItem")
public enum DigestItem: Hashable, Sendable {
  /// Bytes without an owner.
  @ScaleIndex(0)
  case other([UInt8])
  /// A message of the runtime to a consensus engine.
  @ScaleIndex(4)
  case consensus(FixedBytes<4>, [UInt8])
  /// A signature that was put on the finished block. Echochain has none: its hash must not change between rounds.
  @ScaleIndex(5)
  case seal(FixedBytes<4>, [UInt8])
  /// A message of a consensus engine to the runtime, known before the block is executed.
  @ScaleIndex(6)
  case preRuntime(FixedBytes<4>, [UInt8])
  /// The runtime has changed.
  @ScaleIndex(8)
  case runtimeEnvironmentUpdated
}

/// Four letters that name the consensus engine of a log.
public enum EngineID {
  /// Finality: validator sets and the MMR root.
  public static let beefy = FixedBytes<4>(Array("BEEF".utf8)) ?? .zero
  /// Echochain's own: who made the block.
  public static let echo = FixedBytes<4>(Array("ECHO".utf8)) ?? .zero
}

/// What a `BEEF` log says.
/// - SeeAlso: `sp_consensus_beefy::ConsensusLog`.
@ScaleCodable(path: "sp_consensus_beefy::ConsensusLog")
public enum BeefyLog: Hashable, Sendable {
  /// A session starts with this block, and this is its set.
  @ScaleIndex(1)
  case authoritiesChange(ValidatorSet)
  /// The validator with this index is disabled.
  @ScaleIndex(2)
  case onDisabled(UInt32)
  /// Root of the Merkle mountain range, this block's leaf included.
  @ScaleIndex(3)
  case mmrRoot(H256)
}

/// What the `ECHO` log says: which validator made the block, and when in the agreement.
/// - SeeAlso: Docs/formats/finality.md, section 1.
@ScaleCodable(path: "echo_consensus::AuthorLog")
public struct AuthorLog: Hashable, Sendable {
  /// Place of the author in the set.
  public var author: UInt32
  /// The round in which the block was first proposed.
  public var round: UInt32
  /// The set that agrees on the block.
  public var setID: UInt64

  public init(author: UInt32, round: UInt32, setID: UInt64) {
    self.author = author
    self.round = round
    self.setID = setID
  }
}

extension DigestItem {
  /// The log of the block's author.
  public static func author(_ log: AuthorLog) -> DigestItem { .preRuntime(EngineID.echo, log.encoded()) }

  /// A log of the finality engine.
  public static func beefy(_ log: BeefyLog) -> DigestItem { .consensus(EngineID.beefy, log.encoded()) }
}

extension Header {
  /// The `BEEF` logs in order.
  /// - Throws: When one of them does not decode.
  public func beefyLogs() throws(ScaleError) -> [BeefyLog] {
    var logs: [BeefyLog] = []
    for case .consensus(EngineID.beefy, let bytes) in digest { logs.append(try BeefyLog(decoding: bytes)) }
    return logs
  }

  /// The MMR root in the digest.
  /// - Returns: `nil` unless the digest holds exactly one, and only well-formed `BEEF` logs.
  public var mmrRoot: H256? {
    only { if case .mmrRoot(let root) = $0 { root } else { nil } }
  }

  /// The set of the session that starts with this block.
  /// - Returns: `nil` unless the digest holds exactly one change, and only well-formed `BEEF` logs.
  public var authoritiesChange: ValidatorSet? {
    only { if case .authoritiesChange(let set) = $0 { set } else { nil } }
  }

  /// The author in the digest.
  /// - Returns: `nil` unless the digest holds exactly one `ECHO` log and it is well-formed.
  public var author: AuthorLog? {
    var found: [[UInt8]] = []
    for case .preRuntime(EngineID.echo, let bytes) in digest { found.append(bytes) }
    guard found.count == 1 else { return nil }
    return try? AuthorLog(decoding: found[0])
  }

  private func only<T>(_ select: (BeefyLog) -> T?) -> T? {
    guard let logs = try? beefyLogs() else { return nil }
    let found = logs.compactMap(select)
    return found.count == 1 ? found[0] : nil
  }

  /// Decodes the header of a block whose hash is known from a proof.
  /// - Parameters:
  ///   - bytes: The encoding; at most ``maximumEncodedSize`` bytes, none left over.
  ///   - hash: The proven block hash.
  ///   - number: The height that the header must state.
  public static func verified(
    _ bytes: [UInt8], hash: H256, number: BlockNumber
  ) -> Result<Header, VerificationFailure> {
    guard bytes.count <= maximumEncodedSize else {
      return .failure(.headerTooLong(count: bytes.count, limit: maximumEncodedSize))
    }
    let computed = Hash.blake2b256(bytes)
    guard computed == hash else { return .failure(.headerHash(computed: computed, expected: hash)) }
    do throws(ScaleError) {
      let header = try Header(decoding: bytes)
      guard header.number.value == number else {
        return .failure(.headerNumber(found: header.number.value, expected: number))
      }
      return .success(header)
    } catch {
      return .failure(.malformed(error))
    }
  }
}
