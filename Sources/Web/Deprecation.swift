import HTTPTypes
import Hummingbird
package import Kernel

/// That an endpoint goes: how a removal is announced, since within `/v1` nothing disappears unannounced.
package struct Deprecation: Hashable, Sendable {
    /// From this day on nobody should begin to use it.
    package let since: Day
    /// On this day (UTC) it may stop to answer.
    package let sunset: Day
    /// What to call instead.
    package let successor: Route?

    /// Stops the process when the end comes before the beginning: that is a mistake of the program.
    package init(since: Day, sunset: Day, successor: Route? = nil) {
        precondition(since < sunset, "a sunset on \(sunset) before the deprecation on \(since)")
        self.since = since
        self.sunset = sunset
        self.successor = successor
    }

    /// For people.
    package var sentence: String {
        let instead = successor.map { " Use `\($0)` instead." } ?? ""
        return "Deprecated since \(since); it may stop to answer on \(sunset).\(instead)"
    }

    /// `Deprecation` is the structured date of RFC 9745, `Sunset` the HTTP date of RFC 8594.
    func headers(documentation: String) -> HTTPFields {
        [
            .deprecation: "@\(Int64(since.daysSince1970) * 86_400)", .sunset: Deprecation.httpDate(sunset),
            .link: "<\(documentation)>; rel=\"deprecation\"; type=\"text/html\"",
        ]
    }

    /// The first moment of a day as HTTP writes it: `Sun, 31 Jan 2027 00:00:00 GMT`.
    private static func httpDate(_ day: Day) -> String {
        // 1970-01-01 was a Thursday.
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let weekday = weekdays[(Int(day.daysSince1970) % 7 + 7) % 7]
        let (year, month, dayOfMonth) = day.civil
        return "\(weekday), \(dayOfMonth.padded(2)) \(months[month - 1]) \(year) 00:00:00 GMT"
    }
}

/// Tells every client of an endpoint that goes, whatever it was answered.
struct DeprecationHeaders: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Hummingbird.Request, context: WebContext,
        next: (Hummingbird.Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for field in context.noted.announcements { response.headers[field.name] = field.value }
        return response
    }
}
