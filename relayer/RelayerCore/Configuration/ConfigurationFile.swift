internal import Foundation
internal import Keys
internal import Logging
internal import Primitives
internal import TOMLKit

extension RelayerConfiguration {
  /// Reads a configuration file. Paths in it are relative to its folder.
  public static func load(_ path: String) throws(ConfigurationError) -> RelayerConfiguration {
    let url = URL(fileURLWithPath: path)
    return try RelayerConfiguration(
      toml: try text(of: url, limit: 1 << 20), folder: url.deletingLastPathComponent().path)
  }

  /// Parses a configuration.
  /// - Parameters:
  ///   - folder: Where relative names of key files start.
  ///   - password: Opens key files that name no `password_file`; `nil` for the environment's `ECHOCHAIN_KEY_PASSWORD`.
  public init(toml text: String, folder: String = ".", password: String? = nil) throws(ConfigurationError) {
    let password = password ?? ProcessInfo.processInfo.environment["ECHOCHAIN_KEY_PASSWORD"]
    let top: Section
    do { top = Section(table: try TOMLTable(string: text), path: "") } catch let error as TOMLParseError {
      throw .syntax(reason: error.description, line: error.source.begin.line)
    } catch { throw .syntax(reason: "\(error)", line: 0) }
    try top.allow([
      "log_level", "development", "poll_interval_ms", "metrics_host", "metrics_port", "stall_after_s",
      "submission_timeout_s", "limits", "chains", "paths",
    ])
    let keys = KeySource(isDevelopment: try top.bool("development") ?? false, folder: folder, password: password)

    var chains: [Chain] = []
    for section in try top.sections("chains") {
      let chain = try Chain(section, keys)
      guard !chains.contains(where: { $0.name == chain.name }) else {
        throw .duplicate(key: section.name("name"), value: chain.name)
      }
      chains.append(chain)
    }
    guard !chains.isEmpty else { throw .missingKey("chains") }
    var paths: [Path] = []
    for section in try top.sections("paths") {
      try section.allow(["a", "b"])
      let path = Path(a: try section.required("a"), b: try section.required("b"))
      for (key, name) in [("a", path.a), ("b", path.b)] where !chains.contains(where: { $0.name == name }) {
        throw .unknownChain(key: section.name(key), name: name)
      }
      guard path.a != path.b else { throw .invalidValue(key: section.name("b"), reason: "both ends are \(path.a)") }
      guard !paths.contains(where: { Set([$0.a, $0.b]) == Set([path.a, path.b]) }) else {
        throw .duplicate(key: section.name("a"), value: "\(path)")
      }
      paths.append(path)
    }
    guard !paths.isEmpty else { throw .missingKey("paths") }
    self.init(chains: chains, paths: paths)

    if let level = try top.text("log_level") {
      guard let level = Logger.Level(rawValue: level) else {
        throw .invalidValue(key: "log_level", reason: "takes trace, debug, info, notice, warning, error or critical")
      }
      logLevel = level
    }
    if let milliseconds = try top.number("poll_interval_ms", in: 50...3_600_000) {
      pollInterval = .milliseconds(milliseconds)
    }
    if let seconds = try top.number("stall_after_s", in: 1...86_400) { stallAfter = .seconds(seconds) }
    if let seconds = try top.number("submission_timeout_s", in: 1...3600) { submissionTimeout = .seconds(seconds) }
    if let port = try top.number("metrics_port", in: 0...65_535) {
      metrics = (try top.text("metrics_host") ?? "127.0.0.1", port)
    } else if try top.text("metrics_host") != nil {
      throw .missingKey("metrics_port")
    }
    if let section = try top.section("limits") { limits = try BatchLimits(section) }
  }

  fileprivate static func text(of url: URL, limit: Int) throws(ConfigurationError) -> String {
    let data: Data
    do { data = try Data(contentsOf: url) } catch {
      throw .unreadable(path: url.path, reason: error.localizedDescription)
    }
    guard data.count <= limit else { throw .unreadable(path: url.path, reason: "it is larger than \(limit) bytes") }
    guard let text = String(data: data, encoding: .utf8) else {
      throw .unreadable(path: url.path, reason: "it is not UTF-8")
    }
    return text
  }
}

/// How keys of chains are found.
private struct KeySource {
  var isDevelopment: Bool
  var folder: String
  var password: String?

  /// The key that a chain's section names.
  func key(_ section: Section) throws(ConfigurationError) -> SecretKey {
    switch (try section.text("key"), try section.text("key_file")) {
    case (let uri?, nil): return try developmentKey(uri, section.name("key"))
    case (nil, let path?): return try fileKey(path, section)
    case (_?, _?): throw .invalidValue(key: section.name("key"), reason: "key and key_file exclude each other")
    case (nil, nil): throw .missingKey(section.name("key_file"))
    }
  }

  private func developmentKey(_ uri: String, _ key: String) throws(ConfigurationError) -> SecretKey {
    let parsed: SecretURI
    do { parsed = try SecretURI(uri) } catch { throw .invalidValue(key: key, reason: "\(error)") }
    guard parsed.isDevelopment else { throw .invalidValue(key: key, reason: "holds a secret; keep it in a key_file") }
    guard isDevelopment else { throw .developmentKey(key: key) }
    do { return try parsed.secretKey() } catch { throw .invalidValue(key: key, reason: "\(error)") }
  }

  private func fileKey(_ path: String, _ section: Section) throws(ConfigurationError) -> SecretKey {
    let file: KeyFile
    let url = url(path)
    let text = try RelayerConfiguration.text(of: url, limit: KeyFile.textLimit)
    do { file = try KeyFile(text: text) } catch {
      throw .invalidValue(key: section.name("key_file"), reason: "\(error)")
    }
    var secret = password
    if let path = try section.text("password_file") {
      secret = try RelayerConfiguration.text(of: self.url(path), limit: KeyFile.passwordLimit + 2)
      while let last = secret?.last, last.isNewline { secret?.removeLast() }
    }
    guard let secret else { throw .missingKey(section.name("password_file")) }
    do { return try file.open(password: Array(secret.utf8)) } catch {
      throw .invalidValue(key: section.name("key_file"), reason: "\(error)")
    }
  }

  private func url(_ path: String) -> URL {
    path.hasPrefix("/") ? URL(fileURLWithPath: path) : URL(fileURLWithPath: folder).appendingPathComponent(path)
  }
}

extension RelayerConfiguration.Chain {
  fileprivate init(_ section: Section, _ keys: KeySource) throws(ConfigurationError) {
    try section.allow(["name", "url", "key", "key_file", "password_file", "payout"])
    let name = try section.required("name")
    guard !name.isEmpty, name.utf8.count <= 64,
      name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
    else {
      throw .invalidValue(
        key: section.name("name"), reason: "takes 1 to 64 printable characters without blanks and quotes")
    }
    let url = try section.required("url")
    guard url.hasPrefix("ws://") || url.hasPrefix("http://") else {
      throw .invalidValue(key: section.name("url"), reason: "takes ws://host:port")
    }
    var payout: AccountID?
    if let text = try section.text("payout") {
      payout = AccountID(hex: text) ?? (try? SS58.decode(text)).flatMap { AccountID($0.bytes) }
      guard payout != nil else {
        throw .invalidValue(
          key: section.name("payout"), reason: "is neither an SS58 address nor 32 bytes in hexadecimal")
      }
    }
    self.init(name: name, url: url, key: try keys.key(section), payout: payout)
  }
}

extension BatchLimits {
  fileprivate init(_ section: Section) throws(ConfigurationError) {
    self.init()
    try section.allow([
      "messages_per_batch", "bytes_per_batch", "batches_per_round", "timeouts_per_round", "timeout_margin_ms",
      "timeout_margin_blocks",
    ])
    messages = try section.number("messages_per_batch", in: 1...256) ?? messages
    bytes = try section.number("bytes_per_batch", in: 1024...1_000_000) ?? bytes
    batches = try section.number("batches_per_round", in: 1...64) ?? batches
    timeouts = try section.number("timeouts_per_round", in: 1...256) ?? timeouts
    if let margin = try section.number("timeout_margin_ms", in: 0...3_600_000) { timeoutMargin = Milliseconds(margin) }
    if let margin = try section.number("timeout_margin_blocks", in: 0...10_000) {
      timeoutMarginBlocks = BlockNumber(margin)
    }
  }
}

/// A table of the file, with its place for error messages.
private struct Section {
  let table: TOMLTable
  let path: String

  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func allow(_ keys: Set<String>) throws(ConfigurationError) {
    for key in table.keys.sorted() where !keys.contains(key) { throw .unknownKey(name(key)) }
  }

  func text(_ key: String) throws(ConfigurationError) -> String? {
    guard let value = table[key] else { return nil }
    guard let text = value.string else { throw .wrongType(key: name(key), expected: "a text") }
    return text
  }

  func required(_ key: String) throws(ConfigurationError) -> String {
    guard let text = try text(key) else { throw .missingKey(name(key)) }
    return text
  }

  func bool(_ key: String) throws(ConfigurationError) -> Bool? {
    guard let value = table[key] else { return nil }
    guard let bool = value.bool else { throw .wrongType(key: name(key), expected: "true or false") }
    return bool
  }

  func number(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
    guard let value = table[key] else { return nil }
    guard let number = value.int else { throw .wrongType(key: name(key), expected: "a whole number") }
    guard range.contains(number) else {
      throw .invalidValue(key: name(key), reason: "takes \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func section(_ key: String) throws(ConfigurationError) -> Section? {
    guard let value = table[key] else { return nil }
    guard let table = value.table else { throw .wrongType(key: name(key), expected: "a table") }
    return Section(table: table, path: name(key))
  }

  func sections(_ key: String) throws(ConfigurationError) -> [Section] {
    guard let value = table[key] else { return [] }
    guard let array = value.array else { throw .wrongType(key: name(key), expected: "a list of tables, [[\(key)]]") }
    var sections: [Section] = []
    for index in 0..<array.count {
      guard let table = array[index].table else { throw .wrongType(key: "\(name(key))[\(index)]", expected: "a table") }
      sections.append(Section(table: table, path: "\(name(key))[\(index)]"))
    }
    return sections
  }
}
