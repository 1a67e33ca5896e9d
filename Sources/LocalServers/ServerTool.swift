import Foundation
import Subprocess

/// Runs a server's own programs, as another user when we are root, each under a time limit.
package struct ServerTool: Sendable {
    /// How long a program may take when nothing else is said.
    package static let usualLimit = Duration.seconds(60)

    package struct Result: Sendable {
        package let succeeded: Bool
        /// What it wrote to standard output and standard error together.
        package let output: String
        /// The last line of what the program complained about, or of what it said.
        package var reason: String {
            output.split(separator: "\n").last.map { $0.trimmingCharacters(in: .whitespaces) }
                ?? "it gave no reason"
        }
    }

    /// Whom to become; nil stays who we are.
    private let user: FileOwner?

    package init(user: FileOwner?) {
        self.user = user
    }

    /// Runs `program` in the directory `place` with a clean environment, so that nothing of the caller's
    /// shell, such as PGDATA, gets in. Throws only when it cannot be run or exceeds `limit`.
    package func run(
        _ program: String, _ arguments: [String], in place: String, input: String = "",
        limit: Duration = ServerTool.usualLimit
    ) async throws -> Result {
        var command = ["-C", place]
        if let user {
            // Not the library's own user options: they call setgroups between clone and exec, which can hang
            // for ever in a process with threads. setpriv execs, so the process id stays the program's.
            let groups = user.knownName == nil ? "--clear-groups" : "--init-groups"
            command += ["setpriv", "--reuid=\(user.userID)", "--regid=\(user.groupID)", groups, "--"]
        }
        command += [program] + arguments
        return try await ServerTool.limited(limit, program) { [command] in
            var options = PlatformOptions()
            // A session of its own keeps Ctrl-C in our terminal away from it.
            options.createSession = true
            options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
            let result = try await Subprocess.run(
                .name("env"), arguments: Arguments(command),
                environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]),
                platformOptions: options, input: .string(input), output: .string(limit: 1 << 20),
                error: .combinedWithOutput)
            return Result(
                succeeded: result.terminationStatus.isSuccess, output: result.standardOutput)
        }
    }

    private static func limited(
        _ limit: Duration, _ program: String, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard case .some(.some(let result)) = try await group.next() else {
                let name = (program as NSString).lastPathComponent
                throw LocalServerProblem.timeLimit(tool: name, seconds: Int(limit.components.seconds))
            }
            return result
        }
    }
}
