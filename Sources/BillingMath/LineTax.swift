package import Kernel

/// One tax that is charged on a line: `GST` of 5 % in Canada, `QST` of 9.975 % in Quebec.
package struct TaxComponent: Hashable, Sendable {
    /// As it stands on an invoice.
    package let name: String
    package let country: CountryCode
    /// The part of the country that levies it, by ISO 3166-2 without the country; nil for the country itself.
    package let region: String?
    package let rate: TaxRate
    /// Whether it is charged on the taxes before it too.
    package let isCompound: Bool

    package init(
        name: String, country: CountryCode, region: String? = nil, rate: TaxRate, isCompound: Bool = false
    ) {
        self.name = name
        self.country = country
        self.region = region
        self.rate = rate
        self.isCompound = isCompound
    }
}

/// How one line is taxed, and for what reason: "why is there no tax?" is the question most asked.
package struct LineTax: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The rate of a country, by its name there: `USt`.
        case countryRate(CountryCode, name: String)
        /// Several taxes, or one of a part of a country: the components tell.
        case rules(CountryCode)
        /// The customer is exempt.
        case exempt
        /// The customer has shown a certificate with this number.
        case certificate(String)
        /// What is sold is exempt there.
        case exemptProduct(CountryCode)
        /// The provider has no rate for the customer's country.
        case noRate(CountryCode)
        /// A business in another country of the EU accounts for the tax itself.
        case reverseCharge(CountryCode)
        /// Sold out of the territory in which the provider is registered.
        case export(CountryCode)
        /// The provider is not registered for tax there.
        case notRegistered(CountryCode)
        /// The provider is a small enterprise that charges none.
        case smallEnterprise(CountryCode)
        /// What is sold is no supply: a fee for a late payment.
        case outsideScope
    }

    package let category: TaxCategory
    /// In their order; none where nothing is charged.
    package let components: [TaxComponent]
    package let reason: Reason
    /// All taxes together in parts per million of the net amount, to the nearest where they are compound.
    package let rate: TaxRate
    let weights: [Int128]

    /// At most so many compound taxes on a line: with more, an exact tax would not fit into 128 bits.
    package static let compoundLimit = 2

    package init(_ category: TaxCategory, _ components: [TaxComponent], reason: Reason) {
        self.category = category
        self.components = components
        self.reason = reason
        let scale =
            components.contains(where: \.isCompound) ? LineTax.compoundScale : LineTax.simpleScale
        weights = LineTax.weights(of: components, scale: scale)
        let ppm = Rounding.halfUp.divide(weights.reduce(0, +), by: scale / LineTax.simpleScale)
        rate = TaxRate(ratePPM: Int(min(ppm, LineTax.simpleScale))) ?? .zero
    }

    /// What a customer pays at one rate, or does not pay for the reason.
    package init(rate: TaxRate, reason: Reason) {
        switch reason {
        case .countryRate(let country, let name):
            self.init(
                rate == .zero ? .zeroRated : .standard,
                [TaxComponent(name: name, country: country, rate: rate)], reason: reason)
        default:
            self.init(reason.category, [], reason: reason)
        }
    }

    /// One tax of which only the rate is known, or none at a rate of zero.
    init(unnamed rate: TaxRate) {
        // The code is one of ISO 3166: Antarctica, where nobody levies anything.
        let nowhere = CountryCode("AQ")!
        self.init(
            rate == .zero ? .outsideScope : .standard,
            rate == .zero ? [] : [TaxComponent(name: "", country: nowhere, rate: rate)], reason: .exempt)
    }

    /// Of one component each: its tax on a net amount of 1, times `scale`.
    ///
    /// 5 % and, on top of it, 9.5 % compound are 0.05 and 0.095 × 1.05 = 0.09975.
    private static func weights(of components: [TaxComponent], scale: Int128) -> [Int128] {
        var weights: [Int128] = []
        var before: Int128 = 0
        for component in components {
            let base = component.isCompound ? scale + before : scale
            let weight = base / simpleScale * Int128(component.rate.ratePPM)
            weights.append(weight)
            before += weight
        }
        return weights
    }

    /// Small where no tax is compound: 64 bits divide many times faster than 128.
    var scale: Int128 { isCompound ? LineTax.compoundScale : LineTax.simpleScale }

    package var isCompound: Bool { components.contains(where: \.isCompound) }

    static let simpleScale: Int128 = 1_000_000
    /// Three rates, one upon the other, end within it.
    static let compoundScale: Int128 = 1_000_000_000_000_000_000
}

extension LineTax.Reason {
    /// That of a line which is not taxed for this reason.
    package var category: TaxCategory {
        switch self {
        case .countryRate, .rules: .standard
        case .exempt, .certificate, .exemptProduct, .smallEnterprise: .exempt
        case .reverseCharge: .reverseCharge
        case .export: .export
        case .noRate, .notRegistered, .outsideScope: .outsideScope
        }
    }
}
