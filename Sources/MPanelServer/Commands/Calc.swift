import ArgumentParser
import Calculations
import Foundation
import Web

struct Calc: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Calculate prices, terms, prorations, discounts and repairs by the rules of billing.",
        discussion: """
            Reads JSON Lines from standard input and writes one line for each, with the same kind and \
            id, and either result or error. A line that is refused stops none of the others. It needs \
            no database.

              mpanel calc --schema
              mpanel calc < lines.jsonl > results.jsonl

            A line: {"kind": "price", "id": 1, "currency": "EUR", "model": "per_unit", \
            "unit_price": "0.00042", "quantity": "1234.5"}

            Exit codes: 0 all lines are calculated, 3 some were refused.
            """)

    @Flag(help: "Print what each kind takes, as JSON Schema with an example, and end.")
    var schema = false

    func run() throws {
        let calculations = Calculations()
        if schema { return try Terminal.json(calculations.schemas) }
        var (lines, refused) = (0, 0)
        while let line = readLine() {
            if line.allSatisfy(\.isWhitespace) { continue }
            lines += 1
            let answer = calculations.answer(line: Data(line.utf8))
            if answer.error != nil { refused += 1 }
            Terminal.print(String(decoding: try JSONBytes(of: answer).bytes, as: UTF8.self))
            if lines.isMultiple(of: 1000) { Terminal.progress("\(lines) lines") }
        }
        Terminal.endProgress()
        if refused > 0 {
            Terminal.say("\(refused) of \(lines) lines were refused; each says why in its error.")
            throw ExitCode(3)
        }
    }
}
