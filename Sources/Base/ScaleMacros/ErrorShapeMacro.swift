import SwiftSyntax
import SwiftSyntaxMacros

/// Derives the type shape of an enum of errors whose raw values are its numbers.
enum ErrorShapeMacro: ExtensionMacro {
  static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
    conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
  ) throws -> [ExtensionDeclSyntax] {
    guard let declaration = declaration.as(EnumDeclSyntax.self) else {
      throw ScaleMacroError("@ErrorShape can be attached to an enum with raw values only")
    }
    let path = (pathLiteral(node) ?? [declaration.name.text]).map { "\"\($0)\"" }.joined(separator: ", ")
    let variants = try variants(of: declaration).joined(separator: ", ")
    let source: DeclSyntax = """
      extension \(type.trimmed): ScaleTyped {
        \(raw: accessModifier(declaration.modifiers))static var typeShape: TypeShape {
          @_optimize(none) get {
            TypeShape(path: [\(raw: path)], .variant([\(raw: variants)]))
          }
        }
      }
      """
    guard let result = source.as(ExtensionDeclSyntax.self) else {
      throw ScaleMacroError("@ErrorShape expanded to something else than an extension")
    }
    return [result]
  }

  /// The cases with their numbers, counted on from the last written one as Swift counts raw values.
  private static func variants(of declaration: EnumDeclSyntax) throws -> [String] {
    var literals: [String] = []
    var next = 0
    for member in declaration.memberBlock.members {
      guard let declared = member.decl.as(EnumCaseDeclSyntax.self) else { continue }
      for element in declared.elements {
        guard element.parameterClause == nil else { throw ScaleMacroError("@ErrorShape wants cases without values") }
        if let value = element.rawValue?.value {
          guard let number = Int(value.trimmedDescription) else {
            throw ScaleMacroError("case '\(element.name.text)' needs a decimal number or none")
          }
          next = number
        }
        guard (0...255).contains(next) else { throw ScaleMacroError("case '\(element.name.text)' has a number above 255") }
        let name = metadataCase(element.name.text)
        literals.append(".init(name: \"\(name)\", index: \(next), docs: \(docsLiteral(docLines(declared.leadingTrivia))))")
        next += 1
      }
    }
    return literals
  }
}
