import Kernel
import Testing

@Suite("Traces")
struct TraceIDTests {
    private static let id = "4bf92f3577b34da6a3ce929d0e0e4736"

    @Test(
        "a header of this version, or of a later one that says more, tells its trace",
        arguments: [
            "00-\(id)-00f067aa0ba902b7-01", "00-\(id)-00f067aa0ba902b7-00", "cc-\(id)-00f067aa0ba902b7-01-x",
        ])
    func valid(header: String) {
        #expect(TraceID(traceparent: header)?.description == Self.id)
    }

    @Test(
        "what the recommendation calls invalid tells nothing",
        arguments: [
            "", "00", "00-\(id)-00f067aa0ba902b7", "ff-\(id)-00f067aa0ba902b7-01",
            "00-\(id)-00f067aa0ba902b7-01-x", "00-\(id)-00f067aa0ba902b7-01-", "0-\(id)-00f067aa0ba902b7-01",
            "00-\(id.uppercased())-00f067aa0ba902b7-01", "00-\(id.dropLast())-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-\(id)-0000000000000000-01",
            "00-\(id)-00f067aa0ba902b7-1", "00-\(id)-00f067aa0ba902b7-0g", " 00-\(id)-00f067aa0ba902b7-01",
        ])
    func invalid(header: String) {
        #expect(TraceID(traceparent: header) == nil)
    }

    @Test("a new trace is one, and another each time")
    func new() {
        let traces = (0..<100).map { _ in TraceID.new() }
        #expect(Set(traces).count == 100)
        #expect(traces.allSatisfy { TraceID($0.description) == $0 })
    }
}
