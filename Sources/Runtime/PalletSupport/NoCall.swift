/// A call type without values. A protocol and not just ``NoCall``, because the compiler refuses code for a value
/// that it can see never to exist.
public protocol Uncallable {}
extension NoCall: Uncallable {}

extension Pallet where Call: Uncallable {
  /// Nothing can be called, so nothing ever asks.
  public static func info(of call: Call) -> DispatchInfo { DispatchInfo(.zero) }
  /// Nothing can be called, so nothing ever runs.
  public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {}
}
