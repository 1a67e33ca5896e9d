package import Foundation
package import Kernel
package import Postgres

/// Where a list that shows the newest first stands, as condition and order of a table with the columns `id`,
/// `customer_id` and `state`: each in the form that makes the planner walk the one index which has both.
package enum ListPlace {
    /// Behind `last`, the last row of the page before. `customer` is the one asked for or the one that the
    /// actor is: by the policy alone nothing is found.
    package static func newest<State: RawRepresentable<String> & Sendable>(
        of customer: CustomerID?, in state: State?, behind last: UUID?
    ) -> SQL {
        if let customer {
            var condition: SQL = "customer_id = \(customer)"
            if let state { condition = "\(condition) AND state = \(state)" }
            if let last { condition = "\(condition) AND id < \(last)" }
            return "\(condition) ORDER BY id DESC"
        }
        // A range of both columns, not `state = …`: with equality the planner may walk the whole primary key
        // to find the two rows in a rare state.
        if let state {
            return """
                (state, id) < (\(state), \(last ?? greatest)) AND (state, id) >= (\(state), \(least))
                ORDER BY state DESC, id DESC
                """
        }
        let condition: SQL = last.map { "id < \($0)" } ?? "TRUE"
        return "\(condition) ORDER BY id DESC"
    }

    // No version 7 UUID is one of these.
    private static let least = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    private static let greatest = UUID(
        uuid: (255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
}
