/// Derives `encodedSize`, `encode(into:)`, `init(from:)` and `typeShape` for a struct or an enum.
///
/// A struct is the concatenation of its stored properties in order. Every case of an enum carries
/// `@ScaleIndex(n)`: the wire index is written down, never counted. Properties that are not part of the wire form
/// are not allowed. The derived decoder bounds nesting through ``ScaleReader/enter()``.
///
/// ```swift
/// @ScaleCodable(path: "pallet_escrow::Ticket")
/// public struct Ticket { public var payer: AccountID; public var amount: Balance }
/// ```
/// - Parameter path: The type's path in metadata, parts joined with `::`. Defaults to the type's name.
@attached(
  extension, conformances: ScaleEncodable, ScaleDecodable, ScaleTyped, names: named(encodedSize), named(encode(into:)), named(init(from:)),
  named(typeShape))
public macro ScaleCodable(path: String = "") = #externalMacro(module: "ScaleMacros", type: "ScaleCodableMacro")

/// States the wire index of an enum case. Read by ``ScaleCodable(path:)``; means nothing on its own.
@attached(peer)
public macro ScaleIndex(_ index: UInt8) = #externalMacro(module: "ScaleMacros", type: "ScaleIndexMacro")

/// Derives `typeShape` for an enum of errors whose raw values (`UInt8`) are its numbers, doc comments included.
/// - Parameter path: The type's path in metadata, parts joined with `::`. Defaults to the type's name.
@attached(extension, conformances: ScaleTyped, names: named(typeShape))
public macro ErrorShape(path: String = "") = #externalMacro(module: "ScaleMacros", type: "ErrorShapeMacro")
