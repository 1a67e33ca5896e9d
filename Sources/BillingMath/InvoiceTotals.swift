package import Kernel

/// Net, tax and gross of one invoice in minor units, and the tax of each line.
///
/// Always exact: net + tax = gross, and the taxes of the lines add up to the tax.
package struct InvoiceTotals: Hashable, Sendable {
    package let netMinor: Int64
    package let taxMinor: Int64
    package let grossMinor: Int64
    /// In the order of the lines.
    package let lineTaxesMinor: [Int64]

    /// Taxes the net amounts of the lines at one rate, half-up away from zero.
    ///
    /// By `line`: 1.05 and 1.05 at 10 % are 0.105 → 0.11 each, tax 0.22.
    /// By `invoice`: 2.10 at 10 % is 0.21; by largest remainder the first line bears 0.11, the second 0.10.
    ///
    /// Negative lines are welcome in both modes. By `invoice` each line stays within one minor unit of its
    /// own exact tax, and reversing the sign of all lines reverses all taxes, so that a credit note cancels
    /// an invoice line by line. Throws `MoneyError.overflow` when a sum does not fit into 64 bits.
    package static func compute(
        _ netsMinor: [Int64], rate: TaxRate, rounding: TaxRounding
    ) throws(MoneyError) -> InvoiceTotals {
        let taxes =
            switch rounding {
            case .line: try taxesByLine(netsMinor, rate: rate)
            case .invoice: try taxesByInvoice(netsMinor, rate: rate)
            }
        let net = try sum(netsMinor)
        let tax = try sum(taxes)
        let gross = try narrow(Int128(net) + Int128(tax))
        return InvoiceTotals(netMinor: net, taxMinor: tax, grossMinor: gross, lineTaxesMinor: taxes)
    }

    private static func taxesByLine(_ nets: [Int64], rate: TaxRate) throws(MoneyError) -> [Int64] {
        var taxes: [Int64] = []
        taxes.reserveCapacity(nets.count)
        for net in nets { taxes.append(try narrow(rounded(rate.exactTax(onMinor: net)))) }
        return taxes
    }

    /// Largest remainder: every line gets its exact tax rounded down, and the minor units still missing to
    /// the rounded tax of the sum go to the lines that lost most; of equals, to the earlier.
    private static func taxesByInvoice(_ nets: [Int64], rate: TaxRate) throws(MoneyError) -> [Int64] {
        // Seen from the first line that is not zero: an invoice and its reversal are shared out alike.
        let sign: Int128 = (nets.first { $0 != 0 } ?? 0) < 0 ? -1 : 1
        var parts: [Int128] = []
        var remainders: [(line: Int, size: Int128)] = []
        var exact: Int128 = 0
        var missing: Int128 = 0
        for (line, net) in nets.enumerated() {
            let exactPart = sign * rate.exactTax(onMinor: net)
            let part = Rounding.down.divide(exactPart, by: perWhole)
            parts.append(part)
            remainders.append((line, exactPart - part * perWhole))
            exact += exactPart
            missing -= part
        }
        missing += rounded(exact)
        if missing > 0 {
            // Never more than there are remainders above zero: each is below one whole.
            remainders.sort { $0.size != $1.size ? $0.size > $1.size : $0.line < $1.line }
            for place in 0..<Int(missing) { parts[remainders[place].line] += 1 }
        }
        var taxes: [Int64] = []
        taxes.reserveCapacity(parts.count)
        for part in parts { taxes.append(try narrow(sign * part)) }
        return taxes
    }

    /// A rate is parts of this many.
    private static let perWhole: Int128 = 1_000_000

    private static func rounded(_ millionths: Int128) -> Int128 {
        Rounding.halfUp.divide(millionths, by: perWhole)
    }

    private static func sum(_ amounts: [Int64]) throws(MoneyError) -> Int64 {
        try narrow(amounts.reduce(Int128(0)) { $0 + Int128($1) })
    }

    private static func narrow(_ wide: Int128) throws(MoneyError) -> Int64 {
        guard let amount = Int64(exactly: wide) else { throw .overflow }
        return amount
    }
}
