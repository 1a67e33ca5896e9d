import BillingMath
import Kernel
import Postgres

/// An item that could not be billed: what the report says of it, and a sentence for whoever looks at it.
struct FailedItem: Sendable, Hashable {
    let failure: BillingFailure
    let detail: String

    var item: SubscriptionItemID { failure.item }
}

extension DueRow {
    func failed(_ reason: ItemFailure.Reason) -> FailedItem {
        switch reason {
        case .overflow:
            FailedItem(
                failure: failure(.overflow),
                detail: "Its amount, or the sum of its invoice, does not fit into 64 bits.")
        case .calendarEnds:
            FailedItem(
                failure: failure(.calendarEnds),
                detail: "A term that is due ends after \(Day.last), the calendar's last day.")
        }
    }

    func failed(crowding day: Day) -> FailedItem {
        FailedItem(
            failure: failure(.tooManyLines),
            detail: """
                More than \(BillingGuards.linesADay) of its lines would start on \(day). See what changes it \
                so often.
                """)
    }
}

extension FailedItem {
    init(unreadable failure: BillingFailure) {
        self.init(failure: failure, detail: "The stored interval is none that MPanel knows.")
    }

    /// PostgreSQL's own words would quote the row; its code and the constraint's name do not.
    init(_ failure: BillingFailure, refusedFor error: any Error) {
        let cause = (error as? PostgresError)?.debugDescription ?? "\(type(of: error))"
        self.init(failure: failure, detail: "The rows of its customer were refused: \(cause).")
    }
}

extension ChunkOutcome {
    /// Whether the transaction that this is the outcome of was committed, as its rows tell.
    func isCommitted(in tx: Transaction) async throws -> Bool {
        if let witness { return try await DueSchedule.exists(witness, in: tx) }
        guard let failed = failures.first else { return false }
        return try await QuarantinedItem.holds(failed.item, in: tx)
    }
}
