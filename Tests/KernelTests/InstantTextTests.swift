import Kernel
import Testing

@Suite("Instants as text")
struct InstantTextTests {
    @Test(
        "what is written is read again", arguments: [0, 1, 999_999, 1_767_225_599_000_001, -1, -62_000_000])
    func roundTrip(microseconds: Int64) {
        let instant = Instant(microseconds: microseconds)
        #expect(Instant(instant.description) == instant)
    }

    @Test(
        "a shorter fraction is read",
        arguments: [("2026-01-31T12:00:00.5Z", 500_000), ("2026-01-31T12:00:00.05Z", 50_000)])
    func fraction(text: String, microseconds: Int64) throws {
        let whole = try #require(Instant("2026-01-31T12:00:00Z"))
        #expect(Instant(text) == Instant(microseconds: whole.microseconds + microseconds))
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "2026-01-31", "2026-02-30T12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z",
            "2026-01-31T12:00:60Z", "2026-01-31T12:00:00", "2026-01-31T12:00:00+00:00",
            "2026-01-31 12:00:00Z",
            "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00.1234567Z", "2026-01-31T12:00:00Z ",
            "2026-01-31t12:00:00z",
        ])
    func refused(text: String) {
        #expect(Instant(text) == nil)
    }
}
