import ArgumentParser
import ChainClient
import Commerce
import EchoRuntime
import Files
import Foundation
import Keys
import PalletMarketplace
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM

/// `echochain market deliver`
struct MarketDeliver: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliver", abstract: "Hand over what was sold: a file's key, sealed to the buyer's.",
    discussion: """
      The key comes from your file of content keys. What has no key is delivered without one. Examples:

        echochain market deliver 0x5c1e… --chain market --sender alice
        echochain market deliver 0x5c1e… --chain market --from studio --sender alice --wait
      """)

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(name: .customLong("content-keys"), help: "Your file of content keys.") var contentKeys: String?
  @OptionGroup var caller: MarketCaller
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open(from: caller.from)
    let id = try MarketText.order(order)
    let order = try await market.order(id)
    var box: [UInt8] = []
    if order.keyCommit != .zero {
      let key = try MarketKeys(path: contentKeys, keystore: options.keys.keystore).key(order.keyCommit)
      guard let buyer = try? PublicKey(compressed: order.buyerKey.bytes) else {
        throw Complaint.refused("the order names no key of the buyer's to deliver to")
      }
      var random = SystemRandomNumberGenerator()
      do throws(KeyBoxError) { box = try KeyBox.seal(key, for: buyer, using: &random).bytes } catch {
        throw Complaint.configuration("the key cannot be sealed: \(error)")
      }
    }
    let report = try await market.act(.deliver(order: id, box: box), by: caller, options.output)
    try report.show(
      options.output, on: market, ["order": .hash(id), "boxLength": JSON(box.count)],
      [("delivered", id.hex), ("key box", box.isEmpty ? "none is needed" : "\(box.count) B, for the buyer's key only")])
    await market.close()
  }
}

/// `echochain market fetch`
struct MarketFetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Get a file that was bought: fetch, decrypt and check every block.",
    discussion: """
      The source is a bundle's folder, or an http address that has the same files and serves parts of them. What was \
      fetched is kept until the file is whole, so the command goes on where it stopped. The file appears only if it is what \
      the listing promised. If it is not, a complaint that the chain checks itself is written beside it, for you alone to \
      read (it shows what opens the delivered key box), and the exit code is 5. Over a slow link less is asked for at a \
      time; --patience allows more time. Examples:

        echochain market fetch 0x5c1e… --chain market --sender bob --source song.bundle --out song.flac
        echochain market fetch 0x5c1e… --chain market --sender bob --source http://127.0.0.1:8080/song.bundle --out song.flac
      """)

  @Argument(help: "The order, 32 bytes after 0x.") var order: String
  @Option(help: "Key that bought.") var sender: String
  @Option(help: "Folder of the bundle, or its http address.") var source: String
  @Option(help: "Where the file goes.") var out: String
  @Option(help: "Where a complaint goes, if there is one; the file's name with .complaint unless given.") var complaint: String?
  @Option(name: .customLong("limit"), help: "The most bytes that are fetched.") var limit: UInt64 = 4 << 30
  @OptionGroup var options: MarketOptions

  func run() async throws {
    let market = try await options.open()
    let output = options.output
    let id = try MarketText.order(order)
    guard !FileManager.default.fileExists(atPath: out) else { throw Complaint.usage("\(out) exists already; choose another --out") }
    let order = try await market.order(id)
    guard let reference = order.manifest else { throw Complaint.usage("order \(id) is of a \(order.kind), which has no file") }
    guard reference.cipherSize <= limit else {
      throw Complaint.usage("the file has \(reference.cipherSize) bytes; --limit is \(limit)")
    }
    guard SegmentCipher.plainSize(cipherSize: reference.cipherSize) == reference.plainSize else {
      throw Complaint.proofInvalid(
        "no file has the sizes that the listing says: encrypted \(reference.cipherSize), plain \(reference.plainSize)")
    }
    let secret = try await market.keys.signer(sender, on: market.client)
    guard order.buyerKey.bytes == secret.publicKey.compressed else {
      throw Complaint.usage("the order's key is for another key than '\(sender)'")
    }
    guard let row: BoundedVector<UInt8, 128> = try await market.row(Marketplace.keyBoxes.key(id)) else {
      throw Complaint.refused("the seller has not delivered the key yet; the order is \(SaleWords.name(order.state))")
    }
    let box: KeyBox
    do throws(KeyBoxError) { box = try KeyBox(row.items) } catch { throw Complaint.proofInvalid("the delivered \(error)") }
    let (opened, wrongKey) = SaleComplaint.open(box, with: secret, commitment: order.keyCommit)
    guard let key = opened else {
      throw try complain(wrongKey, id, "the delivered box does not hold the key that the listing promised (C2)")
    }
    let bundle = try BundleSource(source)
    let patience = options.target.network.timeout
    var manifest = try await manifest(of: bundle, reference, order.keyCommit, patience)
    let partial = out + ".part"
    let part = try NewFile.resume(partial)
    defer { try? part.close() }
    try await bundle.content(into: part, named: partial, size: reference.cipherSize, timeout: patience * 3, output)
    let check = SaleCheck(
      reference: reference, key: key,
      auditLeaves: try await bundle.leaves(
        SaleBundle.auditLeavesName, count: reference.auditLeafCount, timeout: patience * 3, output),
      plainLeaves: try await bundle.leaves(
        SaleBundle.plainLeavesName, count: reference.plainLeafCount, timeout: patience * 3, output))
    let finding = try decrypt(part, check)
    if finding == .sound || finding.isNotCommitted { unlink(partial) }
    try judge(finding, check, box, secret, id, part)
    if case .ok(let sound) = manifest {
      let cid = try SaleCheck.contentID(of: reference) { try part.bytes(at: $0, count: $1) }
      do throws(ManifestFault) { try sound.check(content: cid) } catch { manifest = .fault(error) }
    }
    output.json([
      "order": .hash(id), "out": .string(out), "bytes": JSON(reference.plainSize), "manifest": .hash(reference.hash),
      "cid": manifest.cid.map { .string("\($0)") } ?? .null, "manifestFault": manifest.fault.map { .string("\($0)") } ?? .null,
      "verified": true,
    ])
    output.facts([
      ("file", "\(out), \(Spoken.bytes(Int(clamping: reference.plainSize)))"),
      ("verified", "\(reference.plainLeafCount) blocks are what the listing promised"),
      ("cid", manifest.cid.map { "\($0)" } ?? manifest.fault.map { "none: the seller's \($0)" } ?? "the source has no manifest"),
      ("next", "'echochain market confirm' pays the seller, or the time to complain does"),
    ])
    await market.close()
  }

  /// What a source says of the file besides the order, which counts alone for what is written out.
  private enum Told {
    case nothing
    case ok(Manifest)
    /// The seller's manifest says what is not so.
    case fault(ManifestFault)

    var cid: CID? { if case .ok(let manifest) = self { manifest.cid } else { nil } }
    var fault: ManifestFault? { if case .fault(let fault) = self { fault } else { nil } }
  }

  /// The bundle's manifest, if it has one.
  private func manifest(
    of bundle: BundleSource, _ reference: Marketplace.ManifestRef, _ keyCommit: H256, _ patience: Duration
  ) async throws -> Told {
    guard let bytes = try await bundle.small(SaleBundle.manifestName, limit: Manifest.maximumLength, timeout: patience) else {
      return .nothing
    }
    let manifest: Manifest
    do throws(ManifestError) { manifest = try Manifest(bytes: bytes) } catch {
      throw Complaint.proofInvalid("the source's \(error)")
    }
    guard manifest.hash == reference.hash else {
      throw Complaint.proofInvalid(
        "the source's manifest is another file's: it hashes to \(manifest.hash), the order says \(reference.hash)")
    }
    do throws(ManifestFault) { try manifest.check(reference, keyCommit: keyCommit) } catch { return .fault(error) }
    return .ok(manifest)
  }

  /// Decrypts into a file that gets its name only when it is sound.
  private func decrypt(_ part: FileHandle, _ check: SaleCheck) throws -> SaleFinding {
    let fresh = NewFile.fresh(for: out)
    let target = try NewFile.open(fresh)
    defer {
      try? target.close()
      unlink(fresh)
    }
    let finding: SaleFinding
    do {
      finding = try check.run {
        try part.bytes(at: $0, count: $1)
      } write: {
        try target.write(contentsOf: Data($0))
      }
    } catch let error as SegmentCipherError {
      throw Complaint.proofInvalid("\(error)")
    }
    if finding == .sound {
      try target.synchronize()
      try NewFile.name(fresh, out, replacing: false)
    }
    return finding
  }

  /// Says what is wrong and what to do about it.
  private func judge(
    _ finding: SaleFinding, _ check: SaleCheck, _ box: KeyBox, _ secret: SecretKey, _ id: H256, _ part: FileHandle
  ) throws {
    switch finding {
    case .sound: return
    case .notCommitted(nil):
      throw Complaint.proofInvalid(
        "these are not the bytes that the seller committed to, and the source does not tell from which block on: try another source")
    case .notCommitted(let block?):
      throw Complaint.proofInvalid(
        "these are not the bytes that the seller committed to, from block \(block) on: try another source; if none serves block "
          + "\(block), 'echochain market complain \(id) --not-retrievable \(block)' has it shown or gets the money back (C4), and "
          + "the complaint's bond is lost if it is shown")
    case .unproven(let segment):
      throw Complaint.proofInvalid(
        "segment \(segment) is not what was promised, and without \(SaleBundle.plainLeavesName) of the source it cannot be shown to the "
          + "chain: get that file, or open a panel with 'echochain market panel open \(id)' (C5)")
    case .wrongContent(let block):
      guard let shared = SaleComplaint.sharedPoint(of: box, with: secret),
        let place = SegmentCipher.BlockPlace(index: block, cipherSize: check.reference.cipherSize)
      else { throw Complaint.proofInvalid("block \(block) is not what the listing promised, and no complaint of it can be made") }
      let bytes = try part.bytes(at: block * UInt64(AuditTree.blockLength), count: place.length)
      let made = SaleComplaint.wrongContent(
        index: block, block: bytes, auditLeaves: try SaleCheck.leaves(of: check.reference) { try part.bytes(at: $0, count: $1) },
        plainLeaves: check.plainLeaves ?? [], shared: shared)
      throw try complain(made, id, "block \(block) is not what the listing promised (C3)")
    }
  }

  /// Writes the complaint and says how to send it.
  private func complain(_ made: Marketplace.Complaint?, _ id: H256, _ what: String) throws -> Complaint {
    guard let made else { return .proofInvalid(what) }
    let path = complaint ?? out + ".complaint"
    try ComplaintFile.write(made, order: id, to: path)
    return .proofInvalid("\(what); 'echochain market complain \(id) --proof \(path)' gets the money back")
  }
}

extension FileHandle {
  /// Reads a part of a file; fewer bytes at its end.
  func bytes(at offset: UInt64, count: Int) throws -> [UInt8] {
    try seek(toOffset: offset)
    return [UInt8](try read(upToCount: count) ?? Data())
  }
}

extension SaleFinding {
  /// Whether what came is of no use: another source may serve what was committed to.
  fileprivate var isNotCommitted: Bool { if case .notCommitted = self { true } else { false } }
}
