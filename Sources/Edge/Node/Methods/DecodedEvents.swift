internal import BlockExecution
internal import EchoRuntime
internal import PalletSupport
internal import PalletSystem
internal import Primitives
internal import RPC
internal import ScaleCodec

/// The events of one block, typed and as JSON.
struct DecodedEvents {
  private let records: [DecodedEvent]
  private let json: [JSON]

  /// Reads a block's events from the state that it left.
  /// - Throws: ``ScaleError`` when the row is damaged.
  init(of state: StateView) throws {
    let bytes = state.value(for: System.eventsKey) ?? [0]
    records = try [DecodedEvent](decoding: bytes)
    let list = try ScaleJSON.decode([DecodedEvent].self, bytes: bytes).asArray ?? []
    json = zip(records, list).map { record, json in Self.describe(record, json) }
  }

  /// All events in order.
  var all: [JSON] { json }

  /// The events of one extrinsic.
  func all(ofExtrinsic index: UInt32) -> [JSON] {
    zip(records, json).filter { $0.0.phase == .applyExtrinsic(index) }.map(\.1)
  }

  /// Whether an extrinsic succeeded, and else why not.
  func outcome(ofExtrinsic index: UInt32) -> (isSuccess: Bool, error: String?) {
    for record in records where record.phase == .applyExtrinsic(index) {
      switch record.event {
      case .system(.extrinsicSuccess): return (true, nil)
      case .system(.extrinsicFailed(let error, _)): return (false, ErrorName.of(error))
      default: continue
      }
    }
    return (false, "the block has no outcome for it")
  }

  /// `{"phase", "pallet", "event", "fields", "topics"}` of a decoded record.
  private static func describe(_ record: DecodedEvent, _ json: JSON) -> JSON {
    let phase: JSON
    switch record.phase {
    case .applyExtrinsic(let index): phase = ["applyExtrinsic": JSON(index)]
    case .finalization: phase = "finalization"
    case .initialization: phase = "initialization"
    }
    let (pallet, inner) = named(json["event"] ?? .null)
    let (event, fields) = named(inner)
    return [
      "phase": phase, "pallet": .string(pallet), "event": .string(event), "fields": fields, "topics": json["topics"] ?? .array([]),
    ]
  }

  /// Takes `{"Name": fields}` or `"Name"` apart.
  private static func named(_ json: JSON) -> (String, JSON) {
    if let (name, value) = json.asObject?.first { return (name, value) }
    return (json.asString ?? "", .object([:]))
  }
}

/// Names of dispatch errors: `Balances.insufficientBalance`, or the case of an error that belongs to no pallet.
enum ErrorName {
  static func of(_ error: DispatchError) -> String {
    switch error {
    case .module(let error): EchoRuntime.failureName(error) ?? "pallet \(error.index) error \(error.number)"
    case .token(let error): "Token.\(error)"
    case .arithmetic(let error): "Arithmetic.\(error)"
    case .transactional(let error): "Transactional.\(error)"
    default: "\(error)"
    }
  }
}
