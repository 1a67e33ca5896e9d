import ArgumentParser
package import Foundation
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
    /// The OpenAPI document of an installation.
    package static func describe() throws -> Data {
        try openAPI.document(of: offline().endpoints).bytes
    }

    /// An installation without a database: good for its declarations, and for nothing else.
    package static func offline() throws -> Installation {
        guard let box = SecretBox(secret: Data(repeating: 0, count: 32)) else { throw Problem.unavailable }
        let logger = Logger(label: "offline") { _ in SwiftLogNoOpLogHandler() }
        return Installation(Parts(appURL: "", systemURL: "", secrets: box), logger: logger)
    }
}
