import CLibpq

/// What one statement returned. It may leave the connection and be read anywhere: nothing changes it any
/// more.
package struct Rows: RandomAccessCollection, Sendable {
    private let result: QueryResult

    init(_ result: QueryResult) {
        self.result = result
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { result.rowCount }

    /// Rows that an INSERT, UPDATE, DELETE or SELECT touched; 0 for other statements.
    package var affected: Int { result.affected }

    package subscript(position: Int) -> Row {
        precondition(indices.contains(position), "a row is read inside the result's bounds")
        return Row(result: result, number: position)
    }
}

/// A PGresult: immutable, and freed with the last row that is read from it.
final class QueryResult: @unchecked Sendable {
    struct Column {
        /// Lives as long as the result.
        let name: UnsafePointer<CChar>
        let oid: UInt32
    }

    let pointer: OpaquePointer
    let rowCount: Int
    /// Read once per result: libpq's own look-up folds case and allocates each time.
    let columns: [Column]

    /// Takes ownership.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
        // The answer to a COPY counts columns too, but they have no names.
        columns = (0..<PQnfields(pointer)).compactMap { number in
            PQfname(pointer, number).map { Column(name: $0, oid: PQftype(pointer, number)) }
        }
    }

    deinit {
        PQclear(pointer)
    }

    var affected: Int {
        guard let digits = PQcmdTuples(pointer) else { return 0 }
        return Int(String(cString: digits)) ?? 0
    }
}
