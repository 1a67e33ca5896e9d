import Measures
import Testing

@testable import Postgres

@Suite("Query times")
struct QueryTimesTests {
    @Test(
        "a statement is called by what it does to which table",
        arguments: [
            ("SELECT id FROM jobs WHERE id = $1 FOR UPDATE", "SELECT jobs"),
            ("SELECT count(*) AS n FROM (SELECT 1) AS s", "SELECT"),
            ("UPDATE jobs SET state = 'dead'", "UPDATE jobs"),
            ("DELETE FROM jobs", "DELETE jobs"),
            ("INSERT INTO jobs (id) VALUES ($1) ON CONFLICT DO UPDATE SET n = 1", "INSERT jobs"),
            (
                "WITH x AS (\n    SELECT 1 FROM unnest($1)\n), y AS (\n    INSERT INTO jobs (id)",
                "INSERT jobs"
            ),
            ("BEGIN READ ONLY", "BEGIN"), ("COMMIT", "COMMIT"), ("", "none"),
        ])
    func labels(text: String, label: String) {
        #expect(QueryTimes.label(of: text) == label)
    }

    @Test("however many statements are made, their labels are bounded, and none is lost")
    func bounded() {
        let times = QueryTimes()
        for number in 0..<6000 {
            times.note(.milliseconds(1), "SELECT 1 FROM \(QueryTimesTests.name(number))")
        }
        #expect(times.series.count <= 301)
        #expect(times.series.reduce(0) { $0 + $1.times.count } == 6000)
    }

    /// Tables have no digits in their names.
    private static func name(_ number: Int) -> String {
        String(String(number).map { Character(UnicodeScalar(97 + ($0.wholeNumberValue ?? 0))!) })
    }
}
