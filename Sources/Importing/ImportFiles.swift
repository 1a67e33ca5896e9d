import Crypto
import Foundation
import Kernel
import Postgres

/// Reads the files of a directory in batches, each written in one transaction.
struct ImportFiles: Sendable {
    let directory: URL
    let database: Database
    let scope: TenantScope
    let clock: RealClock
    let progress: @Sendable (Import.Progress) -> Void

    /// Rows in one transaction.
    private static let batchSize = 500

    /// Takes one file in. Throws an `ImportFault` when it is missing or its header is wrong.
    func take<Kind: RowKind>(_ kind: Kind, into report: inout ImportReport) async throws {
        let file = Kind.name + ".csv"
        guard let handle = try? FileHandle(forReadingFrom: directory.appending(path: file)) else {
            throw ImportFault("\(file) is missing in \(directory.path()), or cannot be read.")
        }
        defer { try? handle.close() }
        var reader: CSVReader
        do {
            reader = try CSVReader(columns: Kind.columns, file: handle)
        } catch {
            throw ImportFault("\(file): \(error)")
        }
        var batch = RowBatch(kind: kind)
        while let entry = try reader.next() {
            batch.read(entry)
            if batch.rows.count == ImportFiles.batchSize { try await flush(&batch, file, into: &report) }
        }
        try await flush(&batch, file, into: &report)
    }

    private func flush<Kind: RowKind>(
        _ batch: inout RowBatch<Kind>, _ file: String, into report: inout ImportReport
    ) async throws {
        let rows = batch.rows
        let kind = batch.kind
        let verdicts = try await database.write(scope) { tx in try await write(rows, as: kind, in: tx) }
        var refused = batch.refusals
        for (row, verdict) in zip(rows, verdicts) {
            switch verdict {
            case .imported: report[keyPath: Kind.counts].imported += 1
            case .unchanged: report[keyPath: Kind.counts].skipped += 1
            case .refused(let refusal): refused.append((row.line, refusal))
            }
        }
        report[keyPath: Kind.counts].refused += refused.count
        report.refusals += refused.sorted { $0.line < $1.line }.map { line, refusal in
            ImportRefusal(file: file, line: line, column: refusal.column, reason: refusal.reason)
        }
        batch.clear()
        progress(Import.Progress(file: file, rows: batch.linesRead))
    }

    private func write<Kind: RowKind>(
        _ rows: [RowBatch<Kind>.Row], as kind: Kind, in tx: Transaction
    ) async throws -> [Verdict] {
        let known = try await ImportedRow.digests(of: rows.map(\.key), kind: Kind.name, in: tx)
        let new = rows.filter { known[$0.key] == nil }
        let refusals = new.isEmpty ? [] : try await kind.write(new.map(\.parsed), in: tx)
        let refused = Dictionary(
            uniqueKeysWithValues: zip(new, refusals).compactMap { row, refusal in
                refusal.map { (row.key, $0) }
            })
        try await ImportedRow.insert(
            new.filter { refused[$0.key] == nil }.map { ($0.key, $0.digest) }, kind: Kind.name, in: tx,
            at: clock.now())
        return rows.map { row in
            if let digest = known[row.key] {
                return digest == row.digest ? .unchanged : .refused(ImportFiles.changed)
            }
            return refused[row.key].map(Verdict.refused) ?? .imported
        }
    }

    private static let changed = CellRefusal(
        nil, "This row was imported before and differs now. The change was not applied: make it in MPanel.")
}

private enum Verdict: Sendable {
    case imported, unchanged
    case refused(CellRefusal)
}

/// Rows on their way into one transaction.
struct RowBatch<Kind: RowKind> {
    struct Row: Sendable {
        let line: Int
        let key: String
        let digest: [UInt8]
        let parsed: Kind.Parsed
    }

    let kind: Kind
    private(set) var rows: [Row] = []
    private(set) var refusals: [(line: Int, refusal: CellRefusal)] = []
    private(set) var linesRead = 0
    /// The line of each key so far: a second row of the same key is refused, whatever it says.
    private var lines: [String: Int] = [:]

    init(kind: Kind) {
        self.kind = kind
    }

    mutating func read(_ entry: CSVEntry) {
        linesRead += 1
        switch entry {
        case .refused(let refusal):
            refusals.append((refusal.line, CellRefusal(refusal.column, refusal.reason)))
        case .record(let record):
            do throws(CellRefusal) {
                let parsed = try kind.parse(Cells(record: record))
                let key = kind.key(of: parsed)
                if let line = lines[key] {
                    throw CellRefusal(
                        Kind.columns[0], "stands on line \(line) already; this row is not taken")
                }
                lines[key] = record.line
                rows.append(Row(line: record.line, key: key, digest: digest(of: record), parsed: parsed))
            } catch {
                refusals.append((record.line, error))
            }
        }
    }

    mutating func clear() {
        rows = []
        refusals = []
    }

    private func digest(of record: CSVRecord) -> [UInt8] {
        // The unit separator cannot stand in a cell that any column takes.
        Array(SHA256.hash(data: Data(Kind.columns.map { record[$0] }.joined(separator: "\u{1F}").utf8)))
    }
}
