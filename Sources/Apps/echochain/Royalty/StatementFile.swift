import Commerce
import Foundation
import Primitives
import RPC
import ScaleCodec

/// Statements as files: the SCALE bytes in a small JSON envelope, or the bytes alone
/// (Docs/formats/royalty-statement.md).
enum StatementFile {
  /// Names the envelope.
  static let format = "echochain-royalty-statement"

  /// Members that an envelope may have.
  private static let members: Set<String> = ["format", "version", "statement", "summary"]

  /// Puts a statement into its envelope. The summary is for people; what counts is the statement.
  private static func envelope(_ statement: Statement, summary: JSON) -> JSON {
    [
      "format": .string(format), "version": JSON(Statement.version), "statement": .hex(statement.encoded()),
      "summary": summary,
    ]
  }

  /// The bytes of a file.
  /// - Parameter isBinary: Whether the statement stands alone.
  /// - Throws: A ``Complaint`` when nobody would read a file of that size.
  static func data(_ statement: Statement, summary: JSON, isBinary: Bool) throws(Complaint) -> Data {
    let data =
      isBinary ? Data(statement.encoded()) : Data((PrettyJSON.text(envelope(statement, summary: summary)) + "\n").utf8)
    guard data.count <= Statement.maximumFile else {
      let advice = isBinary ? "" : "; write it without the envelope, with --binary"
      throw .configuration(
        "the statement takes \(Spoken.bytes(data.count)) and a file of one has at most \(Spoken.bytes(Statement.maximumFile))\(advice)")
    }
    return data
  }

  /// Reads a statement from an envelope or from its bytes.
  /// - Throws: A ``Complaint`` that the proof is invalid.
  static func read(_ data: Data) throws(Complaint) -> Statement {
    let bytes = [UInt8](data)
    let encoded = bytes.starts(with: Statement.magic) ? bytes : try unwrap(bytes)
    do throws(ScaleError) { return try Statement(decoding: encoded) } catch {
      throw .proofInvalid("the statement does not decode: \(error)")
    }
  }

  private static func unwrap(_ bytes: [UInt8]) throws(Complaint) -> [UInt8] {
    let value: JSON
    do throws(JSONError) { value = try JSON(parsing: bytes) } catch {
      throw .proofInvalid("the file is neither a statement nor a statement's envelope in JSON: \(error)")
    }
    guard value["format"]?.asString == format else { throw .proofInvalid("the file is no statement: its format is not '\(format)'") }
    guard value["version"]?.asUInt64 == UInt64(Statement.version) else {
      throw .proofInvalid("the statement is of another version than \(Statement.version)")
    }
    if let other = value.asObject?.keys.sorted().first(where: { !members.contains($0) }) {
      throw .proofInvalid("the statement's envelope has a member '\(other)' that its version does not know")
    }
    guard let statement = value["statement"]?.asBytes else {
      throw .proofInvalid("the envelope has no statement in hexadecimal")
    }
    return statement
  }
}
