package import Kernel

/// Everything by which a provider's tax is decided but the customer and the day.
package struct TaxBook: Hashable, Sendable {
    /// Where the provider has its seat.
    package let home: CountryCode?
    private let registrations: [TaxRegistration]
    private let rules: [CountryCode: [TaxRule]]
    /// What counts in a country where no rule does.
    private let rates: [CountryCode: TaxRule]
    private let placesSmallSales: Bool

    /// `taxesSmallSalesAtHome`: the provider sells so little to consumers in other countries of the EU, up to
    /// EUR 10,000 a year, that they pay the rate of its own (Directive 2006/112/EC, Article 59c).
    package init(
        home: CountryCode?, registrations: [TaxRegistration], rules: [TaxRule], rates: [TaxRule] = [],
        taxesSmallSalesAtHome: Bool = false
    ) {
        self.rates = Dictionary(rates.map { ($0.country, $0) }, uniquingKeysWith: { first, _ in first })
        self.home = home
        self.registrations = registrations
        self.rules = Dictionary(grouping: rules, by: \.country)
        placesSmallSales = taxesSmallSalesAtHome
    }

    /// How a line is taxed whose tax becomes due on `day`: the day of issue of what is billed in advance, the
    /// last day of the term of what is billed in arrears.
    ///
    /// A provider without any registration charges every customer the rate that it has for the customer's
    /// country. One with registrations charges where it is registered and nowhere else.
    package func tax(on taxClass: TaxClass, for buyer: TaxBuyer, on day: Day) -> LineTax {
        if taxClass == .outsideScope { return LineTax(.outsideScope, [], reason: .outsideScope) }
        if buyer.isExempt { return LineTax(.exempt, [], reason: .exempt) }
        if let certificate = buyer.certificate(on: day) {
            return LineTax(.exempt, [], reason: .certificate(certificate.number))
        }
        if registrations.isEmpty { return charge(taxClass, in: Place(of: buyer), on: day) }
        return registered(taxClass, for: buyer, on: day)
    }

    /// Where a line's tax is levied.
    private struct Place {
        let country: CountryCode
        let region: String?

        init(_ country: CountryCode, _ region: String? = nil) {
            self.country = country
            self.region = region
        }

        init(of buyer: TaxBuyer) {
            self.init(buyer.country, buyer.region)
        }
    }

    private func registered(_ taxClass: TaxClass, for buyer: TaxBuyer, on day: Day) -> LineTax {
        let crossesEU =
            home.map { $0 != buyer.country && EuropeanUnion.has($0) && EuropeanUnion.has(buyer.country) }
            ?? false
        // Services to a business: Directive 2006/112/EC, Articles 44 and 196.
        if crossesEU, buyer.isBusiness { return untaxed(.reverseCharge(buyer.country)) }
        if let there = registration(in: Place(of: buyer), on: day) {
            switch there.scheme {
            case .smallEnterprise: return untaxed(.smallEnterprise(buyer.country))
            case .simplified where buyer.isBusiness: return untaxed(.reverseCharge(buyer.country))
            case .standard, .simplified: return charge(taxClass, in: Place(of: buyer), on: day)
            // A shop is no registration in its own country for what is sold there.
            case .oneStopShop: break
            }
        }
        if crossesEU { return sold(taxClass, to: buyer, on: day) }
        // Services to customers outside: Articles 44 and 59 of the same directive, and elsewhere alike.
        if let home, home != buyer.country, isRegistered(in: home, on: day) {
            return untaxed(.export(buyer.country))
        }
        return untaxed(.notRegistered(buyer.country))
    }

    /// To a consumer in another country of the EU.
    private func sold(_ taxClass: TaxClass, to buyer: TaxBuyer, on day: Day) -> LineTax {
        let hasShop = registrations.contains {
            $0.scheme == .oneStopShop && $0.validity.holds(on: day)
        }
        if hasShop { return charge(taxClass, in: Place(of: buyer), on: day) }
        guard let home, let there = registration(in: Place(home), on: day) else {
            return untaxed(.notRegistered(buyer.country))
        }
        if there.scheme == .smallEnterprise { return untaxed(.smallEnterprise(home)) }
        return placesSmallSales
            ? charge(taxClass, in: Place(home), on: day) : charge(taxClass, in: Place(of: buyer), on: day)
    }

    private func untaxed(_ reason: LineTax.Reason) -> LineTax {
        LineTax(reason.category, [], reason: reason)
    }

    private func isRegistered(in country: CountryCode, on day: Day) -> Bool {
        registrations.contains { $0.country == country && $0.validity.holds(on: day) }
    }

    /// That of the part of the country, if there is one, else that of the country; an ordinary one before a
    /// shop.
    private func registration(in place: Place, on day: Day) -> TaxRegistration? {
        let here = registrations.filter {
            $0.country == place.country && $0.scheme != .oneStopShop && $0.validity.holds(on: day)
        }
        return here.first { $0.region != nil && $0.region == place.region } ?? here.first { $0.region == nil }
    }

    private func charge(_ taxClass: TaxClass, in place: Place, on day: Day) -> LineTax {
        var counting: [TaxRule] = []
        for rule in rules[place.country] ?? [] where rule.fits(taxClass, in: place.region, on: day) {
            if let rival = counting.firstIndex(where: { $0.tax == rule.tax }) {
                if rule.beats(counting[rival]) { counting[rival] = rule }
            } else {
                counting.append(rule)
            }
        }
        if counting.isEmpty, let rate = rates[place.country] { counting = [rate] }
        return LineTax(counting, in: place.country)
    }
}

extension TaxRule {
    fileprivate func fits(_ sold: TaxClass, in region: String?, on day: Day) -> Bool {
        (taxClass.map { $0 == sold } ?? true) && (self.region.map { $0 == region } ?? true)
            && validity.holds(on: day)
    }
}

extension TaxBuyer {
    fileprivate func certificate(on day: Day) -> Certificate? {
        certificates.first { ($0.country.map { $0 == country } ?? true) && $0.validity.holds(on: day) }
    }
}

extension LineTax {
    /// Of the rules that count for a line, in any order.
    fileprivate init(_ rules: [TaxRule], in country: CountryCode) {
        let ordered = rules.sorted { $0.place != $1.place ? $0.place < $1.place : $0.tax < $1.tax }
        guard let first = ordered.first else {
            self.init(.outsideScope, [], reason: .noRate(country))
            return
        }
        let charged = ordered.filter { $0.rate != .zero }
        if charged.isEmpty, first.zeroMeans == .exempt {
            self.init(.exempt, [], reason: .exemptProduct(country))
            return
        }
        let shown = charged.isEmpty ? [first] : charged
        let components = shown.map {
            TaxComponent(
                name: $0.name, country: country, region: $0.region, rate: $0.rate, isCompound: $0.isCompound)
        }
        let isPlain = components.count == 1 && components[0].region == nil
        self.init(
            charged.isEmpty ? .zeroRated : .standard, components,
            reason: isPlain ? .countryRate(country, name: components[0].name) : .rules(country))
    }
}

/// How one customer is taxed: decides for each line, by what it sells and the day that counts.
package struct CustomerTax: Hashable, Sendable {
    package let rounding: TaxRounding
    private let source: Source

    private enum Source: Hashable {
        case always(LineTax)
        case decided(TaxBook, TaxBuyer)
    }

    package init(_ book: TaxBook, for buyer: TaxBuyer, rounding: TaxRounding) {
        self.rounding = rounding
        source = .decided(book, buyer)
    }

    /// Whatever is sold, on every day.
    package init(always tax: LineTax, rounding: TaxRounding) {
        self.rounding = rounding
        source = .always(tax)
    }

    package func tax(on taxClass: TaxClass, on day: Day) -> LineTax {
        switch source {
        case .always(let tax): tax
        case .decided(let book, let buyer): book.tax(on: taxClass, for: buyer, on: day)
        }
    }
}
