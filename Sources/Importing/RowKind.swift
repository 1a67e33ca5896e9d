import Kernel
import Postgres

/// What one of the files holds: how a row is read, and how many are written at once.
protocol RowKind: Sendable {
    /// A row whose cells are all well formed. What it refers to is not looked up yet.
    associatedtype Parsed: Sendable

    /// The file is `<name>.csv`.
    static var name: String { get }
    static var columns: [String] { get }
    static var counts: any WritableKeyPath<ImportReport, ImportReport.Counts> & Sendable { get }

    func parse(_ cells: Cells) throws(CellRefusal) -> Parsed

    /// What makes a row the same row in another import; unique in the file.
    func key(of row: Parsed) -> String

    /// Writes the rows that can be written and returns why the others cannot, in the order of the rows.
    func write(_ rows: [Parsed], in tx: Transaction) async throws -> [CellRefusal?]
}

/// Why a row is refused, and the column at fault.
struct CellRefusal: Error, Hashable, Sendable {
    let column: String?
    let reason: String

    init(_ column: String?, _ reason: String) {
        self.column = column
        self.reason = reason
    }
}

/// The cells of one row, read as narrow types. The first that breaks its rule refuses the row.
struct Cells: Sendable {
    let record: CSVRecord

    func text<Field: FieldText>(_ column: String, _ type: Field.Type = Field.self) throws(CellRefusal)
        -> Field
    {
        guard let value = Field(record[column]) else {
            throw CellRefusal(column, record[column].isEmpty ? "is missing" : Field.rule)
        }
        return value
    }

    /// Nil for an empty cell.
    func optional<Field: FieldText>(_ column: String, _ type: Field.Type = Field.self) throws(CellRefusal)
        -> Field?
    {
        record[column].isEmpty ? nil : try text(column)
    }

    func currency(_ column: String) throws(CellRefusal) -> Currency {
        guard let currency = Currency(record[column]) else {
            throw CellRefusal(column, "must be a currency of ISO 4217 such as EUR")
        }
        return currency
    }

    /// Empty is zero. Refused when negative or with more decimals than the currency has.
    func amountMinor(_ column: String, _ currency: Currency) throws(CellRefusal) -> Int64 {
        if record[column].isEmpty { return 0 }
        do {
            let amount = try Money(decimal: record[column], currency).amountMinor
            if amount >= 0 { return amount }
        } catch {
            throw CellRefusal(column, "\(error)")
        }
        throw CellRefusal(column, "must not be negative")
    }

    func quantity(_ column: String) throws(CellRefusal) -> Quantity {
        do {
            let quantity = try Quantity(decimal: record[column])
            if quantity.micros > 0 { return quantity }
        } catch {
            throw CellRefusal(column, "\(error)")
        }
        throw CellRefusal(column, "must be more than 0")
    }

    func flag(_ column: String) throws(CellRefusal) -> Bool {
        switch record[column] {
        case "true": true
        case "false", "": false
        default: throw CellRefusal(column, "must be true or false")
        }
    }

    func oneOf<Value: RawRepresentable<String> & CaseIterable>(
        _ column: String, _ type: Value.Type = Value.self
    ) throws(CellRefusal) -> Value {
        guard let value = Value(rawValue: record[column]) else {
            throw CellRefusal(
                column, "must be one of " + Value.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return value
    }

    func day(_ column: String) throws(CellRefusal) -> Day {
        guard let day = Day(record[column]) else {
            throw CellRefusal(
                column,
                record[column].isEmpty ? "is missing" : "must be a day that exists, such as 2026-12-01")
        }
        return day
    }

    func optionalDay(_ column: String) throws(CellRefusal) -> Day? {
        record[column].isEmpty ? nil : try day(column)
    }

    func interval(_ unit: String, _ count: String) throws(CellRefusal) -> Interval {
        let unit: Interval.Unit = try oneOf(unit)
        guard let number = Int(record[count]), let interval = Interval(number, unit) else {
            throw CellRefusal(count, "must be a whole number from 1 to \(Interval.longest(unit))")
        }
        return interval
    }
}
