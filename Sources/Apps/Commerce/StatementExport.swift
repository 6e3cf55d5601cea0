internal import Primitives

extension Statement {
  /// The sales as comma-separated values (RFC 4180): a heading, then one line for each.
  ///
  /// Amounts are in the asset's smallest unit. No field can hold a comma, a quote or a line's end.
  /// - Parameter findings: Of this statement; adds the party's part of each sale.
  public func csv(_ findings: StatementFindings) -> String {
    var text = "sale,block,work,reference,amount,per_unit,share\r\n"
    for (place, line) in lines.enumerated() {
      let share = findings.party.shares[place].map { String($0) } ?? ""
      text += "\(UInt64(place) + Statement.firstLine),\(line.block),\(line.work.hex),\(line.reference.hex),\(line.amount),"
      text += "\(findings.replay.steps[place]),\(share)\r\n"
    }
    return text
  }
}
