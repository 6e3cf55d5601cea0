/// Counts what becomes of the cases of a set.
struct Tally {
  var result: SetResult
  /// The file at hand, as failures name it.
  var file = ""
  private var noted: Set<String> = []

  init(set name: String) { result = SetResult(name: name) }

  /// Cases that were checked so far.
  var checked: Int { result.passed + result.failed }

  /// Checks one case. Whatever the body throws is the reason of a failure.
  mutating func check(_ id: @autoclosure () -> String, _ body: () throws -> Void) {
    do {
      try body()
      result.passed += 1
    } catch {
      fail(id(), "\(error)")
    }
  }

  /// Notes a failure.
  mutating func fail(_ id: String, _ reason: String) {
    result.failed += 1
    if result.failures.count < ConformanceRunner.maximumFailures {
      result.failures.append(CaseFailure(file: file, id: id, reason: reason))
    }
  }

  /// Notes a case of a kind that is not checked.
  mutating func skip() {
    result.unknown += 1
    noted.insert(file)
  }

  /// Notes a file of which nothing is checked.
  mutating func markUnknown(file: String) {
    if !noted.contains(file) { result.unknown += 1 }
    noted.insert(file)
    result.unknownFiles.append(file)
  }
}

/// Checks the cases of one file.
typealias Checker = @Sendable (VectorFile, inout Tally) -> Void

/// Which sets are checked, and by what.
enum Checkers {
  static let all: [String: Checker] = [
    "scale": ScaleChecks.check,
    "hash-blake2b-kat": HashChecks.check,
    "hash-keccak-kat": HashChecks.check,
    "hash-substrate": HashChecks.check,
    "hash-xxh64": HashChecks.check,
    "secp256k1": KeyChecks.check,
    "keys": KeyChecks.check,
    "signing": SignatureChecks.checkWords,
    "ss58": AddressChecks.check,
    "trie-roots": TrieChecks.check,
    "storage-proofs": StorageProofChecks.check,
    "compact-proof": CompactProofChecks.check,
    "genesis-state": GenesisChecks.check,
    "blocks": BlockChecks.check,
    "mmr": MountainChecks.check,
    "beefy": BeefyChecks.check,
    "echo-layouts": LayoutChecks.check,
    "clients": ClientChecks.check,
    "files-and-keys": FileChecks.check,
    "xcm": XcmChecks.check,
    "metadata": MetadataChecks.check,
  ]
}

extension VectorFile {
  /// A name for a case: its own, else its number.
  func id(_ json: JSON, _ number: Int) -> String {
    for name in ["name", "tcId", "tc_id", "id"] {
      switch json[name] {
      case .string(let text): return text
      case .number(let text): return "\(name) \(text)"
      default: continue
      }
    }
    return "case \(number)"
  }

  /// Checks every case; `body` says `false` for one of a kind that it does not know.
  func each(_ tally: inout Tally, _ body: (JSON) throws -> Bool) {
    for (number, json) in cases.enumerated() {
      var isKnown = true
      do { isKnown = try body(json) } catch {
        tally.fail(id(json, number), "\(error)")
        continue
      }
      if isKnown { tally.result.passed += 1 } else { tally.skip() }
    }
  }
}
