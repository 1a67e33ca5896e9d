import Synchronization

/// The processes of one test: none of them outlives it.
final class Fleet: Sendable {
    private let processes = Mutex<[MPanelProcess]>([])
    private let arguments: [String]

    /// Each server is started with these, too.
    init(_ arguments: [String] = []) {
        self.arguments = arguments
    }

    func launch(on standing: Standing, port: Int? = nil) async throws -> RunningServer {
        let server = try await RunningServer(standing, port: port, arguments)
        processes.withLock { $0.append(server.process) }
        return server
    }

    /// A worker, which has no address and says nothing when it is ready.
    func hire(on standing: Standing) throws -> MPanelProcess {
        let worker = try standing.start(["work"])
        processes.withLock { $0.append(worker) }
        return worker
    }

    func killAll() {
        for process in processes.withLock({ $0 }) where process.isRunning { process.kill() }
    }
}
