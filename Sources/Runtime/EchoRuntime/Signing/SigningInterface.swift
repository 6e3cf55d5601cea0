internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import ScaleCodec

/// Entry points for wallets of Ethereum: what they are to sign for a call.
enum SigningInterface {
  static let api = RuntimeAPI(
    "EchoSigningApi", version: 1, docs: ["What Ethereum wallets sign (Docs/formats/signatures.md)."],
    [
      RuntimeAPI.Method(
        "ethereum_message", "call", "extra", "birth_hash",
        docs: ["The text for personal_sign. Immortal: the birth hash is the genesis hash."]
      ) { (context: ExecutionContext, call: RuntimeCall, extra: SignedExtra, birthHash: H256) -> String in
        try words(call, extra, birthHash, in: context).text
      },
      RuntimeAPI.Method(
        "ethereum_typed_data", "call", "extra", "birth_hash", docs: ["The same content as JSON for eth_signTypedData_v4."]
      ) { (context: ExecutionContext, call: RuntimeCall, extra: SignedExtra, birthHash: H256) -> String in
        try words(call, extra, birthHash, in: context).typedDataJSON
      },
    ])

  private static func words(_ call: RuntimeCall, _ extra: SignedExtra, _ birthHash: H256, in context: ExecutionContext) throws
    -> TransactionWords
  {
    guard Executive.fitsBlock(call.info, length: call.encodedSize) else { throw DispatchError.exhausted }
    // Block 0 is known from block 1 on, but is its own birth block before.
    let genesis = try SystemPallet.blockNumber(in: context) == 0 ? birthHash : System.blockHash.get(0, in: context)
    let signing = SigningContext(
      specVersion: EchoRuntime.version.specVersion, transactionVersion: EchoRuntime.version.transactionVersion, genesisHash: genesis,
      birthHash: birthHash, chain: try ChainNames(in: context))
    return try TransactionWords(call: call.encoded(), extra: extra, context: signing)
  }
}
