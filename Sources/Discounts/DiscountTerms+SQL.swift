import BillingMath
import Foundation
package import Kernel
import Platform
package import Postgres

/// Rows that say something no code of MPanel writes.
package enum DiscountFault: Error {
    case unreadable
}

extension DiscountTerms {
    /// From the columns name, percent_micros, amount_minor, applies_to, product_ids, family_ids, intervals
    /// and terms.
    package init(row: Row) throws {
        let percentMicros: Int64? = try row["percent_micros"]
        let amountMinor: Int64? = try row["amount_minor"]
        let percent = percentMicros.flatMap { ExactDecimal(Quantity(micros: $0).description) }
        guard let value = percent.map(Discount.Value.percent) ?? amountMinor.map(Discount.Value.amount) else {
            throw DiscountFault.unreadable
        }
        self.init(try row["name"], value, off: try row["applies_to"], terms: try row["terms"])
        products = (try row["product_ids"] as [UUID]).map(ProductID.init)
        families = (try row["family_ids"] as [UUID]).map(ProductFamilyID.init)
        intervals = try (row["intervals"] as JSONText).decode()
    }

    package var percentMicros: Int64? {
        percentage.flatMap { (try? Quantity(decimal: $0.text))?.micros }
    }

    package var percentage: ExactDecimal? {
        if case .percent(let percent) = value { percent } else { nil }
    }

    package var amountMinor: Int64? {
        if case .amount(let amount) = value { amount } else { nil }
    }
}
