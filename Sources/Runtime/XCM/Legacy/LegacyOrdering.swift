internal import Primitives
internal import ScaleCodec

// The order of assets in versions 3 and 4, as for version 5.

extension LegacyNetworkID: Ranked {
  private var rank: Int {
    switch self {
    case .byGenesis: 0
    case .byFork: 1
    case .polkadot: 2
    case .kusama: 3
    case .westend: 4
    case .rococo: 5
    case .wococo: 6
    case .ethereum: 7
    case .bitcoinCore: 8
    case .bitcoinCash: 9
    case .polkadotBulletin: 10
    }
  }
  func order(_ other: LegacyNetworkID) -> Order {
    switch (self, other) {
    case (.byGenesis(let a), .byGenesis(let b)): Order(a, b)
    case (.byFork(let n, let h), .byFork(let m, let k)): Order(n, m).then(Order(h, k))
    case (.ethereum(let a), .ethereum(let b)): Order(a.value, b.value)
    default: Order(rank, other.rank)
    }
  }
}

extension LegacyJunction: Ranked {
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
  func order(_ other: LegacyJunction) -> Order {
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

extension LegacyJunctions: Ranked {
  func order(_ other: LegacyJunctions) -> Order {
    var order = Order(items.count, other.items.count)
    for (a, b) in zip(items, other.items) where order == .same { order = a.order(b) }
    return order
  }
}

extension LegacyLocation: Ranked {
  func order(_ other: LegacyLocation) -> Order { Order(parents, other.parents).then(interior.order(other.interior)) }
}
