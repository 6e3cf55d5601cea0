import ArgumentParser
import ChainClient
import EchoRuntime
import Foundation
import Keys
import PalletSupport
import PalletXcm
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// `echochain xcm traps`
struct XcmTrapsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traps", abstract: "List assets that programs left, and how to take them back.",
    discussion: """
      A program that stops leaves what it held on the chain where it stopped; only its claimer can take it back. Examples:

        echochain xcm traps --account alice
        echochain xcm traps --chain market --json
      """)

  @Option(help: "Chain to look at; all of the network unless given.") var chain: String?
  @Option(help: "Account that may claim; everybody's traps unless given.") var account: String?
  @OptionGroup var network: NetworkOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    var linked = try network.unconnected()
    if let chain {
      _ = try await linked.connected(chain)
    } else if let absent = try await linked.connectToAnswering() {
      print.output.progress(absent)
    }
    var traps: [TrappedAssets] = []
    var claimer: AccountID?
    if let account, let first = linked.chains.first { claimer = try await keys.account(account, on: first) }
    for client in linked.chains { traps += try await client.traps(names: try await client.names(in: linked.file)) }
    await linked.close()
    if let claimer { traps.removeAll { $0.account != claimer } }
    print.output.json(["traps": .array(traps.map(\.json))])
    guard !traps.isEmpty else { return print.output.line("nothing is trapped\(account.map { " for \($0)" } ?? "")") }
    var table = Table("chain", "trap", "claimer", "assets", "times")
    for trap in traps {
      table.rows.append([
        trap.chain, Spoken.short(trap.hash.hex), trap.names.text(trap.record.claimer), trap.names.text(trap.assets),
        "\(trap.record.count)",
      ])
    }
    print.output.table(table)
    for trap in traps {
      if let account = trap.account {
        let name = trap.names.text(account)
        print.output.line("  echochain xcm claim --chain \(trap.chain) --trap \(trap.hash.hex) --from \(name)")
      } else {
        print.output.line("  \(trap.names.text(trap.record.claimer)) claims by a program of its own, with ClaimAsset")
      }
    }
  }
}

extension TrappedAssets {
  var json: JSON {
    let call: JSON = account.map { .hex(claim(to: $0).encoded()) } ?? .null
    return [
      "chain": .string(chain), "trap": .hash(hash), "claimer": .string("\(record.claimer)"),
      "account": account.map { .string(SS58.encode($0, prefix: names.ss58Prefix)) } ?? .null,
      "count": JSON(record.count),
      "assets": .array(
        assets.map { asset in
          [
            "asset": .string(names.unit(of: asset.id)?.symbol ?? "\(asset.id)"),
            "amount": asset.amount.map { .decimal($0) } ?? .null,
          ]
        }), "versioned": .hex(record.assets.encoded()), "claimCall": call,
    ]
  }
}

/// `echochain xcm claim`
struct XcmClaimCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim", abstract: "Take trapped assets back.",
    discussion: """
      Claims everything that is trapped for the signer on a chain, or one trap. Examples:

        echochain xcm claim --chain market --from alice
        echochain xcm claim --chain market --trap 0x5c1e… --from alice --recipient bob
      """)

  @Option(help: "Chain that holds the assets.") var chain: String
  @Option(help: "The trap, 32 bytes after 0x; all of the signer's unless given.") var trap: String?
  @Option(help: "Key that signs: the claimer's.") var from = "alice"
  @Option(help: "Account that gets the assets; the signer unless given.") var recipient: String?
  @OptionGroup var network: NetworkOptions
  @OptionGroup var keys: KeystoreOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    var linked = try network.unconnected()
    let client = try await linked.connected(chain)
    let key = try await keys.signer(from, on: client)
    let signer = key.publicKey.accountID
    var beneficiary = signer
    if let recipient { beneficiary = try await keys.account(recipient, on: client) }
    let all = try await client.traps(names: try await client.names(in: linked.file))
    var traps = all.filter { $0.account == signer }
    if let trap {
      guard let hash = H256(hex: trap) else { throw Complaint.usage("'\(trap)' is no trap: 32 bytes after 0x") }
      guard let named = all.first(where: { $0.hash == hash }) else {
        throw Complaint.refused(
          "\(client.info.name) has no trap \(Spoken.short(hash.hex)); it was claimed, or never was there")
      }
      guard named.account == signer else {
        throw Complaint.refused(
          "trap \(Spoken.short(hash.hex)) is for \(named.names.text(named.record.claimer)), not for the signer")
      }
      traps = [named]
    }
    guard !traps.isEmpty else {
      throw Complaint.refused("nothing is trapped on \(client.info.name) for \(SS58.encode(signer))")
    }
    var claimed: [JSON] = []
    for trap in traps {
      for _ in 0..<min(trap.record.count, 100) {
        let inclusion = try await client.submitAndWait(trap.claim(to: beneficiary), key: key)
        if let failure = inclusion.failure {
          throw Complaint.refused(
            "\(client.info.name) refused the claim of \(trap.names.text(trap.assets)): \(spell(failure))")
        }
        claimed.append([
          "trap": .hash(trap.hash), "extrinsic": .hash(inclusion.extrinsicHash), "block": JSON(inclusion.block.number),
          "assets": .string(trap.names.text(trap.assets)),
        ])
        print.output.line(
          "  \(client.info.name) #\(inclusion.block.number)  \(trap.names.text(trap.assets)) is back with \(trap.names.text(beneficiary))"
        )
      }
    }
    print.output.json(["claimed": .array(claimed)])
    await linked.close()
  }
}
