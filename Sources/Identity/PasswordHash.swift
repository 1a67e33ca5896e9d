import CCrypt
import Foundation

/// A bcrypt hash in the form of crypt(5): `$2b$10$`, 22 characters of salt, 31 of hash.
package struct PasswordHash: Sendable {
    static let costs = 4...31

    let text: String

    /// Nil for anything else; what it names another method for would be hashed by that, however weak.
    init?(_ text: String) {
        guard text.utf8.count == 60, text.utf8.starts(with: "$2b$".utf8) else { return nil }
        self.text = text
    }
}

extension PasswordHash {
    /// Hashes under a new salt. Takes 66 ms at a cost of 10, and twice as long for each step more; blocks its
    /// thread. Nil when the cost is out of range or the system has no randomness to give.
    init?(of password: Password, cost: Int) {
        guard PasswordHash.costs.contains(cost) else { return nil }
        let size = Int(CRYPT_GENSALT_OUTPUT_SIZE)
        let setting = withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { output in
            // Without random bytes of ours it takes the kernel's.
            let salt = crypt_gensalt_rn("$2b$", UInt(cost), nil, 0, output.baseAddress, Int32(size))
            return salt.map { String(cString: $0) }
        }
        guard let setting, let hash = PasswordHash.crypt(password, setting) else { return nil }
        self = hash
    }

    /// Takes as long as hashing; blocks its thread. The comparison takes the same time wherever the hashes
    /// differ.
    func matches(_ password: Password) -> Bool {
        guard let hash = PasswordHash.crypt(password, text) else { return false }
        return zip(hash.text.utf8, text.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func crypt(_ password: Password, _ setting: String) -> PasswordHash? {
        // 32 KB that must begin as zeros: too much for the stack of a small thread.
        let room = MemoryLayout<crypt_data>.size
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: room, alignment: MemoryLayout<crypt_data>.alignment)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: room)
        defer { memory.deallocate() }
        let data = memory.bindMemory(to: crypt_data.self, capacity: 1)
        // A failure is null or a text that begins with `*`, which is no hash.
        return crypt_r(password.text, setting, data).flatMap { PasswordHash(String(cString: $0)) }
    }
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(password hash)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
