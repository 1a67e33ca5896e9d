import Calculations
import Foundation
import Web

/// How many lines of `mpanel calc` one thread answers: the example of each kind, again and again.
struct CalculationBench {
    private static let lines = 20_000

    /// In the order of their names.
    private let perSecond: [(kind: String, rate: Double)]

    init() throws {
        let calculations = Calculations()
        guard case .object(let kinds) = calculations.schemas else { throw Complaint("There is no kind.") }
        perSecond = try kinds.sorted { $0.key < $1.key }.map { kind, told in
            guard case .object(var fields) = told["example"] else {
                throw Complaint("\(kind) has no example.")
            }
            fields["kind"] = .string(kind)
            let line = try JSONBytes(of: JSONValue.object(fields)).bytes
            let began = ContinuousClock.now
            for _ in 0..<CalculationBench.lines {
                let answer = calculations.answer(line: line)
                guard answer.error == nil else { throw Complaint("The example of \(kind) was refused.") }
                _ = try JSONBytes(of: answer)
            }
            return (kind, Double(CalculationBench.lines) / ((ContinuousClock.now - began) / .seconds(1)))
        }
    }

    func print() {
        Terminal.print("Calculations/s by one thread, as mpanel calc reads and writes them")
        for (kind, rate) in perSecond {
            Terminal.print(kind.padding(toLength: 38, withPad: " ", startingAt: 0) + "\(Int(rate))")
        }
    }
}
