internal import PalletSupport
internal import Primitives
internal import ScaleCodec

// How values read to a person: locations as paths, assets as amounts, programs one instruction a line.

extension NetworkID: CustomStringConvertible {
  public var description: String {
    switch self {
    case .byGenesis(let hash): "ByGenesis(\(hash))"
    case .byFork(let number, let hash): "ByFork(\(number), \(hash))"
    case .polkadot: "Polkadot"
    case .kusama: "Kusama"
    case .ethereum(let chain): "Ethereum(\(chain.value))"
    case .bitcoinCore: "BitcoinCore"
    case .bitcoinCash: "BitcoinCash"
    case .polkadotBulletin: "PolkadotBulletin"
    }
  }
}

extension BodyID: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unit: "Unit"
    case .moniker(let name): "Moniker(\(name))"
    case .index(let index): "Index(\(index.value))"
    case .executive: "Executive"
    case .technical: "Technical"
    case .legislative: "Legislative"
    case .judicial: "Judicial"
    case .defense: "Defense"
    case .administration: "Administration"
    case .treasury: "Treasury"
    }
  }
}

extension BodyPart: CustomStringConvertible {
  public var description: String {
    switch self {
    case .voice: "Voice"
    case .members(let count): "Members(\(count.value))"
    case .fraction(let nom, let denom): "Fraction(\(nom.value)/\(denom.value))"
    case .atLeastProportion(let nom, let denom): "AtLeastProportion(\(nom.value)/\(denom.value))"
    case .moreThanProportion(let nom, let denom): "MoreThanProportion(\(nom.value)/\(denom.value))"
    }
  }
}

extension Junction: CustomStringConvertible {
  public var description: String {
    let suffix = network.map { ", \($0)" } ?? ""
    return switch self {
    case .parachain(let id): "Parachain(\(id.value))"
    case .accountId32(_, let id): "AccountId32(\(id)\(suffix))"
    case .accountIndex64(_, let index): "AccountIndex64(\(index.value)\(suffix))"
    case .accountKey20(_, let key): "AccountKey20(\(key)\(suffix))"
    case .palletInstance(let index): "PalletInstance(\(index))"
    case .generalIndex(let index): "GeneralIndex(\(index.value))"
    case .generalKey(let length, let data): "GeneralKey(\(Hex.encode(Array(data.bytes.prefix(Int(length))))))"
    case .onlyChild: "OnlyChild"
    case .plurality(let id, let part): "Plurality(\(id), \(part))"
    case .globalConsensus(let network): "GlobalConsensus(\(network))"
    }
  }
}

extension Junctions: CustomStringConvertible {
  public var description: String { isEmpty ? "here" : items.map(\.description).joined(separator: "/") }
}

extension Location: CustomStringConvertible {
  /// A path like `../Parachain(2000)`, or `here`.
  public var description: String {
    isHere
      ? "here"
      : (Array(repeating: "..", count: Int(parents)) + interior.items.map(\.description)).joined(separator: "/")
  }
}

extension AssetID: CustomStringConvertible {
  public var description: String { location.description }
}

extension AssetInstance: CustomStringConvertible {
  public var description: String {
    switch self {
    case .undefined: "undefined"
    case .index(let index): "#\(index.value)"
    case .array4(let bytes): bytes.description
    case .array8(let bytes): bytes.description
    case .array16(let bytes): bytes.description
    case .array32(let hash): hash.description
    }
  }
}

extension Asset: CustomStringConvertible {
  /// The amount in smallest units and the asset's path.
  public var description: String {
    switch fun {
    case .fungible(let amount): "\(amount.value) of \(id)"
    case .nonFungible(let instance): "instance \(instance) of \(id)"
    }
  }
}

extension Assets: CustomStringConvertible {
  public var description: String { isEmpty ? "nothing" : items.map(\.description).joined(separator: ", ") }
}

extension WildAsset: CustomStringConvertible {
  public var description: String {
    switch self {
    case .all: "all"
    case .allOf(let id, .fungible): "all of \(id)"
    case .allOf(let id, .nonFungible): "all instances of \(id)"
    case .allCounted(let count): "the first \(count.value)"
    case .allOfCounted(let id, .fungible, let count): "the first \(count.value) of \(id)"
    case .allOfCounted(let id, .nonFungible, let count): "the first \(count.value) instances of \(id)"
    }
  }
}

extension AssetFilter: CustomStringConvertible {
  public var description: String {
    switch self {
    case .definite(let assets): assets.description
    case .wild(let wild): wild.description
    }
  }
}

extension AssetTransferFilter: CustomStringConvertible {
  public var description: String { "\(filter) by \(kind.description)" }
}

extension TransferKind: CustomStringConvertible {
  public var description: String {
    switch self {
    case .reserveDeposit: "reserve deposit"
    case .reserveWithdraw: "reserve withdrawal"
    case .teleport: "teleport"
    }
  }
}

extension WeightLimit: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unlimited: "unlimited"
    case .limited(let weight): weight.text
    }
  }
}

extension Weight {
  fileprivate var text: String { "\(refTime.value) ps \(proofSize.value) B" }
}

extension Xcm: CustomStringConvertible {
  /// One line for each instruction; programs inside an instruction follow it, indented by two spaces.
  public var description: String { lines.joined(separator: "\n") }

  private var lines: [String] {
    instructions.flatMap { instruction in
      let operands = instruction.operands.joined(separator: "; ")
      let head = instruction.name + (operands.isEmpty ? "" : "(\(operands))")
      return [head] + (instruction.nestedProgram?.lines.map { "  " + $0 } ?? [])
    }
  }
}

extension Instruction: CustomStringConvertible {
  /// The instruction with the programs inside it on lines of their own.
  public var description: String { Xcm([self]).description }

  private static let names: [String] = {
    guard case .variant(let variants) = typeShape.definition else { return [] }
    return variants.map(\.name)
  }()

  /// The name that the specification gives the instruction, for example `WithdrawAsset`.
  public var name: String { Self.names[Int(encoded()[0])] }

  /// The operands as text, programs left out.
  fileprivate var operands: [String] {
    switch self {
    case .withdrawAsset(let assets), .reserveAssetDeposited(let assets), .receiveTeleportedAsset(let assets),
      .burnAsset(let assets),
      .expectAsset(let assets):
      [assets.description]
    case .queryResponse(let id, let response, _, let querier):
      ["query \(id.value)", "\(response)", "querier \(text(querier))"]
    case .transferAsset(let assets, let beneficiary): [assets.description, "to \(beneficiary)"]
    case .transferReserveAsset(let assets, let destination, _): [assets.description, "to \(destination)"]
    case .transact(let kind, let weight, let call):
      ["\(kind)", weight.map { "fallback weight \($0.text)" } ?? "no fallback weight", Hex.encode(call.encoded)]
    case .hrmpNewChannelOpenRequest(let sender, let size, let capacity):
      ["\(sender.value)", "\(size.value)", "\(capacity.value)"]
    case .hrmpChannelAccepted(let recipient): ["\(recipient.value)"]
    case .hrmpChannelClosing(let initiator, let sender, let recipient):
      ["\(initiator.value)", "\(sender.value)", "\(recipient.value)"]
    case .descendOrigin(let path): [path.description]
    case .reportError(let info), .reportTransactStatus(let info): [text(info)]
    case .depositAsset(let filter, let beneficiary): [filter.description, "to \(beneficiary)"]
    case .depositReserveAsset(let filter, let destination, _), .initiateReserveWithdraw(let filter, let destination, _),
      .initiateTeleport(let filter, let destination, _):
      [filter.description, "to \(destination)"]
    case .exchangeAsset(let give, let want, let maximal):
      [give.description, "for \(want)", maximal ? "maximal" : "minimal"]
    case .reportHolding(let info, let filter): [text(info), filter.description]
    case .buyExecution(let fees, let limit): [fees.description, limit.description]
    case .claimAsset(let assets, let ticket): [assets.description, "ticket \(ticket)"]
    case .trap(let code): ["\(code.value)"]
    case .subscribeVersion(let id, let weight): ["query \(id.value)", weight.text]
    case .expectOrigin(let origin): [text(origin)]
    case .expectError(let error): [error.map { "\($0.second) at \($0.first)" } ?? "none"]
    case .expectTransactStatus(let status): ["\(status)"]
    case .queryPallet(let module, let info): [String(decoding: module, as: UTF8.self), text(info)]
    case .expectPallet(let index, let name, let module, let major, let minor):
      [
        "\(index.value)", String(decoding: name, as: UTF8.self), String(decoding: module, as: UTF8.self),
        "\(major.value).\(minor.value)",
      ]
    case .universalOrigin(let junction): [junction.description]
    case .exportMessage(let network, let destination, _): ["\(network)", "to \(destination)"]
    case .lockAsset(let asset, let unlocker): [asset.description, "unlocker \(unlocker)"]
    case .unlockAsset(let asset, let target): [asset.description, "for \(target)"]
    case .noteUnlockable(let asset, let owner): [asset.description, "owner \(owner)"]
    case .requestUnlock(let asset, let locker): [asset.description, "locker \(locker)"]
    case .setFeesMode(let jitWithdraw): [jitWithdraw ? "from the account" : "from holding"]
    case .setTopic(let topic): [topic.description]
    case .aliasOrigin(let target): [target.description]
    case .unpaidExecution(let limit, let origin): [limit.description, origin.map { "origin \($0)" } ?? "any origin"]
    case .payFees(let asset): [asset.description]
    case .initiateTransfer(let destination, let fees, let preserve, let assets, _):
      [
        "to \(destination)", "fees \(fees.map(\.description) ?? "none")",
        preserve ? "origin preserved" : "origin cleared",
      ]
        + assets.items.map(\.description)
    case .executeWithOrigin(let descendant, _): [descendant.map(\.description) ?? "no origin"]
    case .setHints(let hints):
      hints.items.map { hint in
        switch hint {
        case .assetClaimer(let location): "asset claimer \(location)"
        }
      }
    case .clearOrigin, .refundSurplus, .setErrorHandler, .setAppendix, .clearError, .unsubscribeVersion,
      .clearTransactStatus, .clearTopic:
      []
    }
  }

  private func text(_ location: Location?) -> String { location?.description ?? "none" }
  private func text(_ info: QueryResponseInfo) -> String {
    "query \(info.queryId.value) to \(info.destination), at most \(info.maxWeight.text)"
  }
}
