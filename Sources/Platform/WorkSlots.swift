import Synchronization

/// How much a process has in hand at once, and what.
final class WorkSlots<Place: Hashable & Sendable>: Sendable {
    private let limit: Int
    private let places = Mutex<Set<Place>>([])

    init(_ limit: Int) {
        self.limit = limit
    }

    var free: Int { places.withLock { max(0, limit - $0.count) } }

    /// False when all are taken, or this is in hand already.
    func take(_ place: Place) -> Bool {
        places.withLock { $0.count < limit && $0.insert(place).inserted }
    }

    func giveBack(_ place: Place) {
        places.withLock { _ = $0.remove(place) }
    }
}
