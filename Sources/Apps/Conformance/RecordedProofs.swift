public import Finality
internal import Primitives
public import Proofs
internal import StateTrie

/// A proof of another chain, recorded as JSON in one of the forms of the vector sets.
public enum RecordedProof: Sendable {
  /// A storage proof: `state_root`, `proof_nodes` (a list) or `proof_scale`, and `key` with `value`, or `queries`.
  case storage(SubstrateStorageProof)
  /// A BEEFY commitment: `commitment_scale`, `validatorProofs`, `bitfield`, `leaf_scale`, `leafProof`, `signing_set`.
  case beefy(BeefyMainnetProof)

  /// Checks the proof.
  /// - Parameter strict: Refuses nodes that a storage proof does not need; recorded proofs may have some.
  public func verify(strict: Bool = true) -> VerificationReport {
    switch self {
    case .storage(let proof): proof.verify(strict: strict)
    case .beefy(let proof): proof.verify()
    }
  }

  /// Reads the proofs of a document: one by itself, or those in its `cases`.
  /// - Parameter text: JSON in UTF-8.
  /// - Returns: Each proof with its name; at least one.
  /// - Throws: ``ConformanceError/notJSON(_:)``, ``ConformanceError/noProof(_:)``
  public static func read(_ text: [UInt8]) throws(ConformanceError) -> [(name: String, proof: RecordedProof)] {
    let json: JSON
    do throws(JSONFault) { json = try JSON.parse(text) } catch { throw .notJSON("\(error)") }
    let file = VectorFile(name: "", json: json)
    let documents = file.cases.isEmpty ? [json] : file.cases
    var proofs: [(name: String, proof: RecordedProof)] = []
    do throws(Mismatch) {
      for (number, document) in documents.enumerated() {
        proofs.append((file.id(document, number), try RecordedProof(document)))
      }
    } catch {
      throw .noProof(error.description)
    }
    return proofs
  }

  private init(_ json: JSON) throws(Mismatch) {
    if json.has("validatorProofs") {
      guard let proof = try BeefyChecks.submission(json) else { throw Mismatch("nobody is claimed to have signed") }
      self = .beefy(proof)
      return
    }
    var claims: [StorageClaim] = []
    for query in try json["queries"]?.items("queries") ?? [json] {
      let key = try query.bytes(of: "key")
      switch query["value"] ?? query["result"] {
      case nil, .string("absent"): claims.append(StorageClaim(key: key, value: .absent))
      // A key that a proof says nothing about is no claim.
      case .string("incomplete"): continue
      case let value?: claims.append(StorageClaim(key: key, value: .equals(try value.bytes("value"))))
      }
    }
    self = .storage(
      SubstrateStorageProof(
        root: try json.hash(of: "state_root"), proof: try StorageProofChecks.proof(json), claims: claims))
  }
}
