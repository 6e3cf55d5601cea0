import ArgumentParser
import PalletSupport
import Primitives
import RPC
import ScaleCodec
import XCM
import XcmTools

/// `echochain xcm weigh`
struct XcmWeighCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weigh", abstract: "Show what a program weighs and costs.",
    discussion: """
      Weighs each instruction with the programs that run inside it, and prices the sum in every asset that the \
      chain takes. Without --chain the built-in runtime answers, on the state in which the chain hub begins. Programs \
      for other chains inside an instruction are weighed there. Examples:

        echochain xcm weigh 0x05080a2c5b0a…
        echochain xcm weigh --chain market program.hex
        echochain xcm weigh - --json < program.bin
      """)

  @Argument(help: "Hexadecimal digits, JSON, a file of either, or - for standard input.") var input: String
  @OptionGroup var reader: XcmViewOptions
  @OptionGroup var print: OutputOptions

  func run() async throws {
    let versioned = try XcmSource.program(input)
    guard let view = try await reader.view(else: "hub") else { return }
    let program: Xcm
    do throws(XcmConversionError) { program = try versioned.latest() } catch {
      throw Complaint.usage("the program cannot run here: \(String("\(error)".dropFirst("xcm: ".count)))")
    }
    var weights: [Weight?] = []
    for instruction in program.instructions { weights.append(try await view.weight(of: .v5([instruction]))) }
    guard let total = try await view.weight(of: versioned) else {
      let at = weights.firstIndex { $0 == nil }.map { "instruction \($0), \(program.instructions[$0].name), has none" }
      throw Complaint.refused(
        "\(view.name) cannot weigh the program: \(at ?? "it has too many instructions"); a call that does not decode, "
          + "or more than \(Xcm.maximumInstructions) instructions, has no weight")
    }
    var fees: [(asset: AssetID, amount: Balance)] = []
    for asset in try await view.acceptableAssets() {
      if let amount = try await view.fee(for: total, in: asset) { fees.append((asset, amount)) }
    }
    try show(program, versioned.version, weights, total, fees, view)
  }

  private func show(
    _ program: Xcm, _ version: UInt32, _ weights: [Weight?], _ total: Weight,
    _ fees: [(asset: AssetID, amount: Balance)],
    _ view: XcmView
  ) throws {
    let output = print.output
    let instructions = zip(program.instructions, weights).map { instruction, weight -> JSON in
      ["instruction": .string(instruction.name), "weight": weight?.json ?? .null]
    }
    try output.json([
      "chain": .string(view.name), "version": JSON(version), "instructions": .array(instructions), "weight": total.json,
      "fees": .array(
        try fees.map { asset, amount in
          [
            "asset": try XcmJSON.json(of: asset), "amount": .decimal(amount),
            "symbol": view.names.unit(of: asset).map { .string($0.symbol) } ?? .null,
          ]
        }),
    ])
    var table = Table("#", "instruction", "time", "proof size", numeric: [0, 2, 3])
    for (index, (instruction, weight)) in zip(program.instructions, weights).enumerated() {
      table.rows.append(["\(index)", instruction.name] + cells(weight ?? .zero))
    }
    table.rows.append(["", "all"] + cells(total))
    output.table(table)
    output.line("  on \(view.name), XCM version \(version)")
    output.facts(
      fees.enumerated().map { index, fee in (index == 0 ? "costs" : "or", view.names.text(fee.amount, of: fee.asset)) })
  }

  private func cells(_ weight: Weight) -> [String] {
    [
      "\(XcmNames.decimal(Balance(weight.refTime.value), decimals: 6)) µs",
      "\(XcmNames.decimal(Balance(weight.proofSize.value), decimals: 0)) B",
    ]
  }
}

extension Weight {
  /// As in the JSON form of XCM.
  fileprivate var json: JSON { ["ref_time": .decimal(refTime.value), "proof_size": .decimal(proofSize.value)] }
}
