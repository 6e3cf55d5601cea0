import PalletSupport
import Primitives
import ScaleCodec
import XCM

/// The reference interpreter: a second reading of XCM, written from the specification and not from the executor.
///
/// A value: what an instruction did is undone by going back to the copy from before it.
struct Machine {
  /// A program that runs later, and its weight.
  struct Later {
    var program = Xcm()
    var weight = Weight.zero
  }
  /// Weight sold so far, all of it for one asset.
  struct Sale {
    var asset: AssetID?
    var weight = Weight.zero
    var earned: Balance = 0
  }

  static let deepest = 10

  var chain: Chain
  var events: [XcmEvent] = []
  var holding = Pile()
  var fees = Pile()
  var origin: Location?
  let firstOrigin: Location
  let level: Int
  var id: H256
  var topic: H256?
  var error: Pair<UInt32, XcmError>?
  var handler = Later()
  var appendix = Later()
  var status = MaybeErrorCode.success
  var jit = false
  var claimer: Location?
  var feeAsset: AssetID?
  var hasPaid = false
  var sale = Sale()
  var weight = Weight.zero
  var surplus = Weight.zero
  var refunded = Weight.zero

  init(_ chain: Chain, origin: Location, level: Int = 1) {
    self.chain = chain
    self.origin = origin
    self.level = level
    firstOrigin = origin
    id = World.messageID
  }

  /// Executes a whole program.
  mutating func run(_ program: Xcm, limit: Weight = .max) -> Outcome {
    guard let weight = Self.weight(of: program) else {
      return .error(InstructionError(index: 0, error: .weightNotComputable))
    }
    guard !weight.exceeds(limit) else {
      return .error(InstructionError(index: 0, error: .weightLimitReached(weight)))
    }
    self.weight = weight
    guard var next = admitted(program) else {
      return .incomplete(used: weight, error: InstructionError(index: 0, error: .barrier))
    }
    while !next.isEmpty {
      if let failure = process(next, level: level) {
        surplus = surplus.adding(failure.unspent)
        error = Pair(failure.index, failure.error)
        next = handler.program.isEmpty ? takeAppendix() : handler.program
        handler = Later()
      } else {
        surplus = surplus.adding(handler.weight)
        handler = Later()
        next = takeAppendix()
      }
    }
    return finish()
  }

  private mutating func takeAppendix() -> Xcm {
    defer { appendix = Later() }
    return appendix.program
  }

  private mutating func finish() -> Outcome {
    let before = self
    do throws(XcmError) { try refundSurplus() } catch {
      self = before
      holding.put(fees)
    }
    if let asset = sale.asset { chain.add(Asset(asset, amount: sale.earned), to: World.sink) }
    var used = weight.subtracting(surplus)
    var rest = holding.list[...]
    while !rest.isEmpty {
      if let part = try? Assets(rest.prefix(20)) {
        chain.traps[Chain.Claim(claimer: owner, assets: part), default: 0] += 1
        used = used.adding(World.trapWeight)
      }
      rest = rest.dropFirst(20)
    }
    guard let error else { return .complete(used: used) }
    return .incomplete(used: used, error: InstructionError(index: UInt8(error.first), error: error.second))
  }

  /// To whom the assets in holding belong.
  var owner: Location { claimer ?? origin ?? firstOrigin }

  // MARK: Weight and barrier

  private static func base(_ instruction: Instruction) -> Weight {
    switch instruction {
    case .withdrawAsset, .depositAsset, .transferAsset: Weight(refTime: 30, proofSize: 3)
    case .initiateTransfer, .exchangeAsset: Weight(refTime: 50, proofSize: 5)
    case .setAppendix, .setErrorHandler: Weight(refTime: 20)
    default: Weight(refTime: 10, proofSize: 1)
    }
  }

  private static func count(_ program: Xcm) -> Int {
    program.instructions.reduce(0) { $0 + 1 + ($1.localProgram.map(count) ?? 0) }
  }

  static func weight(of instruction: Instruction) -> Weight? {
    var total = base(instruction)
    if case .transact(_, _, let call) = instruction {
      guard call.encoded.first != Call.unweighable else { return nil }
      total = total.adding(Weight(refTime: World.callWeight))
    }
    guard let inner = instruction.localProgram else { return total }
    return weight(of: inner).map { total.adding($0) }
  }

  static func weight(of program: Xcm) -> Weight? {
    guard count(program) <= 100 else { return nil }
    var total = Weight.zero
    for instruction in program.instructions {
      guard let weight = weight(of: instruction) else { return nil }
      total = total.adding(weight)
    }
    return total
  }

  /// The program as the barrier lets it through, or `nil`.
  private mutating func admitted(_ program: Xcm) -> Xcm? {
    guard firstOrigin != World.mallory else { return nil }
    var judged = program.instructions
    var admitted = program
    var named: H256?
    if case .setTopic(let topic)? = judged.last {
      named = topic
      judged.removeLast()
    }
    guard firstOrigin == World.market else {
      id = named ?? id
      return admitted
    }
    switch judged.first {
    case .withdrawAsset(let assets), .reserveAssetDeposited(let assets), .receiveTeleportedAsset(let assets),
      .claimAsset(let assets, _):
      guard assets.count <= 2 else { return nil }
    default: return nil
    }
    let position = judged.indices.dropFirst().first { index in
      switch judged[index] {
      case .clearOrigin, .aliasOrigin, .setHints: false
      case .descendOrigin(let path): path.isEmpty
      default: true
      }
    }
    guard let position, position < 5 else { return nil }
    switch judged[position] {
    case .payFees: break
    case .buyExecution(let asset, let limit):
      if case .limited(let most) = limit, weight.exceeds(most) { return nil }
      admitted.instructions[position] = .buyExecution(fees: asset, weightLimit: .limited(weight))
    default: return nil
    }
    id = named ?? id
    return admitted
  }

  // MARK: One program

  struct Failure {
    var index: UInt32
    var error: XcmError
    /// Weight of the instructions that did not run.
    var unspent: Weight
  }

  /// Runs the instructions in order up to the first that fails.
  mutating func process(_ program: Xcm, level: Int) -> Failure? {
    for (index, instruction) in program.instructions.enumerated() {
      let before = self
      do throws(XcmError) {
        guard level <= Self.deepest else { throw .exceedsStackLimit }
        try step(instruction, level: level)
      } catch {
        // What the program in ExecuteWithOrigin did stays.
        if case .executeWithOrigin = instruction {} else { self = before }
        events.append(
          .processError(origin: firstOrigin, index: UInt32(index), error: error, messageID: topic ?? id))
        var unspent = Weight.zero
        for rest in program.instructions[(index + 1)...] { unspent = unspent.adding(Self.weight(of: rest) ?? .zero) }
        return Failure(index: UInt32(index), error: error, unspent: unspent)
      }
    }
    return nil
  }

  // MARK: Fees

  static func price(of weight: Weight, in asset: AssetID) -> Balance? {
    let home = Balance(weight.refTime.value / 10)
    return asset == World.home ? home : asset == World.token ? 2 * home : nil
  }

  /// Pays for `weight` out of `payment`, which keeps what is left.
  mutating func buy(_ weight: Weight, with payment: inout Pile) throws(XcmError) {
    for asset in payment.list {
      guard let amount = asset.amount, sale.asset == nil || sale.asset == asset.id,
        let price = Self.price(of: weight, in: asset.id)
      else { continue }
      guard price <= amount else { throw .tooExpensive }
      _ = payment.take(.definite(Assets(Asset(asset.id, amount: price))))
      sale = Sale(asset: asset.id, weight: sale.weight.adding(weight), earned: sale.earned + price)
      return
    }
    throw .tooExpensive
  }

  mutating func refundSurplus() throws(XcmError) {
    let open = surplus.subtracting(refunded)
    if open != .zero, let asset = sale.asset, sale.earned > 0 {
      let returned = Weight(
        refTime: min(open.refTime.value, sale.weight.refTime.value),
        proofSize: min(open.proofSize.value, sale.weight.proofSize.value))
      let kept = sale.weight.subtracting(returned)
      // Rounding is the program's loss: what was not returned stays paid in full.
      let free = sale.earned.subtractingSaturating(Self.price(of: kept, in: asset) ?? 0)
      let amount = min(Self.price(of: returned, in: asset) ?? 0, free)
      sale.weight = kept
      sale.earned -= amount
      if amount > 0 {
        let refund = Asset(asset, amount: amount)
        guard holding.units[asset] != nil || holding.count < 2 * World.holdingLimit else { throw .holdingWouldOverflow }
        refunded = refunded.adding(open)
        holding.put(refund)
      }
    }
    holding.put(fees)
    fees = Pile()
  }

  /// The asset that pays for a fee in `fee`: the one that weight was paid in, where it can be swapped.
  private func payment(for fee: Asset) -> Asset {
    let preferred = fees.list.first { $0.amount != nil }?.id ?? feeAsset
    guard let preferred, preferred != fee.id, let amount = fee.amount else { return fee }
    switch (preferred, fee.id) {
    case (World.token, World.home): return Asset(World.token, amount: amount * 2)
    case (World.home, World.token): return Asset(World.home, amount: amount / 2 + amount % 2)
    default: return fee
    }
  }

  /// Whether nobody asks for fees.
  private var isFree: Bool { origin == Location.here }

  /// Charges a delivery fee, all assets of it.
  mutating func charge(_ fee: Assets, _ reason: FeeReason) throws(XcmError) {
    guard !isFree, !fee.isEmpty else { return }
    for due in fee.items {
      let payment = payment(for: due)
      if jit {
        guard let origin else { throw .badOrigin }
        try chain.withdraw(payment, from: origin)
      } else if fees.count == 0 {
        guard holding.takeWhole(.definite(Assets(payment))) != nil else { throw .notHoldingFees }
      } else {
        guard fees.takeWhole(.definite(Assets(payment))) != nil else { throw .notHoldingFees }
      }
      if payment.id != due.id, chain.exchange(Pile([payment]), for: Assets(due), maximal: false) == nil {
        throw .feesNotMet
      }
      chain.add(due, to: World.sink)
    }
    events.append(.feesPaid(paying: origin, fees: fee, reason: reason))
  }

  /// Takes the fee of a message that is still to be built out of holding, so that no wildcard can have it.
  mutating func setAside(_ filter: AssetFilter, for destination: Location) throws(XcmError) -> Pile {
    var aside = Pile()
    guard fees.count == 0, !jit, !isFree else { return aside }
    var copy = holding
    _ = try Path.view(copy.take(filter).list, from: destination)
    for due in try Self.deliveryFee(to: destination).items {
      aside.put(holding.take(.definite(Assets(payment(for: due)))))
    }
    return aside
  }

  static func deliveryFee(to destination: Location) throws(XcmError) -> Assets {
    switch destination {
    case World.market: Assets(Asset(World.home, amount: 5))
    case World.studio: try Assets([Asset(World.home, amount: 3), Asset(World.token, amount: 2)])
    case World.relay: Assets()
    default: throw .unroutable
    }
  }
}
