import BillingMath
import Kernel
import Seeds
import Testing

@Suite("Charges")
struct ChargeTests {
    static let amounts: [(unitMinor: Int64, quantity: String, expected: Int64)] = [
        (499, "1", 499), (499, "1.5", 749), (499, "0.5", 250), (-499, "0.5", -250), (499, "-0.5", -250),
        (1, "0.499999", 0), (1, "0.5", 1), (3, "0.333333", 1), (0, "7", 0), (100, "0", 0),
        (.max, "1", .max), (.min, "1", .min), (.max, "0.5", 4_611_686_018_427_387_904),
        (1, "9223372036854.775807", 9_223_372_036_855),
    ]

    @Test("A unit price times a quantity is rounded once, half-up away from zero", arguments: amounts)
    func amount(unitMinor: Int64, quantity: String, expected: Int64) throws {
        let charge = try Charge(.recurring, unitMinor: unitMinor, quantity: Quantity(decimal: quantity))
        #expect(charge.amountMinor == expected)
    }

    @Test("An amount beyond 64 bits is an error")
    func overflow() throws {
        let quantity = try Quantity(decimal: "1.000001")
        #expect(throws: MoneyError.overflow) { try Charge(.setUp, unitMinor: .max, quantity: quantity) }
        #expect(throws: MoneyError.overflow) { try Charge(.setUp, unitMinor: .min, quantity: quantity) }
    }

    @Test("A charge is the same as money times a quantity", arguments: seeds)
    func sameAsMoney(seed: UInt64) throws {
        var random = Seeded(seed)
        let euro = try #require(Currency("EUR"))
        for _ in 0..<500 {
            let unit = Int64.random(in: -10_000_000...10_000_000, using: &random)
            let quantity = Quantity(micros: Int64.random(in: -90_000_000...90_000_000, using: &random))
            let charge = try Charge(.recurring, unitMinor: unit, quantity: quantity)
            let money = try Money(unit, euro).times(quantity, rounding: .halfUp)
            #expect(charge.amountMinor == money.amountMinor, "seed \(seed): \(unit) × \(quantity)")
        }
    }
}
