package import Kernel

/// What invoices and credit notes keep of their taxes, as JSON: of each line its taxes, of the whole the
/// taxable amount and the tax by category and rate.
package enum TaxRecord {
    /// One tax on a line.
    package struct Component: Codable, Hashable, Sendable {
        package let name: String
        package let country: CountryCode
        package let region: String?
        package let percent: TaxRate
        package let compound: Bool?
        /// In minor units.
        package let amount: Int64

        package var component: TaxComponent {
            TaxComponent(
                name: name, country: country, region: region, rate: percent, isCompound: compound ?? false)
        }
    }

    /// One category and rate on a document.
    package struct Group: Codable, Hashable, Sendable {
        package let category: TaxCategory
        /// Nil where nothing is charged, like the country's.
        package let name: String?
        package let country: CountryCode?
        package let region: String?
        package let percent: TaxRate
        package let compound: Bool?
        /// What is taxed, in minor units, before any tax.
        package let net: Int64
        package let tax: Int64
        /// Why it is taxed like this, or not: `country_rate`, `reverse_charge`.
        package let reason: String
        /// Of an exemption.
        package let certificate: String?
    }
}

extension TaxRecord {
    /// A line, as far as its taxes go.
    package struct Line: Hashable, Sendable {
        let netMinor: Int64
        let category: TaxCategory
        package let components: [Component]

        package init(netMinor: Int64, tax: LineTax, taxesMinor: [Int64]) {
            self.netMinor = netMinor
            category = tax.category
            components = zip(tax.components, taxesMinor).map { Component($0, amount: $1) }
        }
    }

    /// Those of an invoice's groups that lines of it bear, with what the lines come to.
    package static func groups(_ groups: [Group], of lines: [Line]) -> [Group] {
        groups.compactMap { group in
            var (net, tax) = (Int64(0), Int64(0))
            var isBorne = false
            for line in lines where line.category == group.category {
                if group.name == nil, line.components.isEmpty {
                    (net, isBorne) = (net + line.netMinor, true)
                }
                for component in line.components where group.isOf(component) {
                    (net, tax, isBorne) = (net + line.netMinor, tax + component.amount, true)
                }
            }
            return isBorne ? group.with(net: net, tax: tax) : nil
        }
    }
}

extension TaxRecord.Component {
    fileprivate init(_ component: TaxComponent, amount: Int64) {
        self.init(
            name: component.name, country: component.country, region: component.region,
            percent: component.rate, compound: component.isCompound ? true : nil, amount: amount)
    }
}

extension TaxRecord.Group {
    fileprivate func isOf(_ component: TaxRecord.Component) -> Bool {
        name == component.name && country == component.country && region == component.region
            && percent == component.percent && compound == component.compound
    }

    fileprivate func with(net: Int64, tax: Int64) -> TaxRecord.Group {
        TaxRecord.Group(
            category: category, name: name, country: country, region: region, percent: percent,
            compound: compound, net: net, tax: tax, reason: reason, certificate: certificate)
    }
}

extension LineTax {
    /// As a document's line tells it; why it is taxed so, only the document tells. A line from before there
    /// were categories bears one tax at its rate, or none.
    package init(recorded components: [TaxRecord.Component]?, category: TaxCategory?, rate: TaxRate) {
        // Nothing shows this reason: it stands for the one that the document keeps.
        let reason = Reason.exempt
        guard let components else {
            self.init(unnamed: rate)
            return
        }
        self.init(category ?? .standard, components.map(\.component), reason: reason)
    }

    /// What a line keeps: its taxes with their amounts, as a JSON array.
    package func record(_ amountsMinor: [Int64]) -> String {
        let names = components.reduce(0) { $0 + 6 * ($1.name.utf8.count + ($1.region?.utf8.count ?? 0)) }
        return JSONBytes.array(capacity: 16 + names + 160 * components.count, count: components.count) {
            components[$1].write(into: &$0)
            $0.integer("amount", amountsMinor[$1])
        }
    }
}

extension InvoiceTotals {
    /// What a document keeps: its groups, as a JSON array.
    package var record: String {
        TaxRecord.json(
            groups.map { group in
                let component = group.component
                var certificate: String?
                if case .certificate(let number) = group.reason { certificate = number }
                return TaxRecord.Group(
                    category: group.category, name: component?.name, country: component?.country,
                    region: component?.region, percent: component?.rate ?? .zero,
                    compound: component?.isCompound == true ? true : nil, net: group.netMinor,
                    tax: group.taxMinor, reason: group.reason.name, certificate: certificate)
            })
    }
}

extension TaxRecord {
    /// The groups of a document as it keeps them.
    package static func json(_ groups: [Group]) -> String {
        let texts = groups.flatMap { [$0.name, $0.region, $0.certificate, $0.reason] }
        let length = texts.reduce(0) { $0 + 6 * ($1?.utf8.count ?? 0) }
        return JSONBytes.array(capacity: 16 + length + 300 * groups.count, count: groups.count) {
            groups[$1].write(into: &$0)
        }
    }
}

extension TaxRecord.Group {
    fileprivate func write(into json: inout JSONBytes) {
        json.string("category") { $0.escaped(category.rawValue) }
        if let name { json.string("name", name) }
        if let country { json.string("country", country.text) }
        if let region { json.string("region", region) }
        json.string("percent") { $0.decimal(Int128(percent.ratePPM), scale: 4, decimals: 0) }
        if compound == true { json.holds("compound") }
        json.integer("net", net)
        json.integer("tax", tax)
        json.string("reason", reason)
        if let certificate { json.string("certificate", certificate) }
    }
}

extension TaxComponent {
    fileprivate func write(into json: inout JSONBytes) {
        json.string("name", name)
        json.string("country", country.text)
        if let region { json.string("region", region) }
        json.string("percent") { $0.decimal(Int128(rate.ratePPM), scale: 4, decimals: 0) }
        if isCompound { json.holds("compound") }
    }
}
