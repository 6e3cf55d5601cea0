import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import Primitives
import RPC
import ScaleCodec

struct KeyEthereumMessage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ethereum-message", abstract: "Print what an Ethereum wallet signs for a call.",
    discussion: """
      Prints the text for personal_sign, or with --typed-data the JSON for eth_signTypedData_v4. --json prints both and what \
      'echochain tx submit --message' needs. The words are made here, from the call itself, not by the node.

        echochain key ethereum-message Balances.transfer_keep_alive --args '{"dest":"bob","value":"1000000000000"}' \\
          --signer 0xf24f… --chain hub --json > message.json
        echochain tx submit --message message.json --signature 0x… --chain hub
      """)

  @Argument(help: "Pallet and call, such as Balances.transfer_keep_alive, or the encoded call after 0x.") var call: String
  @Option(help: "JSON object with the call's arguments.") var args = "{}"
  @Option(help: "Ethereum address that signs and pays.") var signer: String
  @Option(help: "Nonce; the account's next one unless given.") var nonce: UInt32?
  @Option(help: "Tip for the block's author, in the native token.") var tip: String?
  @Option(help: "Blocks for which the transaction stays valid.") var era: UInt64 = 64
  @Flag(help: "Print typed data instead of text.") var typedData = false
  @OptionGroup var target: ChainOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let client = try await target.connect()
    let account = try await keys.account(signer, on: client)
    guard let address = EthereumAddress(account: account) else {
      throw Complaint.usage("'\(signer)' is no Ethereum address, nor the account of one")
    }
    let bytes = try await callBytes(client)
    let amount = try tip.map { try Amount.parse($0, symbol: client.info.tokenSymbol, decimals: client.info.tokenDecimals) } ?? 0
    let next: UInt32
    if let nonce { next = nonce } else { next = try await client.nonce(of: account) }
    let terms = try await client.signingTerms(nonce: next, tip: amount, era: era)
    let words = try TransactionWords(call: bytes, extra: terms.extra, context: terms.context)
    try print.output.json([
      "address": .string(address.checksummed), "signer": .string(SS58.encode(account)), "call": .hex(bytes),
      "extra": .hex(terms.extra.encoded()), "birthHash": .hash(terms.context.birthHash), "text": .string(words.text),
      "typedData": JSON(parsing: words.typedDataJSON),
    ])
    print.output.line(typedData ? words.typedDataJSON : words.text)
  }

  private func callBytes(_ client: ChainClient) async throws -> [UInt8] {
    if call.hasPrefix("0x") {
      guard let bytes = Hex.decode(call) else { throw Complaint.usage("the call is not hexadecimal") }
      return try RuntimeCall(decoding: bytes).encoded()
    }
    let development = try await keys.allowsDevelopment(on: client)
    let store = keys.keystore
    return try CallText.encode(call, args: args) { text in
      try? AccountText.parse(text, development: development, keystore: store).bytes
    }
  }
}
