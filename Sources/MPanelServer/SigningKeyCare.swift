import Identity
import Logging
import ServiceLifecycle

/// Looks after the signing keys while a server runs: every server does, and together they make one new key.
struct SigningKeyCare: Service {
    let keys: SigningKeys
    let logger: Logger

    func run() async throws {
        // Ends at once when the server shuts down.
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await keys.tend()
                } catch is CancellationError {
                    return
                } catch {
                    logger.error(
                        "signing keys were not looked after",
                        metadata: ["error_type": "\(String(reflecting: type(of: error)))"])
                }
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }
}
