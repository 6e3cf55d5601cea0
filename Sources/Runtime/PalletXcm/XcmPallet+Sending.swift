internal import Hashing
internal import PalletSupport
internal import Primitives
internal import ScaleCodec
internal import XCM

extension XcmPallet.Pallet {
  /// A number that no other message of this chain has, as an XCM topic.
  static func nextTopic(in context: ExecutionContext) throws(DispatchError) -> H256 {
    let number = try XcmPallet.sentCount.get(in: context)
    XcmPallet.sentCount.set(number &+ 1, in: context)
    let universal = try universal(in: context)
    return Hash.blake2b256(Array("echochain/topic/".utf8) + universal.encoded() + number.encoded())
  }

  /// This chain's path from the root of consensus.
  static func universal(in context: ExecutionContext) throws(DispatchError) -> Junctions {
    do throws(XcmError) { return try C.Execution.universalLocation(in: context) } catch { throw .corruption }
  }

  /// Sends a program in the name of an account, which pays for its delivery.
  /// - Returns: The message's id.
  static func send(_ program: Xcm, to destination: Location, from account: AccountID, in context: ExecutionContext)
    throws(DispatchError) -> H256
  {
    let origin = Location.account(account)
    var message = program
    message.instructions.insert(.descendOrigin(origin.interior), at: 0)
    let topic = try nextTopic(in: context)
    message.instructions.append(.setTopic(topic))
    do throws(XcmError) {
      _ = try deliver(message, to: destination, from: origin, topic: topic, in: context)
    } catch { throw refusal(error) }
    deposit(.sent(origin: origin, destination: destination, message: message, messageId: topic), topics: [topic], in: context)
    return topic
  }

  /// Sends a program in the name of this chain.
  ///
  /// Nobody is charged where the configuration waives the chain's own fees; else the chain's own account pays.
  /// - Returns: The message's id and what was paid.
  static func sendAsChain(_ program: Xcm, to destination: Location, in context: ExecutionContext) throws(XcmError) -> (
    id: H256, cost: Assets
  ) {
    let topic: H256
    do throws(DispatchError) { topic = try nextTopic(in: context) } catch { throw .transport }
    var message = program
    message.instructions.append(.setTopic(topic))
    let cost = try deliver(message, to: destination, from: .here, topic: topic, in: context)
    return (topic, cost)
  }

  /// Charges the delivery fee and hands a message to the router.
  /// - Returns: What was charged.
  private static func deliver(
    _ message: Xcm, to destination: Location, from origin: Location, topic: H256, in context: ExecutionContext
  ) throws(XcmError) -> Assets {
    // What the other side could not decode would only cost its fee.
    guard message.isWithinDecodeLimits else { throw .exceedsMaxMessageSize }
    let fee = try C.Execution.Router.deliveryFee(to: destination, program: message, in: context)
    let isFree = C.Execution.isFeeWaived(for: origin, reason: .chargeFees, in: context)
    if !isFree { try Executor.chargeFees(fee, from: origin, in: context) }
    let info = SendInfo(origin: origin, claimer: origin, topic: topic, reason: .chargeFees)
    _ = try C.Execution.Router.send(message, to: destination, info: info, in: context)
    return isFree ? Assets() : fee
  }

  /// Why a message could not be sent, as this pallet's error.
  static func refusal(_ error: XcmError) -> DispatchError {
    switch error {
    case .unroutable: failure(.unreachable)
    case .failedToTransactAsset, .feesNotMet: failure(.feesNotMet)
    default: failure(.sendFailure)
    }
  }
}
