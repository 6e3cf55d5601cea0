public import PalletSupport
internal import Primitives
internal import ScaleCodec

// Programs of exactly one instruction that carry no payment, because this chain asked for them or offers the service.

/// Lets an answer through that this chain awaits: exactly one `QueryResponse`, from the right responder, for an open
/// query, naming the right querier.
public struct AllowKnownQueryResponses<Responses: ResponseHandler>: XcmBarrier {
  public init(_: Responses.Type = Responses.self) {}

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard case .queryResponse(let query, _, _, let querier)? = program.only,
      Responses.isExpecting(origin, queryID: query.value, querier: querier, in: state)
    else { throw .badFormat }
  }
}

/// Lets exactly one `SubscribeVersion` or `UnsubscribeVersion` of the given origins through.
public struct AllowSubscriptions: XcmBarrier {
  private let origins: LocationFilter

  public init(from origins: LocationFilter) { self.origins = origins }

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard origins.contains(origin, in: state) else { throw .unsupported }
    switch program.only {
    case .subscribeVersion, .unsubscribeVersion: return
    default: throw .badFormat
    }
  }
}

/// Lets exactly one notice about channels between chains through, from the relay chain and from nobody else.
public struct AllowHrmpNotificationsFromRelayChain: XcmBarrier {
  public init() {}

  public func admit(
    _ program: inout ArraySlice<Instruction>, from origin: Location, maxWeight: Weight,
    properties: inout BarrierProperties, in state: ExecutionContext
  ) throws(BarrierRefusal) {
    guard origin == .parent else { throw .unsupported }
    switch program.only {
    case .hrmpNewChannelOpenRequest, .hrmpChannelAccepted, .hrmpChannelClosing: return
    default: throw .badFormat
    }
  }
}

extension ArraySlice<Instruction> {
  /// The only instruction; `nil` when there are none or several.
  fileprivate var only: Instruction? { count == 1 ? first : nil }
}
