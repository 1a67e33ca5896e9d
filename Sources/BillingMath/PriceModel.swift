package import Kernel

/// How a price follows from a quantity. All amounts are in whole units of one currency.
package enum PriceModel: Hashable, Sendable {
    /// The same whatever the quantity.
    case flat(ExactDecimal)
    case perUnit(ExactDecimal)
    /// Each unit at the price of the tier that it falls into.
    case graduated([PriceTier])
    /// All units at the price of the tier that the quantity falls into.
    case volume([PriceTier])
    /// Whole packages; one that is begun counts. Without a unit none is begun, unless `billsEmpty`.
    case package(ExactDecimal, size: Quantity, billsEmpty: Bool)
    /// Of another amount.
    case percentage(percent: ExactDecimal, of: ExactDecimal)
}

/// One tier: up to and including `upTo`, from where the tier before ends. 5.001 units are in the tier behind
/// one up to 5.
package struct PriceTier: Hashable, Sendable {
    /// Nil for the last tier, which has no end.
    package let upTo: Quantity?
    package let unitPrice: ExactDecimal
    /// Due once as soon as the tier is entered.
    package let flatFee: ExactDecimal

    package init(upTo: Quantity?, unitPrice: ExactDecimal, flatFee: ExactDecimal = .zero) {
        self.upTo = upTo
        self.unitPrice = unitPrice
        self.flatFee = flatFee
    }
}

/// Why a price cannot be computed: `tier` counts from 0.
package enum PriceModelError: Error, Hashable {
    case noTiers
    /// Its end is not above that of the tier before.
    case tierOutOfOrder(tier: Int)
    /// Only the last tier is without an end, and it must be.
    case tierWithoutEnd(tier: Int)
    case lastTierEnds(tier: Int)
    case emptyPackage
    /// A volume price changes what earlier units cost: nothing can be billed before the last line.
    case volumeIsNotProgressive
    case overflow
}

/// One product of a price and a quantity, or one fee.
package struct PriceStep: Hashable, Sendable {
    /// Counted from 1; nil for a model without tiers.
    package let tier: Int?
    package let quantity: Fraction?
    package let unitPrice: ExactDecimal
    package let exact: Fraction
}

extension PriceModel {
    /// What `quantity` costs, step by step; the price is the sum. `feeAtZero`: whether the flat fee of the
    /// first tier is due even when nothing is used, as it is by default in the field.
    package func steps(
        for quantity: Quantity, feeAtZero: Bool = true
    ) throws(PriceModelError) -> [PriceStep] {
        try check()
        do {
            switch self {
            case .flat(let amount):
                return [PriceStep(tier: nil, quantity: nil, unitPrice: amount, exact: Fraction(amount))]
            case .perUnit(let price): return [try PriceStep(price, Fraction(quantity))]
            case .graduated(let tiers):
                return try PriceModel.graduated(tiers, quantity, feeAtZero: feeAtZero)
            case .volume(let tiers):
                let place = tiers.firstIndex { $0.upTo.map { quantity <= $0 } ?? true } ?? tiers.count - 1
                let isFeeDue = quantity.micros > 0 || feeAtZero
                return try tiers[place].steps(Fraction(quantity), at: place, isFeeDue: isFeeDue)
            case .package(let price, let size, let billsEmpty):
                let packages = Rounding.up(quantity.micros, size.micros)
                return [try PriceStep(price, Fraction(billsEmpty ? max(packages, 1) : packages))]
            case .percentage(let percent, let base):
                let share = try Fraction(percent) * Fraction(1, over: 100)
                return [
                    PriceStep(
                        tier: nil, quantity: share, unitPrice: base, exact: try Fraction(base) * share)
                ]
            }
        } catch {
            throw .overflow
        }
    }

    private static func graduated(
        _ tiers: [PriceTier], _ quantity: Quantity, feeAtZero: Bool
    ) throws(MoneyError) -> [PriceStep] {
        var steps: [PriceStep] = []
        var start = Quantity(micros: 0)
        for (place, tier) in tiers.enumerated() {
            let isFirst = place == 0
            guard quantity > start || isFirst else { break }
            let end = tier.upTo.map { min($0, quantity) } ?? quantity
            let width = Fraction(Quantity(micros: end.micros - start.micros))
            steps += try tier.steps(width, at: place, isFeeDue: quantity > start || feeAtZero)
            start = end
            if tier.upTo != end { break }
        }
        return steps
    }

    private func check() throws(PriceModelError) {
        switch self {
        case .graduated(let tiers), .volume(let tiers):
            var end = Quantity(micros: 0)
            guard let last = tiers.indices.last else { throw .noTiers }
            for (place, tier) in tiers.enumerated() {
                guard let upTo = tier.upTo else {
                    if place < last { throw .tierWithoutEnd(tier: place) }
                    return
                }
                if upTo <= end { throw .tierOutOfOrder(tier: place) }
                end = upTo
            }
            throw .lastTierEnds(tier: last)
        case .package(_, let size, _): if size.micros <= 0 { throw .emptyPackage }
        case .flat, .perUnit, .percentage: break
        }
    }
}

extension PriceTier {
    fileprivate func steps(
        _ quantity: Fraction, at place: Int, isFeeDue: Bool
    ) throws(MoneyError) -> [PriceStep] {
        var steps: [PriceStep] = []
        if quantity != .zero { steps.append(try PriceStep(unitPrice, quantity, tier: place + 1)) }
        if isFeeDue, flatFee.units != 0 {
            steps.append(
                PriceStep(tier: place + 1, quantity: nil, unitPrice: flatFee, exact: Fraction(flatFee)))
        }
        return steps
    }
}

extension PriceStep {
    fileprivate init(_ price: ExactDecimal, _ quantity: Fraction, tier: Int? = nil) throws(MoneyError) {
        self.init(tier: tier, quantity: quantity, unitPrice: price, exact: try Fraction(price) * quantity)
    }
}

extension Rounding {
    /// How often `divisor`, above zero, goes into what is not negative, the last time perhaps in part.
    fileprivate static func up(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        dividend / divisor + (dividend.isMultiple(of: divisor) ? 0 : 1)
    }
}
