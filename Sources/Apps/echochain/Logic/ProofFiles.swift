import Foundation
import Primitives
import Proofs
import RPC
import ScaleCodec

/// Proof bundles as files: the SCALE bytes in a small JSON envelope, or the bytes alone (Docs/formats/proof-bundle.md).
enum ProofFile {
  /// Names the envelope.
  static let format = "echochain-proof"

  /// Members that an envelope may have.
  private static let members: Set<String> = ["format", "version", "bundle", "summary"]

  /// Puts a bundle into its envelope. The summary is for people; what counts is the bundle.
  static func envelope(_ bundle: ProofBundle) -> JSON {
    ["format": .string(format), "version": JSON(ProofBundle.version), "bundle": .hex(bundle.encoded()), "summary": bundle.summary]
  }

  /// Reads a bundle from an envelope or from its bytes.
  /// - Throws: A ``Complaint`` that the proof is invalid.
  static func read(_ data: Data) throws(Complaint) -> ProofBundle {
    let bytes = [UInt8](data)
    let encoded = bytes.starts(with: ProofBundle.magic) ? bytes : try unwrap(bytes)
    do throws(ScaleError) { return try ProofBundle(decoding: encoded) } catch {
      throw .proofInvalid("the proof bundle does not decode: \(error)")
    }
  }

  private static func unwrap(_ bytes: [UInt8]) throws(Complaint) -> [UInt8] {
    let value: JSON
    do throws(JSONError) { value = try JSON(parsing: bytes) } catch {
      throw .proofInvalid("the file is neither a proof bundle nor a proof envelope in JSON: \(error)")
    }
    guard value["format"]?.asString == format else { throw .proofInvalid("the file is no proof envelope: its format is not '\(format)'") }
    guard value["version"]?.asUInt64 == UInt64(ProofBundle.version) else {
      throw .proofInvalid("the proof envelope is of another version than \(ProofBundle.version)")
    }
    if let other = value.asObject?.keys.sorted().first(where: { !members.contains($0) }) {
      throw .proofInvalid("the proof envelope has a member '\(other)' that its version does not know")
    }
    guard let bundle = value["bundle"]?.asBytes else { throw .proofInvalid("the proof envelope has no bundle in hexadecimal") }
    return bundle
  }
}

extension TrustAnchor {
  /// Reads `{"genesisHash": "0x…", "setId": 0, "setRoot": "0x…"}`.
  /// - Throws: A ``Complaint`` of configuration.
  init(json value: JSON) throws(Complaint) {
    guard let genesis = value["genesisHash"]?.asHash, let id = value["setId"]?.asUInt64, let root = value["setRoot"]?.asHash else {
      throw .configuration(#"the anchor is not {"genesisHash": "0x…", "setId": 0, "setRoot": "0x…"}"#)
    }
    self.init(genesisHash: genesis, setID: id, setRoot: root)
  }

  var json: JSON { ["genesisHash": .hash(genesisHash), "setId": JSON(setID), "setRoot": .hash(setRoot)] }
}
