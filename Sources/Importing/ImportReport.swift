package import Kernel

/// What an import took in, file by file, and what it refused.
package struct ImportReport: Sendable, Codable {
    package struct Counts: Sendable, Codable, Hashable {
        package internal(set) var imported = 0
        /// Already in, and unchanged.
        package internal(set) var skipped = 0
        package internal(set) var refused = 0
    }

    package let tenant: Slug
    package internal(set) var products = Counts()
    package internal(set) var prices = Counts()
    package internal(set) var taxRates = Counts()
    package internal(set) var customers = Counts()
    package internal(set) var subscriptions = Counts()
    package internal(set) var refusals: [ImportRefusal] = []

    init(tenant: Slug) {
        self.tenant = tenant
    }

    /// In the order of the files.
    package var files: [(name: String, counts: Counts)] {
        [
            ("products", products), ("prices", prices), ("tax_rates", taxRates), ("customers", customers),
            ("subscriptions", subscriptions),
        ]
    }
}

/// One row that was not taken in.
package struct ImportRefusal: Sendable, Codable, Hashable {
    package let file: String
    /// The physical line on which the record starts; the header is line 1.
    package let line: Int
    package let column: String?
    /// Follows the column's name in a sentence.
    package let reason: String
}
