public import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

extension XcmPallet {
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = XcmPallet.Call
    public typealias Event = XcmPallet.Event
    public typealias Failure = XcmPallet.Failure

    typealias Executor = XcmExecutor<C.Execution>

    public static var name: String { "XcmPallet" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] {
      [assetTraps.entry, refunds.entry, overdueRefunds.entry, requestedTimeout.entry, pendingRevenue.entry, sentCount.entry]
    }

    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .send: DispatchInfo(.of(micros: 100, reads: 8, writes: 6))
      // Time is what is paid for and what a block has little of; claimed proof bytes would cost nothing.
      case .execute(_, let maxWeight): DispatchInfo(Weight(refTime: maxWeight.refTime.value).adding(.of(micros: 50)))
      case .limitedReserveTransferAssets, .limitedTeleportAssets, .transferAssets, .transferAssetsWithTimeout:
        DispatchInfo(.of(micros: 200, reads: 16, writes: 12))
      case .claimAssets: DispatchInfo(.of(micros: 100, reads: 6, writes: 4))
      case .retryRefund: DispatchInfo(.of(micros: 200, reads: 16, writes: 12))
      }
    }

    public static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      let account = try origin.signer()
      switch call {
      case .send(let dest, let message):
        try send(try latest(message), to: try latest(dest), from: account, in: context)
      case .execute(let message, let maxWeight):
        try execute(try latest(message), as: account, limit: maxWeight, in: context)
      case .limitedReserveTransferAssets(let dest, let beneficiary, let assets, let item, let limit):
        let request = try request(dest, beneficiary, assets, item, limit)
        try transfer(request, by: account, teleport: false, in: context)
      case .limitedTeleportAssets(let dest, let beneficiary, let assets, let item, let limit):
        let request = try request(dest, beneficiary, assets, item, limit)
        try transfer(request, by: account, teleport: true, in: context)
      case .transferAssets(let dest, let beneficiary, let assets, let item, let limit):
        let request = try request(dest, beneficiary, assets, item, limit)
        try transfer(request, by: account, teleport: nil, in: context)
      case .transferAssetsWithTimeout(let dest, let beneficiary, let assets, let item, let limit, let timeout):
        guard (1...maximumTimeout).contains(timeout.value) else { throw failure(.badTimeout) }
        let request = try request(dest, beneficiary, assets, item, limit)
        requestedTimeout.set(timeout.value, in: context)
        try transfer(request, by: account, teleport: nil, in: context)
        requestedTimeout.remove(in: context)
      case .claimAssets(let assets, let beneficiary):
        try claim(try latest(assets), to: try latest(beneficiary), by: account, in: context)
      case .retryRefund(let lane, let nonce): try retryRefund(lane: lane, nonce: nonce, in: context)
      }
    }

    // MARK: Local programs

    /// Executes a program as an account; a program that does not complete leaves no trace.
    static func execute(_ program: Xcm, as account: AccountID, limit: Weight, in context: ExecutionContext) throws(DispatchError) {
      let prepared: WeighedXcm
      do throws(XcmError) { prepared = try Executor.prepare(program, in: context) } catch { throw failure(.unweighableMessage) }
      guard !prepared.weight.exceeds(limit) else { throw failure(.unweighableMessage) }
      var id = try nextTopic(in: context)
      // The caller's fee has paid for this weight.
      let outcome = Executor.execute(prepared, origin: .account(account), id: &id, weightCredit: prepared.weight, in: context)
      if let error = outcome.failure { throw incomplete(error) }
      deposit(.attempted(outcome: outcome), in: context)
    }

    /// The error of a local program: the pallet's number, then index and number of the failed instruction's error.
    private static func incomplete(_ error: InstructionError) -> DispatchError {
      if error.error == .unknownClaim { return failure(.unknownClaim) }
      if error.error == .unroutable { return failure(.unreachable) }
      var module = ModuleError(pallet: index, error: XcmPallet.Failure.localExecutionIncomplete.rawValue)
      module.error = FixedBytes([module.number, error.index, error.error.encoded()[0], 0]) ?? .zero
      return .module(module)
    }

    /// A number that no other message of this chain has, as an XCM topic.
    static func nextTopic(in context: ExecutionContext) throws(DispatchError) -> H256 {
      let number = try sentCount.get(in: context)
      sentCount.set(number &+ 1, in: context)
      let universal: Junctions
      do throws(XcmError) { universal = try C.Execution.universalLocation(in: context) } catch { throw .corruption }
      return topicHash(universal, number)
    }

    private static func claim(_ assets: Assets, to beneficiary: Location, by account: AccountID, in context: ExecutionContext)
      throws(DispatchError)
    {
      guard !assets.isEmpty else { throw failure(.empty) }
      let program: Xcm = [
        .claimAsset(assets: assets, ticket: .here),
        .depositAsset(assets: .wild(.allCounted(Compact(UInt32(assets.count)))), beneficiary: beneficiary),
      ]
      try execute(program, as: account, limit: C.maximumLocalWeight, in: context)
    }

    private static func send(_ program: Xcm, to destination: Location, from account: AccountID, in context: ExecutionContext)
      throws(DispatchError)
    {
      let origin = Location.account(account)
      var message = program
      message.instructions.insert(.descendOrigin(origin.interior), at: 0)
      let topic = try nextTopic(in: context)
      message.instructions.append(.setTopic(topic))
      // What the other side could not decode would only cost its fee.
      guard message.isWithinDecodeLimits else { throw failure(.sendFailure) }
      do throws(XcmError) {
        let fee = try C.Execution.Router.deliveryFee(to: destination, program: message, in: context)
        try Executor.chargeFees(fee, from: origin, in: context)
        let info = SendInfo(origin: origin, claimer: origin, topic: topic, reason: .chargeFees)
        _ = try C.Execution.Router.send(message, to: destination, info: info, in: context)
      } catch .unroutable { throw failure(.unreachable) } catch .failedToTransactAsset { throw failure(.feesNotMet) } catch {
        throw failure(.sendFailure)
      }
      deposit(.sent(origin: origin, destination: destination, message: message, messageId: topic), in: context)
    }

    // MARK: Versions

    static func latest(_ location: VersionedLocation) throws(DispatchError) -> Location {
      do throws(XcmConversionError) { return try location.latest() } catch { throw failure(.badVersion) }
    }
    static func latest(_ assets: VersionedAssets) throws(DispatchError) -> Assets {
      do throws(XcmConversionError) { return try assets.latest() } catch { throw failure(.badVersion) }
    }
    static func latest(_ message: VersionedXcm) throws(DispatchError) -> Xcm {
      do throws(XcmConversionError) { return try message.latest() } catch { throw failure(.badVersion) }
    }
  }
}
