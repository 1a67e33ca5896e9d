import Kernel
import Postgres

// The planner cannot know how many customers a word finds, all the less behind row-level security: its guess
// is off by factors of a thousand, in both directions. So the plan is chosen here, and the statements leave
// it no other. Rare words are found through their index; common ones by looking at the newest customers.
extension CustomerSearch {
    /// From so many entries on, a word is common.
    private static let manyEntries = 2000
    /// When all words are common, so many of the newest customers show how often the words come together.
    private static let sample = 500

    /// The newest first.
    func page(
        _ filter: CustomerFilter, _ page: PageRequest, in tx: Transaction
    ) async throws -> Page<Customer> {
        let prefixes = prefixes
        if prefixes.isEmpty { return try await Customer.list(filter, page, in: tx) }
        let older: SQL = try Customer.before(page).map { "id < \($0)" } ?? "TRUE"
        if let group = filter.group {
            let reference: SQL = filter.reference.map { "reference = \($0)" } ?? "TRUE"
            let members: SQL = """
                SELECT id FROM customers
                WHERE customer_group_id = \(group) AND \(reference) AND \(older)
                ORDER BY id DESC
                """
            return try await CustomerSearch.page(page, among: members, with: prefixes, in: tx)
        }
        if let own = tx.scope.customer {
            let one: SQL = "SELECT id FROM customers WHERE id = \(own) AND \(older)"
            return try await CustomerSearch.page(page, among: one, with: prefixes, in: tx)
        }
        if let reference = filter.reference {
            let one: SQL = "SELECT id FROM customers WHERE reference = \(reference) AND \(older)"
            return try await CustomerSearch.page(page, among: one, with: prefixes, in: tx)
        }

        let counts = try await CustomerSearch.entries(of: prefixes, in: tx)
        if counts.contains(0) { return Page(items: [], nextCursor: nil) }
        let rare = zip(prefixes, counts).filter { $0.1 < CustomerSearch.manyEntries }.map(\.0)
        if !rare.isEmpty {
            let common = prefixes.filter { !rare.contains($0) }
            return try await CustomerSearch.page(
                page, among: CustomerSearch.customers(with: rare, older), with: common, in: tx)
        }
        let newest: SQL = "SELECT id FROM customers WHERE \(older) ORDER BY id DESC"
        let sample: SQL = "\(newest) LIMIT \(CustomerSearch.sample)"
        let found = try await CustomerSearch.page(page, among: sample, with: prefixes, in: tx)
        if found.nextCursor != nil { return found }
        // Below two in a hundred, going on one by one takes longer than reading all entries of these words.
        if found.items.count * 50 >= CustomerSearch.sample {
            return try await CustomerSearch.page(page, among: newest, with: prefixes, in: tx)
        }
        return try await CustomerSearch.page(
            page, among: CustomerSearch.customers(with: prefixes, older), with: [], in: tx)
    }

    /// How many entries each prefix has in the word table, counted up to `manyEntries`.
    private static func entries(of prefixes: [Prefix], in tx: Transaction) async throws -> [Int] {
        try await tx.all(
            """
            SELECT (
                SELECT count(*) FROM (
                    SELECT FROM customer_words
                    WHERE word >= prefix.low AND word < prefix.high
                    LIMIT \(manyEntries)
                ) AS entry
            ) AS entries
            FROM unnest(\(prefixes.map(\.low)), \(prefixes.map(\.high)))
                WITH ORDINALITY AS prefix (low, high, place)
            ORDER BY place
            """
        ) { try $0["entries"] }
    }

    /// The ids of the customers with a word for each prefix, from the word table alone. `OFFSET 0` keeps the
    /// planner from mixing a range with what stands around it: the range is the only condition and its index
    /// the only way.
    private static func customers(with prefixes: [Prefix], _ older: SQL) -> SQL {
        let ranges: [SQL] = prefixes.map { prefix in
            """
            SELECT id FROM (
                SELECT customer_id AS id FROM customer_words
                WHERE word >= \(prefix.low) AND word < \(prefix.high)
                OFFSET 0
            ) AS entry
            WHERE \(older)
            """
        }
        let all = ranges.dropFirst().reduce(ranges[0]) { "\($0) INTERSECT \($1)" }
        return "SELECT DISTINCT id FROM (\(all)) AS found ORDER BY id DESC"
    }

    /// Those of `candidates` (ids, the newest first) that have a word for each prefix. Candidates are looked
    /// at one by one, and no further than to the end of the page.
    private static func page(
        _ page: PageRequest, among candidates: SQL, with prefixes: [Prefix], in tx: Transaction
    ) async throws -> Page<Customer> {
        var hasAll: SQL = "TRUE"
        if !prefixes.isEmpty {
            let tests = prefixes.map { "bool_or(word >= \($0.low) AND word < \($0.high))" as SQL }
            let allTests = tests.dropFirst().reduce(tests[0]) { "\($0) AND \($1)" }
            hasAll = "(SELECT \(allTests) FROM customer_words WHERE customer_id = candidate.id)"
        }
        return try await Customer.page(
            where: """
                id = ANY(ARRAY(
                    SELECT candidate.id FROM (\(candidates)) AS candidate
                    WHERE \(hasAll)
                    ORDER BY candidate.id DESC
                    LIMIT \(page.limit + 1)
                ))
                """, page, in: tx)
    }
}
