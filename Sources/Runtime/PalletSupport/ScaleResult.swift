public import ScaleCodec

/// An outcome with a SCALE form, as Rust's `Result` has it.
///
/// Swift's own `Result` cannot stand in events: it takes only errors on its failing side and has no type shape.
@ScaleCodable(path: "Result")
public enum ScaleResult<
  T: ScaleCodable & Hashable & Sendable, E: ScaleCodable & Hashable & Sendable
>: Hashable, Sendable {
  @ScaleIndex(0) case ok(T)
  @ScaleIndex(1) case err(E)
}

/// The outcome of a dispatched call.
public typealias DispatchResult = ScaleResult<Unit, DispatchError>
