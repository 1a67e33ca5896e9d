package import Foundation

/// A civil date in some tenant's time zone, from 1900-01-01 to 9999-12-31. It has no hour and no zone of its
/// own.
package struct Day: Hashable, Comparable, Sendable {
    package let daysSince1970: Int32

    package static let first = Day(year: 1900, month: 1, day: 1)!
    package static let last = Day(year: 9999, month: 12, day: 31)!

    package init(daysSince1970: Int32) {
        self.daysSince1970 = daysSince1970
    }

    /// Nil when there is no such day in the (proleptic) Gregorian calendar or the year is out of range.
    package init?(year: Int, month: Int, day: Int) {
        guard (1900...9999).contains(year), (1...12).contains(month),
            (1...Day.lengthOfMonth(month, in: year)).contains(day)
        else { return nil }
        self.init(daysSince1970: Day.serial(year: year, month: month, day: day))
    }

    /// The day that the clocks of `zone` show at `instant`.
    package init(of instant: Instant, in zone: TimeZone) {
        let seconds = instant.unixSeconds
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
        self.init(daysSince1970: Int32(Rounding.down.divide(seconds + Int64(offset), by: 86_400)))
    }

    package static func < (left: Day, right: Day) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }

    package func adding(days: Int) -> Day {
        Day(daysSince1970: Int32(clamping: Int(daysSince1970) + days))
    }

    /// Days from `self` to `other`; negative when `other` is earlier.
    package func days(until other: Day) -> Int {
        Int(other.daysSince1970) - Int(daysSince1970)
    }

    package static func lengthOfMonth(_ month: Int, in year: Int) -> Int {
        switch month {
        case 2: return isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: return 30
        default: return 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }
}

extension Day {
    package var year: Int { civil.year }
    package var month: Int { civil.month }
    package var dayOfMonth: Int { civil.day }

    // Both conversions count in eras of 400 years that begin on 1 March, so that the leap day comes last:
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". The divisors are constants, which the
    // compiler turns into multiplications: a billing run computes several days for every line.
    package var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(daysSince1970) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func serial(year: Int, month: Int, day: Int) -> Int32 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }
}

extension Day: LosslessStringConvertible {
    /// Exactly `YYYY-MM-DD`; nil for anything else, and for days that do not exist.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let hyphen = UInt8(ascii: "-")
        guard bytes.count == 10, bytes[4] == hyphen, bytes[7] == hyphen else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            bytes[range].reduce(Optional(0)) { sum, byte in
                guard let sum, (48...57).contains(byte) else { return nil }
                return sum * 10 + Int(byte - 48)
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var description: String {
        let (year, month, day) = civil
        return String(unsafeUninitializedCapacity: 10) { text in
            text.fill(0..<4, withDigitsOf: year)
            text[4] = UInt8(ascii: "-")
            text.fill(5..<7, withDigitsOf: month)
            text[7] = UInt8(ascii: "-")
            text.fill(8..<10, withDigitsOf: day)
            return 10
        }
    }
}

extension Day: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = Day(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "is not a day of the form YYYY-MM-DD")
        }
        self = day
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
