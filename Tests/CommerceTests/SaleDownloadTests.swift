import Commerce
import PalletMarketplace
import Testing

@Suite("Fetching a file in parts") struct SaleDownloadTests {
  @Test("parts follow one another to the end, from wherever it stopped", arguments: [0, 1, 4_194_303, 4_194_304, 9_999_999] as [UInt64])
  func goesOn(have: UInt64) throws {
    var download = try #require(SaleDownload(size: 10_000_000, have: have))
    var end = have
    while let range = download.next {
      #expect(range.lowerBound == end)
      #expect(range.count <= Int(SaleDownload.part))
      #expect(download.header == "bytes=\(range.lowerBound)-\(range.upperBound)")
      try download.take(
        status: 206, contentRange: "bytes \(range.lowerBound)-\(range.upperBound)/10000000", count: range.count)
      end = range.upperBound + 1
    }
    #expect(download.isDone)
    #expect(end == 10_000_000)
  }

  @Test("more than the file has is refused") func refusesTooMuch() { #expect(SaleDownload(size: 10, have: 11) == nil) }

  @Test(
    "an answer that is not the part is refused and leaves no trace",
    arguments: [
      (404, nil, 100, .status(404)), (200, nil, 100, .status(200)), (206, nil, 100, .range("")),
      (206, "bytes 0-99/200", 100, .range("bytes 0-99/200")), (206, "bytes 100-199/300", 100, .range("bytes 100-199/300")),
      (206, "bytes 100-199/200", 99, .count(99)), (301, nil, 0, .status(301)),
    ] as [(Int, String?, Int, SaleDownload.Refusal)])
  func refuses(status: Int, range: String?, count: Int, refusal: SaleDownload.Refusal) throws {
    var download = try #require(SaleDownload(size: 200, have: 100))
    #expect(throws: refusal) { try download.take(status: status, contentRange: range, count: count) }
    #expect(download.have == 100)
    #expect("\(refusal)".hasPrefix("download: "))
  }

  @Test("a server without ranges serves a small file whole")
  func takesAWholeFile() throws {
    var download = try #require(SaleDownload(size: 200, have: 0))
    try download.take(status: 200, contentRange: nil, count: 200)
    #expect(download.isDone)
    #expect(throws: SaleDownload.Refusal.count(1)) { try download.take(status: 206, contentRange: nil, count: 1) }
  }
}

@Suite("Fetching over a slow link") struct SlowDownloadTests {
  @Test("parts that come too late are halved down to the smallest, and no further")
  func slowsDown() throws {
    var download = try #require(SaleDownload(size: 10_000_000, have: 1))
    var parts: [UInt64] = [download.portion]
    while download.slowDown() { parts.append(download.portion) }
    #expect(parts == [4096, 2048, 1024, 512, 256, 128, 64].map { $0 << 10 })
    let isSlower = download.slowDown()
    #expect(!isSlower)
    #expect(download.next == 1...65_536 && download.header == "bytes=1-65536")
    try download.take(status: 206, contentRange: "bytes 1-65536/10000000", count: 65_536)
    #expect(download.have == 65_537)
  }

  @Test("of a file below a part, half of the file is asked for")
  func halvesWhatWasAskedFor() throws {
    var download = try #require(SaleDownload(size: 300_000, have: 0))
    let isSlower = download.slowDown()
    #expect(isSlower && download.next == 0...149_999)
    var small = try #require(SaleDownload(size: 65_536, have: 0))
    let isSmaller = small.slowDown()
    #expect(!isSmaller && small.next == 0...65_535)
  }
}

@Suite("Words about sales") struct SaleWordsTests {
  @Test("uses are read and written by name")
  func readsUses() {
    #expect(SaleTerms.bits(["view", "derive"]).bits == 5)
    #expect(SaleTerms.bits(["view", "eat"]).unknown == "eat")
    #expect(SaleTerms.text(uses: 15) == "view, commercial, derive, train")
    #expect(SaleTerms.text(uses: 0) == "no use")
  }

  @Test(
    "every state that holds money says who can act, before and after its deadline",
    arguments: [.funded, .delivered, .challenged(block: 3, bond: 1, remaining: 1), .judging] as [Marketplace.OrderState])
  func saysWhoActs(state: Marketplace.OrderState) {
    #expect(SaleWords.isOpen(state))
    #expect(SaleWords.next(state, isOver: false) != nil)
    #expect(SaleWords.next(state, isOver: true)?.contains("settle") == true)
  }

  @Test(
    "an ended order waits for nobody",
    arguments: [.released, .refunded, .split(buyerShare: 5), .cancelled] as [Marketplace.OrderState])
  func endedOrdersWaitForNobody(state: Marketplace.OrderState) {
    #expect(!SaleWords.isOpen(state))
    #expect(SaleWords.next(state, isOver: true) == nil)
    #expect(!SaleWords.sentence(state).isEmpty && !SaleWords.name(state).isEmpty)
  }
}
