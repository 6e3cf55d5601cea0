public import Primitives
public import ScaleCodec

/// One part of a runtime: its calls, events, errors, storage and hooks.
///
/// A pallet is written as a namespace enum with `Call`, `Event`, `Failure`, storage items and a `Config`, and an
/// `enum Pallet<C: Config>` that conforms here. The runtime picks the index; composition and metadata read the rest.
public protocol Pallet: SendableMetatype {
  associatedtype Call: ScaleCodable & Hashable & Sendable
  associatedtype Event: ScaleCodable & Hashable & Sendable
  associatedtype Failure: PalletFailure
  /// The name in metadata; also the storage prefix.
  static var name: String { get }
  /// The index in calls, events and errors.
  static var index: UInt8 { get }
  /// The storage items, for metadata.
  static var storage: [StorageEntry] { get }
  /// The constants, for metadata.
  static var constants: [PalletConstant] { get }
  /// Weight, class and fee flag of a call before it runs.
  static func info(of call: Call) -> DispatchInfo
  /// Runs a call. The caller wraps it in a transaction: a thrown error leaves no trace.
  static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError)
  /// Runs before the first extrinsic of a block.
  static func onInitialize(in context: ExecutionContext) throws(DispatchError)
  /// Runs after the last extrinsic of a block.
  static func onFinalize(in context: ExecutionContext) throws(DispatchError)
}

extension Pallet {
  public static var constants: [PalletConstant] { [] }
  public static func onInitialize(in context: ExecutionContext) throws(DispatchError) {}
  public static func onFinalize(in context: ExecutionContext) throws(DispatchError) {}

  /// The pallet's error as a dispatch error.
  public static func failure(_ failure: Failure) -> DispatchError {
    .module(ModuleError(pallet: index, error: failure.rawValue))
  }

  /// Deposits an event.
  public static func deposit(_ event: Event, topics: [H256] = [], in context: ExecutionContext) {
    context.deposit(EventRecord(phase: context.phase, event: [index] + event.encoded(), topics: topics))
  }
}

/// A pallet's errors: numbered densely from 0, as clients read them by position. `@ErrorShape` derives the description.
public protocol PalletFailure: Error, Hashable, CaseIterable, RawRepresentable<UInt8>, Sendable, ScaleTyped {}

/// The call type of a pallet without calls.
public enum NoCall: ScaleCodable, Hashable, Sendable {
  public static var typeShape: TypeShape { TypeShape(path: ["NoCall"], .variant([])) }
  public var encodedSize: Int { switch self {} }
  public func encode(into writer: inout ScaleWriter) {}
  public init(from reader: inout ScaleReader) throws(ScaleError) {
    throw .unknownVariant(type: "NoCall", index: try reader.readByte(), offset: reader.offset)
  }
}

/// The event type of a pallet without events.
public typealias NoEvent = NoCall

/// The error type of a pallet without errors.
public enum NoFailure: PalletFailure {
  public static var typeShape: TypeShape { TypeShape(path: ["NoFailure"], .variant([])) }
  public static var allCases: [NoFailure] { [] }
  public init?(rawValue: UInt8) { nil }
  public var rawValue: UInt8 { switch self {} }
}

/// A call of the whole runtime: what sudo, XCM's Transact and the pool handle.
public protocol RuntimeDispatchable: ScaleCodable, Hashable, Sendable {
  /// Weight, class and fee flag before it runs.
  var info: DispatchInfo { get }
  /// Runs the call without a transaction of its own.
  func dispatch(origin: Origin, in context: ExecutionContext) throws(DispatchError)
}

/// A constant of a pallet, for metadata.
public struct PalletConstant: Sendable {
  public var name: String
  public var type: TypeReference
  /// The SCALE encoding.
  public var value: [UInt8]
  public var docs: [String]

  public init<T: ScaleCodable>(_ name: String, _ value: T, docs: [String] = []) {
    self.name = name
    self.type = TypeReference(T.self)
    self.value = value.encoded()
    self.docs = docs
  }
}
