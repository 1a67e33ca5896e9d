import Kernel

/// A line of an issued invoice, and what was credited of it so far. Amounts in minor units.
///
/// Its tax goes back with its net: after each credit the tax credited so far is the same share of the line's
/// tax as the net credited so far is of its net, rounded half up. So it does not matter in which portions a
/// line is credited: the last one takes what is left, and all together they are the line, net and tax.
///
/// 1.00 net, 0.19 tax: a credit of 0.33 takes back 0.0627 → 0.06. Another makes 0.66, for which
/// 0.1254 → 0.13, less 0.06: 0.07. The last 0.34 makes 1.00, for which 0.19, less 0.13: 0.06.
package struct CreditedLine: Hashable, Sendable {
    package let netMinor: Int64
    package let taxMinor: Int64
    package private(set) var creditedNetMinor: Int64
    package private(set) var creditedTaxMinor: Int64

    package init(
        netMinor: Int64, taxMinor: Int64, creditedNetMinor: Int64 = 0, creditedTaxMinor: Int64 = 0
    ) {
        self.netMinor = netMinor
        self.taxMinor = taxMinor
        self.creditedNetMinor = creditedNetMinor
        self.creditedTaxMinor = creditedTaxMinor
    }

    /// What can still be credited of the net: nothing of a line that is not above zero, such as a discount's.
    package var leftMinor: Int64 {
        netMinor > 0 ? max(0, netMinor - creditedNetMinor) : 0
    }

    /// Credits a part of the net and returns the tax that goes back with it. Nil when the part is not above
    /// zero or is more than is left: nothing is credited then.
    package mutating func credit(_ partMinor: Int64) -> Int64? {
        guard partMinor > 0, partMinor <= leftMinor else { return nil }
        // At most the line's net, so the share of its tax is at most that tax: both fit.
        creditedNetMinor += partMinor
        let exact = Int128(taxMinor) * Int128(creditedNetMinor)
        let creditedTax = Int64(Rounding.halfUp.divide(exact, by: Int128(netMinor)))
        let taxPart = creditedTax - creditedTaxMinor
        creditedTaxMinor = creditedTax
        return taxPart
    }
}
