/// Why migrating was refused or failed. The descriptions are for the operator.
package enum MigrationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Two of the given migrations have the same number.
    case duplicate(number: Int)
    /// The text differs from what was applied.
    case edited(number: Int, name: String)
    /// The database has it, and later ones that are known, but it is not among the given.
    case missing(number: Int, name: String)
    /// The database has a later one, but not this.
    case tooLate(number: Int, name: String)
    case failed(number: Int, name: String, ScriptError)
    /// Its SQL says COMMIT or ROLLBACK.
    case endsItsTransaction(number: Int, name: String)

    package var description: String {
        switch self {
        case .duplicate(let number):
            "two migrations have the number \(number)"
        case .edited(let number, let name):
            "migration \(number) \(name) was edited after it was applied: restore it and add a new one"
        case .missing(let number, let name):
            "migration \(number) \(name) was applied to this database but is missing here: restore it"
        case .tooLate(let number, let name):
            "migration \(number) \(name) is older than the last one applied: give it the next free number"
        case .failed(let number, let name, let error):
            "migration \(number) \(name) failed and was undone: \(error)"
        case .endsItsTransaction(let number, let name):
            "migration \(number) \(name) ends its own transaction: take COMMIT or ROLLBACK out of it"
        }
    }
}

/// The given migrations, held against what a database says was applied.
struct MigrationHistory {
    struct Applied {
        let number: Int
        let name: String
        let checksum: String
    }

    private let migrations: [Migration]

    init(_ migrations: [Migration]) throws(MigrationError) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        for (left, right) in zip(self.migrations, self.migrations.dropFirst())
        where left.number == right.number {
            throw .duplicate(number: left.number)
        }
    }

    /// What is to be applied, in order. Later migrations of the database that are not known here are well: a
    /// newer version ran before, and this is a step back to code that its schema still serves.
    func pending(after applied: [Applied]) throws(MigrationError) -> [Migration] {
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.number, $0) })
        let lastKnown = migrations.last?.number ?? 0
        for former in applied {
            guard let migration = known[former.number] else {
                if former.number > lastKnown { continue }
                throw .missing(number: former.number, name: former.name)
            }
            if migration.checksum != former.checksum {
                throw .edited(number: former.number, name: former.name)
            }
        }
        let numbers = Set(applied.map(\.number))
        let pending = migrations.filter { !numbers.contains($0.number) }
        let lastApplied = applied.map(\.number).max() ?? 0
        if let late = pending.first(where: { $0.number < lastApplied }) {
            throw .tooLate(number: late.number, name: late.name)
        }
        return pending
    }
}
