import ArgumentParser

/// `echochain xcm`
struct XcmCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xcm", abstract: "Read, build and weigh XCM, and see what it does.",
    discussion: """
      decode and encode are exact inverses; with --json both speak the JSON form of Docs/formats/xcm-json.md.

        echochain xcm decode 0x05080a2c…
        echochain xcm decode --json program.hex | echochain xcm encode -
        echochain xcm weigh --chain hub program.hex
        echochain xcm sovereign '../Parachain(2000)'

      The others look at a running network: dry-run and quote try things out and leave nothing behind, traps and claim \
      are for what failed. 'echochain trace' shows what became of a message.

        echochain xcm dry-run program.json --chain hub --as alice
        echochain xcm quote --from market --to studio --asset ECHO --amount 2 --recipient bob
        echochain xcm traps --account alice
        echochain xcm claim --chain market --from alice
      """,
    subcommands: [
      XcmDecodeCommand.self,
      XcmEncodeCommand.self,
      XcmWeighCommand.self,
      XcmSovereignCommand.self,
      XcmDryRunCommand.self,
      XcmQuoteCommand.self,
      XcmTrapsCommand.self,
      XcmClaimCommand.self,
    ])
}
