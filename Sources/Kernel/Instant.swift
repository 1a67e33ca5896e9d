import Foundation

/// A moment of the real time line: microseconds since 1970-01-01T00:00:00Z, the resolution of PostgreSQL's
/// timestamptz.
package struct Instant: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The system's clock. Business rules never call this: they are handed a `Day` or an `Instant`.
    package static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    package func adding(seconds: Int64) -> Instant {
        Instant(microseconds: microseconds + seconds * 1_000_000)
    }

    /// Whole seconds since 1970, rounded down: the form that JSON Web Tokens use.
    package var unixSeconds: Int64 {
        Rounding.down.divide(microseconds, by: 1_000_000)
    }
}

extension Instant: LosslessStringConvertible {
    /// RFC 3339 in UTC exactly as `description` writes it (`2026-01-31T12:00:00Z`), with one to six digits of
    /// a fraction or none; nil for anything else.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /(.{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?Z/),
            let day = Day(String(match.1)), let hours = Int64(match.2), let minutes = Int64(match.3),
            let seconds = Int64(match.4), hours < 24, minutes < 60, seconds < 60
        else { return nil }
        let fraction = (match.5.map(String.init) ?? "").padding(toLength: 6, withPad: "0", startingAt: 0)
        let time = Int64(day.daysSince1970) * 86_400 + hours * 3600 + minutes * 60 + seconds
        self.init(microseconds: time * 1_000_000 + (Int64(fraction) ?? 0))
    }

    /// RFC 3339 in UTC; fractional seconds only when there are any.
    package var description: String {
        let seconds = unixSeconds
        let day = Day(daysSince1970: Int32(Rounding.down.divide(seconds, by: 86_400)))
        let time = Int(seconds - Int64(day.daysSince1970) * 86_400)
        let fraction = Int(microseconds - seconds * 1_000_000)
        return day.description
            + String(unsafeUninitializedCapacity: 17) { text in
                _ = text.update(fromContentsOf: "T00:00:00.000000Z".utf8)
                text.fill(1..<3, withDigitsOf: time / 3600)
                text.fill(4..<6, withDigitsOf: time / 60 % 60)
                text.fill(7..<9, withDigitsOf: time % 60)
                if fraction == 0 {
                    text[9] = UInt8(ascii: "Z")
                    return 10
                }
                text.fill(10..<16, withDigitsOf: fraction)
                return 17
            }
    }
}

extension Instant: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "is not a moment in UTC of the form 2026-01-31T12:00:00Z")
        }
        self = instant
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension BinaryInteger {
    /// Decimal digits with leading zeros up to `width`; wider numbers are not cut.
    package func padded(_ width: Int) -> String {
        let digits = String(magnitude)
        let zeros = String(repeating: "0", count: Swift.max(0, width - digits.count))
        return (self < 0 ? "-" : "") + zeros + digits
    }
}
