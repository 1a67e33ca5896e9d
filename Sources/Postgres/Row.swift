import CLibpq
import Foundation
package import Kernel

/// One row. The type of a column is the type that the reader asks for:
///
///     Product(id: try row["id"], name: try row["name"], retiredAt: try row["retired_at"])
///
/// An optional reads a nullable column. Anything else throws a `ColumnError` that names the column: NULL
/// without an optional, another type, text that breaks its field's rule.
package struct Row: Sendable {
    let result: QueryResult
    let number: Int

    package subscript<Value: SQLColumn>(_ column: some ColumnKey) -> Value {
        get throws { try read(column) }
    }

    package subscript<Value: FieldText>(_ column: some ColumnKey) -> Value {
        get throws { try (read(column) as CheckedText<Value>).value }
    }

    package subscript<Value: FieldText>(_ column: some ColumnKey) -> Value? {
        get throws { try (read(column) as CheckedText<Value>?)?.value }
    }

    package subscript<Value: FieldText>(_ column: some ColumnKey) -> [Value] {
        get throws { try (read(column) as [CheckedText<Value>]).map(\.value) }
    }

    package subscript<Value: RawRepresentable<String> & Sendable>(_ column: some ColumnKey) -> Value {
        get throws { try (read(column) as RawText<Value>).value }
    }

    package subscript<Value: RawRepresentable<String> & Sendable>(_ column: some ColumnKey) -> Value? {
        get throws { try (read(column) as RawText<Value>?)?.value }
    }

    package subscript<Value: RawRepresentable<String> & Sendable>(_ column: some ColumnKey) -> [Value] {
        get throws { try (read(column) as [RawText<Value>]).map(\.value) }
    }

    private func read<Value: SQLColumn>(_ key: some ColumnKey) throws -> Value {
        guard let index = key.index(in: self) else {
            throw ColumnError(column: "\(key)", wanted: "\(Value.self)", reason: .missing)
        }
        let (row, column) = (Int32(number), Int32(index))
        // The bytes belong to the result: it must outlive the reading of them.
        return try withExtendedLifetime(result) {
            var bytes: UnsafeRawBufferPointer?
            if PQgetisnull(result.pointer, row, column) == 0 {
                let length = Int(PQgetlength(result.pointer, row, column))
                bytes = UnsafeRawBufferPointer(start: PQgetvalue(result.pointer, row, column), count: length)
            }
            let named = result.columns[index]
            return try Value.read(Cell(bytes: bytes, oid: named.oid, column: named.name))
        }
    }
}

/// How a column is named: by its name, or by its place counted from 0.
package protocol ColumnKey {
    /// Nil when the row has no such column.
    func index(in row: Row) -> Int?
}

extension String: ColumnKey {
    package func index(in row: Row) -> Int? {
        withCString { name in
            // A scan beats hashing for the few dozen columns that a statement has.
            let opening = QueryResult.Column.opening(of: name)
            return row.result.columns.firstIndex { $0.isNamed(name, opening: opening) }
        }
    }
}

extension Int: ColumnKey {
    package func index(in row: Row) -> Int? {
        row.result.columns.indices.contains(self) ? self : nil
    }
}
