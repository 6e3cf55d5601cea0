import PalletSupport
import Primitives
import RuntimeKit
import ScaleCodec
import Testing

// The pallet of Docs/guides/write-a-pallet.md, kept here so that the guide compiles and runs.

/// One line of text for every account.
///
/// State grows by one row with each new writer and shrinks when a line is removed.
enum Guestbook {
  /// What the runtime fixes for the pallet.
  protocol Config {
    static var palletIndex: UInt8 { get }
    /// The most bytes that a line may have.
    static var maximumLength: UInt32 { get }
  }

  @ScaleCodable(path: "pallet_guestbook::pallet::Call")
  enum Call: Hashable, Sendable {
    /// Writes the caller's line. Origin: signed.
    @ScaleIndex(0) case write(line: [UInt8])
    /// Removes anybody's line. Origin: root.
    @ScaleIndex(1) case erase(who: MultiAddress)
  }

  @ScaleCodable(path: "pallet_guestbook::pallet::Event")
  enum Event: Hashable, Sendable {
    /// An account wrote its line.
    @ScaleIndex(0) case written(who: AccountID, line: [UInt8])
    /// A line was removed.
    @ScaleIndex(1) case erased(who: AccountID)
  }

  @ErrorShape(path: "pallet_guestbook::pallet::Error")
  enum Failure: UInt8, PalletFailure {
    /// The line is longer than the limit. Shorten it.
    case tooLong
    /// The account has no line.
    case noLine
  }

  // Hashed keys: callers choose accounts, and raw keys would let them unbalance the trie.
  static let lines = OptionalStorageMap<AccountID, [UInt8]>(
    "Guestbook", "Lines", hasher: .blake2b128Concat, docs: ["What each account wrote."])

  /// The pallet as the runtime composes it.
  enum Pallet<C: Config>: PalletSupport.Pallet {
    typealias Call = Guestbook.Call
    typealias Event = Guestbook.Event
    typealias Failure = Guestbook.Failure

    static var name: String { "Guestbook" }
    static var index: UInt8 { C.palletIndex }
    static var storage: [StorageEntry] { [Guestbook.lines.entry] }
    static var constants: [PalletConstant] { [PalletConstant("MaximumLength", C.maximumLength)] }

    static func info(of call: Call) -> DispatchInfo {
      switch call {
      case .write: DispatchInfo(.of(writes: 1))
      case .erase: DispatchInfo(.of(reads: 1, writes: 1))
      }
    }

    static func dispatch(_ call: Call, origin: Origin, in context: ExecutionContext) throws(DispatchError) {
      switch call {
      case .write(let line):
        let writer = try origin.signer()
        guard line.count <= Int(C.maximumLength) else { throw failure(.tooLong) }  // checks end here
        Guestbook.lines.set(writer, to: line, in: context)
        deposit(.written(who: writer, line: line), in: context)
      case .erase(let who):
        try origin.ensureRoot()
        let who = try who.lookup()
        guard Guestbook.lines.exists(who, in: context) else { throw failure(.noLine) }
        Guestbook.lines.remove(who, in: context)
        deposit(.erased(who: who), in: context)
      }
    }
  }
}

private enum GuestbookConfig: Guestbook.Config {
  static let palletIndex: UInt8 = 40
  static let maximumLength: UInt32 = 3
}
private typealias TestGuestbook = Guestbook.Pallet<GuestbookConfig>

@Suite("Guestbook, the pallet of the guide") struct GuestbookTests {
  private let context = ExecutionContext.onEmptyState()

  @Test func aLineIsWrittenAndErased() throws {
    #expect(attempt(.write(line: [1, 2, 3]), of: TestGuestbook.self, origin: .test(1), in: context) == nil)
    #expect(try Guestbook.lines.get(.test(1), in: context) == [1, 2, 3])
    #expect(attempt(.erase(who: .test(1)), of: TestGuestbook.self, origin: .root, in: context) == nil)
    #expect(!Guestbook.lines.exists(.test(1), in: context))
    #expect(
      context.events(of: TestGuestbook.self) == [
        .written(who: .test(1), line: [1, 2, 3]), .erased(who: .test(1)),
      ])
  }

  @Test(
    "a refused call leaves no trace",
    arguments: [
      (Guestbook.Call.write(line: []), Origin.root, DispatchError.badOrigin),
      (.write(line: [1, 2, 3, 4]), .test(1), TestGuestbook.failure(.tooLong)),
      (.erase(who: .test(1)), .test(1), .badOrigin),
      (.erase(who: .index), .root, .cannotLookup),
      (.erase(who: .test(1)), .root, TestGuestbook.failure(.noLine)),
    ])
  func refuses(call: Guestbook.Call, origin: Origin, error: DispatchError) {
    #expect(attempt(call, of: TestGuestbook.self, origin: origin, in: context) == error)
    #expect(context.trace == .empty)
  }
}
