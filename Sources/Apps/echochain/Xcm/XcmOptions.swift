public import ArgumentParser
import Foundation
import Primitives
import RPC
import ScaleCodec
import XCM
public import XcmTools

// Public, because the type is: a conformance is as visible as what conforms.
extension XcmKind: ExpressibleByArgument {}

/// What the bytes are, and in which version they are wanted.
struct XcmFormOptions: ParsableArguments {
  @Option(help: "What the bytes are.") var type = XcmKind.program
  @Option(name: .customLong("convert-to"), help: "Version of XCM to convert to: 3, 4 or 5.") var version: UInt32?

  func validate() throws {
    if let version, !XcmVersion.supported.contains(version) { throw ValidationError("--convert-to is not 3, 4 or 5") }
  }

  /// The document in the version that is wanted.
  /// - Throws: A ``Complaint`` of usage when that version cannot say it.
  func converted(_ document: XcmDocument) throws(Complaint) -> XcmDocument {
    guard let version else { return document }
    do throws(XcmConversionError) { return try document.into(version: version) } catch {
      throw .usage(
        "version \(document.version) does not convert to \(version): \(String("\(error)".dropFirst("xcm: ".count)))")
    }
  }
}

/// Where XCM comes from: an argument, a file, or standard input.
enum XcmSource {
  /// Reads bytes: hexadecimal digits, the name of a file that holds such digits or the bytes themselves, or `-`.
  ///
  /// `0x` makes it digits; without it a file of that name comes first.
  /// - Throws: A ``Complaint`` of usage that says what is wrong and where.
  static func bytes(_ argument: String) throws -> [UInt8] {
    if argument.hasPrefix("0x") || argument.hasPrefix("0X") {
      return try named("the argument") { () throws(XcmTextError) in try XcmInput.bytes(ofHex: Array(argument.utf8)) }
    }
    if argument == "-" || FileManager.default.fileExists(atPath: argument) {
      let content = try content(argument)
      return try named(argument == "-" ? "standard input" : argument) { () throws(XcmTextError) in
        try XcmInput.bytes(ofFile: content)
      }
    }
    return try named("'\(Spoken.short(argument))' is neither a file nor bytes") { () throws(XcmTextError) in
      try XcmInput.bytes(ofHex: Array(argument.utf8))
    }
  }

  /// Reads JSON: the text itself when it begins as a value does, the name of a file, or `-`.
  /// - Throws: A ``Complaint`` of usage.
  static func json(_ argument: String) throws -> JSON {
    let isText = ["{", "[", "\""].contains(argument.first.map(String.init) ?? "")
    let content = isText ? Array(argument.utf8) : try content(argument)
    let name = isText ? "the argument" : argument == "-" ? "standard input" : argument
    return try named(name) { () throws(XcmTextError) in try XcmJSON.parse(content) }
  }

  /// A document that a person wrote: complaints name it.
  static func document<T>(_ what: String, _ body: () throws(XcmTextError) -> T) throws(Complaint) -> T {
    do throws(XcmTextError) { return try body() } catch { throw .usage("this is no \(what): \(error)") }
  }

  private static func named<T>(_ name: String, _ body: () throws(XcmTextError) -> T) throws(Complaint) -> T {
    do throws(XcmTextError) { return try body() } catch { throw .usage("\(name): \(error)") }
  }

  /// At most one byte more than is taken, so that what is too long is noticed.
  static func content(_ path: String) throws(Complaint) -> [UInt8] {
    let most = XcmInput.limit + 1
    do {
      if path == "-" { return Array(try FileHandle.standardInput.read(upToCount: most) ?? Data()) }
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? handle.close() }
      return Array(try handle.read(upToCount: most) ?? Data())
    } catch {
      throw .usage(FileManager.default.fileExists(atPath: path) ? "\(path) cannot be read" : "there is no file \(path)")
    }
  }
}
