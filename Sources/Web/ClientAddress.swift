import Foundation

/// The address of a client as limits count it: one machine has one, however it is written.
package struct ClientAddress: Hashable, Sendable {
    /// An IPv4 address, or the first 64 bits of an IPv6 address as `2001:db8:1:2::/64`.
    package let text: String

    /// Reads an address as proxies write it, with a port or without. Nil for anything else.
    package init?(_ text: some StringProtocol) {
        let text = text.trimmingCharacters(in: .whitespaces)
        // Longer than any address; what is longer came from somebody who wants to keep us busy.
        guard text.utf8.count <= 64 else { return nil }
        if let bytes = ClientAddress.version4(text) {
            self.init(version4: bytes)
        } else if let bytes = ClientAddress.version6(text) {
            self.init(version6: bytes)
        } else {
            return nil
        }
    }

    private init(version4 bytes: [UInt8]) {
        text = bytes.map { String($0) }.joined(separator: ".")
    }

    /// A provider hands its customer 64 bits or more to choose from, so whoever has one IPv6 address has all
    /// of its /64. One that only wraps an IPv4 address is that address.
    private init(version6 bytes: [UInt8]) {
        let wraps = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        let groups = stride(from: 0, to: 8, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }
        text =
            wraps
            ? bytes[12...].map { String($0) }.joined(separator: ".")
            : groups.joined(separator: ":") + "::/64"
    }

    /// `203.0.113.9` or `203.0.113.9:4711`.
    private static func version4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.count == 2 && isPort(parts[1]) else { return nil }
        return bytes(String(parts[0]), AF_INET, 4)
    }

    /// `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711` or `fe80::1%eth0`.
    private static func version6(_ text: String) -> [UInt8]? {
        var address = text[...]
        if address.first == "[" {
            guard let end = address.firstIndex(of: "]") else { return nil }
            let rest = address[address.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" && isPort(rest.dropFirst()) else { return nil }
            address = address[..<end].dropFirst()
        }
        return bytes(String(address.prefix { $0 != "%" }), AF_INET6, 16)
    }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func bytes(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        // It stops at a zero byte, behind which anything might stand.
        guard !text.utf8.contains(0), inet_pton(family, text, &bytes) == 1 else { return nil }
        return bytes
    }
}
