/// Why a private server, whichever it is, is not available: each is a sentence that says what to do next.
package enum LocalServerProblem: Error, Equatable, CustomStringConvertible {
    case noServerUser(server: String, users: [String])
    case notReachable(server: String, path: String, user: String)
    case notOurs(path: String, user: String)
    case directory(path: String, reason: String)
    case busy(server: String, lock: String)
    case lockBroken(path: String)
    case timeLimit(tool: String, seconds: Int)

    package var description: String {
        switch self {
        case .noServerUser(let server, let users):
            "\(server) must not run as root, and there is no user "
                + "\(users.map { "`\($0)`" }.joined(separator: " or ")) to run it as. "
                + "Run `useradd --system mpanel`, or run mpanel as an ordinary user."
        case .notReachable(let server, let path, let user):
            "The user `\(user)`, who runs \(server), cannot reach the data in \(path). Give that user "
                + "search permission on the directories above it (chmod o+x), or run mpanel as the user who "
                + "made it."
        case .notOurs(let path, let user):
            "\(path) belongs to `\(user)`. Run mpanel as that user or as root, or choose another "
                + "MPANEL_HOME."
        case .directory(let path, let reason):
            "\(path) cannot be used: \(reason). Choose another MPANEL_HOME or repair its permissions."
        case .busy(let server, let lock):
            "Another mpanel process has been starting or stopping \(server) for minutes (it holds "
                + "\(lock)). Look at what it does, end it, and try again."
        case .lockBroken(let path):
            "\(path) is locked by something that is not mpanel. End that process and try again."
        case .timeLimit(let tool, let seconds):
            "`\(tool)` did not finish within \(seconds) seconds. Is the disk full or the machine "
                + "overloaded?"
        }
    }
}
