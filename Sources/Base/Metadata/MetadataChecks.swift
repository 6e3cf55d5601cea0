// What SCALE does not say of a well-formed blob: that every reference leads somewhere and every name is one thing's.

extension RuntimeMetadata {
  func checkTypes() throws(MetadataError) {
    for (id, type) in types.enumerated() {
      for parameter in type.parameters {
        if let reference = parameter.type { try check(reference, "a parameter of type \(id)") }
      }
      switch type.definition {
      case .composite(let fields): for field in fields { try check(field.type, "type \(id)") }
      case .variant(let variants):
        var seen = Set<UInt8>()
        for variant in variants {
          guard seen.insert(variant.index).inserted else {
            throw .duplicate(what: "variants of a type", name: "\(variant.index), in type \(id)")
          }
          for field in variant.fields { try check(field.type, "type \(id)") }
        }
      case .sequence(let element), .array(_, let element), .compact(let element): try check(element, "type \(id)")
      case .tuple(let parts): for part in parts { try check(part, "type \(id)") }
      case .bitSequence(let store, let order):
        try check(store, "type \(id)")
        try check(order, "type \(id)")
      case .primitive: break
      }
    }
  }

  func checkPallets() throws(MetadataError) {
    var names = Set<String>()
    var indices = Set<UInt8>()
    for pallet in pallets {
      guard names.insert(pallet.name).inserted else { throw .duplicate(what: "pallets", name: pallet.name) }
      guard indices.insert(pallet.index).inserted else { throw .duplicate(what: "pallets", name: "number \(pallet.index)") }
      for type in [pallet.calls, pallet.event, pallet.error] {
        if let type { try check(type, "pallet \(pallet.name)") }
      }
      for constant in pallet.constants { try check(constant.type, "constant \(pallet.name).\(constant.name)") }
      for item in pallet.storage?.items ?? [] { try check(item, "\(pallet.name).\(item.name)") }
      for view in pallet.viewFunctions { try check(view, "view function \(pallet.name).\(view.name)") }
    }
  }

  private func check(_ item: StorageItem, _ name: String) throws(MetadataError) {
    switch item.kind {
    case .plain(let value): try check(value, "storage item \(name)")
    case .map(let hashers, let key, let value):
      try check(key, "the key of storage item \(name)")
      try check(value, "storage item \(name)")
      guard hashers.count != 1 else { return }
      guard case .tuple(let parts) = types[Int(key)].definition, parts.count == hashers.count, !hashers.isEmpty else {
        throw .hashersDoNotFitKey(item: name, hashers: hashers.count)
      }
    }
  }

  func checkExtrinsicAndAPIs() throws(MetadataError) {
    for type in [extrinsic.type, extrinsic.address, extrinsic.call, extrinsic.signature, extrinsic.extra, runtime] {
      if let type { try check(type, "the extrinsic or the runtime") }
    }
    for part in extrinsic.extensions {
      try check(part.type, "extension \(part.identifier)")
      try check(part.additional, "extension \(part.identifier)")
    }
    for api in apis {
      for method in api.methods { try check(method, "runtime API \(api.name)_\(method.name)") }
    }
    if let outerEnums {
      for type in [outerEnums.call, outerEnums.event, outerEnums.error] { try check(type, "the outer enums") }
    }
    for value in custom { try check(value.type, "custom value \(value.name)") }
  }

  private func check(_ method: API.Method, _ name: String) throws(MetadataError) {
    for input in method.inputs { try check(input.type, name) }
    try check(method.output, name)
  }

  private func check(_ type: TypeID, _ place: @autoclosure () -> String) throws(MetadataError) {
    guard Int(type) < types.count else { throw .unknownType(type, in: place()) }
  }
}
