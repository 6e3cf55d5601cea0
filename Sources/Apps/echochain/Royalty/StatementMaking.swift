import ChainClient
import Commerce
import EchoRuntime
import PalletRoyalty
import PalletSupport
import Primitives
import Proofs
import ScaleCodec
import XCM

/// Collects every sale of a split and the proof of what the chain has added up.
///
/// Walks from the newest sale back: each one names the block of the one before. Trusts the node for nothing: what it
/// leaves out or changes does not hash to the head that the proof shows.
/// - Parameters:
///   - earlier: A statement of the same split and asset, of any block; its sales are not read again.
///   - fromSet: The validator set that the verifier knows.
///   - progress: Told how many sales were found.
func makeStatement(
  _ subject: StatementSubject, from chain: ChainClient, block: BlockNumber? = nil, earlier: Statement? = nil,
  fromSet: UInt64 = 0, note: String? = nil, progress: (String) -> Void = { _ in }
) async throws -> Statement {
  let height: BlockNumber
  if let block { height = block } else { height = try await chain.finalized().number }
  guard let (_, hash) = try await chain.header(at: height) else {
    throw Complaint.refused("\(chain.info.name) has no block #\(height)")
  }
  guard let split = try await chain.value(subject.key(of: .split), at: hash, as: Royalty.Split.self) else {
    throw Complaint.refused("\(chain.info.name) has no split \(subject.split)")
  }
  guard split.version <= StatementSubject.maximumVersion else {
    throw Complaint.refused("\(StatementRefusal.tooManyVersions(split.version))")
  }
  let account = try await chain.value(subject.key(of: .account), at: hash, as: Royalty.Acc.self)
  let lines = try await sales(of: subject, account, from: chain, earlier: earlier, progress: progress)
  let payouts = try await payouts(of: subject, from: chain, at: hash)
  let keys = subject.rows(version: split.version, payouts: payouts).map(\.key)
  let request = ProofRequest(subject: .storage(keys), block: height, fromSet: fromSet, note: note)
  let statement = Statement(subject: subject, lines: lines, payouts: payouts, proof: try await exportProof(request, from: chain))
  do throws(StatementRefusal) { _ = try statement.examine(anchor: nil) } catch {
    let sources =
      earlier == nil ? "what \(chain.info.name) answered" : "what \(chain.info.name) answered, with the older statement's sales,"
    throw Complaint.proofInvalid("\(sources) makes no valid statement: \(error)")
  }
  return statement
}

/// Payouts under way that hold something of the split and asset, ascending.
private func payouts(of subject: StatementSubject, from chain: ChainClient, at hash: H256) async throws -> [UInt64] {
  let rows = try await chain.rows(
    Royalty.inFlight.prefix, skip: 8, key: UInt64.self, value: Royalty.InFlight.self, at: hash)
  let own = rows.filter { row in
    row.value.asset == subject.asset && row.value.items.contains { $0.claim.split == subject.split }
  }
  guard own.count <= Statement.maximumPayouts else {
    throw Complaint.refused("\(own.count) payouts of the split are under way, more than one statement covers; wait for some to end")
  }
  return own.map(\.key).sorted()
}

/// All sales, the first one first.
private func sales(
  of subject: StatementSubject, _ account: Royalty.Acc?, from chain: ChainClient, earlier: Statement?,
  progress: (String) -> Void
) async throws -> [StatementLine] {
  guard let account, account.n > 0 else { return [] }
  guard account.n <= UInt64(Statement.maximumLines) else {
    throw Complaint.refused("the split has \(account.n) sales; a statement has at most \(Statement.maximumLines)")
  }
  // The other statement may be of a later block than this one.
  let known = earlier?.lines(upTo: account.n) ?? []
  var newest: [StatementLine] = []
  var number = account.n
  var block = account.lastBlock
  while number > UInt64(known.count) {
    let found = try await credits(of: subject, in: block, on: chain)
    guard let last = found.last, last.n == number - 1 + Statement.firstLine else {
      throw Complaint.refused("\(chain.info.name) says that block #\(block) has sale \(number), and it has not")
    }
    for credit in found.reversed() where number > UInt64(known.count) {
      newest.append(credit.line)
      number -= 1
      block = credit.previousBlock
    }
    if newest.count.isMultiple(of: 500) { progress("\(newest.count) of \(account.n) sales") }
  }
  return known + newest.reversed()
}

/// A sale as its event tells it.
private struct Credit {
  var n: UInt64
  var line: StatementLine
  var previousBlock: BlockNumber
}

/// The sales of one block, in order.
private func credits(
  of subject: StatementSubject, in block: BlockNumber, on chain: ChainClient
) async throws -> [Credit] {
  guard let (_, hash) = try await chain.header(at: block) else { throw Complaint.refused("\(chain.info.name) has no block #\(block)") }
  let records: [DecodedEvent]
  do { records = try await chain.events(at: hash) } catch {
    throw Complaint.refused(
      "\(chain.info.name) has no events of block #\(block) (\(Complaint(error).sentence)); name an earlier "
        + "statement with --since, or ask a node that keeps them")
  }
  return records.compactMap { record in
    guard case .royalty(.credited(let split, let asset, let amount, let n, let work, let reference, let previous)) = record.event,
      split == subject.split, asset == subject.asset
    else { return nil }
    return Credit(
      n: n, line: StatementLine(work: work, reference: reference, amount: amount, block: block), previousBlock: previous)
  }
}
