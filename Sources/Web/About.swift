package import Kernel

/// What the documentation says about an endpoint.
package struct About: Sendable {
    /// The chapter in which it stands: `Catalog`.
    package let tag: String
    /// The operationId, unique in the whole API: `readProduct`. Generated clients name their function after
    /// it.
    package let name: String
    /// One line.
    package let summary: String
    package let details: String?
    /// The status of success; nil means 204 for `NoContent` and 200 for anything else.
    package let status: Int?
    /// What it answers beyond the problems that any endpoint of its kind can answer.
    package let problems: [Problem]
    /// Which quota a request counts against; nil goes by the method.
    package let rate: RateClass?
    /// How long anybody may keep a good answer; nil: not at all.
    package let cacheSeconds: Int?
    /// Whether servers may answer from memory what staff ask again before anything of their company was
    /// changed: for what many ask and few change, and what depends on nothing but the company's data.
    package let isRemembered: Bool
    /// Set for what will be removed.
    package let deprecation: Deprecation?

    package init(
        tag: String, name: String, summary: String, details: String? = nil, status: Int? = nil,
        problems: [Problem] = [], rate: RateClass? = nil, cacheSeconds: Int? = nil,
        isRemembered: Bool = false, deprecation: Deprecation? = nil
    ) {
        self.tag = tag
        self.name = name
        self.summary = summary
        self.details = details
        self.status = status
        self.problems = problems
        self.rate = rate
        self.cacheSeconds = cacheSeconds
        self.isRemembered = isRemembered
        self.deprecation = deprecation
    }
}
