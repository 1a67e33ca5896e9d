import Synchronization

/// How many jobs a worker has in hand, and which.
final class JobSlots: Sendable {
    private let limit: Int
    private let places = Mutex<Set<JobPlace>>([])

    init(_ limit: Int) {
        self.limit = limit
    }

    var free: Int { places.withLock { max(0, limit - $0.count) } }

    /// False when all are taken, or the job is in hand already.
    func take(_ place: JobPlace) -> Bool {
        places.withLock { $0.count < limit && $0.insert(place).inserted }
    }

    func giveBack(_ place: JobPlace) {
        places.withLock { _ = $0.remove(place) }
    }
}
