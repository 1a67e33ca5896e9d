/// Which state of a tenant's data something was found in. News begin another edition, at random, so that none
/// comes again; a tenant without news has the empty one.
package struct Edition: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}
