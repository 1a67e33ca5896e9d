import Kernel
import Postgres

/// The due customers of a pass, in chunks, read a page ahead.
struct DueFeed {
    private let database: Database
    private let context: BillingContext
    private var cursor: DueSchedule.Position?
    private var isLastPage = false
    private var waiting: [DueSchedule] = []

    init(database: Database, context: BillingContext) {
        self.database = database
        self.context = context
    }

    /// The next customers, with about `BillingRun.chunkSize` due schedules; nil when the pass is over.
    ///
    /// A real run follows the due days: what is billed leaves the front of the index, so each page costs the
    /// same. A dry run follows the customers, because nothing leaves and each customer must come once.
    mutating func next() async throws -> [CustomerID]? {
        if waiting.count < BillingRun.chunkSize, !isLastPage {
            let page = try await Outage.outlasted(readPage)
            isLastPage = page.count < BillingRun.pageSize
            cursor = page.last?.position ?? cursor
            waiting += page
        }
        guard !waiting.isEmpty else { return nil }
        var size = min(waiting.count, BillingRun.chunkSize)
        if context.isDryRun {
            let last = waiting[size - 1].customer
            while size < waiting.count, waiting[size].customer == last { size += 1 }
            // The page may have been cut inside this customer: leave it for the next page, unless it fills
            // this one.
            if size == waiting.count, !isLastPage, waiting[0].customer != last {
                while waiting[size - 1].customer == last { size -= 1 }
            }
        }
        let chunk = waiting.prefix(size)
        waiting.removeFirst(size)
        var seen = Set<CustomerID>()
        return chunk.map(\.customer).filter { seen.insert($0).inserted }
    }

    private func readPage() async throws -> [DueSchedule] {
        try await database.read(context.scope) { tx in
            context.isDryRun
                ? try await DueSchedule.byCustomer(after: cursor, in: context.basis.window, tx)
                : try await DueSchedule.byDay(after: cursor, in: context.basis.window, tx)
        }
    }
}
