package import Foundation
package import Kernel
package import Web

/// The front door of the calculators: the rules of billing on numbers that the caller brings. They read and
/// keep nothing, so that price pages, migrations and checks may ask as often as they like.
package struct Calculations: Sendable {
    let price = Calculator<PriceInput, PriceResult>("price") { try $0.result() }
    let terms = Calculator<TermsInput, TermsResult>("terms") { try $0.result() }
    let proration = Calculator<ProrationInput, ProrationResult>("proration") { try $0.result() }

    let discount = Calculator<DiscountInput, DiscountResult>("discount") { try $0.result() }
    let repair = Calculator<RepairInput, RepairResult>("repair") { try $0.result() }

    let change = Calculator<ChangeInput, ChangeResult>("change") { try $0.result() }

    package init() {}

    private var kinds: [any LineCalculator] { [price, terms, proration, change, discount, repair] }

    /// What each kind takes: `{"price": {"schema": …, "example": …}}`.
    package var schemas: JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: kinds.map { ($0.kind, ["schema": $0.document, "example": $0.example]) })
        )
    }

    /// Answers one line of JSON, `{"kind": "price", "id": …}` with the fields of the kind, by one with the
    /// same kind and id, and either `result` or `error`, the problem that the API would answer.
    package func answer(line: Data) -> CalculatedLine {
        var (kind, id): (JSONValue, JSONValue) = (.null, .null)
        do {
            guard case .object(var fields) = try JSONValue(parsing: line) else {
                throw Problem.invalid.with(errors: [FieldError("", "must be an object")])
            }
            kind = fields.removeValue(forKey: "kind") ?? .null
            id = fields.removeValue(forKey: "id") ?? .null
            guard let calculator = kinds.first(where: { .string($0.kind) == kind }) else {
                let known = kinds.map(\.kind).joined(separator: ", ")
                throw Problem.invalid.with(errors: [FieldError("/kind", "must be one of \(known)")])
            }
            return CalculatedLine(
                id: id, kind: kind, result: try calculator.answer(.object(fields)), error: nil)
        } catch {
            let problem = error as? Problem ?? .internalError
            return CalculatedLine(id: id, kind: kind, result: nil, error: CalculationError(problem))
        }
    }
}

extension Permission {
    static let calculationsRead = Permission("calculations", .read)
}

/// What one line became.
package struct CalculatedLine: Codable, Sendable {
    /// The caller's own name for the line, whatever it is; null without one.
    package let id: JSONValue
    package let kind: JSONValue
    package let result: JSONBytes?
    package let error: CalculationError?
}

/// Why a line was not calculated: a problem without a request.
package struct CalculationError: Codable, Sendable {
    package let code: String
    package let detail: String
    package let errors: [FieldError]

    init(_ problem: Problem) {
        code = problem.code
        detail = problem.detail
        errors = problem.errors
    }
}
