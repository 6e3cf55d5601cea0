internal import Primitives
internal import ScaleCodec

// The order in which assets stand in a message. It is the field-by-field order of the reference's types, which
// differs from the order of their bytes: compact integers do not sort as bytes.

/// The outcome of a three-way comparison.
enum Order {
  case before, same, after

  init<T: Comparable>(_ a: T, _ b: T) { self = a < b ? .before : b < a ? .after : .same }

  /// This order, or `next` when the values are the same so far.
  func then(_ next: @autoclosure () -> Order) -> Order { self == .same ? next() : self }

  /// Orders byte strings of equal length.
  static func bytes(_ a: [UInt8], _ b: [UInt8]) -> Order {
    a == b ? .same : a.lexicographicallyPrecedes(b) ? .before : .after
  }

  /// Orders `nil` before every value.
  static func optional<T: Ranked>(_ a: T?, _ b: T?) -> Order {
    switch (a, b) {
    case (nil, nil): .same
    case (nil, _): .before
    case (_, nil): .after
    case (let a?, let b?): a.order(b)
    }
  }
}

/// A type with a total order by variant and then by fields.
protocol Ranked {
  func order(_ other: Self) -> Order
}

extension NetworkID: Ranked {
  private var rank: Int {
    switch self {
    case .byGenesis: 0
    case .byFork: 1
    case .polkadot: 2
    case .kusama: 3
    case .ethereum: 7
    case .bitcoinCore: 8
    case .bitcoinCash: 9
    case .polkadotBulletin: 10
    }
  }
  func order(_ other: NetworkID) -> Order {
    switch (self, other) {
    case (.byGenesis(let a), .byGenesis(let b)): Order(a, b)
    case (.byFork(let n, let h), .byFork(let m, let k)): Order(n, m).then(Order(h, k))
    case (.ethereum(let a), .ethereum(let b)): Order(a.value, b.value)
    default: Order(rank, other.rank)
    }
  }
}

extension BodyID: Ranked {
  private var rank: Int {
    switch self {
    case .unit: 0
    case .moniker: 1
    case .index: 2
    case .executive: 3
    case .technical: 4
    case .legislative: 5
    case .judicial: 6
    case .defense: 7
    case .administration: 8
    case .treasury: 9
    }
  }
  func order(_ other: BodyID) -> Order {
    switch (self, other) {
    case (.moniker(let a), .moniker(let b)): Order.bytes(a.bytes, b.bytes)
    case (.index(let a), .index(let b)): Order(a.value, b.value)
    default: Order(rank, other.rank)
    }
  }
}

extension BodyPart: Ranked {
  private var key: (Int, UInt32, UInt32) {
    switch self {
    case .voice: (0, 0, 0)
    case .members(let count): (1, count.value, 0)
    case .fraction(let nom, let denom): (2, nom.value, denom.value)
    case .atLeastProportion(let nom, let denom): (3, nom.value, denom.value)
    case .moreThanProportion(let nom, let denom): (4, nom.value, denom.value)
    }
  }
  func order(_ other: BodyPart) -> Order {
    let (a, b) = (key, other.key)
    return Order(a.0, b.0).then(Order(a.1, b.1)).then(Order(a.2, b.2))
  }
}

extension Junction: Ranked {
  private var rank: Int {
    switch self {
    case .parachain: 0
    case .accountId32: 1
    case .accountIndex64: 2
    case .accountKey20: 3
    case .palletInstance: 4
    case .generalIndex: 5
    case .generalKey: 6
    case .onlyChild: 7
    case .plurality: 8
    case .globalConsensus: 9
    }
  }
  func order(_ other: Junction) -> Order {
    switch (self, other) {
    case (.parachain(let a), .parachain(let b)): Order(a.value, b.value)
    case (.accountId32(let n, let a), .accountId32(let m, let b)): Order.optional(n, m).then(Order(a, b))
    case (.accountIndex64(let n, let a), .accountIndex64(let m, let b)):
      Order.optional(n, m).then(Order(a.value, b.value))
    case (.accountKey20(let n, let a), .accountKey20(let m, let b)):
      Order.optional(n, m).then(Order.bytes(a.bytes, b.bytes))
    case (.palletInstance(let a), .palletInstance(let b)): Order(a, b)
    case (.generalIndex(let a), .generalIndex(let b)): Order(a.value, b.value)
    case (.generalKey(let n, let a), .generalKey(let m, let b)): Order(n, m).then(Order(a, b))
    case (.plurality(let i, let p), .plurality(let j, let q)): i.order(j).then(p.order(q))
    case (.globalConsensus(let a), .globalConsensus(let b)): a.order(b)
    default: Order(rank, other.rank)
    }
  }
}

extension Junctions: Ranked {
  func order(_ other: Junctions) -> Order {
    var order = Order(count, other.count)
    for (a, b) in zip(items, other.items) where order == .same { order = a.order(b) }
    return order
  }
}

extension Location: Ranked, Comparable {
  func order(_ other: Location) -> Order { Order(parents, other.parents).then(interior.order(other.interior)) }
  /// Orders by parents, then by the number of junctions, then junction by junction.
  public static func < (a: Location, b: Location) -> Bool { a.order(b) == .before }
}

extension AssetInstance: Ranked, Comparable {
  private var rank: Int {
    switch self {
    case .undefined: 0
    case .index: 1
    case .array4: 2
    case .array8: 3
    case .array16: 4
    case .array32: 5
    }
  }
  func order(_ other: AssetInstance) -> Order {
    switch (self, other) {
    case (.index(let a), .index(let b)): Order(a.value, b.value)
    case (.array4(let a), .array4(let b)): Order.bytes(a.bytes, b.bytes)
    case (.array8(let a), .array8(let b)): Order.bytes(a.bytes, b.bytes)
    case (.array16(let a), .array16(let b)): Order.bytes(a.bytes, b.bytes)
    case (.array32(let a), .array32(let b)): Order(a, b)
    default: Order(rank, other.rank)
    }
  }
  /// Orders by kind, then by value.
  public static func < (a: AssetInstance, b: AssetInstance) -> Bool { a.order(b) == .before }
}

extension Fungibility: Ranked {
  func order(_ other: Fungibility) -> Order {
    switch (self, other) {
    case (.fungible(let a), .fungible(let b)): Order(a.value, b.value)
    case (.nonFungible(let a), .nonFungible(let b)): a.order(b)
    case (.fungible, .nonFungible): .before
    case (.nonFungible, .fungible): .after
    }
  }
}

extension AssetID: Comparable {
  /// Orders by location.
  public static func < (a: AssetID, b: AssetID) -> Bool { a.location < b.location }
}

extension Asset: Comparable {
  /// Orders amounts before instances, then by id, then by amount or instance.
  public static func < (a: Asset, b: Asset) -> Bool { precedes(a, b) }
}
