public import Primitives
internal import ScaleCodec

/// Assets that a program has taken from the ledger and not yet put back.
///
/// Amounts of one asset are one item; items are in canonical order, amounts before instances.
public struct Holding: Hashable, Sendable {
  private var amounts: [Amount] = []
  private var instances: [Instance] = []

  private struct Amount: Hashable, Sendable {
    var id: AssetID
    var value: Balance
  }
  private struct Instance: Hashable, Sendable, Comparable {
    var id: AssetID
    var instance: AssetInstance
    static func < (a: Instance, b: Instance) -> Bool { a.id == b.id ? a.instance < b.instance : a.id < b.id }
  }

  /// Nothing.
  public init() {}

  /// The given assets.
  public init(_ assets: Assets) { add(assets) }

  /// One asset.
  public init(_ asset: Asset) { add(asset) }

  /// Items: one for each fungible asset and one for each instance.
  public var count: Int { amounts.count + instances.count }
  /// Whether there is nothing.
  public var isEmpty: Bool { amounts.isEmpty && instances.isEmpty }

  /// The items: fungible assets in the order of their ids, then instances.
  public var assets: [Asset] { Array(self) }

  /// The first fungible asset in the order of their ids.
  var firstFungible: AssetID? { amounts.first?.id }

  /// How much of a fungible asset there is, in its smallest unit.
  public func amount(of id: AssetID) -> Balance {
    let index = position(of: id)
    return index < amounts.count && amounts[index].id == id ? amounts[index].value : 0
  }

  /// Whether all of `asset` is there.
  public func contains(_ asset: Asset) -> Bool {
    switch asset.fun {
    case .fungible(let amount): self.amount(of: asset.id) >= amount.value
    case .nonFungible(let instance): instances.contains(Instance(id: asset.id, instance: instance))
    }
  }

  /// Whether all of `assets` are there.
  public func contains(_ assets: Assets) -> Bool { assets.items.allSatisfy { contains($0) } }

  // MARK: Adding

  /// Adds an asset. A sum that does not fit stays at the largest amount; an instance that is there stays one.
  public mutating func add(_ asset: Asset) {
    switch asset.fun {
    case .fungible(let amount): add(Amount(id: asset.id, value: amount.value))
    case .nonFungible(let instance): add(Instance(id: asset.id, instance: instance))
    }
  }

  private mutating func add(_ amount: Amount) {
    guard amount.value > 0 else { return }
    let index = position(of: amount.id)
    if index < amounts.count, amounts[index].id == amount.id {
      amounts[index].value = amounts[index].value.addingSaturating(amount.value)
    } else {
      amounts.insert(amount, at: index)
    }
  }

  private mutating func add(_ item: Instance) {
    let index = instances.firstIndex { !($0 < item) } ?? instances.count
    if index == instances.count || instances[index] != item { instances.insert(item, at: index) }
  }

  /// Adds assets.
  public mutating func add(_ assets: Assets) { for asset in assets.items { add(asset) } }
  /// Adds everything of another holding.
  public mutating func add(_ other: Holding) {
    if isEmpty {
      self = other
      return
    }
    for amount in other.amounts { add(amount) }
    for instance in other.instances { add(instance) }
  }

  // MARK: Taking

  /// Takes as much as there is of what `filter` names.
  public mutating func take(_ filter: AssetFilter) -> Holding {
    switch filter {
    case .definite(let assets): take(assets)
    case .wild(.all): take(first: .max)
    case .wild(.allCounted(let count)): take(first: Int(count.value))
    case .wild(.allOf(let id, let fun)): take(id, fun, first: .max)
    case .wild(.allOfCounted(let id, let fun, let count)): take(id, fun, first: Int(count.value))
    }
  }

  /// Takes what `filter` names; a wildcard names what there is.
  /// - Returns: `nil`, with nothing taken, when a named asset is not all there.
  public mutating func takeExactly(_ filter: AssetFilter) -> Holding? {
    if case .definite(let assets) = filter, !contains(assets) { return nil }
    return take(filter)
  }

  /// What ``take(_:)`` would take.
  public func selecting(_ filter: AssetFilter) -> Holding {
    var copy = self
    return copy.take(filter)
  }

  private mutating func take(_ assets: Assets) -> Holding {
    var taken = Holding()
    for asset in assets.items {
      switch asset.fun {
      case .fungible(let amount): taken.add(Amount(id: asset.id, value: remove(asset.id, upTo: amount.value)))
      case .nonFungible(let instance):
        guard let index = instances.firstIndex(of: Instance(id: asset.id, instance: instance)) else { continue }
        instances.remove(at: index)
        taken.add(asset)
      }
    }
    return taken
  }

  private mutating func take(first limit: Int) -> Holding {
    var taken = Holding()
    if limit >= count {
      swap(&taken, &self)
      return taken
    }
    let fungible = Swift.min(limit, amounts.count)
    taken.amounts = Array(amounts.prefix(fungible))
    taken.instances = Array(instances.prefix(limit - fungible))
    amounts.removeFirst(fungible)
    instances.removeFirst(taken.instances.count)
    return taken
  }

  private mutating func take(_ id: AssetID, _ fun: WildFungibility, first limit: Int) -> Holding {
    var taken = Holding()
    guard limit > 0 else { return taken }
    switch fun {
    case .fungible: taken.add(Amount(id: id, value: remove(id, upTo: .max)))
    case .nonFungible:
      taken.instances = Array(instances.filter { $0.id == id }.prefix(limit))
      instances.removeAll { taken.instances.contains($0) }
    }
    return taken
  }

  private mutating func remove(_ id: AssetID, upTo limit: Balance) -> Balance {
    let index = position(of: id)
    guard index < amounts.count, amounts[index].id == id else { return 0 }
    let taken = Swift.min(limit, amounts[index].value)
    amounts[index].value -= taken
    if amounts[index].value == 0 { amounts.remove(at: index) }
    return taken
  }

  /// Where an asset stands or would stand among the amounts.
  private func position(of id: AssetID) -> Int {
    var low = 0
    var high = amounts.count
    while low < high {
      let middle = (low + high) / 2
      if amounts[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension Holding: Sequence {
  /// Walks over the items: fungible assets in the order of their ids, then instances.
  public struct Iterator: IteratorProtocol {
    fileprivate let holding: Holding
    fileprivate var index = 0

    public mutating func next() -> Asset? {
      defer { index += 1 }
      let amounts = holding.amounts
      if index < amounts.count { return Asset(amounts[index].id, amount: amounts[index].value) }
      let position = index - amounts.count
      guard position < holding.instances.count else { return nil }
      return Asset(id: holding.instances[position].id, fun: .nonFungible(holding.instances[position].instance))
    }
  }

  public func makeIterator() -> Iterator { Iterator(holding: self) }
  public var underestimatedCount: Int { count }
}
