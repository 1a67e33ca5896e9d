import Foundation
import TestKit

/// The real program as a process of its own, on a test's database.
struct MPanelProcess: Sendable {
    private let process: Process
    private let exits: AsyncStream<Int32>
    private let directory: URL

    /// Without a database, on the private one of its home; without a network namespace, in everybody's.
    init(
        _ arguments: [String], on database: TestDatabase? = nil, in network: NetworkNamespace? = nil,
        environment given: [String: String] = [:]
    ) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "mpanel-process-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // Each of these becomes the next, so that the process is the program's in the end.
        process.arguments = (network?.prefix ?? []) + [MPanelProcess.program.path()] + arguments
        var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("MPANEL_") }
        environment["MPANEL_HOME"] = directory.path()
        environment["MPANEL_SECRET_KEY"] = String(repeating: "07", count: 32)
        environment["MPANEL_DATABASE_URL"] = database?.appURL
        environment["MPANEL_SYSTEM_DATABASE_URL"] = database?.systemURL
        process.environment = environment.merging(given) { $1 }
        process.standardOutput = try MPanelProcess.file(directory.appending(path: "output"))
        process.standardError = try MPanelProcess.file(directory.appending(path: "errors"))
        let (exits, ended) = AsyncStream<Int32>.makeStream()
        self.exits = exits
        process.terminationHandler = { process in
            ended.yield(process.terminationStatus)
            ended.finish()
        }
        try process.run()
    }

    /// Built beside the tests.
    static var program: URL {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "mpanel")
    }

    private static func file(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    /// Its MPANEL_HOME.
    var home: String { directory.path() }

    var isRunning: Bool { process.isRunning }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
    }

    /// Asks it to drain and end.
    func terminate() {
        Foundation.kill(process.processIdentifier, SIGTERM)
    }

    /// Waits until the process has ended. Its status is the exit code, or the signal that killed it.
    func end() async throws -> Ending {
        var status: Int32 = -1
        for await exit in exits { status = exit }
        let output = try Data(contentsOf: directory.appending(path: "output"))
        let errors = try String(contentsOf: directory.appending(path: "errors"), encoding: .utf8)
        try FileManager.default.removeItem(at: directory)
        return Ending(
            status: status, wasKilled: process.terminationReason == .uncaughtSignal, output: output,
            errors: errors)
    }

    struct Ending {
        let status: Int32
        let wasKilled: Bool
        let output: Data
        let errors: String
    }
}
