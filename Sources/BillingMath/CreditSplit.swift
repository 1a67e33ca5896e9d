import Kernel

/// A part of an invoice's line, or what is left of it: net and tax in minor units, both below zero on the
/// line of a discount.
package struct CreditPart: Hashable, Sendable {
    package let netMinor: Int64
    package let taxMinor: Int64

    package init(netMinor: Int64, taxMinor: Int64) {
        self.netMinor = netMinor
        self.taxMinor = taxMinor
    }

    package static let nothing = CreditPart(netMinor: 0, taxMinor: 0)

    fileprivate func size(_ basis: AmountBasis) -> Int128 {
        basis == .net ? Int128(netMinor) : Int128(netMinor) + Int128(taxMinor)
    }
}

/// What an amount that is to be credited counts.
package enum AmountBasis: String, Codable, Sendable, CaseIterable {
    /// Net and tax together.
    case gross
    case net
}

extension CreditPart {
    /// Shares an amount out to the lines in proportion to what is left of them, by largest remainder, and
    /// divides each share into net and tax as the rest of its line is divided: 25.00 of 125.00 gross at 25 %
    /// are 20.00 and 5.00. The whole of what is left is exactly that.
    ///
    /// 10.00 of 7.00, 7.00 and 7.00 is 3.333… each: 3.34, 3.33, 3.33. The minor units that are missing go to
    /// those that lost most; of equals, to the earlier.
    ///
    /// Nil for an amount that is not above zero or is more than is left, and beyond 128 bits.
    package static func sharing(
        _ amountMinor: Int64, _ basis: AmountBasis, over left: [CreditPart]
    ) -> [CreditPart]? {
        let sizes = left.map { $0.size(basis) }
        let total = sizes.reduce(Int128(0), +)
        let amount = Int128(amountMinor)
        guard amount > 0, amount <= total else { return nil }
        if amount == total { return left }
        guard let shares = shares(amount, of: sizes, total: total) else { return nil }
        return zip(shares, left).map { $1.part($0, basis) }
    }

    /// What of an amount each part bears, in proportion to their sizes, all of one sign, by largest
    /// remainder. The amount is no more than their sum. Nil beyond 128 bits.
    static func shares(_ amountMinor: Int64, of sizesMinor: [Int64]) -> [Int64]? {
        if sizesMinor.count < 2 { return sizesMinor.map { _ in amountMinor } }
        let total = sizesMinor.reduce(Int128(0)) { $0 + Int128($1) }
        if total == 0 { return sizesMinor.map { _ in 0 } }
        let sign: Int128 = total < 0 ? -1 : 1
        let sizes = sizesMinor.map { sign * Int128($0) }
        // None is more than the amount, which fits.
        return shares(sign * Int128(amountMinor), of: sizes, total: sign * total)?.map { Int64(sign * $0) }
    }

    private static func shares(_ amount: Int128, of sizes: [Int128], total: Int128) -> [Int128]? {
        var shares: [Int128] = []
        var remainders: [(line: Int, size: Int128)] = []
        for (line, size) in sizes.enumerated() {
            let (product, overflow) = size.multipliedReportingOverflow(by: amount)
            if overflow { return nil }
            let share = Rounding.down.divide(product, by: total)
            shares.append(share)
            remainders.append((line, product - share * total))
        }
        // Fewer than there are remainders above zero: each is below one whole.
        let missing = Int(amount - shares.reduce(0, +))
        remainders.sort { $0.size != $1.size ? $0.size > $1.size : $0.line < $1.line }
        for place in 0..<missing { shares[remainders[place].line] += 1 }
        return shares
    }

    /// `share` of this, of which it is no more.
    private func part(_ share: Int128, _ basis: AmountBasis) -> CreditPart {
        let whole = size(basis)
        if share == whole { return self }
        if share == 0 { return .nothing }
        let tax = Rounding.halfUp.divide(share * Int128(taxMinor), by: whole)
        // Both fit: neither is more than that of the whole.
        if basis == .net { return CreditPart(netMinor: Int64(share), taxMinor: Int64(tax)) }
        // All of the net goes with all of the tax and never before it: of 1 net and 1 tax, 1 is tax.
        let net = share - tax
        let step: Int128 = net == Int128(netMinor) ? (net < 0 ? -1 : 1) : 0
        return CreditPart(netMinor: Int64(net - step), taxMinor: Int64(tax + step))
    }
}
