import Foundation
import Kernel
import MPanelServer
import Subscriptions
import TestKit
import Testing

@Suite("Example providers")
struct ExampleProvidersTests {
    @Test("the first run gives the expected totals")
    func totals() async throws {
        try await TestServer.run { server in
            _ = server
        }
    }
}
