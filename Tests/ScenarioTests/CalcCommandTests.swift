import Foundation
import Testing

@Suite("mpanel calc")
struct CalcCommandTests {
    @Test("answers each line in its order, goes on after a bad one, and says so by its exit code")
    func lines() throws {
        let (output, status) = try calc(
            [],
            """
            {"kind": "price", "id": 1, "currency": "JPY", "model": "flat", "unit_price": "1000"}

            nonsense
            {"kind": "proration", "id": 3, "start": "2026-03-01", "end": "2026-04-01",\
             "changed_on": "2026-03-20", "charged": {"amount": 1000, "currency": "EUR"}}
            """)
        #expect(status == 3)
        let lines = output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].contains(#""total":{"amount":1000,"currency":"JPY"}"#))
        #expect(lines[1].contains(#""code":"malformed_json""#))
        // 10.00 × 12/31 = 3.87…
        #expect(lines[2].contains(#""exact":"120/31""#) && lines[2].contains(#""id":3"#))
    }

    @Test("prints what each kind takes")
    func schema() throws {
        let (output, status) = try calc(["--schema"], "")
        #expect(status == 0)
        for word in ["\"price\"", "\"terms\"", "\"proration\"", "\"example\"", "\"$defs\""] {
            #expect(output.contains(word), "\(word)")
        }
    }

    private func calc(_ arguments: [String], _ input: String) throws -> (output: String, status: Int32) {
        let process = Process()
        process.executableURL = MPanelProcess.program
        process.arguments = ["calc"] + arguments
        let (given, answered) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (given, answered)
        process.standardError = FileHandle.nullDevice
        try process.run()
        try given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try given.fileHandleForWriting.close()
        let output = try answered.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }
}
