import Testing

@testable import Measures

@Suite("The text that Prometheus reads")
struct ExpositionTests {
    @Test("counts and seconds stand under their help and type, sorted, with their labels escaped")
    func numbers() {
        let sizes = Metric("b_bytes", .gauge, "Sizes", labels: ["of"])
        let text = Exposition.text([
            Family(sizes, [(["two"], .whole(2)), (["o\"n\\e\n"], .whole(-1))]),
            Family(Metric("a_seconds", .gauge, "Time"), .seconds(0.25)),
            Family(Metric("c_total", .counter, "Nothing yet", labels: ["of"]), []),
        ])
        #expect(
            text == """
                # HELP a_seconds Time
                # TYPE a_seconds gauge
                a_seconds 0.25
                # HELP b_bytes Sizes
                # TYPE b_bytes gauge
                b_bytes{of="o\\"n\\\\e\\n"} -1
                b_bytes{of="two"} 2

                """)
    }

    @Test("a histogram's buckets hold all that took no longer than their bound, and the last one all")
    func buckets() {
        let timings = Timings(Metric("t_seconds", .histogram, "Times", labels: ["of"]))
        for milliseconds in [1, 2, 700, 60_000] { timings.note(.milliseconds(milliseconds), ["x"]) }
        let lines = Exposition.text([timings.family]).split(separator: "\n").map(String.init)
        #expect(lines.contains(#"t_seconds_bucket{of="x",le="0.0005"} 0"#))
        #expect(lines.contains(#"t_seconds_bucket{of="x",le="0.001"} 1"#), "a bound belongs to its bucket")
        #expect(lines.contains(#"t_seconds_bucket{of="x",le="0.0025"} 2"#))
        #expect(lines.contains(#"t_seconds_bucket{of="x",le="1.0"} 3"#))
        #expect(lines.contains(#"t_seconds_bucket{of="x",le="30.0"} 3"#))
        #expect(lines.contains(#"t_seconds_bucket{of="x",le="+Inf"} 4"#))
        #expect(lines.contains(#"t_seconds_sum{of="x"} 60.703"#))
        #expect(lines.contains(#"t_seconds_count{of="x"} 4"#))
    }

    @Test("whoever makes up labels does not fill the memory: what comes after the limit is counted as other")
    func bounded() {
        let timings = Timings(Metric("t_seconds", .histogram, "Times", labels: ["of", "by"]), limit: 2)
        for name in ["a", "b", "c", "d", "a"] { timings.note(.milliseconds(1), [name, "x"]) }
        let counts = Dictionary(
            uniqueKeysWithValues: timings.family.series.map { series in
                guard case .times(let buckets) = series.value else { return (series.labels, 0) }
                return (series.labels, buckets.count)
            })
        #expect(counts == [["a", "x"]: 2, ["b", "x"]: 1, ["other", "other"]: 2])
    }

    @Test("a tally shows what has not occurred yet as nothing")
    func tally() {
        let tally = Tally(
            Metric("c_total", .counter, "Ends", labels: ["how"]), beginning: [["well"], ["badly"]])
        tally.add(3, ["well"])
        let text = Exposition.text([tally.family])
        #expect(text.contains("c_total{how=\"badly\"} 0\nc_total{how=\"well\"} 3\n"))
    }
}
