import Foundation
import Testing

@testable import Postgres

@Suite("The settings of a connection")
struct SettingsTests {
    @Test("A URL, keywords and a socket's directory are understood alike")
    func forms() throws {
        let url = try PostgresSettings(url: "postgres://me:pass%20word@%2Frun%2Fpostgresql/shop").parameters()
        let keywords = try PostgresSettings(
            url: "host=/run/postgresql user=me password='pass word' dbname=shop"
        ).parameters()
        for keyword in ["host", "user", "password", "dbname"] { #expect(url[keyword] == keywords[keyword]) }
        #expect(url["host"] == "/run/postgresql" && url["password"] == "pass word")
    }

    @Test("Ours win over the URL's, but its options are kept in front of ours")
    func precedence() throws {
        var settings = PostgresSettings(
            url:
                """
                host=/x options='-c search_path=shop' application_name=other client_encoding=LATIN1 \
                keepalives_idle=7
                """
        )
        settings.lockLimit = .microseconds(1)
        let parameters = try settings.parameters()
        #expect(parameters["application_name"] == "mpanel" && parameters["client_encoding"] == "UTF8")
        #expect(parameters["keepalives_idle"] == "7")
        #expect(parameters["options"]?.hasPrefix("-c search_path=shop -c TimeZone=UTC") == true)
        #expect(parameters["options"]?.contains("lock_timeout=1 ") == true)
    }

    @Test("The password is in no description and in no error")
    func secrets() async throws {
        let settings = PostgresSettings(url: "postgres://me:hunter2@127.0.0.1:1/shop")
        var dumped = ""
        dump(settings, to: &dumped)
        var texts = ["\(settings)", String(reflecting: settings), dumped]
        for url in [
            "postgres://me:hunter2@127.0.0.1:1/shop", "postgres://me:hunter2@[/shop", "password=hunter2 oops",
            "hunter2",
        ] {
            let error = await #expect(throws: ConnectionFailure.self) {
                _ = try await Connection.open(PostgresSettings(url: url))
            }
            texts.append(error?.description ?? "")
        }
        for text in texts { #expect(!text.contains("hunter2") && !text.isEmpty) }
    }
}
