import Foundation
import Seeds
import Testing

@testable import Kernel

@Suite("Ids")
struct IDTests {
    /// From the TypeID specification's list of valid ids.
    static let vectors: [(suffix: String, uuid: String)] = [
        ("00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
        ("00000000000000000000000001", "00000000-0000-0000-0000-000000000001"),
        ("0000000000000000000000000a", "00000000-0000-0000-0000-00000000000a"),
        ("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010"),
        ("00000000000000000000000010", "00000000-0000-0000-0000-000000000020"),
        ("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ("0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
        ("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
    ]

    @Test("An id is shown as the TypeID specification says, and read back", arguments: vectors)
    func vector(suffix: String, uuid: String) throws {
        let uuid = try #require(UUID(uuidString: uuid))
        let id = CustomerID(uuid)
        #expect(id.description == "cus_" + suffix)
        #expect(CustomerID("cus_" + suffix) == id)
    }

    static let refusals = [
        "", "cus_", "cus", "01h455vb4pex5vsknk084sn02q", "_01h455vb4pex5vsknk084sn02q",
        "inv_01h455vb4pex5vsknk084sn02q", "CUS_01h455vb4pex5vsknk084sn02q", "cus_01H455VB4PEX5VSKNK084SN02Q",
        "cus_01h455vb4pex5vsknk084sn02", "cus_01h455vb4pex5vsknk084sn02qq", "cus_81h455vb4pex5vsknk084sn02q",
        "cus_01h455vb4pex5vsknk084sn02u", "cus_01h455vb4pex5vsknk084sn0-q", "cus__1h455vb4pex5vsknk084sn02q",
        " cus_01h455vb4pex5vsknk084sn02q", "cus_01h455vb4pex5vsknk084sn02q\n",
        "cus_01h455vb4pex5vsknk084sn0é", "01890a5d-ac96-774b-bcce-b302099a8057",
    ]

    @Test("Another kind's id and anything that is not canonical is refused", arguments: refusals)
    func refused(text: String) {
        #expect(CustomerID(text) == nil)
    }

    @Test("Any UUID comes back from its shown form, and the two sort alike", arguments: 1...20)
    func roundTrip(seed: Int) {
        var random = Seeded(UInt64(seed))
        var ids: [ID<InvoiceKind>] = []
        for _ in 0..<200 {
            let number = UInt128(random.next()) << 64 | UInt128(random.next())
            let id = InvoiceID(UUID(number))
            #expect(UInt128(id.uuid) == number, "seed \(seed)")
            #expect(InvoiceID(id.description) == id, "seed \(seed)")
            ids.append(id)
        }
        #expect(ids.sorted().map(\.description) == ids.map(\.description).sorted(), "seed \(seed)")
    }

    @Test(
        "A version 7 UUID carries its time, version and variant",
        arguments: [
            0, 1, 999, 1000, 1_795_305_599_123_456, 281_474_976_710_655_000,
        ] as [Int64])
    func version7(microseconds: Int64) {
        let uuid = UUID.version7(at: Instant(microseconds: microseconds))
        let number = UInt128(uuid)
        #expect(Int64(number >> 80) == microseconds / 1000)
        #expect(number >> 76 & 0xF == 7)
        #expect(number >> 62 & 0b11 == 0b10)
        #expect(uuid != UUID.version7(at: Instant(microseconds: microseconds)), "62 bits are random")
    }

    @Test("Ids of later microseconds sort later")
    func order() {
        let ids = (0..<5000).map { microsecond in
            TenantID(UUID.version7(at: Instant(microseconds: 1_795_305_599_000_000 + microsecond)))
        }
        #expect(ids == ids.sorted())
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
    }

    @Test("New ids are distinct and made now")
    func new() {
        let before = Instant.now()
        let ids = Set((0..<1000).map { _ in UserID.new() })
        #expect(ids.count == 1000)
        let earliest = UserID(UUID.version7(at: Instant(microseconds: before.microseconds - 1)))
        #expect(ids.allSatisfy { $0 > earliest })
    }

    @Test("An id in JSON is its shown form, and another kind's is refused")
    func json() throws {
        let id = InvoiceID.new()
        let json = try JSONEncoder().encode([id])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(id)\"]")
        #expect(try JSONDecoder().decode([InvoiceID].self, from: json) == [id])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([CustomerID].self, from: json) }
    }
}
