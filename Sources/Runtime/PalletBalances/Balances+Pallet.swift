public import PalletSupport
public import Primitives
internal import ScaleCodec

extension Balances {
  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Balances.Call
    public typealias Event = Balances.Event
    public typealias Failure = Balances.Failure

    public static var name: String { "Balances" }
    public static var index: UInt8 { C.palletIndex }

    public static var storage: [StorageEntry] {
      [
        Balances.totalIssuance.entry, Balances.account.entry, Balances.locks.entry, Balances.holds.entry,
        Balances.freezes.entry,
      ]
    }

    public static var constants: [PalletConstant] {
      [
        PalletConstant(
          "ExistentialDeposit", C.existentialDeposit, docs: ["The smallest balance that keeps an account alive."]),
        PalletConstant("MaxLocks", UInt32(0), docs: ["How many locks an account may carry."]),
        PalletConstant("MaxReserves", UInt32(0), docs: ["How many named reserves an account may carry."]),
        PalletConstant("MaxFreezes", UInt32(0), docs: ["How many freezes an account may carry."]),
      ]
    }

    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .transferAllowDeath, .transferKeepAlive, .transferAll: DispatchInfo(.of(micros: 50, reads: 2, writes: 2))
      case .forceTransfer: DispatchInfo(.of(micros: 50, reads: 2, writes: 2))
      case .forceSetBalance, .burn: DispatchInfo(.of(micros: 30, reads: 2, writes: 2))
      }
    }

    public static func dispatch(
      _ call: Call, origin: Origin, in context: ExecutionContext
    ) throws(DispatchError) {
      switch call {
      case .transferAllowDeath(let dest, let value):
        try transfer(value.value, from: origin.signer(), to: dest.lookup(), .expendable, in: context)
      case .transferKeepAlive(let dest, let value):
        try transfer(value.value, from: origin.signer(), to: dest.lookup(), .preserve, in: context)
      case .forceTransfer(let source, let dest, let value):
        try origin.ensureRoot()
        try transfer(value.value, from: source.lookup(), to: dest.lookup(), .expendable, in: context)
      case .transferAll(let dest, let keepAlive):
        let source = try origin.signer()
        let preservation: Preservation = keepAlive ? .preserve : .expendable
        let amount = try reducibleBalance(of: source, preservation, in: context)
        try transfer(amount, from: source, to: dest.lookup(), preservation, in: context)
      case .forceSetBalance(let who, let newFree):
        try origin.ensureRoot()
        try setBalance(of: who.lookup(), free: newFree.value, in: context)
      case .burn(let value, let keepAlive):
        try burn(value.value, from: origin.signer(), keepAlive ? .preserve : .expendable, in: context)
      }
    }

    /// Endows the first accounts.
    /// - Throws: ``Failure/existentialDeposit`` for a balance under it, ``DispatchError/other`` for an account that is
    ///   listed twice, an arithmetic error when the sum does not fit.
    public static func buildGenesis(
      balances: [(account: AccountID, amount: Balance)], in context: ExecutionContext
    ) throws(DispatchError) {
      var seen: Set<AccountID> = []
      var total: Balance = 0
      for (account, amount) in balances {
        guard amount >= C.existentialDeposit else { throw failure(.existentialDeposit) }
        guard seen.insert(account).inserted else { throw .other }
        let sum = total
        total = try checked { () throws(ArithmeticError) in try sum.adding(amount) }
      }
      for (account, amount) in balances {
        try C.Accounts.setData(AccountData(free: amount), of: account, in: context)
      }
      Balances.totalIssuance.set(total, in: context)
      putStorageVersion(1, of: name, in: context)
    }
  }
}
