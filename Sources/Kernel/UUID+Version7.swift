package import Foundation

extension UUID {
    /// A version 7 UUID of the real clock: 48 bits of milliseconds, 12 bits of their fraction
    /// (RFC 9562, section 6.2, method 3), 62 random bits.
    package static func version7(at instant: Instant = .now()) -> UUID {
        let milliseconds = UInt64(instant.microseconds / 1000)
        let fraction = UInt64(instant.microseconds % 1000) * 4096 / 1000
        let high = milliseconds << 16 | 0x7000 | fraction
        let low = UInt64.random(in: .min ... .max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return UUID(UInt128(high) << 64 | UInt128(low))
    }

    init(_ number: UInt128) {
        let bytes = number.bigEndian
        self = withUnsafeBytes(of: bytes) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}

extension UInt128 {
    init(_ uuid: UUID) {
        let bytes = uuid.uuid
        self = withUnsafeBytes(of: bytes) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
    }
}
