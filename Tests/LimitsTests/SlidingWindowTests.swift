import Kernel
import Redis
import Testing

@testable import Limits

/// The window's arithmetic on a clock of the test's own. `RedisWindowTests` holds the script to it.
@Suite("A sliding window")
struct SlidingWindowTests {
    private let quota = RateQuota(10, windowSeconds: 60)!

    @Test("lets its quota pass at once and no more, and the next exactly when it said")
    func edge() {
        var window = SlidingWindow()
        let now: Int64 = 60_000 * 1000 + 15_000
        for left in stride(from: Int64(9), through: 0, by: -1) {
            #expect(window.state(quota, at: now).waitMilliseconds == 0)
            window.add()
            #expect(window.state(quota, at: now).remaining == left)
        }
        // 45 s to the next bucket, and a tenth of that until a tenth of these ten no longer counts.
        let wait = window.state(quota, at: now).waitMilliseconds
        #expect(wait == 45_000 + 6_000)
        #expect(window.state(quota, at: now + wait - 1).waitMilliseconds == 1)
        #expect(window.state(quota, at: now + wait).waitMilliseconds == 0)
        window.add()
        #expect(window.state(quota, at: now + wait).waitMilliseconds == 6_000)
    }

    @Test("holds a steady flow to its quota in any stretch, and forgets after two windows")
    func steady() throws {
        var window = SlidingWindow()
        var passed: [Int64] = []
        for second in Int64(0)..<600 where window.state(quota, at: second * 1000).waitMilliseconds == 0 {
            window.add()
            passed.append(second)
        }
        let most = passed.map { first in passed.filter { (first..<first + 60).contains($0) }.count }.max()
        #expect(try #require(most) <= 11, "an even flow is held to the quota but for one at the seam")
        #expect(passed.count >= 90)
        #expect(window.isOver(quota, at: 720_000))
        #expect(window.state(quota, at: 720_000).remaining == 10)
    }

    @Test("a clock that is set back neither forgets nor locks out for longer than two windows")
    func setBack() {
        var window = SlidingWindow()
        let now: Int64 = 1_000_000_000
        for _ in 0..<10 {
            _ = window.state(quota, at: now)
            window.add()
        }
        let state = window.state(quota, at: now - 30_000)
        #expect(state.remaining == 0)
        #expect(state.waitMilliseconds > 0 && state.waitMilliseconds <= 120_000)
    }

    @Test("what is taken back is free again")
    func takenBack() {
        var window = SlidingWindow()
        for _ in 0..<10 {
            _ = window.state(quota, at: 0)
            window.add()
        }
        window.takeBack()
        #expect(window.state(quota, at: 0).remaining == 1)
    }

    @Test("quotas out of bounds are refused")
    func bounds() {
        #expect(RateQuota(-1, windowSeconds: 60) == nil)
        #expect(RateQuota(1_000_001, windowSeconds: 60) == nil)
        #expect(RateQuota(1, windowSeconds: 0) == nil)
        #expect(RateQuota(1_000_000, windowSeconds: 86_400) != nil)
    }

    @Test("a process's counters never outgrow their bound, and forget what is over first")
    func bounded() throws {
        let windows = ProcessWindows(clock: RealClock { Instant(microseconds: 0) }, limit: 100)
        for number in 0..<1000 {
            _ = windows.take([(key: .init("test", "\(number)"), quota: quota)])
            #expect(windows.count <= 101)
        }
        #expect(windows.take([(key: .init("test", "off"), quota: .off)]).isEmpty)
    }
}
