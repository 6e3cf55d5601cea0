/// Why something of a runtime cannot be found, read or made by its metadata.
public enum RuntimeLookupError: Error, Equatable, Sendable {
  /// There is no pallet, call, storage item, constant or runtime API of this name.
  case unknownName(what: String, name: String, known: [String])
  /// A storage item takes another number of keys.
  case keyCount(item: String, given: Int, wanted: Int)
  /// A storage key is not one of the item.
  case foreignKey(item: String, reason: String)
  /// A value does not fit its type.
  case value(DynamicError)
  /// A signed extension carries data that is not known here.
  case unknownExtension(String)
  /// The runtime makes extrinsics in a way that is not known here.
  case unsupportedExtrinsic(reason: String)
}

extension RuntimeLookupError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownName(let what, let name, let known):
      "there is no \(what) '\(name)'" + (known.isEmpty ? "" : "; there are \(LooseName.list(known))")
    case .keyCount(let item, let given, let wanted): "\(item) takes \(wanted) keys; \(given) are given"
    case .foreignKey(let item, let reason): "the key is not one of \(item): \(reason)"
    case .value(let error): "\(error)"
    case .unknownExtension(let name): "the runtime's extension \(name) carries data that is not known here"
    case .unsupportedExtrinsic(let reason): "extrinsics of this runtime cannot be made here: \(reason)"
    }
  }
}

extension RuntimeMetadata {
  public var registry: TypeRegistry { TypeRegistry(types) }

  /// A pallet by its name; another spelling of the name counts when only one pallet fits.
  public func pallet(_ name: String) throws(RuntimeLookupError) -> Pallet {
    guard let pallet = LooseName.find(name, in: pallets, by: \.name) else {
      throw .unknownName(what: "pallet", name: name, known: pallets.map(\.name))
    }
    return pallet
  }

  /// A pallet by the index that its calls, events and errors begin with.
  public func pallet(index: UInt8) -> Pallet? { pallets.first { $0.index == index } }

  /// The variants of an enum, such as a pallet's calls; none for another type.
  public func variants(of type: TypeID?) -> [PortableType.Variant] {
    guard let type, case .variant(let variants)? = registry[type]?.definition else { return [] }
    return variants
  }

  /// The name and the docs of a pallet's error.
  /// - Parameters:
  ///   - pallet: The pallet's index.
  ///   - error: The variant's index, which is the first byte of the error in a `ModuleError`.
  public func error(pallet index: UInt8, error: UInt8) -> (pallet: String, variant: PortableType.Variant)? {
    guard let pallet = pallet(index: index), let variant = variants(of: pallet.error).first(where: { $0.index == error }) else {
      return nil
    }
    return (pallet.name, variant)
  }

  /// The name, fields and docs of a pallet's event.
  public func event(pallet index: UInt8, event: UInt8) -> (pallet: String, variant: PortableType.Variant)? {
    guard let pallet = pallet(index: index), let variant = variants(of: pallet.event).first(where: { $0.index == event }) else {
      return nil
    }
    return (pallet.name, variant)
  }

  /// A constant of a pallet.
  public func constant(_ pallet: String, _ name: String) throws(RuntimeLookupError) -> Constant {
    let pallet = try self.pallet(pallet)
    guard let constant = LooseName.find(name, in: pallet.constants, by: \.name) else {
      throw .unknownName(what: "constant of \(pallet.name)", name: name, known: pallet.constants.map(\.name))
    }
    return constant
  }

  /// A constant's value; its bytes must be of its type and nothing else.
  public func value(of constant: Constant) throws(RuntimeLookupError) -> DynamicValue {
    do throws(DynamicError) { return try registry.decode(constant.value, as: constant.type, path: constant.name) } catch {
      throw .value(error)
    }
  }

  /// A runtime API's method by `Name_method`.
  public func method(_ name: String) throws(RuntimeLookupError) -> API.Method {
    for api in apis {
      for method in api.methods where "\(api.name)_\(method.name)" == name { return method }
    }
    throw .unknownName(what: "runtime API", name: name, known: apis.map(\.name))
  }
}

// MARK: Calls

extension RuntimeMetadata {
  /// A call of a pallet.
  public func call(_ pallet: String, _ name: String) throws(RuntimeLookupError) -> (pallet: Pallet, variant: PortableType.Variant) {
    let pallet = try self.pallet(pallet)
    let calls = variants(of: pallet.calls)
    guard let variant = LooseName.find(name, in: calls, by: \.name) else {
      throw .unknownName(what: "call of \(pallet.name)", name: name, known: calls.map(\.name))
    }
    return (pallet, variant)
  }

  /// Encodes a call: the pallet's index, the call's index, the arguments.
  /// - Parameters:
  ///   - arguments: A composite by the names of the arguments, or a sequence in their order.
  ///   - accounts: Reads text that stands for an account.
  public func encodeCall(
    _ pallet: String, _ name: String, arguments: DynamicValue, accounts: TypeRegistry.AccountReader = { _ in nil }
  ) throws(RuntimeLookupError) -> [UInt8] {
    let (pallet, variant) = try call(pallet, name)
    let type = pallet.calls ?? 0
    // The one argument of a call without names may be given bare, or as the list of one.
    var given = arguments
    if variant.fields.count == 1, variant.fields[0].name == nil, case .sequence(let items) = arguments, items.count == 1 {
      given = items[0]
    }
    do throws(DynamicError) {
      return [pallet.index, variant.index]
        + (try registry.encode(given, fields: variant.fields, of: type, accounts: accounts, path: "call"))
    } catch { throw .value(error) }
  }

  /// Decodes a call: a variant of the pallet with a variant of the call.
  public func decodeCall(_ bytes: [UInt8]) throws(RuntimeLookupError) -> DynamicValue {
    guard let type = callType else { throw .unsupportedExtrinsic(reason: "the metadata names no type of all calls") }
    do throws(DynamicError) { return try registry.decode(bytes, as: type, path: "call") } catch { throw .value(error) }
  }

  /// The enum of all pallets' calls.
  public var callType: TypeID? { extrinsic.call ?? outerEnums?.call ?? parameter("Call") }

  /// The type of the address that signs an extrinsic.
  public var addressType: TypeID? { extrinsic.address ?? parameter("Address") }

  /// The type of a signature under an extrinsic.
  public var signatureType: TypeID? { extrinsic.signature ?? parameter("Signature") }

  /// A generic parameter of `UncheckedExtrinsic`: version 14 names these types nowhere else.
  private func parameter(_ name: String) -> TypeID? {
    guard let type = extrinsic.type else { return nil }
    return registry[type]?.parameters.first { $0.name == name }?.type
  }
}
