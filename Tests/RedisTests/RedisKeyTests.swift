import Redis
import Testing

@Suite("Keys")
struct RedisKeyTests {
    @Test("A key is its parts behind our prefix, with colons between them")
    func parts() {
        #expect(RedisKey("sessions", "42").text == "mpanel:sessions:42")
        #expect(RedisKey("é").text == "mpanel:é")
    }

    @Test("A colon, an escape, a brace or a control byte in a part cannot forge another key")
    func forging() {
        #expect(RedisKey("a:b").text == "mpanel:a%3Ab")
        #expect(RedisKey("a%3Ab").text == "mpanel:a%253Ab")
        #expect(RedisKey("{a}\r\n\u{0}\u{7F}").text == "mpanel:%7Ba%7D%0D%0A%00%7F")
        let keys = [
            RedisKey("a", "b"), RedisKey("a:b"), RedisKey("a%3Ab"), RedisKey("a"), RedisKey("a", ""),
            RedisKey("", "a"), RedisKey(""), RedisKey("", ""), RedisKey("a", "", "b"), RedisKey("a", "b", ""),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map(\.text)).count == keys.count)
    }

    @Test("Two spellings of one letter are two keys, as they are to the server")
    func spellings() {
        #expect("\u{E9}" == "e\u{301}")
        #expect(RedisKey("\u{E9}") != RedisKey("e\u{301}"))
    }

    @Test("Different parts never make the same key")
    func distinct() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        var seen: [String: [String]] = [:]
        for _ in 0..<20_000 {
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 0...3, using: &random)).map { _ in
                        ":%3Aa".randomElement(using: &random)!
                    })
            }
            let key =
                switch parts.count {
                case 1: RedisKey(parts[0])
                case 2: RedisKey(parts[0], parts[1])
                default: RedisKey(parts[0], parts[1], parts[2])
                }
            #expect(seen[key.text] ?? parts == parts, "seed \(seed)")
            seen[key.text] = parts
        }
    }

    @Test("Neither a key nor a value shows in a log")
    func hidden() {
        var text = ""
        dump([RedisKey("secret")], to: &text)
        dump([RedisValue("secret")], to: &text)
        text += "\(RedisKey("secret")) \(RedisValue("secret")) \(RedisReply.value("secret"))"
        #expect(!text.contains("secret"))
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
