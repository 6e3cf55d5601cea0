public import PalletSupport
public import Primitives
public import ScaleCodec

/// One key that may make any call with the chain's own authority: a stand-in for governance.
///
/// An inner call that fails does not fail the outer one: its writes and events are undone and its error is reported
/// in the event.
public enum Sudo {
  /// What the runtime fixes for the pallet.
  public protocol Config {
    /// The outer call of the runtime.
    associatedtype RuntimeCall: RuntimeDispatchable
    static var palletIndex: UInt8 { get }
  }

  @ScaleCodable(path: "pallet_sudo::pallet::Call")
  public indirect enum Call<RuntimeCall: RuntimeDispatchable>: Hashable, Sendable {
    /// Makes a call as root. Origin: the key.
    @ScaleIndex(0) case sudo(call: RuntimeCall)
    /// Hands the authority to another key. Origin: the key.
    @ScaleIndex(2) case setKey(new: MultiAddress)
    /// Makes a call as any account. Origin: the key.
    @ScaleIndex(3) case sudoAs(who: MultiAddress, call: RuntimeCall)
  }

  @ScaleCodable(path: "pallet_sudo::pallet::Event")
  public enum Event: Hashable, Sendable {
    /// A call was made as root.
    @ScaleIndex(0) case sudid(sudoResult: DispatchResult)
    /// The authority has moved.
    @ScaleIndex(1) case keyChanged(old: AccountID?, new: AccountID)
    /// A call was made as an account.
    @ScaleIndex(3) case sudoAsDone(sudoResult: DispatchResult)
  }

  @ErrorShape(path: "pallet_sudo::pallet::Error")
  public enum Failure: UInt8, PalletFailure {
    /// The signer is not the key. Sign with it.
    case requireSudo
  }

  public static let key = OptionalStorageValue<AccountID>("Sudo", "Key", docs: ["The account with the authority."])

  /// The pallet as the runtime composes it.
  public enum Pallet<C: Config>: PalletSupport.Pallet {
    public typealias Call = Sudo.Call<C.RuntimeCall>
    public typealias Event = Sudo.Event
    public typealias Failure = Sudo.Failure

    public static var name: String { "Sudo" }
    public static var index: UInt8 { C.palletIndex }
    public static var storage: [StorageEntry] { [Sudo.key.entry] }

    public static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .setKey: return DispatchInfo(.of(reads: 1, writes: 1))
      case .sudo(let inner), .sudoAs(_, let inner):
        // Asked once: twice at every level would double the work with each nesting.
        let info = inner.info
        return DispatchInfo(info.weight.adding(.of(reads: 1)), class: info.class)
      }
    }

    public static func dispatch(
      _ call: Call, origin: Origin, in context: ExecutionContext
    ) throws(DispatchError) {
      let signer = try origin.signer()
      let key = try Sudo.key.get(in: context)
      guard signer == key else { throw failure(.requireSudo) }
      switch call {
      case .sudo(let inner):
        deposit(.sudid(sudoResult: attempt(inner, origin: .root, in: context)), in: context)
      case .setKey(let new):
        let new = try new.lookup()
        Sudo.key.set(new, in: context)
        deposit(.keyChanged(old: key, new: new), in: context)
      case .sudoAs(let who, let inner):
        let who = try who.lookup()
        deposit(.sudoAsDone(sudoResult: attempt(inner, origin: .signed(who), in: context)), in: context)
      }
    }

    private static func attempt(
      _ call: C.RuntimeCall, origin: Origin, in context: ExecutionContext
    ) -> DispatchResult {
      do throws(DispatchError) {
        try context.transactional { () throws(DispatchError) in try call.dispatch(origin: origin, in: context) }
        return .ok(Unit())
      } catch {
        return .err(error)
      }
    }

    /// Names the first key; without one, nobody has the authority.
    public static func buildGenesis(key: AccountID?, in context: ExecutionContext) {
      if let key { Sudo.key.set(key, in: context) }
      putStorageVersion(0, of: name, in: context)
    }
  }
}
