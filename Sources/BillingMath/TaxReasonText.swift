import Kernel

extension LineTax.Reason {
    /// As explanations name it.
    enum Word: String, Decodable {
        case countryRate = "country_rate"
        case rules
        case exempt = "customer_exempt"
        case certificate = "exemption_certificate"
        case exemptProduct = "product_exempt"
        case noRate = "no_rate_for_country"
        case reverseCharge = "reverse_charge"
        case export
        case notRegistered = "not_registered"
        case smallEnterprise = "small_enterprise"
        case outsideScope = "outside_scope"
    }

    /// Its stable name: `reverse_charge`.
    package var name: String { word.rawValue }

    var word: Word {
        switch self {
        case .countryRate: .countryRate
        case .rules: .rules
        case .exempt: .exempt
        case .certificate: .certificate
        case .exemptProduct: .exemptProduct
        case .noRate: .noRate
        case .reverseCharge: .reverseCharge
        case .export: .export
        case .notRegistered: .notRegistered
        case .smallEnterprise: .smallEnterprise
        case .outsideScope: .outsideScope
        }
    }

    /// What follows the rate in the explanation's sentence.
    var words: String {
        switch self {
        case .countryRate(let country, let name): "the rate of \(country.text), called \(name)"
        case .rules(let country): "by the rules for \(country.text)"
        case .exempt: "because the customer is exempt"
        case .certificate(let number): "because the customer is exempt by certificate \(number)"
        case .exemptProduct(let country): "because what is sold is exempt in \(country.text)"
        case .noRate(let country): "because there is no rate for \(country.text)"
        case .reverseCharge(let country):
            "because the customer, a business in \(country.text), accounts for the tax: reverse charge"
        case .export(let country): "because it is sold to \(country.text), out of the territory of the tax"
        case .notRegistered(let country): "because the seller is not registered for tax in \(country.text)"
        case .smallEnterprise(let country):
            "because the seller is a small enterprise in \(country.text) that charges no tax"
        case .outsideScope: "because it is outside the scope of the tax"
        }
    }
}

extension LineTax.Reason: Decodable {
    private enum CodingKeys: String, CodingKey {
        case reason, country, name, certificate
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        func country() throws -> CountryCode { try object.decode(CountryCode.self, forKey: .country) }
        self =
            switch try object.decode(Word.self, forKey: .reason) {
            case .countryRate:
                .countryRate(try country(), name: try object.decode(String.self, forKey: .name))
            case .rules: .rules(try country())
            case .exempt: .exempt
            case .certificate: .certificate(try object.decode(String.self, forKey: .certificate))
            case .exemptProduct: .exemptProduct(try country())
            case .noRate: .noRate(try country())
            case .reverseCharge: .reverseCharge(try country())
            case .export: .export(try country())
            case .notRegistered: .notRegistered(try country())
            case .smallEnterprise: .smallEnterprise(try country())
            case .outsideScope: .outsideScope
            }
    }
}
