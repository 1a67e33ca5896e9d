/// An ISO 4217 currency: three letters and the number of digits behind its decimal point.
package struct Currency: Hashable, Sendable {
    /// The three letters as one number, so that comparing and hashing currencies costs nothing.
    private let letters: UInt32
    private let digits: UInt8

    /// Nil for anything but an active code of ISO 4217 in capital letters.
    package init?(_ code: String) {
        guard let letters = Currency.pack(code), let digits = Currency.exponents[letters] else { return nil }
        self.letters = letters
        self.digits = digits
    }

    package var code: String {
        String(unsafeUninitializedCapacity: 3) { buffer in
            for place in 0..<3 { buffer[place] = UInt8(truncatingIfNeeded: letters >> (16 - 8 * place)) }
            return 3
        }
    }

    /// Digits of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD, 4 for CLF.
    package var exponent: Int { Int(digits) }

    private static func pack(_ code: String) -> UInt32? {
        let bytes = Array(code.utf8)
        guard bytes.count == 3, bytes.allSatisfy({ (65...90).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// ISO 4217 list one (2026-01-01), without precious metals, codes for testing and most funds codes.
    private static let exponents: [UInt32: UInt8] = {
        let byExponent: [UInt8: String] = [
            0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
            2: """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
            CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD \
            HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA \
            MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN \
            QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP \
            TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
            """,
            3: "BHD IQD JOD KWD LYD OMR TND",
            4: "CLF UYW",
        ]
        var exponents: [UInt32: UInt8] = [:]
        for (exponent, codes) in byExponent {
            for code in codes.split(separator: " ") {
                if let letters = pack(String(code)) { exponents[letters] = exponent }
            }
        }
        return exponents
    }()
}

extension Currency: Comparable {
    /// By code, in the order of the alphabet.
    package static func < (left: Currency, right: Currency) -> Bool {
        left.letters < right.letters
    }
}

extension Currency: Codable, CustomStringConvertible {
    package var description: String { code }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let currency = Currency(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "is not a currency of ISO 4217")
        }
        self = currency
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}
