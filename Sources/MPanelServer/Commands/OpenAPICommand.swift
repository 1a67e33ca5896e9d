import ArgumentParser
import Foundation
import Kernel
import Logging
import Platform
import Web

struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the API's description (OpenAPI 3.1).",
        discussion: "It is made from the endpoints' declarations and needs no database.")

    func run() async throws {
        StandardOutput.write(String(decoding: try Installation.describe(), as: UTF8.self))
    }
}

extension Installation {
    /// The OpenAPI document, from an installation that never opens a connection.
    static func describe() throws -> Data {
        guard let box = SecretBox(secret: Data(repeating: 0, count: 32)) else { return Data() }
        let logger = Logger(label: "openapi") { _ in SwiftLogNoOpLogHandler() }
        let installation = Installation(Parts(appURL: "", systemURL: "", secrets: box), logger: logger)
        return try openAPI.document(of: installation.endpoints).bytes
    }
}
