public import EchoRuntime
internal import PalletSupport
internal import Primitives
internal import ScaleCodec
public import XCM

/// Why an instruction or a program failed, in words: what it needed, what there was, what to do.
public struct FailureSentence: Hashable, Sendable {
  /// What was needed and was not so.
  public var reason: String
  /// What the user can do.
  public var remedy: String

  /// Both in one line.
  public var text: String { "\(reason); \(remedy)" }

  /// Puts the facts of a trace into words.
  /// - Parameter names: Names as the chain of the trace sees them.
  public init(_ detail: XcmFailureDetail, names: XcmNames) {
    let words = Words(detail: detail, names: names)
    (reason, remedy) = words.assets ?? words.trust ?? words.origin ?? words.whole
  }
}

/// The words for one failure; each part serves some of the requirements.
private struct Words {
  let detail: XcmFailureDetail
  let names: XcmNames

  private var needed: String { names.text(detail.needed) }
  private var found: String { names.text(detail.found) }
  /// The needed assets without their amounts.
  private var kinds: String {
    let symbols = detail.needed.map { names.unit(of: $0.id)?.symbol ?? names.text($0.id.location) }
    return symbols.isEmpty ? "the asset" : symbols.joined(separator: ", ")
  }
  private var subject: String {
    switch detail.subject {
    case .program: "the program"
    case .holding: "holding"
    case .fees: "the fees register"
    case .location(let location): names.text(location)
    }
  }

  typealias Pair = (reason: String, remedy: String)

  var assets: Pair? {
    switch detail.requirement {
    case .balance: ("\(subject) needs \(needed) and has \(found)", "send less, or fund it first")
    case .minimumBalance:
      (
        "\(subject) would have \(found), and must have at least \(needed)",
        "move an amount that leaves every account nothing or at least that much"
      )
    case .spendable:
      (
        "\(subject) needs \(needed) and may spend \(found) of what it has",
        "release what is locked or held, or send less"
      )
    case .existingAccount:
      (
        "\(subject) does not exist and this asset alone cannot keep it alive",
        "send it at least \(needed) first, or along with this"
      )
    case .account: ("\(subject) is no account on this chain", "name an account, for example AccountId32")
    case .knownAsset: ("this chain does not keep \(kinds)", "name an asset that it knows, or register this one")
    case .teleportedBefore:
      ("\(needed) would come back, and only \(found) has left by teleport", "teleport back at most what left")
    case .holding: ("\(subject) needs \(needed) and has \(found)", "withdraw more before this instruction")
    case .feePrice: ("the price is \(needed), and \(found) was offered", "offer at least the price")
    case .feeAsset:
      (
        "\(found) buys no execution here; this chain takes "
          + (detail.needed.isEmpty
            ? "its native asset" : detail.needed.map { names.text($0) }.joined(separator: " or ")),
        "pay the fee in one of these"
      )
    case .room(let limit): ("holding has room for \(limit) assets", "deposit or send some before more come in")
    case .assetCount(let limit): ("at most \(limit) assets can be named here", "use several instructions or messages")
    case .trapped:
      ("nothing is trapped for \(subject) that is exactly \(needed)", "list what is with 'echochain xcm traps'")
    case .deal: ("nobody gives \(needed) for \(found)", "offer more, want less, or fund the exchange")
    case .lock: ("\(needed) of \(subject) cannot be locked or unlocked so", "check what is locked, and for whom")
    default: nil
    }
  }

  var trust: Pair? {
    switch detail.requirement {
    case .reserveTrust:
      ("\(subject) is not a trusted reserve of \(kinds)", "send it from, or to, the asset's home chain")
    case .teleportTrust:
      (
        "\(kinds) does not teleport between \(subject) and this chain",
        "use a reserve transfer, or list it under teleports"
      )
    case .route: ("no lane leads to \(subject)", "open one with 'echochain path open', or go over a third chain")
    case .openLane: ("the lane to \(subject) takes no messages now", "resume it, or wait until it drains")
    case .messageSize(let limit):
      (
        "the message is more than \(subject) decodes: \(limit) bytes, \(Xcm.maximumInstructions) instructions, "
          + "\(Xcm.maximumDepth) levels", "split it"
      )
    case .version: ("the message cannot be said in the XCM version of \(subject)", "use instructions of that version")
    case .nameThere: ("something in the message has no name as seen from \(subject)", "use a shorter location")
    case .bridge(let network): ("no bridge leads to \(network)", "choose a network that this chain is linked with")
    default: nil
    }
  }

  var origin: Pair? {
    switch detail.requirement {
    case .origin: ("an origin is needed, and it was cleared", "put the instruction before ClearOrigin")
    case .expectedOrigin(let expected, let actual):
      ("the origin should be \(text(expected)) and is \(text(actual))", "send the program from there")
    case .alias(let target):
      (
        "\(subject) may not act as \(names.text(target))",
        "let the target authorize it with XcmPallet.add_authorized_alias"
      )
    case .universalAlias(let network):
      ("\(subject) may not speak for \(network)", "send it over the bridge to that network")
    case .originKind(let kind):
      ("\(subject) has no \(text(kind)) origin for calls here", "use OriginKind SovereignAccount or Xcm")
    case .safeCall: ("programs may not make this call", "sign it as an extrinsic")
    case .permission: ("\(subject) may not do this", "use an origin that has the permission")
    case .locationRoom: ("the location would have more than 8 junctions", "descend less")
    case .validLocation: ("the location is not valid here", "check it as seen from this chain")
    default: nil
    }
  }

  /// The rest: values, and the program as a whole.
  var whole: Pair {
    switch detail.requirement {
    case .expectedError(let expected, let actual):
      (
        "the error register should hold \(text(expected)) and holds \(text(actual))",
        "look at the instruction that failed"
      )
    case .expectedStatus(let expected, let actual):
      (
        "the call should have ended with \(text(expected)) and ended with \(text(actual))",
        "see how the call ended, and why"
      )
    case .pallet(let index, let expected, let actual):
      (
        "pallet \(index) should be \(plain(expected)) and is "
          + (actual.map { "\(plain($0.name.items)) \($0.major.value).\($0.minor.value)" } ?? "absent"),
        "ask with QueryPallet what there is"
      )
    case .trap(let code): ("the program asked to stop with code \(code)", "see why it took this way")
    case .range: ("a number left its range", "use smaller amounts")
    case .supported: ("this chain does not serve the instruction", "leave it out")
    case .decodes: ("the call does not decode on this chain", "encode it for this chain's runtime")
    case .weight(.zero, let actual):
      ("it weighs \(text(actual)), more than it may", "split it, or raise the limit where it is yours")
    case .weight(let limit, let actual):
      ("it weighs \(text(actual)) and may weigh \(text(limit))", "split it, or raise the limit where it is yours")
    case .weighable: ("its weight cannot be computed", "check the calls in it, and use at most 100 instructions")
    case .admission(let why): admission(why)
    case .nesting(let limit): ("programs are nested deeper than \(limit) levels", "nest less")
    case .transactionFee:
      ("\(subject) needs \(needed) to pay the transaction fee and stay alive, and has \(found)", "fund it first")
    default: ("the call itself was refused", "see its error")
    }
  }

  private func admission(_ why: XcmAdmission) -> Pair {
    switch why {
    case .shape:
      (
        "the barrier lets in programs that load assets and pay within their first five instructions",
        "begin with WithdrawAsset or assets that arrive, then BuyExecution or PayFees"
      )
    case .weight(let weight):
      ("the program weighs \(text(weight)), more than it buys", "raise the weight limit of BuyExecution")
    case .later: ("the chain has suspended XCM", "try again when it is resumed")
    case .depth: ("programs are nested deeper than the barrier looks", "nest less")
    }
  }

  private func text(_ kind: OriginKind) -> String {
    switch kind {
    case .native: "Native"
    case .sovereignAccount: "SovereignAccount"
    case .superuser: "Superuser"
    case .xcm: "Xcm"
    }
  }
  private func text(_ status: MaybeErrorCode) -> String {
    switch status {
    case .success: "success"
    case .error(let code), .truncatedError(let code): "error \(Hex.encode(code.items))"
    }
  }
  private func text(_ location: Location?) -> String { location.map { names.text($0) } ?? "nobody" }
  private func text(_ error: ScaleCodec.Pair<UInt32, XcmError>?) -> String {
    error.map { "\($0.second.name) at instruction \($0.first)" } ?? "no error"
  }
  private func text(_ weight: Weight) -> String {
    "\(XcmNames.decimal(Balance(weight.refTime.value), decimals: 6)) µs and \(weight.proofSize.value) B of proof"
  }
  private func plain(_ bytes: [UInt8]) -> String { PlainText.of(String(decoding: bytes, as: UTF8.self), limit: 48) }
}

extension XcmError {
  /// The error's name in the specification: `NotHoldingFees`.
  public var name: String { Self.name(ofNumber: encoded()[0]) }

  /// The name of the error with a number, as receipts and events carry it.
  public static func name(ofNumber number: UInt8) -> String {
    guard case .variant(let variants) = typeShape.definition,
      let variant = variants.first(where: { $0.index == number })
    else { return "error \(number)" }
    return variant.name
  }
}
