import EchoRuntime
import Keys
import PalletMessages
import PalletSupport
import PalletSystem
import PalletTransactionPayment
import PalletXcm
import Primitives
import RuntimeKit
import ScaleCodec
import Testing
import XCM

private let unit = Hub.unit
private let alice = Hub.alice
private let bob = Hub.bob
private let gold = Hub.gold
private let market = Hub.market

private func location(_ location: Location) -> [UInt8] { VersionedLocation.v5(location).encoded() }
private func program(_ program: Xcm) -> [UInt8] { VersionedXcm.v5(program).encoded() }
private func assetID(_ location: Location) -> [UInt8] { VersionedAssetID.v5(AssetID(location)).encoded() }

@Suite("XCM prices, accounts and trust") struct XcmQueryTests {
  let chain: XcmTestChain
  init() throws { chain = try XcmTestChain() }

  @Test("every API is named by the hash of its name, with the reference's version") func versions() {
    let rows: [(String, UInt32)] = [
      ("91b1c8b16328eb92", 2), ("6ff52ee858e6c5bd", 2), ("9ffb505aa738d69c", 1), ("2609be83ac4468dc", 1),
      ("1c8a8196b15ec47b", 1),
    ]
    for (id, version) in rows {
      let row = EchoRuntime.version.apis.first { Hex.encode($0.first.bytes) == "0x\(id)" }
      #expect(row?.second == version, "\(id)")
    }
  }

  @Test(
    "weight is sold for the native asset, assets with a rate and siblings' own assets",
    arguments: [3, 4, 5] as [UInt32])
  func acceptable(version: UInt32) throws {
    let answer: ScaleResult<[VersionedAssetID], XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_acceptable_payment_assets", version.encoded())
    guard case .ok(let list) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(list.allSatisfy { $0.version == version })
    #expect(try list.map { try $0.latest().location } == [.here, gold, market, .sibling(2001)])
  }

  @Test("a version that there is not has no answer", arguments: [0, 2, 6, .max] as [UInt32]) func unknownVersion(
    version: UInt32
  ) throws {
    let answer: ScaleResult<[VersionedAssetID], XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_acceptable_payment_assets", version.encoded())
    #expect(answer == .err(.unhandledXcmVersion))
  }

  @Test("a program weighs what its instructions and calls weigh") func weight() throws {
    let one: ScaleResult<Weight, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_xcm_weight", program([.clearOrigin]))
    let nested: ScaleResult<Weight, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_xcm_weight", program([.setAppendix([.clearOrigin, .clearError])]))
    guard case .ok(let weight) = one else {
      Issue.record("\(one)")
      return
    }
    #expect(weight.refTime.value > 0 && nested == .ok(weight.multiplied(by: 3)))
  }

  @Test("a call that does not decode has no weight") func unweighable() throws {
    let call = DoubleEncoded(encoded: [0xff, 0xff])
    let answer: ScaleResult<Weight, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_xcm_weight", program([.transact(originKind: .native, fallbackMaxWeight: nil, call: call)]))
    #expect(answer == .err(.weightNotComputable))
  }

  @Test("weight costs the same as in an extrinsic, by rate or at par in other assets") func weightFee() throws {
    let weight = Weight(refTime: 1_000_000_000)
    let native = TransactionPaymentPallet.weightFee(weight)
    for (asset, price) in [(Location.here, native), (gold, 2 * native), (market, native)] {
      let answer: ScaleResult<Balance, XcmPaymentError> = try chain.call(
        "XcmPaymentApi_query_weight_to_asset_fee", weight.encoded() + assetID(asset))
      #expect(answer == .ok(price), "\(asset)")
    }
    for asset in [Hub.credit, .sibling(4), Location(.generalIndex(1))] {
      let answer: ScaleResult<Balance, XcmPaymentError> = try chain.call(
        "XcmPaymentApi_query_weight_to_asset_fee", weight.encoded() + assetID(asset))
      #expect(answer == .err(.assetNotFound), "\(asset)")
    }
  }

  @Test("delivery costs what a message of that size costs, in the newer version of the arguments") func deliveryFee()
    throws
  {
    let message = Xcm([.clearOrigin])
    let fee = LaneRouter.baseFee + LaneRouter.byteFee * Balance(program(message).count)
    let answer: ScaleResult<VersionedAssets, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_delivery_fees", location(market) + program(message))
    #expect(answer == .ok(.v5(assets((.here, fee)))))
    let named: ScaleResult<VersionedAssets, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_delivery_fees", location(market) + program(message) + assetID(.here))
    #expect(named == answer)
    let old: ScaleResult<VersionedAssets, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_delivery_fees",
      try VersionedLocation(market, version: 3).encoded() + VersionedXcm(message, version: 4).encoded())
    guard case .ok(let fees) = old else {
      Issue.record("\(old)")
      return
    }
    #expect(try fees.version == 4 && fees.latest() == assets((.here, fee)))
  }

  @Test("delivery is not sold for an asset that nobody swaps") func deliveryFeeInOtherAssets() throws {
    for asset in [gold, Hub.credit] {
      let answer: ScaleResult<VersionedAssets, XcmPaymentError> = try chain.call(
        "XcmPaymentApi_query_delivery_fees", location(market) + program([.clearOrigin]) + assetID(asset))
      #expect(answer == .err(.assetNotFound), "the pool is empty, or there is no rate: \(asset)")
    }
  }

  @Test("without a lane there is no delivery", arguments: [Location.here, .parent, .sibling(4)]) func unroutable(
    destination: Location
  ) throws {
    let answer: ScaleResult<VersionedAssets, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_delivery_fees", location(destination) + program([.clearOrigin]))
    #expect(answer == .err(.unroutable))
  }

  @Test("what version 5 cannot name is a failed conversion") func failedConversions() throws {
    let abstract = VersionedAssetID.v3(.abstract(FixedBytes([UInt8](repeating: 5, count: 32)) ?? .zero))
    let price: ScaleResult<Balance, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_weight_to_asset_fee", Weight(refTime: 1).encoded() + abstract.encoded())
    #expect(price == .err(.versionedConversionFailed))
    let fee: ScaleResult<VersionedAssets, XcmPaymentError> = try chain.call(
      "XcmPaymentApi_query_delivery_fees", location(market) + program([]) + abstract.encoded())
    #expect(fee == .err(.versionedConversionFailed))
    let asset = abstract.encoded() + [0, 4]
    for name in ["TrustedQueryApi_is_trusted_reserve", "TrustedQueryApi_is_trusted_teleporter"] {
      let trust: ScaleResult<Bool, TrustedQueryError> = try chain.call(name, asset + location(market))
      #expect(trust == .err(.versionedAssetConversionFailed))
      // Version 3 knows the network Wococo.
      let wococo: [UInt8] = [3, 1, 1, 9, 6]
      let place: ScaleResult<Bool, TrustedQueryError> = try chain.call(
        name, VersionedAsset.v5(Asset(.here, amount: 1)).encoded() + wococo)
      #expect(place == .err(.versionedLocationConversionFailed))
      let account: ScaleResult<AccountID, LocationToAccountError> = try chain.call(
        "LocationToAccountApi_convert_location", wococo)
      #expect(account == .err(.versionedConversionFailed))
    }
  }

  @Test("locations have the accounts that hold their assets") func accounts() throws {
    let sibling = try #require(
      AccountID(Array("sibl".utf8) + UInt32(2000).encoded() + [UInt8](repeating: 0, count: 24)))
    for (place, account) in [(Location.account(bob), bob), (market, sibling)] {
      let answer: ScaleResult<AccountID, LocationToAccountError> = try chain.call(
        "LocationToAccountApi_convert_location", location(place))
      #expect(answer == .ok(account))
    }
    let answer: ScaleResult<AccountID, LocationToAccountError> = try chain.call(
      "LocationToAccountApi_convert_location", location(gold))
    #expect(answer == .err(.unsupported))
  }

  @Test("trust is told as the executor has it") func trust() throws {
    let rows: [(Location, Location, reserve: Bool, teleport: Bool)] = [
      (market, market, true, false), (.here, market, false, false), (.sibling(2001), market, false, false),
      (Hub.credit, market, false, true), (Hub.credit, .sibling(2001), false, false),
    ]
    for (asset, place, reserve, teleport) in rows {
      let arguments = VersionedAsset.v5(Asset(asset, amount: 1)).encoded() + location(place)
      let reserves: ScaleResult<Bool, TrustedQueryError> = try chain.call(
        "TrustedQueryApi_is_trusted_reserve", arguments)
      let teleports: ScaleResult<Bool, TrustedQueryError> = try chain.call(
        "TrustedQueryApi_is_trusted_teleporter", arguments)
      #expect(reserves == .ok(reserve) && teleports == .ok(teleport), "\(asset) \(place)")
    }
  }

  @Test("errors are numbered as in polkadot-sdk") func errorBytes() {
    let payment: [(XcmPaymentError, UInt8)] = [
      (.unimplemented, 0), (.versionedConversionFailed, 1), (.weightNotComputable, 2), (.unhandledXcmVersion, 3),
      (.assetNotFound, 4),
      (.unroutable, 5),
    ]
    for (error, index) in payment { #expect(error.encoded() == [index]) }
    #expect(
      LocationToAccountError.unsupported.encoded() == [0]
        && LocationToAccountError.versionedConversionFailed.encoded() == [1])
    #expect(TrustedQueryError.versionedAssetConversionFailed.encoded() == [0])
    #expect(TrustedQueryError.versionedLocationConversionFailed.encoded() == [1])
    #expect(DryRunError.unimplemented.encoded() == [0] && DryRunError.versionedConversionFailed.encoded() == [1])
  }
}
