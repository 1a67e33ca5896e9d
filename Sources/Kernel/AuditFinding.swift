/// One thing that does not agree with another, found by `mpanel audit`.
package struct AuditFinding: Hashable, Sendable, Codable {
    /// What was checked, in snake_case: `number_gap`.
    package let check: String
    /// The object at fault, as people see it: a number or an id.
    package let object: String
    package let detail: String

    package init(check: String, object: String, detail: String) {
        self.check = check
        self.object = object
        self.detail = detail
    }
}
