import Kernel
import Testing

@Suite("Exact decimals")
struct ExactDecimalTests {
    @Test(
        "are what was written",
        arguments: [
            ("0", 0, 0), ("-1.50", -150, 2), ("0.000000000001", 1, 12), ("007", 7, 0),
            ("999999999999999999", 999_999_999_999_999_999, 0),
            ("-123456.789012345678", -123_456_789_012_345_678, 12),
        ] as [(String, Int64, Int)])
    func read(text: String, units: Int64, scale: Int) throws {
        let decimal = try #require(ExactDecimal(text))
        #expect(decimal.units == units && decimal.scale == scale && decimal.text == text)
    }

    @Test(
        "are nothing else",
        arguments: [
            "", "-", ".", "1.", ".5", "+1", "--1", "1e3", "1,5", "0x10", " 1", "1 ", "NaN", "١", "1.2.3",
            "0.0000000000001", "1000000000000000000", "1.000000000000000000", "12345678901234567890",
        ])
    func refused(text: String) {
        #expect(ExactDecimal(text) == nil)
    }
}
