import Foundation
import HTTPTypes
import Kernel
import Measures
import Testing
import Web

@Suite("What is measured and traced of a request")
struct MeasuredTests {
    @Test("requests are timed by route template and class of status; what callers make up is one series")
    func times() async throws {
        let api = Toy.api()
        for _ in 1...2 { _ = try await Exchange.send(.get, "/v1/toys/\(Toy.id)", api: api) }
        _ = try await Exchange.send(.get, "/v1/toys", headers: [:], api: api)
        for path in ["/a", "/b/c"] { _ = try await Exchange.send(.get, path, api: api) }
        let made = try #require(HTTPRequest.Method("FROB"))
        _ = try await Exchange.send(made, "/v1/toys", api: api)
        let counts = Dictionary(
            uniqueKeysWithValues: api.requestTimes.family.series.map { series in
                guard case .times(let buckets) = series.value else { return (series.labels, 0) }
                return (series.labels, buckets.count)
            })
        #expect(counts[["GET", "/v1/toys/{id}", "2xx"]] == 2)
        #expect(counts[["GET", "/v1/toys", "4xx"]] == 1)
        #expect(counts[["GET", "unmatched", "4xx"]] == 2)
        #expect(counts.keys.contains { $0[0] == "other" })
        #expect(!counts.keys.contains { $0[0] == "FROB" })
    }

    @Test("the caller's trace stands in the access log; without a valid one there is a new one")
    func traces() async throws {
        let name = try #require(HTTPField.Name("traceparent"))
        let id = "4bf92f3577b34da6a3ce929d0e0e4736"
        let log = LogLines()
        for header in ["00-\(id)-00f067aa0ba902b7-01", "00-\(id)-0000000000000000-01"] {
            _ = try await Exchange.send(.get, "/health/live", headers: [name: header], api: Toy.api(log: log))
        }
        let traces = try log.all.filter { $0.contains(#""message":"request""#) }.map { line in
            try #require(try JSONValue(parsing: Data(line.utf8))["trace_id"].text)
        }
        try #require(traces.count == 2)
        #expect(traces[0] == id)
        #expect(traces[1] != id)
        #expect(TraceID(traces[1]) != nil)
    }
}
