internal import Hashing
internal import PalletSupport
internal import ScaleCodec

/// Entry points that clients call by name: `Name_method` (`state_call`). What is listed here is served, and metadata
/// version 15 is made from it.
struct RuntimeAPI: Sendable {
  let name: String
  let version: UInt32
  let docs: [String]
  let methods: [Method]

  init(_ name: String, version: UInt32, docs: [String], _ methods: [Method]) {
    self.name = name
    self.version = version
    self.docs = docs
    self.methods = methods
  }

  /// blake2b-64 of the name: a hash of that length, not a truncation of a longer one.
  var identifier: FixedBytes<8> { FixedBytes(Hash.blake2b(Array(name.utf8).span.bytes, length: 8)) ?? .zero }

  /// One entry point: its shape is that of the function behind it.
  struct Method: Sendable {
    let name: String
    let inputs: [(name: String, type: TypeReference)]
    let output: TypeReference
    let docs: [String]
    private let run: @Sendable ([UInt8], ExecutionContext) throws -> [UInt8]

    /// - Parameters:
    ///   - inputs: The arguments' names.
    ///   - missing: The encoding of the last argument when it is left out, as older versions of an API do.
    ///   - body: Works on the state of a block and may change its copy.
    init<each Input: ScaleCodable, Output: ScaleCodable>(
      _ name: String, _ inputs: String..., missing: [UInt8]? = nil, docs: [String] = [],
      _ body: @escaping @Sendable (ExecutionContext, repeat each Input) throws -> Output
    ) {
      self.name = name
      self.docs = docs
      output = TypeReference(Output.self)
      var types: [TypeReference] = []
      for type in repeat (each Input).self { types.append(TypeReference(type)) }
      precondition(types.count == inputs.count, "runtime API: \(name) has \(types.count) arguments and \(inputs.count) names")
      self.inputs = Array(zip(inputs, types)).map { (name: $0.0, type: $0.1) }
      let count = types.count
      run = { data, context in
        var reader = ScaleReader(data.span.bytes)
        var place = 0
        let arguments = try (repeat argument((each Input).self, &reader, &place, of: count, missing: missing))
        try reader.finish()
        return try body(context, repeat each arguments).encoded()
      }
    }

    /// Runs on SCALE arguments.
    /// - Throws: ``ScaleError`` for arguments that do not decode or with bytes behind them, and what the function throws.
    func call(_ data: [UInt8], in context: ExecutionContext) throws -> [UInt8] { try run(data, context) }
  }
}

private func argument<T: ScaleDecodable>(
  _ type: T.Type, _ reader: inout ScaleReader, _ place: inout Int, of count: Int, missing: [UInt8]?
) throws(ScaleError) -> T {
  place += 1
  if place == count, reader.remaining == 0, let missing { return try T(decoding: missing) }
  return try T(from: &reader)
}
