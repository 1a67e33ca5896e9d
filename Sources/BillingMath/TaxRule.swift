package import Kernel

/// From and until when something holds, both days included; without an end, for ever.
package struct Validity: Hashable, Sendable {
    package let from: Day?
    package let through: Day?

    package static let always = Validity(from: nil, through: nil)

    package init(from: Day?, through: Day?) {
        self.from = from
        self.through = through
    }

    package func holds(on day: Day) -> Bool {
        (from.map { $0 <= day } ?? true) && (through.map { day <= $0 } ?? true)
    }
}

/// What one tax comes to for some customers, some products and some time.
package struct TaxRule: Hashable, Sendable {
    package let country: CountryCode
    /// Nil for all parts of the country.
    package let region: String?
    /// Which tax it is a rate of. Of several rules of one tax that fit, one counts; rules of different taxes
    /// add up.
    package let tax: String
    /// As the tax stands on an invoice.
    package let name: String
    /// Nil for all products.
    package let taxClass: TaxClass?
    package let rate: TaxRate
    /// What a rate of zero means: `zeroRated` or `exempt`.
    package let zeroMeans: TaxCategory
    /// Taxes are charged in this order, which matters where one is charged on those before it.
    package let place: Int
    package let isCompound: Bool
    package let validity: Validity

    package init(
        _ country: CountryCode, region: String? = nil, tax: String, name: String, rate: TaxRate,
        terms: Terms = Terms()
    ) {
        self.country = country
        self.region = region
        self.tax = tax
        self.name = name
        self.rate = rate
        taxClass = terms.taxClass
        zeroMeans = terms.zeroMeans
        place = terms.place
        isCompound = terms.isCompound
        validity = terms.validity
    }

    /// What most rules leave as it is.
    package struct Terms: Hashable, Sendable {
        package var taxClass: TaxClass?
        package var zeroMeans = TaxCategory.zeroRated
        package var place = 0
        package var isCompound = false
        package var validity = Validity.always

        package init() {}
    }

    /// Whether it counts rather than another that fits too: what is said of a part of the country, of a kind
    /// of product, or from a later day on, is meant to be an exception from the rest.
    func beats(_ other: TaxRule) -> Bool {
        if (region == nil) != (other.region == nil) { return region != nil }
        if (taxClass == nil) != (other.taxClass == nil) { return taxClass != nil }
        if validity.from != other.validity.from {
            guard let from = validity.from else { return false }
            return other.validity.from.map { $0 < from } ?? true
        }
        return false
    }
}

/// Where a provider is registered for tax.
package struct TaxRegistration: Hashable, Sendable {
    package enum Scheme: String, Codable, Sendable, CaseIterable {
        /// Charges the tax of the place to everybody there.
        case standard
        /// Only to consumers; a business with a tax number accounts for the tax itself: the schemes of
        /// Norway (VOEC), Australia and others for suppliers from abroad.
        case simplified
        /// The European One Stop Shop, declared in this country: consumers in the EU pay the rate of where
        /// they live (Council Directive 2006/112/EC, Articles 358 to 369k).
        case oneStopShop = "oss"
        /// Registered, but a small enterprise that charges no tax: § 19 UStG, Directive 2006/112/EC,
        /// Article 284.
        case smallEnterprise = "small_enterprise"
    }

    package let country: CountryCode
    /// Of a state or province that registers for itself.
    package let region: String?
    package let scheme: Scheme
    package let validity: Validity

    package init(
        _ country: CountryCode, region: String? = nil, scheme: Scheme = .standard,
        validity: Validity = .always
    ) {
        self.country = country
        self.region = region
        self.scheme = scheme
        self.validity = validity
    }
}

/// A customer, as far as tax is concerned.
package struct TaxBuyer: Hashable, Sendable {
    package let country: CountryCode
    /// By ISO 3166-2 without the country; nil where it is not known.
    package let region: String?
    /// Whether it is a business whose tax number counts as valid.
    package let isBusiness: Bool
    /// Whatever the day.
    package let isExempt: Bool
    package let certificates: [Certificate]

    /// What shows that a customer need not pay tax.
    package struct Certificate: Hashable, Sendable {
        package let number: String
        /// Nil for wherever the customer lives.
        package let country: CountryCode?
        package let validity: Validity

        package init(number: String, country: CountryCode?, validity: Validity) {
            self.number = number
            self.country = country
            self.validity = validity
        }
    }

    package init(
        country: CountryCode, region: String? = nil, isBusiness: Bool = false, isExempt: Bool = false,
        certificates: [Certificate] = []
    ) {
        self.country = country
        self.region = region
        self.isBusiness = isBusiness
        self.isExempt = isExempt
        self.certificates = certificates
    }
}
