import HTTPTypes
import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of currencies without cents, and with three digits")
struct CurrencyStories {
    private static func provider(_ currency: String, in country: String, _ zone: String) -> Provider {
        var provider = Provider()
        (provider.currency, provider.country, provider.timeZone) = (currency, country, zone)
        return provider
    }

    @Test("a dinar has a thousand fils: eight months with more, less and a pause")
    func dinar() async throws {
        var provider = Self.provider("KWD", in: "KW", "Asia/Kuwait")
        provider.today = "2027-01-15"
        provider.taxPercent = "7.7"
        provider.prices = ["web,KWD,month,1,12.345,0.000"]
        provider.subscriptions = ["S1,C1,web,KWD,month,1,1,2027-01-15,,,active,"]
        try await Story.tell(provider) { story in
            try await story.on("2027-02-25")
            // 23.808 + 1.833 less 7.936 + 0.611
            #expect(try await story.setQuantity("3") == 17_094)
            try await story.on("2027-04-01")
            try await story.suspend("paused")
            try await story.on("2027-05-10")
            try await story.resume()
            try await story.on("2027-06-20")
            // 5.144 + 0.396 less 30.863 + 2.376
            #expect(try await story.setQuantity("0.5") == -27_699)
            try await story.on("2027-07-20")
            try await story.cancel(["when": "term_end"])
            try await story.on("2027-09-15")
            try await story.tells([
                // 7.7 % of 12.345 is 0.95057
                "2027-01-15: Product web, 2027-01-15–2027-02-15, 12345 + 951",
                "2027-02-15: Product web, 2027-02-15–2027-03-15, 12345 + 951",
                // 12.345 × 18/28 = 7.93607, 7.7 % of 7.936 is 0.61107
                "2027-02-25: Unused time: Product web, 2027-02-25–2027-03-15, -7936 + 611",
                // 3 × 12.345 = 37.035: 37.035 × 18/28 = 23.80821, 7.7 % of 23.808 is 1.83322
                "2027-02-25: Part of a term: 3 × Product web, 2027-02-25–2027-03-15, 23808 + 1833",
                // 7.7 % of 37.035 is 2.85170
                "2027-03-15: Product web, 2027-03-15–2027-04-15, 37035 + 2852",
                // paused: 37.035 × 14/31 = 16.72548, 7.7 % of 16.725 is 1.28783
                "2027-04-01: Unused time: Product web, 2027-04-01–2027-04-15, -16725 + 1288",
                // resumed, a half fils up: 37.035 × 5/30 = 6.1725, 7.7 % of 6.173 is 0.47532
                "2027-05-10: Part of a term: 3 × Product web, 2027-05-10–2027-05-15, 6173 + 475",
                "2027-05-15: Product web, 2027-05-15–2027-06-15, 37035 + 2852",
                "2027-06-15: Product web, 2027-06-15–2027-07-15, 37035 + 2852",
                // 37.035 × 25/30 = 30.8625, 7.7 % of 30.863 is 2.37645
                "2027-06-20: Unused time: Product web, 2027-06-20–2027-07-15, -30863 + 2376",
                // 0.5 × 12.345 = 6.1725, rounded 6.173: 6.173 × 25/30 = 5.14417, 7.7 % of 5.144 is 0.39609
                "2027-06-20: Part of a term: 0.5 × Product web, 2027-06-20–2027-07-15, 5144 + 396",
                // 7.7 % of 6.173 is 0.47532
                "2027-07-15: Product web, 2027-07-15–2027-08-15, 6173 + 475",
            ])
        }
    }

    @Test("a price of twelve and a half fils is rounded once, when it is multiplied")
    func fractionsOfFils() async throws {
        var provider = Self.provider("KWD", in: "KW", "Asia/Kuwait")
        provider.today = "2027-01-15"
        provider.taxPercent = "5"
        provider.prices = []
        try await Story.begin(provider) { company, staff in
            let price = try await staff.priced(["model": "per_unit", "unit_price": "0.0125"], in: "KWD")
            let story = try await staff.ordered(price, "1001", company)
            try await story.on("2027-02-01")
            // 11.307 + 0.565 less 5.651 + 0.283
            #expect(try await story.setQuantity("2003") == 5938)
            try await story.on("2027-03-10")
            // 0.003 less 4.471 + 0.224
            #expect(try await story.setQuantity("1.5") == -4692)
            try await story.on("2027-05-01")
            try await story.cancel(["when": "now", "credit": true])
            try await story.on("2027-06-01")
            try await story.tells([
                // 1001 × 0.0125 = 12.5125; 5 % of 12.513 is 0.62565
                "2027-01-15: 1001 × Made, 2027-01-15–2027-02-15, 12513 + 626",
                // 12.513 × 14/31 = 5.65103, 5 % of 5.651 is 0.28255
                "2027-02-01: Unused time: 1001 × Made, 2027-02-01–2027-02-15, -5651 + 283",
                // 2003 × 0.0125 = 25.0375: 25.038 × 14/31 = 11.30748, 5 % of 11.307 is 0.56535
                "2027-02-01: Part of a term: 2003 × Made, 2027-02-01–2027-02-15, 11307 + 565",
                // 5 % of 25.038 is 1.2519
                "2027-02-15: 2003 × Made, 2027-02-15–2027-03-15, 25038 + 1252",
                // 25.038 × 5/28 = 4.47107, 5 % of 4.471 is 0.22355
                "2027-03-10: Unused time: 2003 × Made, 2027-03-10–2027-03-15, -4471 + 224",
                // 1.5 × 0.0125 = 0.01875: 0.019 × 5/28 = 0.00339, 5 % of 0.003 is 0.00015
                "2027-03-10: Part of a term: 1.5 × Made, 2027-03-10–2027-03-15, 3 + 0",
                // 5 % of 0.019 is 0.00095
                "2027-03-15: 1.5 × Made, 2027-03-15–2027-04-15, 19 + 1",
                "2027-04-15: 1.5 × Made, 2027-04-15–2027-05-15, 19 + 1",
                // the part that was taken out: 0.019 × 14/30 = 0.00887, 5 % of 0.009 is 0.00045
                "2027-05-01: Unused time: 1.5 × Made, 2027-05-01–2027-05-15, -9 + 0",
            ])
        }
    }

    @Test("a yen has no parts: two years with changes in the middle of each")
    func yen() async throws {
        var provider = Self.provider("JPY", in: "JP", "Asia/Tokyo")
        provider.today = "2027-03-15"
        provider.taxPercent = "10"
        provider.prices = ["web,JPY,year,1,11111,2985", "pro,JPY,year,1,25555,0"]
        provider.subscriptions = ["S1,C1,web,JPY,year,1,1,2027-03-15,,,active,"]
        try await Story.tell(provider) { story in
            try await story.on("2027-09-01")
            // 13685 + 1369 less 5950 + 595
            #expect(try await story.exchange(for: "pro") == 8509)
            try await story.on("2028-07-01")
            // 23470 + 2347 less 17994 + 1799
            #expect(
                try await story.change([
                    "items": [
                        [
                            "item_id": story.item(), "price_id": story.staff.price("web"), "quantity": "3",
                        ]
                    ]
                ]) == 6024)
            try await story.on("2029-04-01")
            try await story.tells([
                // 10 % of 11111 is 1111.1
                "2027-03-15: Product web, 2027-03-15–2028-03-15, 11111 + 1111",
                // 10 % of 2985 is 298.5
                "2027-03-15: Set-up: Product web, 2027-03-15–2028-03-15, 2985 + 299",
                // a year with 29 February: 11111 × 196/366 = 5950.15, 10 % of 5950 is 595
                "2027-09-01: Unused time: Product web, 2027-09-01–2028-03-15, -5950 + 595",
                // 25555 × 196/366 = 13685.19, 10 % of 13685 is 1368.5
                "2027-09-01: Part of a term: 1 × Product pro, 2027-09-01–2028-03-15, 13685 + 1369",
                // 10 % of 25555 is 2555.5
                "2028-03-15: Product pro, 2028-03-15–2029-03-15, 25555 + 2556",
                // 25555 × 257/365 = 17993.52, 10 % of 17994 is 1799.4
                "2028-07-01: Unused time: Product pro, 2028-07-01–2029-03-15, -17994 + 1799",
                // 3 × 11111 = 33333: 33333 × 257/365 = 23470.08, 10 % of 23470 is 2347
                "2028-07-01: Part of a term: 3 × Product web, 2028-07-01–2029-03-15, 23470 + 2347",
                // 10 % of 33333 is 3333.3
                "2029-03-15: Product web, 2029-03-15–2030-03-15, 33333 + 3333",
            ])
        }
    }
}
