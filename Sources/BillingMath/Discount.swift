package import Kernel

/// Something off the price: a coupon, or what a person granted.
package struct Discount: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        /// Of what a line still costs: `12.5` is an eighth.
        case percent(ExactDecimal)
        /// In minor units, once for all lines that it applies to.
        case amount(Int64)
    }

    package let value: Value
    /// Which charges it lowers.
    package var kinds: Set<Charge.Kind> = Set(Charge.Kind.allCases)
    /// Nil: of any product, of any family. A line must be of both where both are told.
    package var products: Set<String>?
    package var families: Set<String>?
    /// The terms, counted from 0, that it holds for: one for a discount that is given once.
    package var terms: Range<Int> = 0..<Int.max

    package init(_ value: Value) {
        self.value = value
    }

    func applies(to line: DiscountableLine) -> Bool {
        kinds.contains(line.kind) && terms.contains(line.term)
            && (products.map { $0.contains(line.product ?? "") } ?? true)
            && (families.map { $0.contains(line.family ?? "") } ?? true)
    }

    /// The narrower comes first: of a product, of a family, of everything.
    private var breadth: Int { products != nil ? 0 : families != nil ? 1 : 2 }

    private var isAmount: Bool { if case .amount = value { true } else { false } }

    /// All shares before all amounts, so that an amount is worth the same whatever else was granted; of both
    /// the narrower first; of equals the earlier. This order is fixed, and people are told of it.
    package static func inOrder(_ discounts: [Discount]) -> [Int] {
        discounts.indices.sorted { left, right in
            let (a, b) = (discounts[left], discounts[right])
            if a.isAmount != b.isAmount { return b.isAmount }
            return a.breadth != b.breadth ? a.breadth < b.breadth : left < right
        }
    }
}

/// Which charges a discount lowers. The raw values stand in the database and in the API.
package enum DiscountedCharges: String, Codable, Sendable, CaseIterable {
    case recurring
    case setUp = "set_up"
    case both

    package var kinds: Set<Charge.Kind> {
        switch self {
        case .recurring: [.recurring]
        case .setUp: [.setUp]
        case .both: [.recurring, .setUp]
        }
    }
}

/// One charge as discounts see it.
package struct DiscountableLine: Hashable, Sendable {
    package let kind: Charge.Kind
    /// Below zero nothing is taken off: a credit is none the smaller for a coupon.
    package let amountMinor: Int64
    /// The term that it charges, counted from 0.
    package let term: Int
    package let product: String?
    package let family: String?

    package init(kind: Charge.Kind, amountMinor: Int64, term: Int, product: String?, family: String?) {
        self.kind = kind
        self.amountMinor = amountMinor
        self.term = term
        self.product = product
        self.family = family
    }
}

/// What one discount takes off one line.
package struct Reduction: Hashable, Sendable {
    /// Indices of both in what was given.
    package let discount: Int
    package let line: Int
    /// Above zero.
    package let amountMinor: Int64
}

extension [DiscountableLine] {
    /// What `discounts` take off, in the order in which they do. No line ever falls below zero.
    ///
    /// 100.00 less 10 % less 5.00 is 85.00, in whatever order the two are given.
    package func reductions(
        by discounts: [Discount], rounding: Rounding = .halfUp
    ) throws(MoneyError) -> [Reduction] {
        var left = map { Swift.max(0, $0.amountMinor) }
        var reductions: [Reduction] = []
        for number in Discount.inOrder(discounts) {
            let discount = discounts[number]
            let lines = indices.filter { discount.applies(to: self[$0]) && left[$0] > 0 }
            let shares =
                switch discount.value {
                case .percent(let percent):
                    try lines.map { line throws(MoneyError) in
                        try Self.share(percent, of: left[line], rounding)
                    }
                case .amount(let amount): try Self.shares(of: amount, over: lines.map { left[$0] })
                }
            for (line, share) in zip(lines, shares) where share > 0 {
                left[line] -= share
                reductions.append(Reduction(discount: number, line: line, amountMinor: share))
            }
        }
        return reductions
    }

    private static func share(
        _ percent: ExactDecimal, of amountMinor: Int64, _ rounding: Rounding
    ) throws(MoneyError) -> Int64 {
        let exact = try Fraction(percent) * Fraction(Int128(amountMinor), over: 100)
        let share = rounding.divide(exact.numerator, by: exact.denominator)
        return Int64(Swift.max(0, Swift.min(share, Int128(amountMinor))))
    }

    /// In proportion to what each line still costs, by largest remainder: together the amount, or all that
    /// the lines cost when that is less.
    private static func shares(of amountMinor: Int64, over left: [Int64]) throws(MoneyError) -> [Int64] {
        let whole = left.reduce(Int128(0)) { $0 + Int128($1) }
        let total = Int64(Swift.max(0, Swift.min(Int128(amountMinor), whole)))
        guard whole > 0 else { return left.map { _ in 0 } }
        return try total.split(by: left)
    }
}
