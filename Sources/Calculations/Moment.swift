import Foundation
import Kernel
import Web

/// A day, or a moment that falls on one in some time zone.
enum Moment: FieldText, HasSchema {
    case day(Day)
    case instant(Instant)

    static let rule = "must be a day such as 2026-01-31 or a moment in UTC such as 2026-01-31T12:00:00Z"
    static let length = 10...27

    static var schema: JSONSchema {
        .text(rule, example: "2026-01-31", parse: { Moment($0) != nil })
    }

    init?(_ text: String) {
        if let day = Day(text) {
            self = .day(day)
        } else if let instant = Instant(text) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    var text: String {
        switch self {
        case .day(let day): day.description
        case .instant(let instant): instant.description
        }
    }

    func day(in zone: TimeZone) -> Day {
        switch self {
        case .day(let day): day
        case .instant(let instant): Day(of: instant, in: zone)
        }
    }
}
