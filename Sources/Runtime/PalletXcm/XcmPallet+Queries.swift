public import PalletSupport
internal import Primitives
internal import ScaleCodec
public import XCM

extension XcmPallet.Pallet {
  // MARK: Answers

  /// Whether an answer to a query from `origin` is awaited.
  ///
  /// An account's query awaits one from whom it asked, to whom it asked for, before its timeout. A subscription awaits
  /// answers for as long as it lasts, and says nothing of who asked.
  /// - Parameter querier: Who asked, as the answer says, seen from here.
  public static func isExpecting(
    _ origin: Location, queryID: UInt64, querier: Location?, in context: ExecutionContext
  ) -> Bool {
    guard let status = (try? XcmPallet.queries.get(queryID, in: context)) ?? nil else { return false }
    switch status {
    case .pending(let responder, let expected, _, let timeout):
      guard let now = try? C.Clock.blockNumber(in: context), now < timeout else { return false }
      guard responder == .v5(origin) else { return false }
      return expected == nil || expected == querier.map(VersionedLocation.v5)
    case .versionNotifier(let responder, _): return responder == .v5(origin)
    case .ready: return false
    }
  }

  /// Takes an answer. One that is not awaited changes nothing and is told by an event, so this never fails.
  /// - Returns: No weight beyond that of the instruction: no call is made.
  public static func onResponse(
    _ response: Response, from origin: Location, queryID: UInt64, querier: Location?, maxWeight: Weight,
    context xcm: XcmContext, in context: ExecutionContext
  ) -> Weight {
    let event = take(response, from: origin, queryID, querier, in: context)
    deposit(event ?? .unexpectedResponse(origin: origin, queryId: queryID), topics: [xcm.traceID], in: context)
    return .zero
  }

  /// - Returns: What happened; `nil` when no answer is awaited.
  private static func take(
    _ response: Response, from origin: Location, _ query: UInt64, _ querier: Location?, in context: ExecutionContext
  ) -> XcmPallet.Event? {
    guard let status = (try? XcmPallet.queries.get(query, in: context)) ?? nil,
      let now = try? C.Clock.blockNumber(in: context)
    else { return nil }
    switch status {
    case .versionNotifier(let responder, _):
      guard case .version(let version) = response else { return nil }
      guard responder == .v5(origin) else {
        return .invalidResponder(origin: origin, queryId: query, expectedLocation: try? responder.latest())
      }
      // An older version cannot be written here: what this chain knew before still holds.
      guard version >= oldestVersion else { return nil }
      XcmPallet.queries.set(query, to: .versionNotifier(origin: responder, isActive: true), in: context)
      XcmPallet.supportedVersion.set(XcmVersion.latest, .v5(origin), to: version, in: context)
      return .supportedVersionChanged(location: origin, version: version)
    case .pending(let responder, let expected, _, let timeout):
      guard now < timeout else { return nil }
      if let expected = try? expected?.latest(), expected != querier {
        return .invalidQuerier(origin: origin, queryId: query, expectedQuerier: expected, maybeActualQuerier: querier)
      }
      guard responder == .v5(origin) else {
        return .invalidResponder(origin: origin, queryId: query, expectedLocation: try? responder.latest())
      }
      XcmPallet.queries.set(query, to: .ready(response: .v5(response), at: now), in: context)
      return .responseReady(queryId: query, response: response)
    case .ready: return nil
    }
  }

  // MARK: Questions

  /// Takes the next number and notes a query under it.
  static func openQuery(_ status: XcmPallet.QueryStatus, in context: ExecutionContext) throws(DispatchError) -> UInt64 {
    let number = try nextQuery(in: context)
    XcmPallet.queries.set(number, to: status, in: context)
    return number
  }

  /// Takes the next number.
  static func nextQuery(in context: ExecutionContext) throws(DispatchError) -> UInt64 {
    let number = try XcmPallet.queryCounter.get(in: context)
    XcmPallet.queryCounter.set(number &+ 1, in: context)
    return number
  }

  /// Sends a program that reports how it ended.
  static func sendWithReport(
    _ program: Xcm, to destination: Location, until timeout: BlockNumber, from account: AccountID, in context: ExecutionContext
  ) throws(DispatchError) {
    guard timeout > (try C.Clock.blockNumber(in: context)) else { throw failure(.expiresInPast) }
    let open = try XcmPallet.openQueries.get(account, in: context)
    guard open < XcmPallet.maximumQueries else { throw failure(.tooManyQueries) }
    guard let back = try universal(in: context).inverted(target: destination) else { throw failure(.destinationNotInvertible) }
    let querier = Location.account(account)
    let query = try openQuery(
      .pending(
        responder: .v5(destination), maybeMatchQuerier: .v5(querier), maybeNotify: nil, timeout: timeout), in: context)
    XcmPallet.queryOwners.set(query, to: XcmPallet.QueryOwner(account: account, timeout: timeout), in: context)
    XcmPallet.openQueries.set(account, to: open + 1, in: context)
    let report = QueryResponseInfo(destination: back, queryId: query, maxWeight: .zero)
    let topic = try send(program.reporting(report), to: destination, from: account, in: context)
    deposit(
      .queryOpened(queryId: query, querier: querier, responder: destination, timeout: timeout, messageId: topic),
      topics: [topic], in: context)
  }

  /// Forgets a query of an account.
  static func closeQuery(_ query: UInt64, by account: AccountID, in context: ExecutionContext) throws(DispatchError) {
    guard let owner = try XcmPallet.queryOwners.get(query, in: context),
      let status = try XcmPallet.queries.get(query, in: context)
    else { throw failure(.unknownQuery) }
    let isAnswered = if case .ready = status { true } else { false }
    let isOver = owner.timeout <= (try C.Clock.blockNumber(in: context))
    guard isOver || (isAnswered && owner.account == account) else { throw failure(.queryPending) }
    XcmPallet.queries.remove(query, in: context)
    XcmPallet.queryOwners.remove(query, in: context)
    let left = try XcmPallet.openQueries.get(owner.account, in: context).subtractingSaturating(1)
    if left == 0 {
      XcmPallet.openQueries.remove(owner.account, in: context)
    } else {
      XcmPallet.openQueries.set(owner.account, to: left, in: context)
    }
    deposit(isAnswered ? .responseTaken(queryId: query) : .queryTimedOut(queryId: query), in: context)
  }
}

extension Xcm {
  /// This program with a report of its end.
  ///
  /// The report stands in an appendix directly behind the instruction that pays, since a barrier would not let a
  /// program through that begins with anything but assets; what fails before is refunded to this chain. An appendix of
  /// the program's own takes the report over.
  fileprivate func reporting(_ info: QueryResponseInfo) -> Xcm {
    var result = self
    for (index, instruction) in instructions.enumerated() {
      guard case .setAppendix(let own) = instruction else { continue }
      result.instructions[index] = .setAppendix(Xcm([.reportError(info)] + own.instructions))
    }
    let paid = instructions.firstIndex {
      switch $0 {
      case .buyExecution, .payFees, .unpaidExecution: true
      default: false
      }
    }
    result.instructions.insert(.setAppendix([.reportError(info)]), at: paid.map { $0 + 1 } ?? 0)
    return result
  }
}
