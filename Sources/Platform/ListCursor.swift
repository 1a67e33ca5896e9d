package import Foundation
import Kernel

/// Where a page of a list ended: the last row's sort key and id. Lists continue behind this pair, so rows
/// that come and go meanwhile are neither repeated nor skipped.
package struct ListCursor: Sendable, Hashable {
    package let key: String
    package let id: UUID

    package init(key: String = "", id: UUID) {
        self.key = key
        self.id = id
    }

    /// Throws `invalid` about `?cursor` for a text that no list wrote.
    package init(_ text: String) throws {
        let parts = text.split(separator: "\u{1F}", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = UUID(uuidString: String(parts[0])) else {
            throw ListCursor.foreign
        }
        self.init(key: String(parts[1]), id: id)
    }

    /// The key of a list in the order of time. Throws as `init` does for any other.
    var instant: Instant {
        get throws {
            guard let instant = Instant(key) else { throw ListCursor.foreign }
            return instant
        }
    }

    private static let foreign = Problem.invalid.with(errors: [
        FieldError("?cursor", "is not a cursor of this list")
    ])

    package var text: String { "\(id.uuidString)\u{1F}\(key)" }
}
