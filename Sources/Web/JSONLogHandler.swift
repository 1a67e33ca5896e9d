import Foundation
import Kernel
package import Logging
import Synchronization

/// Writes each log entry as one JSON object on one line: `timestamp` (RFC 3339, UTC), `level`, `label`,
/// `message`, then the metadata, flattened (`{"db": {"pool": 3}}` is `"db.pool"`).
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let label: String
    private let write: @Sendable (String) -> Void

    /// `write` gets one line with its line feed at a time, from any thread.
    package init(
        label: String, level: Logger.Level = .info,
        write: @escaping @Sendable (String) -> Void = StandardOutput.write
    ) {
        self.label = label
        self.logLevel = level
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = "{\"timestamp\":\"\(Instant.now())\",\"level\":\"\(event.level.rawValue)\",\"label\":"
        JSONLogHandler.append(label, to: &line)
        line += ",\"message\":"
        JSONLogHandler.append(event.message.description, to: &line)
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) {
            JSONLogHandler.append(value, named: name, to: &line)
        }
        write(line + "}\n")
    }

    private static let reserved: Set = ["timestamp", "level", "label", "message"]

    private static func append(_ value: Logger.Metadata.Value, named name: String, to line: inout String) {
        if case .dictionary(let fields) = value {
            for (inner, value) in fields.sorted(by: { $0.key < $1.key }) {
                append(value, named: "\(name).\(inner)", to: &line)
            }
            return
        }
        line += ","
        append(reserved.contains(name) ? "metadata.\(name)" : name, to: &line)
        line += ":"
        switch value {
        case .stringConvertible(let number as any FixedWidthInteger): line += "\(number)"
        case .stringConvertible(let flag as Bool): line += "\(flag)"
        default: append(value.description, to: &line)
        }
    }

    /// A JSON string. Line feeds and other control characters are escaped, so nobody can forge a line; so are
    /// the two separators that JavaScript takes for line ends.
    private static func append(_ text: String, to line: inout String) {
        line += "\""
        defer { line += "\"" }
        // Nearly everything that is logged is plain, and asking Unicode about each character takes longest.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
            line += text
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.properties.generalCategory == .control, "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
    }
}

/// The process's standard output, line by line.
package enum StandardOutput {
    private static let lock = Mutex(())

    /// Writes all of it before any other line begins. Output that nobody takes is dropped: a log must not
    /// stop the server.
    package static func write(_ text: String) {
        lock.withLock { _ in
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let written = bytes.withUnsafeBytes {
                    Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count)
                }
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return }
                bytes = bytes.dropFirst(written)
            }
        }
    }
}
