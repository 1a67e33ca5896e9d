import Foundation
import Kernel
import Logging
import Testing
import Web

@Suite("The JSON log")
struct LogHandlerTests {
    private func logged(_ write: (inout Logger) -> Void) throws -> (line: String, fields: [String: JSONValue])
    {
        let lines = LogLines()
        var logger = lines.logger
        write(&logger)
        let line = try #require(lines.all.first)
        #expect(lines.all.count == 1)
        guard case .object(let fields) = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
        else { throw Problem.invalid }
        return (line, fields)
    }

    @Test("whatever a message holds, it stays one line of valid JSON")
    func escapes() throws {
        let nasty = "a\"b\\c\nd\r\te\u{0}\u{1B}[31m\u{7F}\u{85}\u{2028}\u{2029}/ü😀"
        let (line, fields) = try logged { $0.info("\(nasty)", metadata: ["k\"\n": "\(nasty)"]) }
        #expect(fields["message"] == .string(nasty))
        #expect(fields["k\"\n"] == .string(nasty))
        #expect(line.hasSuffix("}\n"))
        let inside = line.dropLast().unicodeScalars
        #expect(
            !inside.contains {
                $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}"
            })
    }

    @Test("metadata is flattened; numbers and flags stay what they are; reserved names do not collide")
    func metadata() throws {
        let (_, fields) = try logged { logger in
            logger[metadataKey: "tenant"] = "a"
            logger[metadataKey: "kept"] = "b"
            logger.warning(
                "careful",
                metadata: [
                    "tenant": "c", "db": ["pool": ["size": .stringConvertible(3)]],
                    "ok": .stringConvertible(true),
                    "level": "mine", "list": ["x", "y"],
                ])
        }
        #expect(fields["level"] == "warning")
        #expect(fields["label"] == "test")
        #expect(fields["tenant"] == "c")
        #expect(fields["kept"] == "b")
        #expect(fields["db.pool.size"] == 3)
        #expect(fields["ok"] == true)
        #expect(fields["metadata.level"] == "mine")
        #expect(fields["list"] == .string(#"["x", "y"]"#))
        guard case .string(let time) = fields["timestamp"] else { throw Problem.invalid }
        #expect(Instant(time) != nil)
    }

    @Test("entries below the level are not written")
    func level() {
        let lines = LogLines()
        lines.logger.debug("hidden")
        #expect(lines.all.isEmpty)
    }
}
