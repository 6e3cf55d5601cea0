import Node
import Synchronization
import Testing

@Suite("Admission gate") struct PoolGateTests {
  private final class Log: Sendable {
    let entries = Mutex<[Int]>([])
    let running = Mutex((now: 0, most: 0))

    func began() { running.withLock { ($0.now, $0.most) = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func ended() { running.withLock { $0.now -= 1 } }
  }

  @Test("as many work at a time as it is wide, and all get in", arguments: [1, 3]) func width(_ width: Int) async {
    let gate = AdmissionGate(width: width, limit: 2_000, bytes: 2_000)
    let log = Log()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<1_500 {
        group.addTask {
          #expect(await gate.enter(bytes: 1))
          log.began()
          await Task.yield()
          log.entries.withLock { $0.append(number) }
          log.ended()
          gate.leave(bytes: 1)
        }
      }
    }
    #expect(log.entries.withLock { $0.sorted() } == Array(0..<1_500))
    #expect(log.running.withLock { $0.most } <= width && gate.count == 0)
  }

  @Test("who waits gets in by turns; who finds too many waiting, or too many bytes, is sent away") func order() async {
    let gate = AdmissionGate(width: 1, limit: 4, bytes: 100)
    let log = Log()
    #expect(await gate.enter(bytes: 10))
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<3 {
        group.addTask {
          #expect(await gate.enter(bytes: 20))
          log.entries.withLock { $0.append(number) }
          gate.leave(bytes: 20)
        }
        while gate.count < number + 2 { await Task.yield() }
      }
      #expect(await gate.enter(bytes: 1) == false, "four are inside")
      gate.leave(bytes: 10)
    }
    #expect(log.entries.withLock { $0 } == [0, 1, 2] && gate.count == 0)
    #expect(await gate.enter(bytes: 101) == false)
    #expect(await gate.enter(bytes: 100))
    #expect(await gate.enter(bytes: 1) == false)
    gate.leave(bytes: 100)
    #expect(await gate.enter(bytes: 1))
    gate.leave(bytes: 1)
  }
}
