import BillingMath
import Foundation
package import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Identity
package import Kernel
package import MPanelServer
import NIOCore
import Tenancy
package import Web

/// Speaks to the API as a program does: JSON over HTTP, through the whole pipeline.
package struct TestClient: Sendable {
    private let http: any TestClientProtocol
    private var headers = HTTPFields()

    init(_ http: any TestClientProtocol) {
        self.http = http
    }

    /// What came back.
    package struct Answer: Sendable {
        package let status: Int
        package let headers: HTTPFields
        package let text: String
        /// Null for an answer that is no JSON.
        package let json: JSONValue

        init(_ response: TestResponse) {
            status = response.status.code
            headers = response.headers
            text = String(buffer: response.body)
            json = (try? JSONValue(parsing: Data(text.utf8))) ?? .null
        }

        package subscript(_ name: String) -> JSONValue { json[name] }
    }

    package func send(
        _ method: HTTPRequest.Method, _ uri: String, _ body: JSONValue? = nil
    ) async throws -> Answer {
        var headers = headers
        var bytes: ByteBuffer?
        if let body {
            headers[.contentType] = "application/json"
            bytes = ByteBuffer(bytes: try JSONEncoder().encode(body))
        }
        return Answer(try await http.execute(uri: uri, method: method, headers: headers, body: bytes))
    }

    /// Sends these bytes as they are, which may be no JSON at all; `headers` stand over the client's own.
    package func send(
        _ method: HTTPRequest.Method, _ uri: String, bytes: [UInt8], headers: HTTPFields = [:]
    ) async throws -> Answer {
        var all = self.headers
        all[.contentType] = "application/json"
        for field in headers { all[field.name] = field.value }
        return Answer(
            try await http.execute(uri: uri, method: method, headers: all, body: ByteBuffer(bytes: bytes)))
    }

    /// The same client, reached through a proxy that says that it is at this address.
    package func at(_ address: String) -> TestClient {
        HTTPField.Name("X-Forwarded-For").map { with($0, address) } ?? self
    }

    /// The same client, which sends this header as well.
    package func with(_ name: HTTPField.Name, _ value: String) -> TestClient {
        var client = self
        client.headers[name] = value
        return client
    }

    /// The same client with the access token that this sign-in gives.
    package func signedIn(_ sign: TestSignIn) async throws -> TestClient {
        let answer = try await send(
            .post, "/v1/sign-ins",
            [
                "company": .string(sign.company.text), "email": .string(sign.email.text),
                "password": .string(TestSignIn.password),
            ])
        guard let token = answer["access_token"].text else { throw Problem.unauthenticated }
        return with(token: token)
    }

    /// The same client with this access token.
    package func with(token: String) -> TestClient {
        var client = self
        client.headers[.authorization] = "Bearer \(token)"
        return client
    }

    /// The same client, which says that it is this program.
    package func called(_ userAgent: String) -> TestClient {
        var client = self
        client.headers[.userAgent] = userAgent
        return client
    }

    /// The access token that it sends.
    package var token: String? {
        headers[.authorization].map { String($0.dropFirst("Bearer ".count)) }
    }
}

/// A user as they sign in.
package struct TestSignIn: Sendable {
    package static let password = "a password for tests"

    package let company: Slug
    package let email: EmailAddress

    package init(company: Slug, email: EmailAddress) {
        self.company = company
        self.email = email
    }
}

extension TestServer {
    /// Runs `body` with a client of the API that has not signed in.
    package func api<Value: Sendable>(_ body: @Sendable (TestClient) async throws -> Value) async throws
        -> Value
    {
        try await TestServer.api(of: installation, body)
    }

    /// As `api`, of any installation.
    package static func api<Value: Sendable>(
        of installation: Installation, _ body: @Sendable (TestClient) async throws -> Value
    ) async throws -> Value {
        var settings = API.Settings()
        settings.trustedProxies = 1
        let application = try installation.api(settings).application(on: .hostname("127.0.0.1", port: 0))
        return try await application.test(.router) { http in try await body(TestClient(http)) }
    }

    /// Makes a company that bills in euros, without any business yet.
    package func company(_ slug: Slug) async throws {
        guard let name = Text<1, 120>(slug.text), let country = CountryCode("DE"),
            let zone = ZoneName("Europe/Berlin"), let locale = LanguageTag("de-DE"),
            let currency = Currency("EUR"), let format = NumberFormat("T-{year}-{number:6}"),
            let beforeDue = Whole<0, 90>(14), let terms = Whole<0, 365>(14)
        else { throw Problem.invalid }
        var policies = PolicySettings.none
        policies[Policies.taxRounding] = .line
        policies[Policies.invoiceDaysBeforeDue] = beforeDue
        policies[Policies.paymentTermsDays] = terms
        let settings = TenantSettings(
            founding: name, country: country, timeZone: zone, locale: locale, currency: currency,
            billing: BillingDefaults(invoiceNumberFormat: format, policies: policies))
        _ = try await installation.tenants.found(
            Tenants.Founding(slug: slug, name: name, settings: settings, sandboxToday: nil))
    }

    /// Makes a user with this role, whose address begins with the role unless it is told otherwise.
    package func user(
        _ role: Role, of company: Slug, customer: CustomerID? = nil, named alias: String? = nil
    ) async throws -> TestSignIn {
        let scope = TenantScope(try await installation.tenants.require(slug: company))
        guard let email = EmailAddress("\(alias ?? role.rawValue)@\(company.text).example"),
            let name = Text<1, 120>("A user"),
            let password = Password(TestSignIn.password)
        else { throw Problem.invalid }
        try await installation.create(
            Users.Draft(email: email, name: name, role: role, customer: customer, password: password),
            in: scope)
        return TestSignIn(company: company, email: email)
    }
}
