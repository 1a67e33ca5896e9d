import Foundation
import Kernel
import Testing

@Suite("Quantities")
struct QuantityTests {
    static let texts: [(text: String, micros: Int64, shown: String)] = [
        ("1", 1_000_000, "1"), ("0.5", 500_000, "0.5"), ("0", 0, "0"), ("-0.25", -250_000, "-0.25"),
        ("100", 100_000_000, "100"), ("1.50", 1_500_000, "1.5"), ("0.000001", 1, "0.000001"),
        ("10.0", 10_000_000, "10"),
        ("9223372036854.775807", .max, "9223372036854.775807"),
        ("-9223372036854.775808", .min, "-9223372036854.775808"),
    ]

    @Test("A quantity is exact to a millionth and shown without superfluous zeros", arguments: texts)
    func text(text: String, micros: Int64, shown: String) throws {
        let quantity = try Quantity(decimal: text)
        #expect(quantity.micros == micros)
        #expect(quantity.description == shown)
        let json = try JSONEncoder().encode([quantity])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(shown)\"]")
        #expect(try JSONDecoder().decode([Quantity].self, from: json) == [quantity])
    }

    @Test("More than six decimals, numbers in JSON and nonsense are refused")
    func refused() {
        #expect(throws: DecimalError.tooManyDecimals(allowed: 6)) { try Quantity(decimal: "0.0000001") }
        #expect(throws: DecimalError.overflow) { try Quantity(decimal: "9223372036854.775808") }
        #expect(throws: DecimalError.notANumber) { try Quantity(decimal: "one") }
        for wrong in ["[1]", #"["x"]"#, #"["1.5 "]"#] {
            let data = Data(wrong.utf8)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([Quantity].self, from: data) }
        }
    }

    @Test("Quantities compare by size")
    func order() {
        #expect(Quantity(micros: -1) < Quantity(micros: 0))
        #expect(Quantity(micros: 999_999) < .one)
    }
}
