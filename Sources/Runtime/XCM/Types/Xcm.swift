public import ScaleCodec

/// A program of XCM version 5.
///
/// Decoding is bounded over the whole program with everything nested in it: at most ``maximumInstructions``
/// instructions and ``maximumDepth`` levels, of which the outermost program is the first.
public struct Xcm: Hashable, Sendable {
  /// Most instructions of a decoded program, nested programs included.
  public static let maximumInstructions = 100
  /// Most levels of programs within one another.
  public static let maximumDepth = 8

  /// In the order of execution.
  public var instructions: [Instruction]

  public init(_ instructions: [Instruction] = []) { self.instructions = instructions }

  /// Whether there is nothing to do.
  public var isEmpty: Bool { instructions.isEmpty }

  /// Instructions of this program and of all programs inside it.
  public var totalInstructions: Int {
    instructions.reduce(instructions.count) { $0 + ($1.nestedProgram?.totalInstructions ?? 0) }
  }

  /// Levels of programs, 1 for one without nested programs.
  public var depth: Int { 1 + instructions.reduce(0) { max($0, $1.nestedProgram?.depth ?? 0) } }

  /// This program without `SetHints`, in itself and in the programs inside it.
  ///
  /// Hints change no meaning, and versions before 5 have no word for them.
  public var withoutHints: Xcm {
    Xcm(
      instructions.compactMap { instruction in
        if case .setHints = instruction { return nil }
        return instruction.nestedProgram.map { instruction.withNestedProgram($0.withoutHints) } ?? instruction
      })
  }

  /// Whether a receiver decodes this program: it keeps both limits, and no asset in it is an amount of zero.
  public var isWithinDecodeLimits: Bool {
    totalInstructions <= Self.maximumInstructions && depth <= Self.maximumDepth && !hasZeroAmount
  }

  /// Whether an instruction here or deeper names a single asset by an amount of zero; lists cannot hold one.
  private var hasZeroAmount: Bool {
    instructions.contains { $0.singleAsset?.amount == 0 || $0.nestedProgram?.hasZeroAmount == true }
  }
}

extension Xcm: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Instruction...) { self.init(elements) }
}

extension Xcm: ScaleEncodable, ScaleDecodable, ScaleTyped {
  public var encodedSize: Int { instructions.encodedSize }
  public func encode(into writer: inout ScaleWriter) { instructions.encode(into: &writer) }

  public init(from reader: inout ScaleReader) throws(ScaleError) {
    var limits = DecodeLimits(start: reader.offset)
    let count = try reader.readLength()
    try limits.add(instructions: count)
    try reader.enter()
    var instructions: [Instruction] = []
    instructions.reserveCapacity(count)
    for _ in 0..<count {
      let at = reader.offset
      let instruction = try Instruction(from: &reader)
      if let nested = instruction.nestedProgram {
        try limits.add(instructions: nested.totalInstructions)
        try limits.check(nestedDepth: nested.depth, at: at)
      }
      instructions.append(instruction)
    }
    reader.leave()
    self.instructions = instructions
  }

  /// Counts what a program and the programs inside it hold while it is read.
  ///
  /// The count grows as nested programs end, so that no input makes the decoder hold much more than a program of the
  /// allowed size.
  struct DecodeLimits {
    private let start: Int
    private var total = 0

    init(start: Int) { self.start = start }

    mutating func add(instructions count: Int) throws(ScaleError) {
      total += count
      guard total <= maximumInstructions else {
        throw .lengthOverLimit(length: total, limit: maximumInstructions, offset: start)
      }
    }

    func check(nestedDepth depth: Int, at offset: Int) throws(ScaleError) {
      guard depth < maximumDepth else { throw .nestedTooDeep(limit: maximumDepth, offset: offset) }
    }
  }

  public static var typeShape: TypeShape {
    TypeShape(
      path: ["staging_xcm", "v5", "Xcm"],
      .composite([.init(name: nil, type: TypeReference([Instruction].self), typeName: "Vec<Instruction<Call>>")]))
  }
}
