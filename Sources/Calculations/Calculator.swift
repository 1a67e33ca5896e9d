import Kernel
import Web

/// What a calculation takes. The example says what it is like, and is one that can be calculated.
protocol CalculationInput: Codable, Sendable, HasExample {}

/// One kind of calculation, of JSON.
protocol LineCalculator: Sendable {
    var kind: String { get }
    var example: JSONValue { get }
    /// A JSON Schema of the input.
    var document: JSONValue { get }

    func answer(_ input: JSONValue) throws -> JSONBytes
}

struct Calculator<Input: CalculationInput, Output: Codable & Sendable>: LineCalculator {
    let kind: String
    let calculate: @Sendable (Input) throws -> Output
    private let type = WireType<Input>()

    init(_ kind: String, _ calculate: @escaping @Sendable (Input) throws -> Output) {
        self.kind = kind
        self.calculate = { input in
            do {
                return try calculate(input)
            } catch is MoneyError {
                let rule = "gives an amount that does not fit into 64 bits"
                throw CalculationsProblem.incalculable.with(errors: [FieldError("", rule)])
            }
        }
    }

    var example: JSONValue { Input.example }
    var document: JSONValue { type.document }

    func answer(_ input: JSONValue) throws -> JSONBytes {
        try JSONBytes(of: try calculate(try type.read(input)))
    }
}

/// Errors of fields, to answer all at once.
struct FieldErrors {
    private(set) var errors: [FieldError] = []

    mutating func add(_ pointer: String, _ message: String) {
        errors.append(FieldError(pointer, message))
    }

    mutating func limit(_ count: Int, to limit: Int, _ pointer: String) {
        if count > limit { add(pointer, "must have at most \(limit) elements") }
    }

    func throwIfAny() throws(Problem) {
        if !errors.isEmpty { throw CalculationsProblem.incalculable.with(errors: errors) }
    }
}
