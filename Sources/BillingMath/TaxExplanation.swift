import Kernel

/// Why one line of an invoice bears the tax that it bears, as JSON that `ExplainedTax` reads back.
struct TaxExplanation: Sendable {
    private let tax: LineTax
    private let rounding: TaxRounding
    private let totals: InvoiceTotals
    /// In the invoice's lines, counted from 0.
    private let place: Int
    private let netMinor: Int64
    private let currency: Currency

    init(
        _ line: TaxedAmount, at place: Int, of totals: InvoiceTotals, in currency: Currency,
        rounding: TaxRounding
    ) {
        tax = line.tax
        netMinor = line.netMinor
        self.place = place
        self.totals = totals
        self.currency = currency
        self.rounding = rounding
    }

    var taxMinor: Int64 { totals.lineTaxesMinor[place] }

    /// More bytes than it ever writes: all but names is bounded, since numbers have at most 40 digits.
    var longestJSON: Int {
        let names = tax.components.reduce(0) { $0 + 6 * ($1.name.utf8.count + ($1.region?.utf8.count ?? 0)) }
        let sums = totals.groups.count * 60
        return 1024 + 900 * tax.components.count + sums + names + tax.reason.longestText
    }

    func write(into json: inout JSONBytes) {
        json.string("rate_percent") { $0.decimal(Int128(tax.rate.ratePPM), scale: 4, decimals: 0) }
        json.string("category") { $0.escaped(tax.category.rawValue) }
        tax.reason.write(into: &json)
        json.string("rounded_on") { $0.escaped(rounding.rawValue) }
        json.string("rounding") { $0.escaped(Rounding.halfUp.rawValue) }
        json.string("exact") { decimal(exact, into: &$0) }
        if tax.isPlain {
            writeSteps(of: 0, into: &json)
        } else {
            writeComponents(into: &json)
        }
        json.money("amount", taxMinor, currency)
    }

    private func writeComponents(into json: inout JSONBytes) {
        if rounding == .line {
            json.string("arithmetic") {
                write(sumOf: tax.components.indices.map(exact(of:)), into: &$0)
                result(exact, as: taxMinor, into: &$0)
            }
        }
        json.array("components", count: tax.components.count) { json, component in
            write(component, into: &json)
        }
    }

    private func write(_ component: Int, into json: inout JSONBytes) {
        let charged = tax.components[component]
        json.string("name", charged.name)
        json.string("country", charged.country.text)
        if let region = charged.region { json.string("region", region) }
        json.string("rate_percent") { $0.decimal(Int128(charged.rate.ratePPM), scale: 4, decimals: 0) }
        if charged.isCompound { json.holds("compound") }
        json.string("exact") { decimal(exact(of: component), into: &$0) }
        if rounding != .line { writeSteps(of: component, into: &json) }
        json.money("amount", totals.componentTaxesMinor[place][component], currency)
    }

    /// How the exact tax of a component became a whole amount.
    private func writeSteps(of component: Int, into json: inout JSONBytes) {
        let group = totals.groups[totals.groupsOfLines[place][component]]
        switch rounding {
        case .line:
            json.string("arithmetic") { writeTaxation(of: netMinor, component, as: taxMinor, into: &$0) }
        case .rate:
            json.object("sum") {
                $0.string("arithmetic") {
                    writeTaxation(of: group.netMinor, component, as: group.taxMinor, into: &$0)
                }
                $0.money("net", group.netMinor, currency)
                $0.money("tax", group.taxMinor, currency)
                $0.string("allocation") { $0.plain("largest_remainder") }
            }
        case .invoice:
            json.object("invoice") {
                $0.string("arithmetic") {
                    if totals.groups.count == 1 {
                        writeTaxation(of: group.netMinor, component, as: totals.taxMinor, into: &$0)
                    } else {
                        write(sumOf: totals.groups.map(\.exact), into: &$0)
                        result(totals.groups.reduce(0) { $0 + $1.exact }, as: totals.taxMinor, into: &$0)
                    }
                }
                $0.money("net", totals.netMinor, currency)
                $0.money("tax", totals.taxMinor, currency)
                $0.string("allocation") { $0.plain("largest_remainder") }
            }
        }
    }

    /// `10.50 * 9.975 % = 1.047375, rounded 1.05`; of a compound tax the rate stands upon those before it:
    /// `10.00 * 9.5 % * 1.05`.
    private func writeTaxation(
        of netMinor: Int64, _ component: Int, as taxMinor: Int64, into json: inout JSONBytes
    ) {
        json.decimal(Int128(netMinor), scale: currency.exponent, decimals: currency.exponent)
        json.plain(" * ")
        let rate = tax.components.isEmpty ? 0 : tax.components[component].rate.ratePPM
        json.decimal(Int128(rate), scale: 4, decimals: 0)
        json.plain(" %")
        if component < tax.components.count, tax.components[component].isCompound {
            json.plain(" * ")
            let before = tax.weights[..<component].reduce(tax.scale, +)
            json.decimal(before, scale: LineTax.digits(of: tax.scale), decimals: 0)
        }
        result(Int128(netMinor) * weight(of: component), as: taxMinor, into: &json)
    }

    private func write(sumOf exacts: [Int128], into json: inout JSONBytes) {
        for (place, exact) in exacts.enumerated() {
            if place > 0 { json.plain(" + ") }
            decimal(exact, into: &json)
        }
    }

    private func result(_ exact: Int128, as roundedMinor: Int64, into json: inout JSONBytes) {
        json.plain(" = ")
        decimal(exact, into: &json)
        if exact != Int128(roundedMinor) * totals.scale {
            json.plain(", rounded ")
            json.decimal(Int128(roundedMinor), scale: currency.exponent, decimals: currency.exponent)
        }
    }

    private func decimal(_ exact: Int128, into json: inout JSONBytes) {
        json.decimal(
            exact, scale: currency.exponent + LineTax.digits(of: totals.scale), decimals: currency.exponent)
    }

    private var exact: Int128 {
        tax.components.indices.reduce(0) { $0 + exact(of: $1) }
    }

    private func exact(of component: Int) -> Int128 {
        Int128(netMinor) * weight(of: component)
    }

    private func weight(of component: Int) -> Int128 {
        component < tax.weights.count ? tax.weights[component] * (totals.scale / tax.scale) : 0
    }
}

extension LineTax {
    /// Whether its reason names the one tax there is, if any.
    fileprivate var isPlain: Bool {
        if case .countryRate = reason { true } else { components.isEmpty }
    }

    fileprivate static func digits(of scale: Int128) -> Int { scale == simpleScale ? 6 : 18 }
}

extension LineTax.Reason {
    fileprivate var longestText: Int {
        switch self {
        case .countryRate(_, let name): 6 * name.utf8.count
        case .certificate(let number): 6 * number.utf8.count
        default: 0
        }
    }

    fileprivate func write(into json: inout JSONBytes) {
        json.string("reason") { $0.escaped(word.rawValue) }
        switch self {
        case .countryRate(let country, let name):
            json.string("country", country.text)
            json.string("name", name)
        case .certificate(let number): json.string("certificate", number)
        case .rules(let country), .exemptProduct(let country), .noRate(let country),
            .reverseCharge(let country), .export(let country), .notRegistered(let country),
            .smallEnterprise(let country):
            json.string("country", country.text)
        case .exempt, .outsideScope: break
        }
    }
}
