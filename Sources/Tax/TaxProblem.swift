import Kernel

/// What tax may refuse.
enum TaxProblem {
    static let unknownCustomer = Problem(
        "unknown_customer", status: 422, "There is no such customer. Create it first.")
    static let endsBeforeItBegins = Problem(
        "validity_ends_before_it_begins", status: 422,
        "The last day lies before the first. Give a last day on or behind the first.")
    static let tooManyRules = Problem(
        "too_many_tax_rules", status: 409,
        "There can be no more rules or registrations. Delete those that no longer count.")

    static let byConstraint: [String: Problem] = [
        "tax_rules_check": endsBeforeItBegins,
        "tax_registrations_check": endsBeforeItBegins,
        "tax_exemptions_check": endsBeforeItBegins,
        "tax_exemptions_customer_fkey": unknownCustomer,
    ]
}
