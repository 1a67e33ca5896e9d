import Foundation

/// What one round of reads brought.
struct ReadRound: Sendable {
    let constant: LoadClient.Tally
    let invoice: LoadClient.Tally
    let list: LoadClient.Tally

    var invoiceRatio: Double { invoice.rate / constant.rate }
    var listRatio: Double { list.rate / constant.rate }
}

/// What one round of reads of the catalogue brought.
struct CatalogueRound: Sendable {
    let product: LoadClient.Tally
    let list: LoadClient.Tally
}

/// What `make bench` prints of reads; the median of the rounds counts.
struct ReadFigures: Sendable {
    let started: Duration
    let idleMB: Int
    var one: [ReadRound] = []
    var many: [ReadRound] = []
    var storms: [(reads: LoadClient.Tally, signIns: LoadClient.Tally)] = []
    var remembered: [CatalogueRound] = []
    var lookedUp: [CatalogueRound] = []
    var manyRemembered: [CatalogueRound] = []
    var previews: [LoadClient.Tally] = []

    init(started: Duration, idleMB: Int) {
        self.started = started
        self.idleMB = idleMB
    }

    func print() {
        Terminal.print(
            "Reads over 64 connections, of random invoices; median of \(one.count) rounds")
        Terminal.table(
            ["", "requests/s", "p50 ms", "p99 ms"],
            [
                row("constant answer", one.map(\.constant)), row("an invoice", one.map(\.invoice)),
                row("a list of 50", one.map(\.list)),
                row("an invoice; many tenants", many.map(\.invoice)),
                row("a list of 50; many tenants", many.map(\.list)),
                row("an invoice in a sign-in storm", storms.map(\.reads)),
                row("sign-ins", storms.map(\.signIns)),
                row("a product, remembered", remembered.map(\.product)),
                row("a product, looked up", lookedUp.map(\.product)),
                row("a product, remembered; many tenants", manyRemembered.map(\.product)),
                row("a list of products, remembered", remembered.map(\.list)),
                row("a list of products, looked up", lookedUp.map(\.list)),
                row("a list of products, remembered; many tenants", manyRemembered.map(\.list)),
                row("a preview of 50 services, one connection", previews),
            ])
        let pairs = zip(one, many)
        target("invoice / constant", median(one.map(\.invoiceRatio)), atLeast: 0.28)
        target("list of 50 / constant", median(one.map(\.listRatio)), atLeast: 0.12)
        target(
            "invoice, many tenants against one",
            median(pairs.map { $1.invoice.rate / $0.invoice.rate }), atLeast: 0.95)
        target(
            "invoice p99, sign-in storm against none",
            median(zip(storms, one).map { $0.reads.percentile(0.99) / $1.invoice.percentile(0.99) }),
            atMost: 2)
        target("preview of 50 services p99, ms", median(previews.map { $0.percentile(0.99) }), atMost: 50)
        target("start to ready, seconds", started / .seconds(1), atMost: 1)
        target("idle memory, MB", Double(idleMB), atMost: 120)
    }

    private func row(_ name: String, _ tallies: [LoadClient.Tally]) -> [String] {
        [
            name, "\(Int(median(tallies.map(\.rate))))", text(median(tallies.map { $0.percentile(0.5) })),
            text(median(tallies.map { $0.percentile(0.99) })),
        ]
    }

    private func target(_ name: String, _ value: Double, atLeast bound: Double) {
        line(name, value, "≥ \(bound)", isMet: value >= bound)
    }

    private func target(_ name: String, _ value: Double, atMost bound: Double) {
        line(name, value, "≤ \(bound)", isMet: value <= bound)
    }

    private func line(_ name: String, _ value: Double, _ bound: String, isMet: Bool) {
        Terminal.print("\(name) (target \(bound)): \(text(value)) \(isMet ? "OK" : "MISSED")")
    }

    private func text(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(value < 10 ? 3 : 1)))
    }

    private func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}
