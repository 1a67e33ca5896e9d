/// Which statements a connection has prepared, by their text. The least recently used leaves first.
struct StatementCache {
    struct Entry {
        let name: String
        /// The types of the placeholders: the same text with others is another statement.
        let types: [UInt32]
        fileprivate var lastUse: UInt64
    }

    let capacity: Int
    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0
    private var names: UInt64 = 0
    /// Names that the server still keeps and that nobody needs.
    private(set) var abandoned: [String] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The name under which the statement is prepared; nil when it is not.
    mutating func name(for sql: SQL) -> String? {
        guard let index = entries.index(forKey: sql.text) else { return nil }
        guard entries.values[index].types.elementsEqual(sql.binds, by: { $0 == $1.oid }) else { return nil }
        uses += 1
        entries.values[index].lastUse = uses
        return entries.values[index].name
    }

    /// Keeps a statement that is about to be prepared, and says under which name. A name is never used twice.
    mutating func insert(_ sql: SQL) -> String {
        names += 1
        uses += 1
        let entry = Entry(name: "s\(names)", types: sql.binds.map(\.oid), lastUse: uses)
        if let former = entries.updateValue(entry, forKey: sql.text) { abandoned.append(former.name) }
        if entries.count > capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            drop(oldest.key)
        }
        return entry.name
    }

    /// The server has the statement, but it is of no more use.
    mutating func drop(_ text: String) {
        if let entry = entries.removeValue(forKey: text) { abandoned.append(entry.name) }
    }

    /// The server never took the statement.
    mutating func forget(_ text: String, named name: String) {
        if entries[text]?.name == name { entries[text] = nil }
        deallocated(name)
    }

    mutating func deallocated(_ name: String) {
        abandoned.removeAll { $0 == name }
    }
}
