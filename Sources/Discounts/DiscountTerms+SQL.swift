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

    // Neither is inlined: where both are, the optimizer of Swift 6.3.1 ends with a fatal error of its own.

    @inline(never)
    package var percentage: ExactDecimal? {
        switch value {
        case .percent(let percent): percent
        case .amount: nil
        }
    }

    @inline(never)
    package var amountMinor: Int64? {
        switch value {
        case .percent: nil
        case .amount(let amount): amount
        }
    }
}
