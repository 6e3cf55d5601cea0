import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

@Suite("Addresses") struct MultiAddressTests {
  static let forms: [(MultiAddress, [UInt8])] = [
    (.id(.test(1)), [0] + [UInt8](repeating: 1, count: 32)),
    (.index, [1]),
    (.raw([9, 8]), [2, 8, 9, 8]),
    (.address32(.test(2)), [3] + [UInt8](repeating: 2, count: 32)),
    (.address20(.zero), [4] + [UInt8](repeating: 0, count: 20)),
  ]

  @Test("round trip", arguments: forms)
  func roundTrips(address: MultiAddress, bytes: [UInt8]) throws {
    #expect(address.encoded() == bytes)
    #expect(try MultiAddress(decoding: bytes) == address)
  }

  @Test("truncated forms are refused", arguments: forms.filter { $0.1.count > 1 })
  func refusesTruncated(address: MultiAddress, bytes: [UInt8]) {
    #expect(throws: ScaleError.self) { try MultiAddress(decoding: Array(bytes.dropLast())) }
  }

  @Test func anUnknownFormIsRefused() {
    #expect(throws: ScaleError.unknownVariant(type: "MultiAddress", index: 5, offset: 0)) {
      try MultiAddress(decoding: [5])
    }
  }

  @Test func onlyAccountsCanBeLookedUp() throws {
    #expect(try MultiAddress.id(.test(1)).lookup() == .test(1))
    #expect(try MultiAddress.address32(.test(2)).lookup() == .test(2))
    for address in [MultiAddress.index, .raw([]), .address20(.zero)] {
      #expect(throws: DispatchError.cannotLookup) { try address.lookup() }
    }
  }

  @Test func itsShapeHasTheNamesThatClientsReadParametersBy() {
    let shape = MultiAddress.typeShape
    #expect(shape.path == ["sp_runtime", "multiaddress", "MultiAddress"])
    #expect(shape.parameters.map(\.name) == ["AccountId", "AccountIndex"])
    guard case .variant(let variants) = shape.definition else {
      Issue.record("an address is a variant")
      return
    }
    #expect(variants.map(\.name) == ["Id", "Index", "Raw", "Address32", "Address20"])
    guard case .compact(let inner)? = variants[1].fields.first?.type.shape.definition else {
      Issue.record("an index is compact")
      return
    }
    #expect(inner == TypeReference(Unit.self))
  }
}

@Suite("Outcomes") struct OutcomeTests {
  @Test(
    "dispatch errors have Substrate's bytes",
    arguments: [
      (DispatchError.other, [0]), (.cannotLookup, [1]), (.badOrigin, [2]),
      (.module(ModuleError(pallet: 5, error: 3)), [3, 5, 3, 0, 0, 0]), (.consumerRemaining, [4]), (.noProviders, [5]),
      (.tooManyConsumers, [6]), (.token(.frozen), [7, 5]), (.token(.blocked), [7, 9]), (.arithmetic(.overflow), [8, 1]),
      (.transactional(.noLayer), [9, 1]), (.exhausted, [10]), (.corruption, [11]), (.unavailable, [12]),
      (.rootNotAllowed, [13]),
    ] as [(DispatchError, [UInt8])])
  func dispatchErrors(error: DispatchError, bytes: [UInt8]) throws {
    #expect(error.encoded() == bytes)
    #expect(try DispatchError(decoding: bytes) == error)
    #expect(DispatchResult.err(error).encoded() == [1] + bytes)
  }

  @Test func aResultIsRustsResult() throws {
    #expect(DispatchResult.ok(Unit()).encoded() == [0])
    #expect(try DispatchResult(decoding: [1, 2]) == .err(.badOrigin))
    #expect(throws: ScaleError.self) { try DispatchResult(decoding: [2]) }
    #expect(DispatchResult.typeShape.path == ["Result"])
    #expect(DispatchResult.typeShape.parameters.map(\.name) == ["T", "E"])
  }

  @Test func arithmeticErrorsCarryOver() {
    #expect(
      attempt(in: .onEmptyState()) { () throws(DispatchError) in
        _ = try checked { () throws(ArithmeticError) in try UInt8(1).subtracting(2) }
      } == .arithmetic(.underflow))
    #expect(DispatchError(ArithmeticError.divisionByZero) == .arithmetic(.divisionByZero))
  }

  @Test func originsAnswerOnlyToTheirOwnName() throws {
    #expect(try Origin.test(1).signer() == .test(1))
    for origin in [Origin.root, .none, .xcm(location: [])] {
      #expect(throws: DispatchError.badOrigin) { try origin.signer() }
    }
    try Origin.root.ensureRoot()
    try Origin.none.ensureNone()
    #expect(throws: DispatchError.badOrigin) { try Origin.test(1).ensureRoot() }
    #expect(throws: DispatchError.badOrigin) { try Origin.root.ensureNone() }
  }

  @Test func anEventRecordIsPhaseEventTopics() {
    let record = EventRecord(phase: .applyExtrinsic(2), event: [0, 5], topics: [.zero])
    #expect(record.encoded() == [0, 2, 0, 0, 0, 0, 5, 4] + [UInt8](repeating: 0, count: 32))
    #expect([record].encoded().count == record.encodedSize + 1)
  }
}

@Suite("Weights") struct WeightTests {
  @Test func sumsStayInRange() {
    #expect(Weight.max.adding(Weight(refTime: 1)) == .max)
    #expect(Weight.zero.subtracting(Weight(refTime: 1, proofSize: 1)) == .zero)
    #expect(Weight(refTime: .max).multiplied(by: 2).refTime.value == .max)
  }

  @Test func eitherPartExceeds() {
    #expect(Weight(refTime: 2, proofSize: 0).exceeds(Weight(refTime: 1, proofSize: 9)))
    #expect(Weight(refTime: 0, proofSize: 2).exceeds(Weight(refTime: 1, proofSize: 1)))
    #expect(!Weight(refTime: 1, proofSize: 1).exceeds(Weight(refTime: 1, proofSize: 1)))
  }

  @Test func bothPartsAreCompact() { #expect(Weight(refTime: 1, proofSize: 64).encoded() == [4, 1, 1]) }
}
