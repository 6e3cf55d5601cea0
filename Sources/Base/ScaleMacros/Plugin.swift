import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main struct ScalePlugin: CompilerPlugin {
  let providingMacros: [any Macro.Type] = [ScaleCodableMacro.self, ScaleIndexMacro.self, ErrorShapeMacro.self]
}
