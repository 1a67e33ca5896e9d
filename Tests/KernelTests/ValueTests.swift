import Foundation
import Kernel
import Testing

@Suite("Labels and whole numbers")
struct ValueTests {
    @Test("Labels are at most fifty codes with short texts")
    func labels() {
        #expect(Labels([:]) == .some(.none))
        #expect(Labels(["disk_gb": "20", "note": ""]) != nil)
        #expect(Labels(["": "20"]) == nil)
        #expect(Labels(["=a": "20"]) == nil)
        #expect(Labels(["a": " "]) == nil)
        #expect(Labels(["a": String(repeating: "x", count: 500)]) != nil)
        #expect(Labels(["a": String(repeating: "x", count: 501)]) == nil)
        let fifty = Dictionary(uniqueKeysWithValues: (1...50).map { ("a\($0)", "x") })
        #expect(Labels(fifty) != nil)
        #expect(Labels(fifty.merging(["b": "x"]) { $1 }) == nil)
    }

    @Test("Labels in JSON are an object, and a broken one is refused")
    func labelsInJSON() throws {
        let labels = try JSONDecoder().decode(Labels.self, from: Data(#"{"a":"1"}"#.utf8))
        #expect(labels.values == ["a": "1"])
        #expect(String(decoding: try JSONEncoder().encode(labels), as: UTF8.self) == #"{"a":"1"}"#)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Labels.self, from: Data(#"{"a b":"1"}"#.utf8))
        }
    }

    @Test("A whole number keeps its bounds")
    func whole() throws {
        #expect(Whole<1, 5>(0) == nil)
        #expect(Whole<1, 5>(1)?.value == 1)
        #expect(Whole<1, 5>(5)?.value == 5)
        #expect(Whole<1, 5>(6) == nil)
        #expect(try JSONDecoder().decode([Whole<0, 90>].self, from: Data("[90]".utf8)).map(\.value) == [90])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Whole<0, 90>].self, from: Data("[91]".utf8))
        }
    }

    @Test("A problem told with particulars keeps its code and status")
    func problems() {
        let error = FieldError("/prices/0/amount", "must not be negative")
        let problem = Problem.invalid.with(errors: [error])
        #expect(problem.code == "invalid")
        #expect(problem.status == 422)
        #expect(problem.detail == Problem.invalid.detail)
        #expect(problem.errors == [error])
        #expect(Problem.notFound.with(detail: "x").detail == "x")
    }
}
