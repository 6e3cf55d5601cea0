internal import Lanes
internal import RPC

extension OutboundLane {
  /// The sending half as `echo_lanes` shows it.
  var json: JSON {
    [
      "status": .string("\(status)"), "latestGenerated": JSON(latestGenerated), "oldestUnsettled": JSON(oldestUnsettled),
      "unsettled": JSON(unsettled),
      "confirmed": JSON(confirmed), "timedOut": JSON(timedOut),
    ]
  }
}

extension InboundLane {
  /// The receiving half as `echo_lanes` shows it.
  var json: JSON {
    [
      "nextOrdered": JSON(nextOrdered), "highestReceived": JSON(highestReceived), "prunedBelow": JSON(prunedBelow),
      "receipts": JSON(receipts),
      "relayers": JSON(relayers),
    ]
  }
}
