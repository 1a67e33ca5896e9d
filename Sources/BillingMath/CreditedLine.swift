import Kernel

/// A line of an issued invoice, and what was credited of it so far. Amounts in minor units.
///
/// A part takes back the tax of its own net, as if it were billed, so that a change that is undone costs no
/// tax either. The last part takes what is left: together they are the line, net and tax, in any portions.
///
/// 1.00 net, 0.19 tax: a credit of 0.33 takes back 0.0627 → 0.06, and so does another. The last 0.34 takes
/// what is left, 0.07.
package struct CreditedLine: Hashable, Sendable {
    package let netMinor: Int64
    /// Of each tax that the line bears, in their order.
    package let taxesMinor: [Int64]
    package private(set) var creditedNetMinor: Int64
    package private(set) var creditedTaxesMinor: [Int64]

    /// Without `creditedTaxesMinor` nothing was credited of any tax.
    package init(
        netMinor: Int64, taxesMinor: [Int64], creditedNetMinor: Int64 = 0, creditedTaxesMinor: [Int64]? = nil
    ) {
        self.netMinor = netMinor
        self.taxesMinor = taxesMinor
        self.creditedNetMinor = creditedNetMinor
        self.creditedTaxesMinor = creditedTaxesMinor ?? taxesMinor.map { _ in 0 }
    }

    package var taxMinor: Int64 { taxesMinor.reduce(0, +) }
    package var creditedTaxMinor: Int64 { creditedTaxesMinor.reduce(0, +) }

    /// What can still be credited of the net: nothing of a line that is not above zero, such as a discount's.
    package var leftMinor: Int64 {
        netMinor > 0 ? max(0, netMinor - creditedNetMinor) : 0
    }

    /// Credits a part of the net, on which as much as `taxesOnPart` would be billed, and returns the taxes
    /// that go back with it: that much, but never more than is left, and all of that with the last of the
    /// net. Nil when the part is not above zero or is more than is left: nothing is credited then.
    package mutating func credit(_ partMinor: Int64, taxesOnPart: [Int64]) -> [Int64]? {
        guard partMinor > 0, partMinor <= leftMinor else { return nil }
        let isLast = partMinor == leftMinor
        creditedNetMinor += partMinor
        var taxes: [Int64] = []
        for place in taxesMinor.indices {
            let left = taxesMinor[place] - creditedTaxesMinor[place]
            let tax = isLast ? left : max(0, min(taxesOnPart[place], left))
            creditedTaxesMinor[place] += tax
            taxes.append(tax)
        }
        return taxes
    }

    /// What can still be credited, with the sign of the line: of a discount's it is below zero.
    package var rest: CreditPart {
        CreditPart(netMinor: netMinor - creditedNetMinor, taxMinor: taxMinor - creditedTaxMinor)
    }

    /// Credits a part whose tax is known, and returns of it what goes back of each tax, in proportion to what
    /// is left of them. Nil when it is nothing or more than is left, or is all of the net without all of the
    /// tax: nothing is credited then.
    package mutating func credit(_ part: CreditPart) -> [Int64]? {
        let rest = rest
        guard part != .nothing, CreditedLine.lies(part.netMinor, within: rest.netMinor),
            CreditedLine.lies(part.taxMinor, within: rest.taxMinor),
            part.netMinor != rest.netMinor || part.taxMinor == rest.taxMinor
        else { return nil }
        let left = zip(taxesMinor, creditedTaxesMinor).map { $0 - $1 }
        guard let taxes = CreditPart.shares(part.taxMinor, of: left) else { return nil }
        creditedNetMinor += part.netMinor
        for (place, tax) in taxes.enumerated() { creditedTaxesMinor[place] += tax }
        return taxes
    }

    private static func lies(_ partMinor: Int64, within restMinor: Int64) -> Bool {
        (min(0, restMinor)...max(0, restMinor)).contains(partMinor)
    }
}
