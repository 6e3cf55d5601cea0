import Commerce
import Files
import Foundation
import PalletMarketplace
import Primitives
import RPC
import ScaleCodec

/// A bundle as a folder on this machine.
struct BundleFolder {
  let path: String

  private func url(_ name: String) -> URL { URL(filePath: path, directoryHint: .isDirectory).appending(path: name) }

  /// The files of a bundle. The manifest is last: where it is, the others are.
  private static let names = [SaleBundle.contentName, SaleBundle.auditLeavesName, SaleBundle.plainLeavesName, SaleBundle.manifestName]

  /// Makes the folder. An older bundle in it is not replaced.
  func prepare() throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in Self.names where manager.fileExists(atPath: url(name).path) {
      throw Complaint.configuration("\(url(name).path) exists already; choose another --bundle")
    }
  }

  /// Encrypts a file into the folder, which was prepared. What a run that was cut off has left is written over.
  /// - Parameter source: The file, from its beginning.
  func write(
    _ source: FileHandle, named file: String, key: ContentKey, salt: FixedBytes<16>, mime: String, name: String
  ) throws -> SaleBundle {
    func part(_ name: String) -> String { url(name + ".part").path }
    let target = try NewFile.resume(part(SaleBundle.contentName), mode: 0o666)
    defer {
      for name in Self.names { unlink(part(name)) }
      try? target.close()
    }
    try target.truncate(atOffset: 0)
    let bundle = try Self.seal(source, named: file, key: key, salt: salt, mime: mime, name: name, into: target)
    for (name, bytes) in [
      (SaleBundle.auditLeavesName, SaleBundle.bytes(of: bundle.file?.auditLeaves ?? [])),
      (SaleBundle.plainLeavesName, SaleBundle.bytes(of: bundle.file?.plainLeaves ?? [])),
      (SaleBundle.manifestName, bundle.manifest.bytes),
    ] {
      unlink(part(name))
      let file = try NewFile.open(part(name))
      defer { try? file.close() }
      try file.write(contentsOf: Data(bytes))
      try file.synchronize()
    }
    var named: [String] = []
    do throws(Complaint) {
      for name in Self.names {
        try NewFile.name(part(name), url(name).path, replacing: false)
        named.append(name)
      }
    } catch {
      for name in named { unlink(url(name).path) }
      throw error
    }
    return bundle
  }

  private static func seal(
    _ source: FileHandle, named file: String, key: ContentKey, salt: FixedBytes<16>, mime: String, name: String, into target: FileHandle
  ) throws -> SaleBundle {
    let bundle: SaleBundle
    do {
      bundle = try SaleBundle.seal(key: key, salt: salt, mime: mime, name: name) {
        [UInt8](try source.read(upToCount: SaleBundle.portion) ?? Data())
      } write: {
        try target.write(contentsOf: Data($0))
      }
    } catch let error as SegmentCipherError {
      throw Complaint.configuration("\(file) cannot be sold: \(error)")
    } catch let error as ManifestError {
      throw Complaint.usage("\(file) cannot be described: \(error)")
    }
    try target.synchronize()
    return bundle
  }
}

extension BundleFolder {
  /// Reads a bundle that was written before.
  /// - Throws: A ``Complaint`` when its parts do not belong together.
  func read() throws -> SaleBundle {
    let manifest: Manifest
    do throws(ManifestError) {
      manifest = try Manifest(bytes: Self.bytes(url(SaleBundle.manifestName), limit: Manifest.maximumLength))
    } catch { throw Complaint.configuration("the bundle in \(path) has no manifest that can be read: \(error)") }
    guard let source = FileHandle(forReadingAtPath: url(SaleBundle.contentName).path), try source.seekToEnd() == manifest.size else {
      throw Complaint.configuration("the encrypted file in \(path) is missing or has another size than its manifest says")
    }
    defer { try? source.close() }
    let leaves = try SaleCheck.leaves(of: Marketplace.ManifestRef(manifest)) { offset, count in
      try source.seek(toOffset: offset)
      return [UInt8](try source.read(upToCount: count) ?? Data())
    }
    guard AuditTree(leaves: leaves)?.root == manifest.auditRoot else {
      throw Complaint.configuration("the encrypted file in \(path) is not the one of its manifest")
    }
    return SaleBundle(manifest: manifest)
  }

  private static func bytes(_ url: URL, limit: Int) -> [UInt8] {
    (try? Files.read(url.path, limit: limit)).map { [UInt8]($0) } ?? []
  }
}

/// Where a bundle is fetched from: a folder or an `http` address.
enum BundleSource {
  case folder(URL)
  case http(String)

  init(_ text: String) throws(Complaint) {
    if text.hasPrefix("http://") {
      self = .http(text.hasSuffix("/") ? String(text.dropLast()) : text)
    } else if text.contains("://") {
      throw .usage("'\(text)' is neither a folder nor an http address")
    } else {
      self = .folder(URL(filePath: text, directoryHint: .isDirectory))
    }
  }

  /// A small file of the bundle; `nil` when the source has none.
  /// - Parameter limit: The most bytes that are taken.
  func small(_ name: String, limit: Int, timeout: Duration) async throws -> [UInt8]? {
    switch self {
    case .folder(let folder):
      let path = folder.appending(path: name).path
      return FileManager.default.fileExists(atPath: path) ? [UInt8](try Files.read(path, limit: limit)) : nil
    case .http(let base):
      let reply = try await HTTPClient.get("\(base)/\(name)", timeout: timeout, limit: limit)
      return reply.status == 200 ? reply.body : nil
    }
  }

  /// Brings the encrypted file into a local one, going on where an earlier attempt stopped.
  /// - Parameters:
  ///   - target: The name of the local file, for people.
  ///   - size: Bytes of the whole.
  ///   - timeout: For each part. After one that took longer, smaller ones are asked for.
  func content(into file: FileHandle, named target: String, size: UInt64, timeout: Duration, _ output: Output) async throws {
    guard var download = SaleDownload(size: size, have: try file.seekToEnd()) else {
      throw Complaint.configuration("\(target) has more bytes than the file of the order; remove it and try again")
    }
    if download.have > 0, !download.isDone { output.progress("going on at byte \(download.have) of \(size)") }
    while let header = download.header {
      let reply = try await ask(SaleBundle.contentName, for: &download, header, timeout, kept: Self.kept(target), output)
      guard let reply else { continue }
      do throws(SaleDownload.Refusal) {
        try download.take(status: reply.status, contentRange: reply.stated, count: reply.body.count)
      } catch {
        throw Complaint.network("\(error); \(Self.kept(target))")
      }
      try file.write(contentsOf: Data(reply.body))
      if size > SaleDownload.part {
        output.progress("\(Spoken.bytes(Int(clamping: download.have))) of \(Spoken.bytes(Int(clamping: size)))")
      }
    }
  }

  /// The leaves of a tree, in parts like the file itself.
  /// - Parameter count: How many there are.
  /// - Returns: `nil` when the source has no such file, or one of another size.
  func leaves(_ name: String, count: UInt64, timeout: Duration, _ output: Output) async throws -> [UInt8]? {
    if case .folder(let folder) = self, !FileManager.default.fileExists(atPath: folder.appending(path: name).path) { return nil }
    guard var download = SaleDownload(size: count.multipliedSaturating(by: 32), have: 0) else { return nil }
    var leaves: [UInt8] = []
    while let header = download.header {
      let reply = try await ask(name, for: &download, header, timeout, kept: "the same command tries again", output)
      guard let reply else { continue }
      do throws(SaleDownload.Refusal) {
        try download.take(status: reply.status, contentRange: reply.stated, count: reply.body.count)
      } catch { return nil }
      leaves += reply.body
    }
    return leaves
  }

  /// What a source answered when it was asked for a part.
  private struct Part {
    var status: Int
    /// Which part it says that it is.
    var stated: String?
    var body: [UInt8]
  }

  /// Asks for the next part of a file.
  /// - Returns: `nil` when it did not come in time and less is to be asked for now.
  private func ask(
    _ name: String, for download: inout SaleDownload, _ header: String, _ timeout: Duration, kept: String, _ output: Output
  ) async throws -> Part? {
    switch self {
    case .folder(let folder):
      guard let range = download.next else { return nil }
      let body = try Self.read(folder.appending(path: name).path, range)
      let stated = "bytes \(range.lowerBound)-\(range.upperBound)/\(download.size)"
      return Part(status: 206, stated: stated, body: body)
    case .http(let base):
      do throws(RPCClientError) {
        let reply = try await HTTPClient.get(
          "\(base)/\(name)", headers: ["range": header], timeout: timeout, limit: Int(SaleDownload.part))
        return Part(status: reply.status, stated: reply.headers["content-range"], body: reply.body)
      } catch {
        guard case .timeout(let operation, _) = error, operation != "connect" else {
          throw Complaint.network("\(Complaint(error)); \(kept)")
        }
        guard download.slowDown() else {
          throw Complaint.network("\(Complaint(error)); allow more time with --patience; \(kept)")
        }
        output.progress("a part did not come in time; asking for \(Spoken.bytes(Int(download.portion))) at a time")
        return nil
      }
    }
  }

  /// What becomes of a part of a file.
  private static func kept(_ target: String) -> String { "what came is kept in \(target), and the same command goes on there" }

  private static func read(_ path: String, _ range: ClosedRange<UInt64>) throws -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path) else { throw Complaint.configuration("there is no file \(path)") }
    defer { try? file.close() }
    try file.seek(toOffset: range.lowerBound)
    return [UInt8](try file.read(upToCount: Int(range.upperBound - range.lowerBound) + 1) ?? Data())
  }
}
