import ArgumentParser
import EchoRuntime
import Primitives
import RPC
import XCM
import XcmTools

/// `echochain xcm decode`
struct XcmDecodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "Read the bytes of a program, a location or assets.",
    discussion: """
      Takes hexadecimal digits, a file of such digits or of the bytes themselves, or - for standard input; at most 1 \
      MiB. Prints one instruction a line, programs inside an instruction below it. With --chain, amounts are in units and \
      accounts have names. --json prints the exact form, which 'echochain xcm encode' turns back. Examples:

        echochain xcm decode 0x05080a2c5b0a…
        echochain xcm decode --chain hub program.hex
        echochain xcm decode --type VersionedLocation --json 0x05010100411f
        echochain xcm decode --convert-to 4 --json program.bin
      """)

  @Argument(help: "Hexadecimal digits, a file, or - for standard input.") var input: String
  @OptionGroup var form: XcmFormOptions
  @OptionGroup var reader: XcmViewOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let bytes = try XcmSource.bytes(input)
    let read = try XcmSource.document(form.type.rawValue) { () throws(XcmTextError) in
      try XcmDocument(decoding: bytes, as: form.type)
    }
    let document = try form.converted(read)
    if print.json {
      let json = try XcmSource.document(form.type.rawValue) { () throws(XcmTextError) in try document.json() }
      return print.output.json(json)
    }
    let printer = try await reader.view()?.printer ?? XcmPrinter()
    for line in printer.lines(document) { print.output.line("  \(line)") }
  }
}

/// `echochain xcm encode`
struct XcmEncodeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode", abstract: "Turn the JSON form of a program, a location or assets into bytes.",
    discussion: """
      Takes a file of JSON, - for standard input, or the JSON itself. Reading is strict: an unknown or missing field, \
      a number out of range or assets out of order are refused with the path of the fault. Prints 0x and hexadecimal \
      digits; with --json the same as a JSON string. Examples:

        echochain xcm encode program.json
        echochain xcm decode --json 0x05080a… | echochain xcm encode -
        echochain xcm encode --type VersionedLocation '{"V5":{"parents":1,"interior":{"X1":[{"Parachain":2000}]}}}'
      """)

  @Argument(help: "A file of JSON, - for standard input, or the JSON itself.") var input: String
  @OptionGroup var form: XcmFormOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let json = try XcmSource.json(input)
    let read = try XcmSource.document(form.type.rawValue) { () throws(XcmTextError) in
      try XcmDocument(json, as: form.type)
    }
    let bytes = try form.converted(read).encoded()
    print.output.json(.hex(bytes))
    print.output.line(Hex.encode(bytes))
  }
}

/// `echochain xcm sovereign`
struct XcmSovereignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sovereign", abstract: "Show the account that a location has on a chain.",
    discussion: """
      The location is a path, a short form, JSON with or without a version, or the bytes of a VersionedLocation. \
      Without --chain the built-in runtime answers. Examples:

        echochain xcm sovereign '../Parachain(2000)'
        echochain xcm sovereign sibling:2000
        echochain xcm sovereign '../Parachain(2000)/AccountId32(alice)' --chain hub
        echochain xcm sovereign 0x05010100411f --json
      """)

  @Argument(
    help: "A path such as ../Parachain(2000), sibling:2000, child:2000, parent, here, JSON, or hexadecimal bytes.")
  var location: [String]
  @OptionGroup var reader: XcmViewOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    guard let view = try await reader.view(else: "hub") else { return }
    let text = location.joined(separator: " ")
    let chains = (try? reader.network.file())?.chains.map { ($0.name, $0.paraId) } ?? []
    let place: Location
    do throws(XcmTextError) {
      place = try LocationText.parse(
        text, account: { try? AccountText.parse($0, development: true) },
        chain: { name in chains.first { $0.0 == name }?.1 ?? BuiltInChain.spec(named: name)?.paraId })
    } catch { throw Complaint.usage("this is no location: \(error)") }
    guard let account = try await view.account(of: place) else {
      throw Complaint.refused("\(view.printer.text(place)) has no account on \(view.name)")
    }
    let own = SovereignRule.account(of: place)
    let rule = own?.account == account ? own?.rule.sentence : nil
    let address = XcmNames.address(account, prefix: view.names.ss58Prefix)
    let name = view.names.text(account)
    try print.output.json([
      "location": try XcmJSON.json(of: place), "account": .hex(account.bytes), "address": .string(address),
      "rule": rule.map { .string($0) } ?? .null, "chain": .string(view.name),
    ])
    print.output.facts([
      ("location", view.printer.text(place)), ("account", Hex.encode(account.bytes)),
      ("address", name == address ? address : "\(address)  \(name)"), ("rule", rule ?? "one of \(view.name)'s own"),
      ("chain", view.name),
    ])
  }
}
