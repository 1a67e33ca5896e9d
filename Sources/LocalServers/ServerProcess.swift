package import Foundation

/// A server's process, as the file tells in which it wrote its id.
package struct ServerProcess: Equatable, Sendable {
    package let id: pid_t

    /// Nil when the file is missing, or nothing called `name` runs under that id: after a crash or a reboot
    /// the file is stale. A server that works in another directory than `directory` is not ours either, where
    /// we may ask: a container without ptrace hides that even from root.
    package init?(named name: String, file path: String, in directory: String? = nil) {
        guard let file = try? String(contentsOfFile: path, encoding: .utf8),
            let id = file.split(separator: "\n").first.flatMap({ pid_t($0) }),
            let process = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            // "17 (postgres) S …": a killed server is a zombie (Z) until it is reaped, and the id may be
            // another's.
            let begin = process.firstIndex(of: "("), let end = process.lastIndex(of: ")"),
            process[process.index(after: begin)..<end] == name,
            let state = process[end...].dropFirst(2).first, state != "Z", state != "X"
        else { return nil }
        let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")
        if let directory, let place, place != directory { return nil }
        self.id = id
    }
}
