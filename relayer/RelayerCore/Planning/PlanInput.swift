internal import Finality
public import Lanes
public import LightClient
public import Primitives

/// One end of a lane at a finalised block of its chain.
public struct EndState: Hashable, Sendable {
  /// Height and time of the block.
  public var clock: DestinationClock
  public var outbound: OutboundLane
  public var inbound: InboundLane

  public init(clock: DestinationClock, outbound: OutboundLane, inbound: InboundLane) {
    self.clock = clock
    self.outbound = outbound
    self.inbound = inbound
  }
}

/// What planning needs to know of a light client.
public struct ClientView: Hashable, Sendable {
  /// The newest height it knows.
  public var number: BlockNumber
  /// That height's time, in milliseconds.
  public var timestamp: Milliseconds
  public var trustingPeriod: Milliseconds
  /// The status at the host's time.
  public var status: ClientStatus
  /// The set that it follows.
  public var setID: UInt64

  public init(
    number: BlockNumber, timestamp: Milliseconds, trustingPeriod: Milliseconds, status: ClientStatus, setID: UInt64
  ) {
    self.number = number
    self.timestamp = timestamp
    self.trustingPeriod = trustingPeriod
    self.status = status
    self.setID = setID
  }

  /// A client as its host knows it at a moment of the host's clock.
  public init(_ state: ClientState, at now: Milliseconds) {
    self.init(
      number: state.number, timestamp: state.timestamp, trustingPeriod: state.trustingPeriod,
      status: state.status(at: now),
      setID: state.current.id)
  }
}

/// A message that its source has not settled.
public struct PendingMessage: Hashable, Sendable {
  /// What planning needs of a message; it never changes.
  public struct Facts: Hashable, Sendable {
    public var timeoutHeight: BlockNumber
    public var timeoutAt: Milliseconds
    public var sentAt: BlockNumber
    /// Length of its encoding.
    public var bytes: Int

    public init(timeoutHeight: BlockNumber, timeoutAt: Milliseconds, sentAt: BlockNumber, bytes: Int) {
      self.timeoutHeight = timeoutHeight
      self.timeoutAt = timeoutAt
      self.sentAt = sentAt
      self.bytes = bytes
    }
  }
  public var nonce: Nonce
  /// `nil` while the row has not been read: nothing is planned for the message then.
  public var facts: Facts?

  public init(nonce: Nonce, facts: Facts?) {
    self.nonce = nonce
    self.facts = facts
  }
}

/// All that decides what is submitted to one chain ("here") about its lane to another ("there").
///
/// Messages from there are delivered here; messages sent from here are settled here by what happened there.
public struct PlanInput: Sendable {
  public var here: EndState
  public var there: EndState
  /// The light client of the other chain on this one.
  public var client: ClientView
  /// Unsettled messages of the other chain, ascending.
  public var incoming: [PendingMessage]
  /// Nonces of the other chain's messages that have a receipt here.
  public var received: Set<Nonce>
  /// Unsettled messages of this chain, ascending.
  public var outgoing: [PendingMessage]
  /// Nonces of this chain's messages that have a receipt there.
  public var receivedThere: Set<Nonce>
  /// The relayer's own clock, milliseconds since 1970.
  public var now: Milliseconds
  /// Blocks in a session of the other chain; the client is refreshed about once in as many.
  public var sessionLength: UInt32
  /// Blocks to wait beyond that, so that relayers side by side do not all pay for the same refresh.
  public var refreshSlack: UInt32
  public var limits: BatchLimits
  public var triage: LaneTriage

  public init(
    here: EndState, there: EndState, client: ClientView, incoming: [PendingMessage] = [], received: Set<Nonce> = [],
    outgoing: [PendingMessage] = [], receivedThere: Set<Nonce> = [], now: Milliseconds, sessionLength: UInt32,
    refreshSlack: UInt32 = 0, limits: BatchLimits = BatchLimits(), triage: LaneTriage = LaneTriage()
  ) {
    self.here = here
    self.there = there
    self.client = client
    self.incoming = incoming
    self.received = received
    self.outgoing = outgoing
    self.receivedThere = receivedThere
    self.now = now
    self.sessionLength = sessionLength
    self.refreshSlack = refreshSlack
    self.limits = limits
    self.triage = triage
  }
}
