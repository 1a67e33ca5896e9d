import Kernel
import Logging
import Synchronization

/// A real clock that stands still until it is moved.
final class ManualClock: Sendable {
    private let time: Mutex<Instant>

    init(at now: Instant = .now()) {
        time = Mutex(now)
    }

    var real: RealClock { RealClock { self.now() } }

    func now() -> Instant { time.withLock { $0 } }

    func advance(seconds: Int64) {
        time.withLock { $0 = $0.adding(seconds: seconds) }
    }

    func set(_ now: Instant) {
        time.withLock { $0 = now }
    }
}

/// What was done, in order.
final class Diary: Sendable {
    private let lines = Mutex<[String]>([])

    var entries: [String] { lines.withLock { $0 } }

    func note(_ line: String) { lines.withLock { $0.append(line) } }
}

/// What goes wrong in a test that wants something to go wrong.
struct Mishap: Error {}

extension Logger {
    static let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
}
