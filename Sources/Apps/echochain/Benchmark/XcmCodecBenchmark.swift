import EchoRuntime
import Hashing
import PalletSupport
import PalletSystem
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// What one kind of work takes for the whole set of programs.
struct CodecRow: Sendable {
  var name: String
  /// For one program, on average over the set.
  var nanoseconds: Double
  /// Bytes of SCALE per second, in millions; `nil` for work that reads none.
  var megabytesPerSecond: Double?
  /// Time relative to hashing the same bytes.
  var ratio: Double

  var programsPerSecond: Double { 1e9 / max(nanoseconds, 0.001) }

  var json: JSON {
    [
      "name": .string(name), "nanosecondsPerProgram": .double(nanoseconds.rounded()),
      "programsPerSecond": .double(programsPerSecond.rounded()),
      "megabytesPerSecond": megabytesPerSecond.map { .double(($0 * 10).rounded() / 10) } ?? .null,
      "timesHash": .double((ratio * 1000).rounded() / 1000),
    ]
  }
}

/// Reading, writing and weighing a fixed set of programs, next to hashing their bytes.
struct XcmCodecBenchmark {
  let programs: [Xcm]
  private let encoded: [[UInt8]]
  private let version3: [[UInt8]]
  private let state: ExecutionContext

  /// Bytes of all programs.
  var size: Int { encoded.reduce(0) { $0 + $1.count } }

  init() throws {
    programs = Self.corpus
    encoded = programs.map { VersionedXcm.v5($0).encoded() }
    version3 = programs.compactMap { try? VersionedXcm.v5($0).into(version: 3).encoded() }
    state = try ExecutorBenchmark.state()
  }

  func run(_ stopwatch: Stopwatch) -> [CodecRow] {
    let weigher = XcmSettings.weigher
    let results = stopwatch.measureTogether([
      { for bytes in encoded { keep(Hash.blake2b256(bytes)) } },
      { for bytes in encoded { keep(try? VersionedXcm(decoding: bytes)) } },
      { for bytes in version3 { keep(try? VersionedXcm(decoding: bytes).latest()) } },
      { for program in programs { keep(VersionedXcm.v5(program).encoded()) } },
      { for program in programs { keep(try? weigher.weight(of: program, in: state)) } },
      { for bytes in encoded { keep(try? XcmDocument(decoding: bytes, as: .program).json()) } },
    ])
    let bytes3 = version3.reduce(0) { $0 + $1.count }
    let sizes: [Int?] = [size, size, bytes3, size, nil, size]
    let counts = [programs.count, programs.count, version3.count, programs.count, programs.count, programs.count]
    let names = ["hash, blake2b-256", "decode", "decode version 3 into 5", "encode", "weigh", "decode into JSON"]
    // Of hashing the same number of bytes.
    let hash = results[0].median / Double(max(size, 1))
    return names.indices.map { index in
      let time = results[index].median
      let count = Double(max(counts[index], 1))
      return CodecRow(
        name: names[index], nanoseconds: time / count,
        megabytesPerSecond: sizes[index].map { Double($0) * 1000 / max(time, 1) },
        ratio: time / max(hash * Double(sizes[index] ?? size), 1))
    }
  }

  // MARK: Programs

  /// What chains send one another, and two programs at the limits.
  private static let corpus: [Xcm] = {
    let account = Location.account(AccountID([UInt8](repeating: 7, count: 32)) ?? .zero)
    let fee = Asset(.parent, amount: 500_000_000_000)
    let topic = Instruction.setTopic(Hash.blake2b256([1]))
    let arrival: Xcm = [
      .reserveAssetDeposited(Assets(Asset(.parent, amount: 1_000_000_000_000))), .clearOrigin,
      .buyExecution(fees: fee, weightLimit: .unlimited),
      .depositAsset(assets: .wild(.allCounted(1)), beneficiary: account), topic,
    ]
    let hop: Xcm = [
      .withdrawAsset(Assets(Asset(.here, amount: 2_000_000_000_000))),
      .payFees(asset: Asset(.here, amount: 100_000_000_000)),
      .setHints(hints: BoundedVector([.assetClaimer(location: account)]) ?? BoundedVector()),
      .initiateTransfer(
        destination: .sibling(2000),
        remoteFees: .reserveDeposit(.definite(Assets(Asset(.here, amount: 50_000_000_000)))),
        preserveOrigin: false, assets: BoundedVector([.reserveDeposit(.wild(.all))]) ?? BoundedVector(),
        remoteXcm: [.depositAsset(assets: .wild(.all), beneficiary: account)]), topic,
    ]
    let call: Xcm = [
      .withdrawAsset(Assets(fee)), .buyExecution(fees: fee, weightLimit: .unlimited),
      .setAppendix([.refundSurplus, .depositAsset(assets: .wild(.all), beneficiary: account)]),
      .transact(
        originKind: .sovereignAccount, fallbackMaxWeight: nil,
        call: DoubleEncoded(encoded: RuntimeCall.system(.remark(remark: [UInt8](repeating: 5, count: 40))).encoded())),
      .expectTransactStatus(.success), topic,
    ]
    let answer: Xcm = [
      .unpaidExecution(weightLimit: .unlimited, checkOrigin: .parent),
      .queryResponse(
        queryId: 7, response: .executionResult(Pair(3, .tooExpensive)),
        maxWeight: Weight(refTime: 1_000_000_000, proofSize: 65_536),
        querier: .here), topic,
    ]
    let many = (1...20).map { Asset(.sibling(2000 + UInt32($0)), amount: Balance($0) << 70) }
    let assets: Xcm = [
      .reserveAssetDeposited((try? Assets(many)) ?? Assets()), .depositAsset(assets: .wild(.all), beneficiary: account),
    ]
    let deep = (0..<7).reduce(arrival) { inner, _ in [.clearError, .setAppendix(inner), topic] }
    let long = Xcm(
      (0..<Xcm.maximumInstructions).map { $0.isMultiple(of: 2) ? .clearOrigin : .expectAsset(Assets(fee)) })
    return [arrival, hop, call, answer, assets, deep, long]
  }()
}
