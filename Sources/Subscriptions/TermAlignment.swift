import BillingMath
import Kernel
import Tenancy

/// With what the terms of a new subscription are aligned.
struct TermAlignment: FieldText {
    static let rule =
        "must be start, calendar, a day of the month from 1 to 31, or a day on which a term starts"
    static let length = 1...10
    static let pattern: String? = "^(start|calendar|[1-9]|[12][0-9]|3[01]|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
    static let example: String? = "calendar"

    let text: String
    let alignment: Cycle.Alignment

    init?(_ text: String) {
        self.text = text
        switch text {
        case "start": alignment = .start
        case "calendar": alignment = .calendar
        default:
            if let day = Day(text) {
                alignment = .day(day)
            } else if let number = Int(text), (1...31).contains(number), String(number) == text {
                alignment = .dayOfMonth(number)
            } else {
                return nil
            }
        }
    }
}

extension PolicyCascade {
    /// The terms of a service that begins on `day`: on the customer's billing day, where there is one and the
    /// interval can keep it, else from `day` on.
    func terms(_ interval: Interval, from day: Day) -> Schedule {
        let number = value(Policies.billingDay).value
        let cycle = number == 0 ? nil : Cycle(start: day, interval: interval, alignment: .dayOfMonth(number))
        return cycle?.schedule ?? Schedule(anchor: day, interval: interval)
    }
}
