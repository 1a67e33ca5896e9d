import Foundation
import Testing
import Web

@Suite("A client's address")
struct ClientAddressTests {
    @Test(
        "is one and the same however it is written",
        arguments: [
            ("203.0.113.9", "203.0.113.9"), (" 203.0.113.9:4711 ", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"), ("::FFFF:cb00:7109", "203.0.113.9"),
            ("[::ffff:203.0.113.9]:443", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
            ("2001:0db8:0001:0002:ffff::1", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"), ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80:0:0:0::/64"), ("::1", "0:0:0:0::/64"),
        ])
    func canonical(written: String, text: String) {
        #expect(ClientAddress(written)?.text == text)
    }

    @Test(
        "is nothing but an address",
        arguments: [
            "", " ", "unknown", "_hidden", "203.0.113", "203.0.113.256", "0203.0.113.9", "203.0.113.9:",
            "203.0.113.9:port", "203.0.113.9:123456", "203.0.113.9\u{0}", "[2001:db8::1", "[2001:db8::1]x",
            "[203.0.113.9]", "2001:db8::1::2", "gggg::", "1.2.3.4, 5.6.7.8",
            String(repeating: "1", count: 100_000),
        ])
    func nonsense(text: String) {
        #expect(ClientAddress(text) == nil)
    }
}
