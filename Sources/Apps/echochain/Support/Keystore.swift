import Foundation
import Keys
import Primitives

/// A folder of encrypted keys: one file a key, named after it (Docs/formats/keystore.md).
struct Keystore: Sendable {
  /// Ends every key file's name.
  static let suffix = ".key"
  /// The longest name of a key.
  static let nameLimit = 64

  let folder: URL

  /// - Parameter path: The folder; `nil` for `~/.echochain/keys`.
  init(path: String?) {
    if let path {
      folder = URL(filePath: NSString(string: path).expandingTildeInPath, directoryHint: .isDirectory)
    } else {
      folder = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".echochain/keys", directoryHint: .isDirectory)
    }
  }

  /// Keys by name, sorted. Files that are no key files are passed over.
  func list() throws -> [(name: String, file: KeyFile)] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return files.filter { $0.lastPathComponent.hasSuffix(Keystore.suffix) }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .compactMap { url in
        guard let text = try? String(contentsOf: url, encoding: .utf8), let file = try? KeyFile(text: text) else { return nil }
        return (String(url.lastPathComponent.dropLast(Keystore.suffix.count)), file)
      }
  }

  /// A key by its name, or by its address or account.
  /// - Returns: `nil` when there is none.
  /// - Throws: ``KeyFileError`` when the file of that name is no key file.
  func find(_ name: String) throws -> KeyFile? {
    if Keystore.isName(name), FileManager.default.fileExists(atPath: url(name).path) {
      return try KeyFile(text: try String(contentsOf: url(name), encoding: .utf8))
    }
    let account = AccountID(hex: name) ?? (try? AccountID(ss58: name))
    guard let account else { return nil }
    return try list().first { $0.file.publicKey.accountID == account }?.file
  }

  /// Writes a new key, readable by its owner only. Never replaces one.
  /// - Returns: The file.
  func add(_ file: KeyFile, name: String) throws -> URL {
    guard Keystore.isName(name) else {
      throw Complaint.usage("'\(name)' is no name for a key: use 1 to \(Keystore.nameLimit) letters, digits, '-', '_' and '.'")
    }
    let target = url(name)
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw Complaint.configuration("\(target.path) exists already; choose another --name")
    }
    try PrivateFile.create(Data(file.text.utf8), at: target.path)
    return target
  }

  private func url(_ name: String) -> URL { folder.appending(path: name + Keystore.suffix) }

  private static func isName(_ text: String) -> Bool {
    (1...nameLimit).contains(text.utf8.count) && text.first != "."
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
        default: false
        }
      }
  }
}

/// Secrets come from a file, the environment or a prompt, never from the command line.
enum Secrets {
  /// A password for an existing key.
  /// - Parameter file: `--password-file`; else `ECHOCHAIN_PASSWORD`, else a prompt on the terminal.
  static func password(file: String?, prompt: String) throws -> [UInt8] {
    if let given = try given(file: file, variable: "ECHOCHAIN_PASSWORD") { return given }
    return Array(try ask(prompt, or: "give --password-file or set ECHOCHAIN_PASSWORD").utf8)
  }

  /// A password for a new key; typed twice at a prompt.
  static func newPassword(file: String?) throws -> [UInt8] {
    if let given = try given(file: file, variable: "ECHOCHAIN_PASSWORD") { return given }
    let hint = "give --password-file or set ECHOCHAIN_PASSWORD"
    let first = try ask("New password: ", or: hint)
    guard try ask("Again: ", or: hint) == first else { throw Complaint.usage("the two passwords differ") }
    return Array(first.utf8)
  }

  /// A phrase, seed or secret URI to import.
  static func secret(file: String?) throws -> String {
    if let given = try given(file: file, variable: "ECHOCHAIN_SECRET") { return String(decoding: given, as: UTF8.self) }
    return try ask("Phrase, 0x seed or secret URI: ", or: "give --secret-file or set ECHOCHAIN_SECRET")
  }

  /// Bytes from the system's secure source.
  static func random(_ count: Int) -> [UInt8] {
    var source = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &source) }
  }

  private static func given(file: String?, variable: String) throws -> [UInt8]? {
    if let file {
      let bytes = [UInt8](try Files.read(file, limit: 8192))
      // Editors end files with a line feed that nobody means.
      return bytes.last == 0x0a ? Array(bytes.dropLast(bytes.dropLast().last == 0x0d ? 2 : 1)) : bytes
    }
    return ProcessInfo.processInfo.environment[variable].map { Array($0.utf8) }
  }

  /// Reads a line from the terminal without showing it.
  private static func ask(_ prompt: String, or hint: String) throws -> String {
    guard isatty(STDIN_FILENO) == 1 else { throw Complaint.configuration("a secret is needed and there is no terminal to ask on: \(hint)") }
    StandardStream.write(prompt, to: .standardError)
    var shown = termios()
    tcgetattr(STDIN_FILENO, &shown)
    var hidden = shown
    hidden.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
      StandardStream.write("\n", to: .standardError)
    }
    guard let line = readLine(strippingNewline: true) else { throw Complaint.configuration("nothing was typed") }
    return line
  }
}

/// Reading and writing of whole files, with errors that name them.
enum Files {
  /// The file's bytes; `-` reads standard input.
  /// - Parameter limit: The most bytes that are taken.
  static func read(_ path: String, limit: Int = 64 << 20) throws -> Data {
    guard path != "-" else { return try read(.standardInput, "standard input", limit: limit) }
    guard FileManager.default.fileExists(atPath: path) else { throw Complaint.configuration("there is no file \(path)") }
    guard let file = FileHandle(forReadingAtPath: path) else { throw Complaint.configuration("\(path) cannot be read") }
    defer { try? file.close() }
    return try read(file, path, limit: limit)
  }

  /// Reads to the end, and no further than one byte over the limit.
  private static func read(_ file: FileHandle, _ name: String, limit: Int) throws(Complaint) -> Data {
    var data = Data()
    do {
      while data.count <= limit, let part = try file.read(upToCount: min(limit + 1 - data.count, 1 << 20)), !part.isEmpty { data += part }
    } catch { throw .configuration("\(name) cannot be read: \(error.localizedDescription)") }
    guard data.count <= limit else { throw .configuration("\(name) has more than \(limit) bytes, which is the most that is taken") }
    return data
  }

  /// Writes a file; `-` writes to standard output.
  static func write(_ data: Data, to path: String) throws {
    if path == "-" {
      do { try FileHandle.standardOutput.write(contentsOf: data) } catch {
        guard !StandardStream.isClosed(error) else { return }
        throw Complaint.configuration("standard output cannot be written: \(error.localizedDescription)")
      }
      return
    }
    do { try data.write(to: URL(filePath: path), options: .atomic) } catch {
      throw Complaint.configuration("\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
