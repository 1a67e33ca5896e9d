package import Kernel

/// What is taxed of one line, and how.
package struct TaxedAmount: Hashable, Sendable {
    package let netMinor: Int64
    package let tax: LineTax

    package init(netMinor: Int64, tax: LineTax) {
        self.netMinor = netMinor
        self.tax = tax
    }
}

/// Net, tax and gross of one invoice in minor units, and the tax of each line.
///
/// Always exact: net + tax = gross, the taxes of the lines add up to the tax, and so do the groups that an
/// invoice shows by rate.
package struct InvoiceTotals: Hashable, Sendable {
    /// One tax at one rate, and what of the invoice bears it.
    package struct Group: Hashable, Sendable {
        package let category: TaxCategory
        /// Nil for lines on which nothing is charged.
        package let component: TaxComponent?
        package let reason: LineTax.Reason
        /// Of the lines, before any tax.
        package internal(set) var netMinor: Int64
        package internal(set) var taxMinor: Int64
        /// Before rounding, times the totals' `scale`.
        var exact: Int128
        /// Tax on a net amount of 1, times `scale`.
        let weight: Int128
    }

    package let netMinor: Int64
    package let taxMinor: Int64
    package let grossMinor: Int64
    /// In the order of the lines.
    package let lineTaxesMinor: [Int64]
    /// Of each line, in the order of its components.
    package let componentTaxesMinor: [[Int64]]
    /// In the order in which the lines bring them.
    package let groups: [Group]
    /// Of each line, the places in `groups` of its components; of an untaxed line, of its one group.
    let groupsOfLines: [[Int]]
    let scale: Int128

    /// Taxes the net amounts of the lines, half-up away from zero.
    ///
    /// By `line`: 1.05 and 1.05 at 10 % are 0.105 → 0.11 each, tax 0.22.
    /// By `rate`: 2.10 at 10 % is 0.21; by largest remainder the first line bears 0.11, the second 0.10.
    /// By `invoice`: 1.05 at 10 % and 1.05 at 20 % are 0.105 + 0.21 = 0.315 → 0.32, where by rate they are
    /// 0.11 + 0.21.
    ///
    /// Negative lines are welcome in all modes. Where tax is not rounded on the line, each still stays within
    /// one minor unit of its own exact tax, and reversing the sign of all lines reverses all taxes, so that a
    /// credit note cancels an invoice line by line. Throws `MoneyError.overflow` when a sum does not fit into
    /// 64 bits.
    package static func compute(
        _ lines: [TaxedAmount], rounding: TaxRounding
    ) throws(MoneyError) -> InvoiceTotals {
        let table = try TaxTable(lines)
        let (groups, cells) = try table.rounded(rounding)
        let net = try narrow(lines.reduce(Int128(0)) { $0 + Int128($1.netMinor) })
        var taxes: [Int64] = []
        taxes.reserveCapacity(lines.count)
        var sum: Int128 = 0
        for line in cells {
            let tax = try narrow(line.reduce(Int128(0)) { $0 + Int128($1) })
            taxes.append(tax)
            sum += Int128(tax)
        }
        let tax = try narrow(sum)
        return InvoiceTotals(
            netMinor: net, taxMinor: tax, grossMinor: try narrow(Int128(net) + Int128(tax)),
            lineTaxesMinor: taxes, componentTaxesMinor: cells, groups: groups,
            groupsOfLines: table.places, scale: table.scale)
    }

    /// The same where all lines bear one tax.
    package static func compute(
        _ netsMinor: [Int64], tax: LineTax, rounding: TaxRounding
    ) throws(MoneyError) -> InvoiceTotals {
        try compute(netsMinor.map { TaxedAmount(netMinor: $0, tax: tax) }, rounding: rounding)
    }

    static func narrow(_ wide: Int128) throws(MoneyError) -> Int64 {
        guard let amount = Int64(exactly: wide) else { throw .overflow }
        return amount
    }
}
