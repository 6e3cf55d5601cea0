public import Primitives
public import ScaleCodec

/// The step of a block that an event belongs to.
/// - SeeAlso: `frame_system::Phase`.
@ScaleCodable(path: "frame_system::Phase")
public enum Phase: Hashable, Sendable {
  @ScaleIndex(0) case applyExtrinsic(UInt32)
  @ScaleIndex(1) case finalization
  @ScaleIndex(2) case initialization
}

/// An event as it stands in `System.Events`: its phase, the outer event's bytes, its topics.
///
/// - SeeAlso: `frame_system::EventRecord`.
public struct EventRecord: Hashable, Sendable, ScaleEncodable {
  public var phase: Phase
  /// Pallet index, variant index and fields: the bytes of `RuntimeEvent`.
  public var event: [UInt8]
  public var topics: [H256]

  public init(phase: Phase, event: [UInt8], topics: [H256] = []) {
    self.phase = phase
    self.event = event
    self.topics = topics
  }

  public var encodedSize: Int { phase.encodedSize + event.count + topics.encodedSize }
  public func encode(into writer: inout ScaleWriter) {
    phase.encode(into: &writer)
    writer.writeBytes(event)
    topics.encode(into: &writer)
  }
}
