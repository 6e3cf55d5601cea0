import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import Primitives
import RPC
import ScaleCodec

struct TxSubmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Send a transaction that was signed elsewhere.",
    discussion: """
      Takes a whole extrinsic, or what 'echochain key ethereum-message --json' printed together with a wallet's signature. Examples:

        echochain tx submit --extrinsic 0x… --chain hub
        echochain tx submit --message message.json --signature 0x… --chain hub
      """)

  @Option(help: "The extrinsic's bytes in hexadecimal, or a file that holds them; - for standard input.") var extrinsic: String?
  @Option(help: "File that 'key ethereum-message --json' printed; - for standard input.") var message: String?
  @Option(help: "The wallet's signature over that message, 65 bytes in hexadecimal.") var signature: String?
  @Flag(help: "The wallet signed the typed data instead of the text.") var typedData = false
  @Option(help: "Seconds to wait for the transaction's block.") var within: Double = 60
  @Flag(name: .customLong("no-wait"), help: "Return once the node has taken the transaction.") var noWait = false
  @OptionGroup var target: ChainOptions
  @OptionGroup var print: OutputOptions

  func validate() throws {
    guard (extrinsic != nil) != (message != nil) else { throw ValidationError("give --extrinsic or --message") }
    guard (message != nil) == (signature != nil) else { throw ValidationError("--message and --signature belong together") }
    guard Spans.seconds.contains(within) else { throw ValidationError("--within is not 0.1 to 86400 seconds") }
  }

  func run() async throws {
    let client = try await target.connect()
    let signed = SignedExtrinsic(bytes: try bytes(client))
    if noWait {
      try await client.submit(signed)
      print.output.json(["extrinsic": .hash(signed.hash)])
      return print.output.facts([("extrinsic", signed.hash.hex)])
    }
    let inclusion = try await client.submitAndWait(signed, timeout: .milliseconds(Int64(within * 1000)))
    try inclusion.show(print.output, on: client)
  }

  private func bytes(_ client: ChainClient) throws -> [UInt8] {
    if let extrinsic {
      let text = extrinsic.hasPrefix("0x") ? extrinsic : String(decoding: try Files.read(extrinsic, limit: textLimit), as: UTF8.self)
      guard let bytes = Hex.decode(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw Complaint.usage("--extrinsic holds no hexadecimal")
      }
      do { return try Extrinsic(decoding: bytes).encoded() } catch {
        throw Complaint.usage("--extrinsic is no extrinsic of this chain: \(error)")
      }
    }
    guard let message, let signature else { throw Complaint.usage("give --extrinsic or --message") }
    return try wallet(message, signature, client).encoded()
  }

  private var textLimit: Int { 2 * Extrinsic.maximumSize + 16 }

  /// Puts a wallet's signature to the message that it signed, once it has been checked here.
  private func wallet(_ path: String, _ signature: String, _ client: ChainClient) throws -> Extrinsic {
    let json: JSON
    do { json = try JSON(parsing: String(decoding: try Files.read(path, limit: 4 * textLimit), as: UTF8.self)) } catch let error
      as JSONError
    {
      throw Complaint.usage("\(path) holds no JSON: \(error)")
    }
    func member(_ name: String) throws -> [UInt8] {
      guard let bytes = json[name]?.asString.flatMap({ Hex.decode($0) }) else {
        throw Complaint.usage("\(path) has no '\(name)'; it is what 'echochain key ethereum-message --json' prints")
      }
      return bytes
    }
    guard let address = EthereumAddress(try member("address")), let birth = H256(try member("birthHash")),
      let bytes = Hex.decode(signature), let pair = RecoverableSignature(bytes)
    else { throw Complaint.usage("the address has not 20 bytes, the birth hash not 32, or the signature not 65") }
    let extrinsic = Extrinsic(
      call: try RuntimeCall(decoding: try member("call")),
      signature: Extrinsic.Signature(
        signer: address.accountID, signature: typedData ? .ethTypedData(pair) : .eth(pair),
        extra: try SignedExtra(decoding: try member("extra"))))
    guard extrinsic.verifySignature(client.signingContext(birthHash: birth)) else {
      throw Complaint.proofInvalid("the signature is not \(address.checksummed)'s over this message on \(client.info.name)")
    }
    return extrinsic
  }
}
