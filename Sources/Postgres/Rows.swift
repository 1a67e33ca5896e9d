import CLibpq
import Foundation

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
        /// Tells nearly all names apart in one comparison.
        private let opening: UInt64

        init(name: UnsafePointer<CChar>, oid: UInt32) {
            self.name = name
            self.oid = oid
            opening = Column.opening(of: name)
        }

        func isNamed(_ other: UnsafePointer<CChar>, opening: UInt64) -> Bool {
            self.opening == opening && strcmp(name, other) == 0
        }

        /// The first eight bytes.
        static func opening(of name: UnsafePointer<CChar>) -> UInt64 {
            var opening: UInt64 = 0
            var place = 0
            while place < 8, name[place] != 0 {
                opening = opening << 8 | UInt64(UInt8(bitPattern: name[place]))
                place += 1
            }
            return opening
        }
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
