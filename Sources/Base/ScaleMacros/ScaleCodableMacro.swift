import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxMacros

/// A rule of `@ScaleCodable` that a declaration breaks.
struct ScaleMacroError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Marks a case's wire index; expands to nothing.
enum ScaleIndexMacro: PeerMacro {
  static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    guard declaration.is(EnumCaseDeclSyntax.self) else { throw ScaleMacroError("@ScaleIndex belongs on an enum case") }
    return []
  }
}

/// Derives the SCALE conformances of a struct or enum.
enum ScaleCodableMacro: ExtensionMacro {
  static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
    conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
  ) throws -> [ExtensionDeclSyntax] {
    let name: String
    let members: DerivedMembers
    if let declaration = declaration.as(StructDeclSyntax.self) {
      name = declaration.name.text
      members = try deriveStruct(declaration)
    } else if let declaration = declaration.as(EnumDeclSyntax.self) {
      name = declaration.name.text
      members = try deriveEnum(declaration)
    } else {
      throw ScaleMacroError("@ScaleCodable can be attached to a struct or an enum only")
    }
    let access = accessModifier(declaration.modifiers)
    let path = pathLiteral(node) ?? [name]
    let docs = docLines(declaration.leadingTrivia)
    let pathText = path.map { "\"\($0)\"" }.joined(separator: ", ")
    let generics = declaration.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause?.parameters
    let parameters =
      generics?.map { ".init(name: \"\($0.name.text)\", type: TypeReference(\($0.name.text).self))" }.joined(separator: ", ") ?? ""
    let source: DeclSyntax = """
      extension \(type.trimmed): ScaleEncodable, ScaleDecodable, ScaleTyped {
        \(raw: access)var encodedSize: Int {
      \(raw: members.size)
        }
        \(raw: access)func encode(into writer: inout ScaleWriter) {
      \(raw: members.encode)
        }
        \(raw: access)init(from reader: inout ScaleReader) throws(ScaleError) {
      \(raw: members.decode)
        }
        \(raw: access)static var typeShape: TypeShape {
          // Read once when metadata is made; optimising these long literals costs builds minutes.
          @_optimize(none) get {
            TypeShape(path: [\(raw: pathText)], parameters: [\(raw: parameters)], \(raw: members.shape), docs: \(raw: docsLiteral(docs)))
          }
        }
      }
      """
    guard let result = source.as(ExtensionDeclSyntax.self) else {
      throw ScaleMacroError("@ScaleCodable expanded to something else than an extension")
    }
    return [result]
  }
}

/// Bodies of the derived members.
private struct DerivedMembers {
  var size: String
  var encode: String
  var decode: String
  var shape: String
}

private func deriveStruct(_ declaration: StructDeclSyntax) throws -> DerivedMembers {
  var fields: [(name: String, type: String, docs: [String])] = []
  for member in declaration.memberBlock.members {
    guard let variable = member.decl.as(VariableDeclSyntax.self),
      !variable.modifiers.contains(where: { ["static", "class", "lazy"].contains($0.name.text) })
    else { continue }
    for binding in variable.bindings {
      guard isStored(binding) else { continue }
      guard let name = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text,
        let type = binding.typeAnnotation?.type.trimmedDescription
      else {
        throw ScaleMacroError("@ScaleCodable needs a written type on every stored property")
      }
      guard variable.bindingSpecifier.text == "var" || binding.initializer == nil else {
        throw ScaleMacroError("@ScaleCodable cannot decode into the constant '\(name)'")
      }
      fields.append((name, type, docLines(variable.leadingTrivia)))
    }
  }
  let size = fields.isEmpty ? "0" : fields.map { "self.\($0.name).encodedSize" }.joined(separator: " + ")
  let encode = fields.map { "self.\($0.name).encode(into: &writer)" }.joined(separator: "\n")
  var decode = fields.map { "self.\($0.name) = try \($0.type.asExpression)(from: &reader)" }
  if !decode.isEmpty {
    decode.insert("try reader.enter()", at: 0)
    decode.append("reader.leave()")
  }
  let shape = fields.map { fieldLiteral(name: $0.name, type: $0.type, docs: $0.docs) }.joined(separator: ", ")
  return DerivedMembers(size: size, encode: encode, decode: decode.joined(separator: "\n"), shape: ".composite([\(shape)])")
}

private func deriveEnum(_ declaration: EnumDeclSyntax) throws -> DerivedMembers {
  var sizes: [String] = []
  var encodes: [String] = []
  var decodes: [String] = []
  var shapes: [String] = []
  var seen: [UInt8: String] = [:]
  for member in declaration.memberBlock.members {
    guard let declared = member.decl.as(EnumCaseDeclSyntax.self) else { continue }
    guard declared.elements.count == 1, let element = declared.elements.first else {
      throw ScaleMacroError("@ScaleCodable wants one case in each `case` line, each with its own @ScaleIndex")
    }
    let name = element.name.text
    guard let index = scaleIndex(declared.attributes) else {
      throw ScaleMacroError("case '\(name)' needs @ScaleIndex(0...255): wire indices are written down, not counted")
    }
    if let other = seen.updateValue(name, forKey: index) {
      throw ScaleMacroError("cases '\(other)' and '\(name)' share index \(index)")
    }
    let parameters = element.parameterClause?.parameters.map { ($0.firstName?.text, $0.type.trimmedDescription) } ?? []
    let values = parameters.indices.map { "v\($0)" }
    let pattern = values.isEmpty ? "" : "(" + values.map { "let \($0)" }.joined(separator: ", ") + ")"
    sizes.append("case .\(name)\(pattern): " + (["1"] + values.map { "\($0).encodedSize" }).joined(separator: " + "))
    encodes.append(
      "case .\(name)\(pattern):\nwriter.writeByte(\(index))" + values.map { "\n\($0).encode(into: &writer)" }.joined())
    let arguments = parameters.map { label, type in
      (label.map { $0 == "_" ? "" : "\($0): " } ?? "") + "try \(type.asExpression)(from: &reader)"
    }
    decodes.append("case \(index): self = .\(name)" + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))"))
    let fields = parameters.map { label, type in fieldLiteral(name: label == "_" ? nil : label, type: type, docs: []) }
    shapes.append(
      ".init(name: \"\(metadataCase(name))\", index: \(index), fields: [\(fields.joined(separator: ", "))], docs: \(docsLiteral(docLines(declared.leadingTrivia))))"
    )
  }
  guard !shapes.isEmpty else { throw ScaleMacroError("@ScaleCodable cannot encode an enum without cases") }
  return DerivedMembers(
    size: "switch self {\n\(sizes.joined(separator: "\n"))\n}",
    encode: "switch self {\n\(encodes.joined(separator: "\n"))\n}",
    decode: """
      let at = reader.offset
      try reader.enter()
      switch try reader.readByte() {
      \(decodes.joined(separator: "\n"))
      case let index: throw .unknownVariant(type: "\(declaration.name.text)", index: index, offset: at)
      }
      reader.leave()
      """,
    shape: ".variant([\(shapes.joined(separator: ", "))])")
}

/// A stored property has no accessors, or only observers.
private func isStored(_ binding: PatternBindingSyntax) -> Bool {
  guard let block = binding.accessorBlock else { return true }
  guard case .accessors(let accessors) = block.accessors else { return false }
  return accessors.allSatisfy { ["willSet", "didSet"].contains($0.accessorSpecifier.text) }
}

private func scaleIndex(_ attributes: AttributeListSyntax) -> UInt8? {
  for case .attribute(let attribute) in attributes
  where attribute.attributeName.trimmedDescription == "ScaleIndex" {
    guard case .argumentList(let list)? = attribute.arguments, let text = list.first?.expression.trimmedDescription else { return nil }
    return text.hasPrefix("0x") ? UInt8(text.dropFirst(2), radix: 16) : UInt8(text)
  }
  return nil
}

func pathLiteral(_ node: AttributeSyntax) -> [String]? {
  guard case .argumentList(let list)? = node.arguments,
    let text = list.first?.expression.as(StringLiteralExprSyntax.self)?.representedLiteralValue, !text.isEmpty
  else { return nil }
  return text.split(separator: ":", omittingEmptySubsequences: true).map(String.init)
}

func accessModifier(_ modifiers: DeclModifierListSyntax) -> String {
  for modifier in modifiers where ["public", "package"].contains(modifier.name.text) { return modifier.name.text + " " }
  return ""
}

private func fieldLiteral(name: String?, type: String, docs: [String]) -> String {
  let label = name.map { "\"\(snakeCase($0))\"" } ?? "nil"
  return ".init(name: \(label), type: TypeReference(\(type.asExpression).self), typeName: \"\(type)\", docs: \(docsLiteral(docs)))"
}

func docLines(_ trivia: Trivia) -> [String] {
  trivia.compactMap { piece in
    guard case .docLineComment(let text) = piece else { return nil }
    let line = text.dropFirst(3)
    return String(line.first == " " ? line.dropFirst() : line)
  }
}

func docsLiteral(_ lines: [String]) -> String {
  "[" + lines.map { "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" }.joined(separator: ", ") + "]"
}

/// Metadata names fields in snake_case, as every Substrate client expects; a run of capitals is one word.
private func snakeCase(_ name: String) -> String {
  let characters = Array(name.filter { $0 != "`" })
  var result = ""
  for (index, character) in characters.enumerated() {
    if character.isUppercase {
      let startsWord = index > 0 && !characters[index - 1].isUppercase
      let endsAcronym = index > 0 && index + 1 < characters.count && characters[index + 1].isLowercase
      if startsWord || endsAcronym { result.append("_") }
      result.append(contentsOf: character.lowercased())
    } else {
      result.append(character)
    }
  }
  return result
}

/// Metadata names variants in UpperCamelCase.
func metadataCase(_ name: String) -> String {
  let plain = name.filter { $0 != "`" }
  return plain.prefix(1).uppercased() + plain.dropFirst()
}

extension String {
  /// The type's text as it can stand before `.self` or `(from:)`.
  fileprivate var asExpression: String {
    hasSuffix("?") ? "Optional<\(dropLast())>" : self
  }
}
