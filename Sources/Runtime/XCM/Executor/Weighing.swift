public import PalletSupport
public import Primitives
internal import ScaleCodec

/// Says what programs cost before they run.
public protocol XcmWeigher: Sendable {
  /// The weight of one instruction with the local programs inside it.
  /// - Throws: ``XcmError/weightNotComputable``
  func weight(of instruction: Instruction, in state: ExecutionContext) throws(XcmError) -> Weight
  /// The weight of a whole program.
  /// - Throws: ``XcmError/weightNotComputable``
  func weight(of program: Xcm, in state: ExecutionContext) throws(XcmError) -> Weight
}

extension XcmWeigher {
  public func weight(of program: Xcm, in state: ExecutionContext) throws(XcmError) -> Weight {
    var total = Weight.zero
    for instruction in program.instructions { total = total.adding(try weight(of: instruction, in: state)) }
    return total
  }
}

/// Weighs each instruction by a table and adds the weight of programs and calls inside it.
public struct InstructionWeigher: XcmWeigher {
  /// The weight of an instruction without what is inside it.
  public typealias Table = @Sendable (Instruction) -> Weight
  /// The weight of an encoded call; throws when it does not decode.
  public typealias Calls = @Sendable ([UInt8], ExecutionContext) throws(XcmError) -> Weight

  private let maximumInstructions: Int
  private let table: Table
  private let calls: Calls?

  /// - Parameters:
  ///   - maximumInstructions: Most instructions of one local program with those nested in it.
  ///   - calls: Weighs the call of `Transact`; without it a call adds nothing.
  public init(maximumInstructions: Int = Xcm.maximumInstructions, calls: Calls? = nil, table: @escaping Table) {
    self.maximumInstructions = maximumInstructions
    self.calls = calls
    self.table = table
  }

  /// The same weight for every instruction.
  public init(unit: Weight, maximumInstructions: Int = Xcm.maximumInstructions, calls: Calls? = nil) {
    self.init(maximumInstructions: maximumInstructions, calls: calls) { _ in unit }
  }

  public func weight(of instruction: Instruction, in state: ExecutionContext) throws(XcmError) -> Weight {
    var weight = table(instruction)
    if case .transact(_, _, let call) = instruction, let calls {
      weight = weight.adding(try calls(call.encoded, state))
    }
    if let program = instruction.localProgram { weight = weight.adding(try self.weight(of: program, in: state)) }
    return weight
  }

  public func weight(of program: Xcm, in state: ExecutionContext) throws(XcmError) -> Weight {
    guard program.localInstructions <= maximumInstructions else { throw .weightNotComputable }
    var total = Weight.zero
    for instruction in program.instructions { total = total.adding(try weight(of: instruction, in: state)) }
    return total
  }
}

extension Xcm {
  /// Instructions of this program and of those that run here as part of it.
  public var localInstructions: Int {
    instructions.reduce(instructions.count) { $0 + ($1.localProgram?.localInstructions ?? 0) }
  }
}

/// Sells weight to one program. A value: the executor copies it to undo a failed purchase.
public protocol WeightTrader {
  /// A trader that has sold nothing.
  init()
  /// Sells `weight` for some of `payment`.
  /// - Returns: What is left of the payment.
  /// - Throws: ``XcmError/tooExpensive`` when the payment is not enough or of no use.
  mutating func buy(_ weight: Weight, payment: Holding, context: XcmContext, in state: ExecutionContext)
    throws(XcmError) -> Holding
  /// Takes unused weight back.
  /// - Returns: Its price, or `nil` when nothing is returned.
  mutating func refund(_ weight: Weight, context: XcmContext, in state: ExecutionContext) -> Asset?
  /// Delivers what was earned, after the program has ended.
  mutating func finish(in state: ExecutionContext)
}

/// What weight costs in which asset, and who earns it.
public protocol WeightPrices {
  /// The price of `weight` in smallest units of `asset`, or `nil` when the asset buys no weight.
  static func price(of weight: Weight, in asset: AssetID, state: ExecutionContext) -> Balance?
  /// Receives the fee; it is out of the ledger and out of holding.
  static func takeRevenue(_ asset: Asset, in state: ExecutionContext)
}

/// Sells weight at fixed prices for the first fungible asset of the payment that has one.
///
/// All weight of one program is sold for one asset.
public struct PricedTrader<Prices: WeightPrices>: WeightTrader {
  private var asset: AssetID?
  private var sold = Weight.zero
  private var earned: Balance = 0

  public init() {}

  public mutating func buy(
    _ weight: Weight, payment: Holding, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) -> Holding {
    for offered in payment {
      guard let amount = offered.amount, asset == nil || asset == offered.id else { continue }
      guard let price = Prices.price(of: weight, in: offered.id, state: state) else { continue }
      guard price <= amount else { throw .tooExpensive }
      var rest = payment
      if price > 0 { _ = rest.take(.definite(Assets(Asset(offered.id, amount: price)))) }
      asset = offered.id
      sold = sold.adding(weight)
      earned = earned.addingSaturating(price)
      return rest
    }
    throw .tooExpensive
  }

  public mutating func refund(_ weight: Weight, context: XcmContext, in state: ExecutionContext) -> Asset? {
    guard let asset, earned > 0 else { return nil }
    let returned = Weight(
      refTime: min(weight.refTime.value, sold.refTime.value),
      proofSize: min(weight.proofSize.value, sold.proofSize.value))
    let kept = sold.subtracting(returned)
    guard let price = Prices.price(of: returned, in: asset, state: state),
      let due = Prices.price(of: kept, in: asset, state: state)
    else { return nil }
    // What stays sold keeps its full price: prices round, and many small refunds must not add up to a free program.
    let amount = min(price, earned.subtractingSaturating(due))
    sold = kept
    earned -= amount
    return amount > 0 ? Asset(asset, amount: amount) : nil
  }

  public mutating func finish(in state: ExecutionContext) {
    guard let asset, earned > 0 else { return }
    state.xcmRecorder?.noteRevenue(Asset(asset, amount: earned))
    Prices.takeRevenue(Asset(asset, amount: earned), in: state)
    earned = 0
  }
}

/// Sells weight for nothing; for chains whose barrier lets only trusted programs in.
public struct FreeTrader: WeightTrader {
  public init() {}
  public mutating func buy(
    _ weight: Weight, payment: Holding, context: XcmContext, in state: ExecutionContext
  ) throws(XcmError) -> Holding { payment }
  public mutating func refund(_ weight: Weight, context: XcmContext, in state: ExecutionContext) -> Asset? { nil }
  public mutating func finish(in state: ExecutionContext) {}
}
