import Foundation
import Metadata
import Primitives
import RPC

/// Metadata as people and programs read it.
struct MetadataView {
  let metadata: RuntimeMetadata
  let presenter: DynamicPresenter

  private func name(_ type: TypeID) -> String { metadata.registry.name(type) }

  private func docs(_ lines: [String]) -> String {
    lines.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

// MARK: JSON

extension MetadataView {
  func json(_ blob: [UInt8]) -> JSON {
    let extensions = metadata.extrinsic.extensions.map { part -> JSON in
      ["identifier": .string(part.identifier), "type": .string(name(part.type)), "additional": .string(name(part.additional))]
    }
    let apis = metadata.apis.map { api -> JSON in
      ["name": .string(api.name), "methods": .array(api.methods.map { method($0) }), "docs": .string(docs(api.docs))]
    }
    return [
      "version": JSON(blob.count > 4 ? blob[4] : 0), "bytes": JSON(blob.count), "types": JSON(metadata.types.count),
      "pallets": .array(metadata.pallets.map { json($0) }),
      "extrinsic": ["versions": .array(metadata.extrinsic.versions.map { JSON($0) }), "extensions": .array(extensions)],
      "apis": .array(apis),
    ]
  }

  func json(_ pallet: RuntimeMetadata.Pallet) -> JSON {
    [
      "name": .string(pallet.name), "index": JSON(pallet.index), "docs": .string(docs(pallet.docs)),
      "calls": .array(variants(pallet.calls)), "events": .array(variants(pallet.event)), "errors": .array(variants(pallet.error)),
      "constants": .array(pallet.constants.map { json($0) }), "storage": .array((pallet.storage?.items ?? []).map { json($0) }),
      "viewFunctions": .array(pallet.viewFunctions.map { method($0) }),
    ]
  }

  func json(_ constant: RuntimeMetadata.Constant) -> JSON {
    var value: JSON = .hex(constant.value)
    if let decoded = try? metadata.value(of: constant) { value = presenter.json(decoded, constant.type) }
    return ["name": .string(constant.name), "type": .string(name(constant.type)), "value": value, "docs": .string(docs(constant.docs))]
  }

  private func json(_ item: RuntimeMetadata.StorageItem) -> JSON {
    var members: [String: JSON] = [
      "name": .string(item.name), "docs": .string(docs(item.docs)), "default": item.hasDefault ? .hex(item.fallback) : .null,
    ]
    switch item.kind {
    case .plain(let type): members["type"] = .string(name(type))
    case .map(let hashers, let key, let value):
      members["key"] = .string(name(key))
      members["hashers"] = .array(hashers.map { .string($0.name) })
      members["type"] = .string(name(value))
    }
    return .object(members)
  }

  private func variants(_ type: TypeID?) -> [JSON] {
    metadata.variants(of: type).map { variant in
      let fields = variant.fields.map { field -> JSON in
        ["name": field.name.map { .string($0) } ?? .null, "type": .string(name(field.type))]
      }
      return ["name": .string(variant.name), "index": JSON(variant.index), "fields": .array(fields), "docs": .string(docs(variant.docs))]
    }
  }

  private func method(_ method: RuntimeMetadata.API.Method) -> JSON {
    let inputs = method.inputs.map { input -> JSON in ["name": .string(input.name), "type": .string(name(input.type))] }
    return [
      "name": .string(method.name), "inputs": .array(inputs), "output": .string(name(method.output)), "docs": .string(docs(method.docs)),
    ]
  }
}

// MARK: Lines

extension MetadataView {
  func show(_ source: String, _ blob: [UInt8], _ output: Output) {
    let extensions = metadata.extrinsic.extensions.map(\.identifier).joined(separator: ", ")
    output.facts([
      ("metadata", "\(source), version \(blob.count > 4 ? blob[4] : 0), \(Spoken.bytes(blob.count)), \(metadata.types.count) types"),
      ("extrinsics", "version \(metadata.extrinsic.versions.map(String.init).joined(separator: " and ")); \(extensions)"),
    ])
    output.line()
    var table = Table("index", "pallet", "calls", "storage", "constants", "events", "errors", numeric: [0, 2, 3, 4, 5, 6])
    for pallet in metadata.pallets {
      let counts = [
        metadata.variants(of: pallet.calls).count, pallet.storage?.items.count ?? 0, pallet.constants.count,
        metadata.variants(of: pallet.event).count, metadata.variants(of: pallet.error).count,
      ]
      table.rows.append(["\(pallet.index)", pallet.name] + counts.map { $0 == 0 ? "" : "\($0)" })
    }
    output.table(table)
    guard !metadata.apis.isEmpty else { return }
    heading("runtime APIs", output)
    for api in metadata.apis {
      for method in api.methods { output.line("  \(api.name)_\(signature(method))") }
    }
  }

  func show(_ pallet: RuntimeMetadata.Pallet, _ output: Output) {
    output.line("  \(output.terminal.style(pallet.name, .bold)), pallet \(pallet.index)")
    describe(pallet.docs, output)
    show(pallet.calls, "calls", output)
    if let items = pallet.storage?.items, !items.isEmpty {
      heading("storage", output)
      for item in items {
        output.line("  \(line(item))")
        describe(item.docs, output)
      }
    }
    if !pallet.constants.isEmpty {
      heading("constants", output)
      for constant in pallet.constants {
        output.line("  \(constant.name): \(name(constant.type)) = \(json(constant)["value"]?.description ?? "")")
        describe(constant.docs, output)
      }
    }
    show(pallet.event, "events", output)
    show(pallet.error, "errors", output)
    guard !pallet.viewFunctions.isEmpty else { return }
    heading("view functions", output)
    for method in pallet.viewFunctions { output.line("  \(signature(method))") }
  }

  private func heading(_ text: String, _ output: Output) {
    output.line()
    output.line("  \(output.terminal.style(text, .dim))")
  }

  private func describe(_ lines: [String], _ output: Output) {
    // The first sentence says what it is; all of it is in the JSON form.
    let text = docs(lines)
    guard !text.isEmpty else { return }
    let sentence = text.firstMatch(of: /^.*?\.(?= [A-Z`])/).map { String($0.output) } ?? text
    output.line("      \(output.terminal.style(sentence, .dim))")
  }

  private func show(_ type: TypeID?, _ title: String, _ output: Output) {
    let variants = metadata.variants(of: type)
    guard !variants.isEmpty else { return }
    heading(title, output)
    for variant in variants {
      let fields = variant.fields.map { field in field.name.map { "\($0): \(name(field.type))" } ?? name(field.type) }
      output.line("  \(variant.index)  \(variant.name)\(fields.isEmpty ? "" : "(\(fields.joined(separator: ", ")))")")
      describe(variant.docs, output)
    }
  }

  private func line(_ item: RuntimeMetadata.StorageItem) -> String {
    let absent = item.hasDefault ? "" : ", optional"
    switch item.kind {
    case .plain(let type): return "\(item.name): \(name(type))\(absent)"
    case .map(let hashers, let key, let value):
      return "\(item.name)[\(name(key))]: \(name(value))\(absent), by \(hashers.map(\.name).joined(separator: ", "))"
    }
  }

  private func signature(_ method: RuntimeMetadata.API.Method) -> String {
    let inputs = method.inputs.map { "\($0.name): \(name($0.type))" }.joined(separator: ", ")
    return "\(method.name)(\(inputs)) -> \(name(method.output))"
  }
}
