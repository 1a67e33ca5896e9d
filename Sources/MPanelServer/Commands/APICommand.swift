import ArgumentParser
import Foundation
import HTTPTypes
import Kernel
import Web

struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "Ask the API of a company something, as the operator.",
        discussion: """
            Every request of the API, with the same checks and answers, and no server needed: what is \
            changed stands in the company's audit log under the operator. `mpanel openapi` and /docs tell \
            what there is. The answer is printed as JSON.

              mpanel api --tenant nordhost GET '/v1/subscriptions?reference=NH-S0001'
              mpanel api --tenant nordhost POST /v1/subscriptions/sub_…/changes/preview \\
                '{"items": [{"item_id": "sit_…", "quantity": "3"}]}'
              mpanel api --tenant nordhost POST /v1/subscriptions/sub_…/changes - < change.json
              mpanel api --tenant nordhost POST /v1/subscriptions/sub_…/renewals

            Exit codes: 0 the answer is a success, 1 it is not: then the answer says why.
            """)

    @Option(help: "The company's slug.")
    var tenant: String

    @Option(help: "An idempotency key: repeated with it, a change is made once.")
    var key: String?

    @Option(help: "The version that the object must have, as in its ETag.")
    var ifMatch: String?

    @Argument(help: "GET, POST, PUT, PATCH or DELETE.")
    var method: String

    @Argument(help: "The path from /v1 on, with its query.")
    var path: String

    @Argument(help: "The body, as JSON; - reads it from standard input.")
    var body: String?

    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    func validate() throws {
        guard APICommand.methods.contains(method.uppercased()) else {
            throw ValidationError("METHOD must be one of \(APICommand.methods.joined(separator: ", ")).")
        }
        guard path.hasPrefix("/v1/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValidationError("PATH must begin with /v1/ and have no spaces: %20 stands for one.")
        }
    }

    func run() async throws {
        let request = try asked()
        let answer = try await Session.run { session in
            let scope = TenantScope(try await session.tenant(tenant))
            return try await session.installation.operatorAPI(of: scope).answer(request)
        }
        if !answer.body.isEmpty { Terminal.print(APICommand.shown(answer.body)) }
        if !(200..<300).contains(answer.status) { throw ExitCode(1) }
    }

    private func asked() throws -> LocalRequest {
        var bytes: [UInt8] = []
        if let body {
            bytes = body == "-" ? Array(FileHandle.standardInput.readDataToEndOfFile()) : Array(body.utf8)
        }
        var headers = HTTPFields()
        // A body is needed where all of its fields may be absent.
        let verb = method.uppercased()
        if ["POST", "PUT", "PATCH"].contains(verb) {
            headers[.contentType] = "application/json"
            if bytes.isEmpty { bytes = Array("{}".utf8) }
        }
        if let key, let name = HTTPField.Name("Idempotency-Key") { headers[name] = key }
        if let ifMatch { headers[.ifMatch] = ifMatch }
        guard let method = HTTPRequest.Method(verb) else { throw ValidationError("METHOD is none.") }
        return LocalRequest(method, path, headers: headers, body: bytes)
    }

    /// Indented, its fields in order; as it is when it is not JSON.
    private static func shown(_ body: [UInt8]) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed),
            let pretty = try? JSONSerialization.data(
                withJSONObject: object,
                options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed])
        else { return String(decoding: body, as: UTF8.self) }
        return String(decoding: pretty, as: UTF8.self)
    }
}
