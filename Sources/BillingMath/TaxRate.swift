package import Kernel

/// A tax rate in parts per million of the net amount: 19 % is 190,000. Between 0 and 100 %.
package struct TaxRate: Hashable, Sendable {
    package let ratePPM: Int32

    package static let zero = TaxRate(unchecked: 0)

    /// Nil below 0 and above 1,000,000.
    package init?(ratePPM: Int) {
        guard (0...1_000_000).contains(ratePPM) else { return nil }
        self.init(unchecked: Int32(ratePPM))
    }

    /// Parses `19`, `8.1` or `6.8750`: a percentage from 0 to 100 with at most four decimals.
    package init(percent text: String) throws(TaxRateError) {
        let parsed: Int64
        do {
            parsed = try DecimalText.parse(text, decimals: 4)
        } catch {
            throw .unreadable(error)
        }
        guard (0...1_000_000).contains(parsed) else { throw .outOfRange }
        self.init(unchecked: Int32(parsed))
    }

    private init(unchecked ratePPM: Int32) {
        self.ratePPM = ratePPM
    }

    /// Without superfluous zeros: `19`, `8.1`.
    package var percent: String {
        Quantity(micros: Int64(ratePPM) * 100).description
    }

    /// What the tax on `netMinor` is before rounding, in millionths of a minor unit. Cannot overflow.
    func exactTax(onMinor netMinor: Int64) -> Int128 {
        Int128(netMinor) * Int128(ratePPM)
    }
}

/// Why a piece of text is not a tax rate. The descriptions are sentences that follow the name of the field.
package enum TaxRateError: Error, Equatable, CustomStringConvertible {
    case unreadable(DecimalError)
    case outOfRange

    package var description: String {
        switch self {
        case .unreadable(let error): error.description
        case .outOfRange: "must be a percentage from 0 to 100"
        }
    }
}

extension TaxRate: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(percent: try container.decode(String.self))
        } catch let error as TaxRateError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(percent)
    }
}

/// Where tax is rounded. Countries and accountants differ; the choice is stored with every invoice.
package enum TaxRounding: String, Codable, Sendable, CaseIterable {
    /// On each line, then the lines are added.
    case line
    /// Once for each rate, on the sum of the net amounts that bear it, then shared out to the lines. What EN
    /// 16931 demands (BR-CO-17).
    case rate
    /// Once, on the sum of all exact taxes, then shared out to the rates and to the lines.
    case invoice
}

/// What consumers in other countries of the EU pay without a registration for the One Stop Shop.
package enum EUConsumerRates: String, Codable, Sendable, CaseIterable {
    /// The rate of the seller's country.
    case home
    /// The rate of their own.
    case destination
}
