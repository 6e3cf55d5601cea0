import PalletSupport
import Primitives
import ScaleCodec
import Testing
import XCM

private let weight = Weight(refTime: 50, proofSize: 5)
private let fee = Asset(World.home, amount: 1)
private let child = Location(parents: 1, .para(2000), .onlyChild)
private let grandchild = Location(parents: 1, interior: Junctions(.para(2000), .onlyChild, .onlyChild))

/// Instructions as letters, so that a program is a word.
private enum Letter {
  static let all: [Character: Instruction] = [
    // Assets arrive.
    "W": .withdrawAsset(.home(1)), "R": .reserveAssetDeposited(.home(1)), "T": .receiveTeleportedAsset(.home(1)),
    "A": .claimAsset(assets: .home(1), ticket: .here), "0": .withdrawAsset(Assets()), "2": .withdrawAsset(.both(1, 1)),
    "3": .withdrawAsset(three),
    // The origin changes, or hints are given.
    "c": .clearOrigin, "a": .aliasOrigin(World.bob), "d": .descendOrigin(Junctions(.onlyChild)),
    "e": .descendOrigin(.here), "h": .setHints(hints: BoundedVector()),
    // Somebody pays: without limit, one below in time, one below in proof, at the weight, above it.
    "B": .buyExecution(fees: fee, weightLimit: .unlimited),
    "j": .buyExecution(fees: fee, weightLimit: .limited(Weight(refTime: 49, proofSize: 5))),
    "k": .buyExecution(fees: fee, weightLimit: .limited(Weight(refTime: 50, proofSize: 4))),
    "L": .buyExecution(fees: fee, weightLimit: .limited(weight)),
    "M": .buyExecution(fees: fee, weightLimit: .limited(Weight(refTime: 51, proofSize: 5))),
    "P": .payFees(asset: fee),
    // Nobody pays.
    "U": .unpaidExecution(weightLimit: .unlimited, checkOrigin: nil),
    "v": .unpaidExecution(weightLimit: .limited(Weight(refTime: 49, proofSize: 5)), checkOrigin: nil),
    "V": .unpaidExecution(weightLimit: .limited(weight), checkOrigin: nil),
    // Others.
    "x": .trap(0), "t": .setTopic(World.topic), "S": .setAppendix([.clearError]),
    "N": .transact(originKind: .native, fallbackMaxWeight: nil, call: DoubleEncoded(encoded: [0])),
  ]
  private static let three: Assets =
    (try? Assets([Asset(.here, amount: 1), Asset(.parent, amount: 1), Asset(World.token, amount: 1)])) ?? Assets()

  static func program(_ word: [Character]) -> [Instruction] { word.compactMap { all[$0] } }

  /// All words of `length` letters that begin with `first`; without repetition when `distinct`.
  static func words(_ alphabet: [Character], length: Int, first: Character, distinct: Bool) -> [[Character]] {
    var words: [[Character]] = [[first]]
    for _ in 1..<length {
      words = words.flatMap { word in
        alphabet.filter { !distinct || !word.contains($0) }.map { word + [$0] }
      }
    }
    return words
  }
}

/// What a table says of a word.
private enum Verdict: Equatable {
  case pass
  case badFormat
  case unsupported
  case overweight

  init(_ refusal: BarrierRefusal?) {
    switch refusal {
    case nil: self = .pass
    case .badFormat: self = .badFormat
    case .overweight(weight): self = .overweight
    default: self = .unsupported
    }
  }
}

/// The rule of paid programs as a table: what each kind of instruction does in each row.
///
/// Rows count the instructions read so far. Kinds: `l` loads at most two assets, `s` may be skipped, `p` pays enough,
/// `o` is anything else, `.` is the end of the program.
private enum PaidTable {
  static let rows: [[Character: String]] = [
    ["l": "next", "s": "bad", "p": "bad", "o": "bad", ".": "bad"],
    ["l": "over", "s": "next", "p": "pass", "o": "over", ".": "bad"],
    ["l": "over", "s": "next", "p": "pass", "o": "over", ".": "bad"],
    ["l": "over", "s": "next", "p": "pass", "o": "over", ".": "bad"],
    ["l": "over", "s": "next", "p": "pass", "o": "over", ".": "bad"],
    // Five are read: nothing behind them counts.
    ["l": "bad", "s": "bad", "p": "bad", "o": "bad", ".": "bad"],
  ]
  static let kinds: [Character: Character] = [
    "W": "l", "R": "l", "T": "l", "A": "l", "0": "l", "2": "l", "c": "s", "a": "s", "d": "s", "h": "s", "B": "p",
    "L": "p", "M": "p", "P": "p",
  ]

  static func verdict(_ word: [Character]) -> Verdict {
    for (row, cells) in rows.enumerated() {
      let kind = row < word.count ? kinds[word[row]] ?? "o" : "."
      switch cells[kind] {
      case "pass": return .pass
      case "over": return .overweight
      case "bad": return .badFormat
      default: continue
      }
    }
    return .badFormat
  }
}

/// The rule of unpaid programs: assets, then origin changes, five together at most, then `UnpaidExecution`.
///
/// The market, bob and the market's grandchild are served, and the market may act as bob: so these are the words of
/// origin changes that end at a served origin.
private enum UnpaidTable {
  static let served: Set<String> = ["", "a", "dd"]

  static func verdict(_ word: [Character]) -> Verdict {
    let assets = word.prefix(5).prefix { "WRT023h".contains($0) }
    let changes = word.prefix(5).dropFirst(assets.count).prefix { "cad".contains($0) }
    // Acting as bob is open to the market alone, and a cleared origin ends everything.
    if changes.contains("c") || changes.dropFirst().contains("a") { return .unsupported }
    guard let deciding = word.dropFirst(assets.count + changes.count).first else { return .badFormat }
    guard "UV".contains(deciding) else { return .overweight }
    return served.contains(String(changes)) ? .pass : .unsupported
  }
}

@Suite("Barrier tables") struct BarrierTableTests {
  static let paidLetters: [Character] = ["W", "T", "3", "c", "a", "d", "e", "h", "B", "j", "L", "P", "x"]
  static let unpaidLetters: [Character] = ["R", "W", "A", "h", "c", "a", "d", "e", "U", "v", "V", "P", "x"]
  /// Stands for whole kinds, so that repetitions stay few enough to try them all.
  static let kinds: [Character] = ["W", "c", "d", "a", "e", "B", "k", "U", "x"]
  static let everything = Letter.all.keys.sorted()

  private static func judge(
    _ barrier: some XcmBarrier, _ word: [Character], in state: ExecutionContext
  ) -> (verdict: Verdict, program: [Instruction]) {
    var slice = Letter.program(word)[...]
    var properties = BarrierProperties()
    do throws(BarrierRefusal) {
      try barrier.admit(&slice, from: World.market, maxWeight: weight, properties: &properties, in: state)
      return (.pass, Array(slice))
    } catch { return (Verdict(error), []) }
  }

  /// Tries words against the paid table, and that a program that passes differs in nothing but its limit.
  private static func tryPaid(_ words: [[Character]]) -> [String] {
    let state = ExecutionContext.fresh()
    let barrier = AllowTopLevelPaidExecution(from: .everything)
    return words.compactMap { word in
      let expected = PaidTable.verdict(word)
      let result = judge(barrier, word, in: state)
      guard result.verdict == expected else { return "\(String(word)): \(result.verdict), table: \(expected)" }
      guard expected == .pass else { return nil }
      var tightened = Letter.program(word)
      // A payment behind the first is not the barrier's concern.
      if let index = word.firstIndex(where: { "BLMP".contains($0) }), word[index] != "P" {
        tightened[index] = .buyExecution(fees: fee, weightLimit: .limited(weight))
      }
      return result.program == tightened ? nil : "\(String(word)): the program was changed otherwise"
    }
  }

  private static func tryUnpaid(_ words: [[Character]]) -> [String] {
    let state = ExecutionContext.fresh()
    let barrier = AllowExplicitUnpaidExecution(
      from: .only(World.market, World.bob, grandchild),
      aliases: AliasFilter { origin, target, _ in origin == World.market && target == World.bob })
    return words.compactMap { word in
      let expected = UnpaidTable.verdict(word)
      let result = judge(barrier, word, in: state)
      guard result.verdict == expected else { return "\(String(word)): \(result.verdict), table: \(expected)" }
      guard expected == .pass else { return nil }
      return result.program == Letter.program(word) ? nil : "\(String(word)): the program was changed"
    }
  }

  @Test("paid programs: all permutations of five of thirteen instructions", arguments: paidLetters)
  func paidPermutations(_ first: Character) {
    let words = Letter.words(Self.paidLetters, length: 5, first: first, distinct: true)
    #expect(words.count == 12 * 11 * 10 * 9)
    #expect(Self.tryPaid(words) == [])
  }

  @Test("unpaid programs: all permutations of five of thirteen instructions", arguments: unpaidLetters)
  func unpaidPermutations(_ first: Character) {
    let words = Letter.words(Self.unpaidLetters, length: 5, first: first, distinct: true)
    #expect(words.count == 12 * 11 * 10 * 9)
    #expect(Self.tryUnpaid(words) == [])
  }

  @Test("every word of five letters of nine kinds, repetitions included", arguments: kinds)
  func repetitions(_ first: Character) {
    let words = Letter.words(Self.kinds, length: 5, first: first, distinct: false)
    #expect(words.count == 9 * 9 * 9 * 9)
    #expect(Self.tryPaid(words) == [] && Self.tryUnpaid(words) == [])
  }

  @Test("every word of up to three letters of the whole alphabet", arguments: everything)
  func short(_ first: Character) {
    for length in 1...3 {
      let words = Letter.words(Self.everything, length: length, first: first, distinct: false)
      #expect(Self.tryPaid(words) == [] && Self.tryUnpaid(words) == [])
    }
  }

  @Test(
    "what stands behind the sixth place decides nothing",
    arguments: ["WcadhB", "WccccP", "RTWhaU", "RTWhaxU", "dddddU"])
  func behindTheWindow(_ text: String) {
    let word = Array(text)
    for tail in [[], ["x"], ["B"], ["U", "x"]] as [[Character]] {
      #expect(Self.tryPaid([word + tail]) == [] && Self.tryUnpaid([word + tail]) == [])
    }
    #expect(Self.tryPaid([[]]) == [] && Self.tryUnpaid([[]]) == [])
  }
}
