package import Kernel

/// The names of price models, as they stand in the API and in the database.
package enum PriceModelName: String, Codable, Sendable, CaseIterable {
    case flat
    case perUnit = "per_unit"
    case graduated, volume, package, percentage
}

/// One tier of a price as people write it; see `PriceTier`.
package struct PriceTierTerms: Codable, Hashable, Sendable {
    package let upTo: Quantity?
    package let unitPrice: ExactDecimal
    package let flatFee: ExactDecimal?

    package init(upTo: Quantity?, unitPrice: ExactDecimal, flatFee: ExactDecimal?) {
        self.upTo = upTo
        self.unitPrice = unitPrice
        self.flatFee = flatFee
    }
}

/// A price as people write it: a model by its name, and the fields that it takes. What is written may still
/// be no price; `pricing` tells.
package struct PriceTerms: Codable, Hashable, Sendable {
    package let model: PriceModelName
    /// The price as a whole, of a unit or of a package.
    package var unitPrice: ExactDecimal?
    package var packageSize: Quantity?
    package var billsEmptyPackage: Bool?
    package var tiers: [PriceTierTerms]?
    package var feeAtZero: Bool?
    /// Of `base`.
    package var percentage: ExactDecimal?
    package var base: ExactDecimal?
    package var includedQuantity: Quantity?
    package var minimumSpend: Money?
    package var maximumSpend: Money?

    package init(_ model: PriceModelName) {
        self.model = model
    }

    /// The price that it is, in one currency. Nil with an error for each field that is wrong.
    package func pricing(in currency: Currency) -> (pricing: Pricing?, errors: [FieldError]) {
        var errors: [FieldError] = []
        checkAmounts(in: currency, &errors)
        guard let model = priceModel(&errors), errors.isEmpty else { return (nil, errors) }
        if let error = model.refusal { return (nil, [error]) }
        var pricing = Pricing(model, in: currency)
        pricing.included = includedQuantity ?? .zero
        pricing.feeAtZero = feeAtZero ?? true
        pricing.minimumMinor = minimumSpend?.amountMinor
        pricing.maximumMinor = maximumSpend?.amountMinor
        return (pricing, [])
    }

    private func checkAmounts(in currency: Currency, _ errors: inout [FieldError]) {
        for (name, quantity) in [("included_quantity", includedQuantity), ("package_size", packageSize)]
        where quantity.map({ $0 < .zero }) ?? false {
            errors.append(FieldError("/\(name)", "must not be negative"))
        }
        for (name, money) in [("minimum_spend", minimumSpend), ("maximum_spend", maximumSpend)] {
            guard let money else { continue }
            if money.currency != currency {
                errors.append(FieldError("/\(name)/currency", "must be \(currency)"))
            }
            if money.amountMinor < 0 { errors.append(FieldError("/\(name)/amount", "must not be negative")) }
        }
        if let minimumSpend, let maximumSpend, minimumSpend.amountMinor > maximumSpend.amountMinor {
            errors.append(FieldError("/minimum_spend/amount", "must not be more than maximum_spend"))
        }
    }

    /// Nil, with an error for each field, when the model lacks one that it takes or has one of another.
    private func priceModel(_ errors: inout [FieldError]) -> PriceModel? {
        let takes: [PriceModelName: Set<String>] = [
            .flat: ["unit_price"], .perUnit: ["unit_price"], .graduated: ["tiers"], .volume: ["tiers"],
            .package: ["unit_price", "package_size"], .percentage: ["percentage", "base"],
        ]
        let given: [(name: String, isThere: Bool)] = [
            ("unit_price", unitPrice != nil), ("tiers", tiers != nil), ("package_size", packageSize != nil),
            ("percentage", percentage != nil), ("base", base != nil),
        ]
        for (name, isThere) in given where isThere != takes[model, default: []].contains(name) {
            let rule = isThere ? "is not taken by \(model.rawValue)" : "is missing"
            errors.append(FieldError("/\(name)", rule))
        }
        let tiers = (tiers ?? []).map {
            PriceTier(upTo: $0.upTo, unitPrice: $0.unitPrice, flatFee: $0.flatFee ?? .zero)
        }
        switch model {
        case .flat: return unitPrice.map { .flat($0) }
        case .perUnit: return unitPrice.map { .perUnit($0) }
        case .graduated: return .graduated(tiers)
        case .volume: return .volume(tiers)
        case .package:
            guard let unitPrice, let packageSize else { return nil }
            return .package(unitPrice, size: packageSize, billsEmpty: billsEmptyPackage ?? false)
        case .percentage:
            guard let percentage, let base else { return nil }
            return .percentage(percent: percentage, of: base)
        }
    }
}

extension PriceModel {
    /// Why it can price nothing; nil when it can.
    fileprivate var refusal: FieldError? {
        do {
            _ = try steps(for: .zero)
            return nil
        } catch {
            return error.field
        }
    }
}

extension PriceModelError {
    /// Nil for an overflow, which no field alone is to blame for.
    package var field: FieldError? {
        switch self {
        case .noTiers: FieldError("/tiers", "must have at least one tier")
        case .tierOutOfOrder(let tier):
            FieldError("/tiers/\(tier)/up_to", "must be more than zero and than the tier before")
        case .tierWithoutEnd(let tier):
            FieldError("/tiers/\(tier)/up_to", "is missing: only the last tier has no end")
        case .lastTierEnds(let tier):
            FieldError("/tiers/\(tier)/up_to", "must be left out: the last tier has no end")
        case .emptyPackage: FieldError("/package_size", "must be more than zero")
        case .volumeIsNotProgressive:
            FieldError(
                "/billed_quantity", "goes not with volume: later units change what earlier ones cost")
        case .overflow: nil
        }
    }
}
