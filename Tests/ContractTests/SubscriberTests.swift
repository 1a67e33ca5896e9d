import MPanelServer
import Platform
import Postgres
import TestKit
import Testing

@Suite("Subscribers")
struct SubscriberTests {
    @Test("mpanel_subscriptions() says of every subscriber in the code exactly which events it hears")
    func declared() async throws {
        try await TestServer.run { server in
            let connection = try await Connection.open(PostgresSettings(url: server.database.appURL))
            let inSchema = try await connection.all(
                "SELECT subscriber || ' ' || event_type AS line FROM mpanel_subscriptions()"
            ) { try $0["line"] as String }
            let inCode = server.installation.subscribers.flatMap { subscriber in
                subscriber.events.map { "\(subscriber.name) \($0)" }
            }
            #expect(
                inSchema.sorted() == inCode.sorted(),
                "Replace the function in a new migration: whoever writes an event asks it whom to tell")
            #expect(!inCode.isEmpty)
        }
    }
}
