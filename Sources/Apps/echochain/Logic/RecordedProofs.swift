import Finality
import Foundation
import Keys
import MerkleMountainRange
import Primitives
import Proofs
import RPC
import ScaleCodec
import StateTrie

/// Storage proofs of other Substrate chains, as their nodes and test suites write them down.
enum RecordedStorageProof {
  /// One proof with what it must show.
  struct Case: Sendable {
    var name: String
    var proof: SubstrateStorageProof
    /// Keys about which the proof must say nothing, because nodes are missing.
    var unknown: [[UInt8]] = []
    var size: Int
  }

  /// Reads the nodes out of whatever holds them: a list of hexadecimal nodes, the answer of `state_getReadProof`, or
  /// the SCALE encoding of a list as hexadecimal text or bytes.
  static func nodes(_ data: Data) throws -> StorageProof {
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    if let bytes = Hex.decode(text), !bytes.isEmpty { return try scale(bytes) }
    guard text.hasPrefix("[") || text.hasPrefix("{") else { return try scale([UInt8](data)) }
    let value = try JSON(parsing: text)
    guard let proof = try nodes(value["result"] ?? value) else {
      throw Complaint.configuration("the file holds no list of proof nodes in hexadecimal")
    }
    return proof
  }

  /// Whether a file holds named cases rather than one proof.
  static func cases(_ data: Data, named name: String?) throws -> [Case]? {
    guard let value = try? JSON(parsing: [UInt8](data)), let list = value["cases"]?.asArray else { return nil }
    let chosen = name.map { name in list.filter { $0["name"]?.asString == name } } ?? list
    guard !chosen.isEmpty else {
      throw Complaint.usage(
        "the file has no case '\(name ?? "")'; it has \(list.compactMap { $0["name"]?.asString }.joined(separator: ", "))")
    }
    return try chosen.map(read)
  }

  private static func read(_ value: JSON) throws -> Case {
    let name = value["name"]?.asString ?? "unnamed"
    guard let root = value["state_root"]?.asHash, let proof = try nodes(value) else {
      throw Complaint.configuration("case '\(name)' lacks its state_root or its proof")
    }
    var claims: [StorageClaim] = []
    var unknown: [[UInt8]] = []
    let queries = value["queries"]?.asArray ?? [["key": value["key"] ?? .null, "result": value["value"] ?? .null]]
    for query in queries {
      guard let key = query["key"]?.asBytes, let result = query["result"] else { continue }
      switch result.asString {
      case "absent"?: claims.append(StorageClaim(key: key, value: .absent))
      case "incomplete"?: unknown.append(key)
      default:
        guard let expected = result.asBytes else { throw Complaint.configuration("case '\(name)' states a value that is not hexadecimal") }
        claims.append(StorageClaim(key: key, value: .equals(expected)))
      }
    }
    let size = proof.nodes.reduce(0) { $0 + $1.count }
    return Case(name: name, proof: SubstrateStorageProof(root: root, proof: proof, claims: claims), unknown: unknown, size: size)
  }

  private static func nodes(_ value: JSON) throws -> StorageProof? {
    if let bytes = value["proof_scale"]?.asBytes { return try scale(bytes) }
    guard let list = value.asArray ?? value["proof_nodes"]?.asArray ?? value["proof"]?.asArray else { return nil }
    var nodes: [[UInt8]] = []
    for node in list {
      guard let bytes = node.asBytes else { throw Complaint.configuration("a proof node is not hexadecimal") }
      nodes.append(bytes)
    }
    return StorageProof(nodes: nodes)
  }

  private static func scale(_ bytes: [UInt8]) throws -> StorageProof {
    do throws(TrieProofError) { return try StorageProof(scale: bytes) } catch {
      throw Complaint.proofInvalid("the proof does not decode: \(error)")
    }
  }
}

extension RecordedStorageProof.Case {
  /// Checks every claim. Nodes that no claim needs are passed over, as Substrate's own verifier does: they prove nothing.
  func check() -> CheckedProof {
    let clock = ContinuousClock()
    let start = clock.now
    var report = VerificationReport()
    if !proof.claims.isEmpty { report = proof.verify(strict: false) }
    for key in unknown where report.failure == nil {
      do throws(TrieProofError) {
        let answers = try proof.proof.answers(root: proof.root, keys: [key], strict: false)
        if answers.first == .incomplete {
          report.pass(.storageProof, "key \(Spoken.short(Hex.encode(key))): the proof rightly says nothing")
        } else {
          report.fail(.storageProof, .other("key \(Hex.encode(key)) is answered, though its nodes are missing"))
        }
      } catch { report.fail(.storageProof, .other("\(error)")) }
    }
    return CheckedProof(name: name, report: report, elapsed: clock.now - start, size: size)
  }
}

/// BEEFY commitments of other chains with their validators' proofs, as they were submitted to Ethereum.
enum RecordedBeefyProof {
  /// Reads every case of a file laid out like `beefy/mainnet_submit_final.json`.
  static func cases(_ data: Data, named name: String?) throws -> [(name: String, proof: BeefyMainnetProof, size: Int)] {
    let value = try JSON(parsing: [UInt8](data))
    let list = value["cases"]?.asArray ?? [value]
    let chosen = name.map { name in list.filter { $0["name"]?.asString == name } } ?? list
    guard !chosen.isEmpty else { throw Complaint.usage("the file has no case '\(name ?? "")'") }
    return try chosen.map { entry in
      let name = entry["name"]?.asString ?? "unnamed"
      let fields = Fields(name: name, value: entry)
      let proof = try read(fields)
      // 65 bytes of signature, 20 of address and 4 of place, 32 for each hash.
      let hashes = proof.sample.signatures.reduce(0) { $0 + $1.siblings.count } + proof.sample.leafProof.items.count
      let size = proof.sample.commitment.encodedSize + proof.sample.leaf.count + 89 * proof.sample.signatures.count + 32 * hashes
      return (name, proof, size)
    }
  }

  private static func read(_ fields: Fields) throws -> BeefyMainnetProof {
    let commitment: BeefyCommitment
    let encoded = try fields.bytes("commitment_scale")
    do throws(ScaleError) { commitment = try BeefyCommitment(decoding: encoded) } catch {
      throw Complaint.proofInvalid("case '\(fields.name)': the commitment does not decode: \(error)")
    }
    let claimed = ClaimedSigners(
      words: try fields.list("bitfield").map { word in
        // Words are numbers of up to 256 bits; leading zeros may be missing.
        let digits = (word.asString ?? "").dropFirst(2)
        guard digits.count <= 64, let hash = H256(hex: String(repeating: "0", count: 64 - digits.count) + digits) else {
          throw fields.lacks("bitfield")
        }
        return hash
      })
    let signatures = try fields.list("validatorProofs").map { try signature(Fields(name: fields.name, value: $0)) }
    let set = try fields.object("signing_set")
    let summary = ValidatorSetSummary(
      id: try set.number("id"), length: UInt32(clamping: try set.number("len")), root: try set.hash("keyset_root"))
    let path = LinearProof(items: try fields.hashes("leafProof"), order: try fields.number("leafProofOrder"))
    let sample = SampledProof(
      commitment: commitment, claimed: claimed, signatures: signatures, leaf: try fields.bytes("leaf_scale"), leafProof: path)
    return BeefyMainnetProof(sample: sample, set: summary)
  }

  private static func signature(_ fields: Fields) throws -> SampledSignature {
    let v = try fields.number("v")
    let bytes = try fields.bytes("r") + fields.bytes("s") + [UInt8(clamping: v >= 27 ? v - 27 : v)]
    guard let signature = RecoverableSignature(bytes), let account = EthereumAddress(try fields.bytes("account")) else {
      throw fields.lacks("validatorProofs")
    }
    return SampledSignature(
      signature: signature, index: UInt32(clamping: try fields.number("index")), account: account, siblings: try fields.hashes("proof"))
  }
}

/// Members of a JSON object that must be there.
private struct Fields {
  let name: String
  let value: JSON

  func lacks(_ member: String) -> Complaint { .configuration("case '\(name)' lacks \(member), or has it in another form") }
  func bytes(_ member: String) throws(Complaint) -> [UInt8] {
    guard let bytes = value[member]?.asBytes else { throw lacks(member) }
    return bytes
  }
  func hash(_ member: String) throws(Complaint) -> H256 {
    guard let hash = value[member]?.asHash else { throw lacks(member) }
    return hash
  }
  func number(_ member: String) throws(Complaint) -> UInt64 {
    guard let number = value[member]?.asUInt128, number <= UInt128(UInt64.max) else { throw lacks(member) }
    return UInt64(number)
  }
  func list(_ member: String) throws(Complaint) -> [JSON] {
    guard let list = value[member]?.asArray else { throw lacks(member) }
    return list
  }
  func hashes(_ member: String) throws(Complaint) -> [H256] {
    let list = try list(member)
    let hashes = list.compactMap(\.asHash)
    guard hashes.count == list.count else { throw lacks(member) }
    return hashes
  }
  func object(_ member: String) throws(Complaint) -> Fields {
    guard let object = value[member], object.asObject != nil else { throw lacks(member) }
    return Fields(name: name, value: object)
  }
}
