import Kernel
import TestKit
import Testing
import Web

@Suite("Stories of changes")
struct ChangeStories {
    /// One web server for 31.00 a month from 1 January 2027, one day a euro in a month of 31 days.
    private static let provider: Provider = {
        var provider = Provider()
        provider.today = "2027-01-01"
        provider.prices = [
            "web,EUR,month,1,31.00,0.00", "pro,EUR,month,1,62.00,15.00", "backup,EUR,month,1,3.10,0.00",
        ]
        provider.subscriptions = ["S1,C1,web,EUR,month,1,1,2027-01-01,,,active,"]
        return provider
    }()

    @Test("an upgrade in mid-term gives the rest of the old plan back and bills the rest of the new one")
    func upgrade() async throws {
        try await Story.tell(Self.provider) { story in
            try await story.on("2027-01-20")
            let pro = try await story.price("pro")
            // 12 of 31 days: 24.00 + 4.56 less 12.00 + 2.28.
            #expect(try await story.change(["items": [["item_id": story.item(), "price_id": pro]]]) == 1428)
            try await story.on("2027-02-01")
            #expect(
                try await story.lines() == [
                    "2027-01-01: Product web, 2027-01-01–2027-02-01, 3100 + 589",
                    // 31.00 × 12/31 = 12.00, 19 % of it 2.28
                    "2027-01-20: Unused time: Product web, 2027-01-20–2027-02-01, -1200 + 228",
                    // 62.00 × 12/31 = 24.00, 19 % of it 4.56
                    "2027-01-20: Part of a term: 1 × Product pro, 2027-01-20–2027-02-01, 2400 + 456",
                    "2027-02-01: Product pro, 2027-02-01–2027-03-01, 6200 + 1178",
                ])
        }
    }
}
