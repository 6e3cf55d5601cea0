public import Primitives

/// How many old states a chain keeps.
public enum StatePruning: Hashable, Sendable, CustomStringConvertible {
  /// Every state since genesis.
  case archive
  /// The best block's state and those of so many blocks before it.
  case blocks(BlockNumber)

  /// Fewest blocks that ``blocks(_:)`` keeps; less would not cover the states that are held in memory anyway.
  public static let minimumBlocks: BlockNumber = 64
  /// What chains keep that are not for development: more than the 2,400 blocks that a transaction's era may span.
  public static let standard = StatePruning.blocks(4096)

  /// Parses `archive` or a number of blocks.
  ///
  /// - Returns: `nil` for other text and for fewer than ``minimumBlocks``.
  public init?(_ text: String) {
    if text == "archive" {
      self = .archive
      return
    }
    guard let blocks = BlockNumber(text), blocks >= StatePruning.minimumBlocks else { return nil }
    self = .blocks(blocks)
  }

  public var description: String {
    switch self {
    case .archive: "archive"
    case .blocks(let blocks): "\(blocks)"
    }
  }

  /// The oldest block whose state is readable while `best` is the newest.
  func oldest(best: BlockNumber) -> BlockNumber {
    switch self {
    case .archive: 0
    case .blocks(let blocks): best.subtractingSaturating(max(blocks, StatePruning.minimumBlocks))
    }
  }
}
