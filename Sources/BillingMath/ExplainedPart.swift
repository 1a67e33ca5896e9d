import Foundation
package import Kernel

/// The part of a term that an explanation tells of, and by which rule its price follows from the whole.
package struct ExplainedPart: Hashable, Sendable {
    package let days: DaySpan
    package let whole: DaySpan
    package let wholeAmount: Money
    package let rule: Proration
    private let zone: TimeZone
    private let count: Int64
    private let wholeCount: Int64
    private let arithmetic: String

    /// What the part costs when the whole term costs `whole`.
    package func share(of whole: Money) throws -> Money {
        Money(
            try rule.part(days, of: self.whole, at: whole.amountMinor, in: zone), whole.currency)
    }

    var sentences: [String] {
        [
            "The part is \(count) of \(wholeCount) \(rule.unit.words): "
                + "\(arithmetic.inWords(rule.rounding)) \(wholeAmount.currency).",
            "The day of a change belongs to \(rule.changeDay.words).",
        ]
    }
}

extension ExplainedPart: Decodable {
    private enum CodingKeys: String, CodingKey {
        case unit, changeDay, rounding, zone, start, end, wholeStart, wholeEnd, fraction, wholeAmount
        case arithmetic
    }

    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        rule = Proration(
            unit: try object.decode(Proration.Unit.self, forKey: .unit),
            changeDay: try object.decode(Proration.ChangeDay.self, forKey: .changeDay),
            rounding: try object.decode(Rounding.self, forKey: .rounding))
        wholeAmount = try object.decode(Money.self, forKey: .wholeAmount)
        arithmetic = try object.decode(String.self, forKey: .arithmetic)
        guard let zone = TimeZone(identifier: try object.decode(String.self, forKey: .zone)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .zone, in: object, debugDescription: "is no time zone")
        }
        self.zone = zone
        func span(_ start: CodingKeys, _ end: CodingKeys) throws -> DaySpan {
            let span = DaySpan(
                try object.decode(Day.self, forKey: start), try object.decode(Day.self, forKey: end))
            if let span { return span }
            throw DecodingError.dataCorruptedError(
                forKey: end, in: object, debugDescription: "leaves no day")
        }
        days = try span(.start, .end)
        whole = try span(.wholeStart, .wholeEnd)
        let counts = try object.decode(String.self, forKey: .fraction).split(separator: "/")
        guard counts.count == 2, let count = Int64(counts[0]), let wholeCount = Int64(counts[1]) else {
            throw DecodingError.dataCorruptedError(
                forKey: .fraction, in: object, debugDescription: "is not of the form 12/31")
        }
        (self.count, self.wholeCount) = (count, wholeCount)
    }
}

extension Proration.Unit {
    var words: String {
        switch self {
        case .day: "days"
        case .second: "seconds"
        case .fixed30: "days of 30-day months"
        }
    }
}

extension Proration.ChangeDay {
    var words: String {
        switch self {
        case .following: "what follows it"
        case .preceding: "what was before it"
        }
    }
}
