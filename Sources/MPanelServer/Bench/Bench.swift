import ArgumentParser
import Foundation
import Kernel
import Logging
import Platform
import Postgres
import Schema
import Subscriptions
import Tenancy

/// `make bench`: the billing run beside the floor that PostgreSQL itself sets, reads beside the server's
/// constant answer, and events and jobs on their way, in one cluster with fsync on.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the billing run, reads, events, jobs and calculations.",
        discussion: """
            The floor is the rows that a run wrote, once more by one COPY per table, the better of one and \
            two \
            connections, into empty tables with the same columns, keys and indexes. Times differ from \
            machine to \
            machine; compare the ratios. Reads come from this process, to a server of its own.
            """,
        shouldDisplay: false)

    @Option(help: "Due subscriptions.")
    var size = 100_000

    @Option(help: "How often each figure is taken; the median counts.")
    var runs = 3

    @Option(help: "Transactions at once.")
    var workers = 2

    @Option(help: "Tenants of the larger installation that reads are measured in.")
    var tenants = 10_000

    @Option(help: "Seconds of each kind of read in a round.")
    var seconds = 5

    @Flag(help: "Measure only this.")
    var only: Part?

    enum Part: String, EnumerableFlag {
        case events, reads, billing, calculations
    }

    func run() async throws {
        if measures(.calculations) { try CalculationBench().print() }
        // The rest needs a database.
        if only == .calculations { return }
        let home = FileManager.default.temporaryDirectory.appending(path: "mpanel-bench-\(getpid())").path()
        let lease = try await PrivateCluster(home: home).acquire(say: Terminal.say)
        let bench = BenchRun(lease: lease, home: home, directory: home + "/copy", workers: workers)
        let result: Result<Void, any Error>
        do {
            result = .success(try await measure(bench))
        } catch {
            result = .failure(error)
        }
        await lease.release()
        try? FileManager.default.removeItem(atPath: home)
        try result.get()
    }

    private func measure(_ bench: BenchRun) async throws {
        try await bench.migrate()
        let events = measures(.events) ? try await bench.events() : nil
        let reads = measures(.reads) ? try await reads(bench) : nil
        if measures(.billing) { try await billing(bench) }
        events?.print()
        reads?.print()
    }

    private func measures(_ part: Part) -> Bool { only.map { $0 == part } ?? true }

    private func reads(_ bench: BenchRun) async throws -> ReadFigures {
        try await bench.reads(of: size, tenants: tenants, rounds: runs, seconds: seconds)
    }

    private func billing(_ bench: BenchRun) async throws {
        try await bench.seed("bench_one", tenants: 1, subscriptions: size)
        try await bench.seed("bench_tenth", tenants: 1, subscriptions: size / 10)
        try await bench.seed("bench_many", tenants: size / 100, subscriptions: 100)
        var figures: [BenchFigures] = []
        for number in 1...runs {
            let figure = try await BenchFigures(
                one: bench.bill("bench_one"), tenth: bench.bill("bench_tenth"), many: bench.bill("bench_many")
            )
            Terminal.say(
                "run \(number) of \(runs): \(figure.one.rate(size)) invoices/s, floor \(figure.one.floor)")
            figures.append(figure)
        }
        BenchReport(figures: figures, size: size).print()
    }
}

/// The figures of one round.
struct BenchFigures {
    let one: BenchTime
    let tenth: BenchTime
    let many: BenchTime
}

/// How long a run took, and how long COPY took for the same rows.
struct BenchTime {
    let run: Duration
    let floor: Duration
    let rows: [String: Int]

    var ratio: Double { floor / run }

    func rate(_ invoices: Int) -> Int { Int(Double(invoices) / (run / .seconds(1))) }
}

/// What `make bench` prints.
struct BenchReport {
    let figures: [BenchFigures]
    let size: Int

    func print() {
        let one = figures.map(\.one)
        Terminal.print(
            "Billing run, \(size) due subscriptions of one tenant, two lines each; median of \(figures.count)"
        )
        Terminal.table(
            ["rows per invoice", "run", "floor"],
            BenchFloor.tables.map { table in
                let share = (Double(one[0].rows[table] ?? 0) / Double(size)).formatted(
                    .number.precision(.fractionLength(2)))
                return [table, share, share]
            })
        Terminal.print(
            "run                                   \(seconds(median(one.map { $0.run / .seconds(1) })))")
        Terminal.print(
            "floor                                 \(seconds(median(one.map { $0.floor / .seconds(1) })))")
        line("floor / run (target ≥ 0.35)", median(one.map(\.ratio)))
        line(
            "cost per invoice, \(size) against \(size / 10) (target ≤ 1.10)",
            median(figures.map { $0.one.run / $0.tenth.run / 10 }))
        line(
            "rate of \(size / 100) tenants against one (target ≥ 0.80)",
            median(figures.map { $0.one.run / $0.many.run }))
        Terminal.print("peak memory of this process, MB (target < 300): \(peakMemoryMB())")
    }

    private func line(_ name: String, _ value: Double) {
        Terminal.print("\(name): \(value.formatted(.number.precision(.fractionLength(3))))")
    }

    private func seconds(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(2))) + " s"
    }

    private func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    /// The kernel's high-water mark of resident memory.
    private func peakMemoryMB() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }
}
