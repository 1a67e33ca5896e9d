/// Which part of a list is asked for: at most `limit` rows behind `cursor`.
package struct PageRequest: Hashable, Sendable {
    package static let limits = 1...200
    package static let defaultLimit = 50

    package let limit: Int
    /// Where the page before ended, as this list's own SQL wrote it; nil for the first page.
    package let cursor: String?

    package init(limit: Int = defaultLimit, cursor: String? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

/// One page of a list. `nextCursor` is nil on the last page.
package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let nextCursor: String?

    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }

    /// Makes a page of `limit + 1` fetched rows: the surplus row only tells that there is a next page.
    package init(fetched rows: [Item], limit: Int, cursor: (Item) -> String) {
        items = Array(rows.prefix(limit))
        nextCursor = rows.count > limit ? items.last.map(cursor) : nil
    }

    package func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), nextCursor: nextCursor)
    }
}
