import Foundation
import Kernel
import Platform
import Redis

/// Requests of a server that runs as it runs for anybody, beside its constant answer: an open route with the
/// same middleware but credentials, limits and database.
///
/// Each of the connections is somebody's who reads a while; then somebody else takes it. So the same number
/// of people read, whether they are of one company or of 10,000.
struct ReadBench: Sendable {
    static let password = "bench-password"
    static let emailOfStorm = "storm@bench.example"
    /// Requests of one reader before the next one takes the connection.
    private static let stretch = 100
    private static let storming = 16

    private let client: LoadClient
    private let readers: [ReadSeed.Reader]
    private let requests: ReadRequests

    /// Signs every reader in.
    init(port: Int, readers: [ReadSeed.Reader]) async throws {
        client = LoadClient(port: port)
        self.readers = readers
        requests = ReadRequests(readers, tokens: try await ReadBench.signIn(readers, client))
    }

    private init(_ client: LoadClient, as other: ReadBench) {
        self.client = client
        readers = other.readers
        requests = other.requests
    }

    /// Of one of the readers.
    var token: String { requests.token }

    /// The same readers at another server of their installation.
    func at(port: Int) -> ReadBench { ReadBench(LoadClient(port: port), as: self) }

    /// The constant answer, an invoice, and a list of fifty, `seconds` each.
    func reads(seconds: Int) async throws -> ReadRound {
        let time = Duration.seconds(seconds)
        return ReadRound(
            constant: try await client.run(for: time) { [requests] _ in requests.constant },
            invoice: try await read(for: time) { $0.invoice($1) },
            list: try await read(for: time) { $0.list($1) })
    }

    /// A product, and a list of twenty: few change them and many ask.
    func catalogue(seconds: Int) async throws -> CatalogueRound {
        CatalogueRound(
            product: try await read(for: .seconds(seconds)) { $0.product($1) },
            list: try await read(for: .seconds(seconds)) { $0.products($1) })
    }

    /// Requests that `make` makes for a reader. Throws a `Complaint` unless all succeed.
    func read(
        for time: Duration, _ make: @escaping @Sendable (ReadRequests, _ reader: Int) -> [UInt8]
    ) async throws -> LoadClient.Tally {
        let (count, requests) = (readers.count, self.requests)
        let turns = ReadTurns(connections: client.connections, readers: count, stretch: ReadBench.stretch)
        let tally = try await client.run(for: time) { make(requests, turns.next($0)) }
        guard tally.refused.isEmpty else {
            // Without what follows the path: it holds the token.
            let path = make(requests, 0).prefix { $0 != UInt8(ascii: "\r") }
            throw Complaint(
                "The benchmark's reads were refused: \(tally.refused), such as "
                    + "\(String(decoding: path, as: UTF8.self)) at port \(client.port)")
        }
        return tally
    }

    /// Invoices while people sign in on as many connections as wait for a password's comparison.
    func readsInStorm(seconds: Int) async throws -> (reads: LoadClient.Tally, signIns: LoadClient.Tally) {
        var storm = client
        storm.connections = ReadBench.storming
        let company = readers[0].company
        let request = ReadBench.signInRequest(company, ReadBench.emailOfStorm)
        let time = Duration.seconds(seconds)
        async let signIns = storm.run(for: time) { _ in request }
        let reads = try await read(for: time) { $0.invoice($1) }
        return (reads, try await signIns)
    }

    private static func signIn(
        _ readers: [ReadSeed.Reader], _ client: LoadClient
    ) async throws -> [String] {
        let turns = SignInTurns(readers.map { signInRequest($0.company, $0.email) })
        let tally = try await client.run(for: .seconds(600)) {
            turns.next($0)
        } hear: {
            turns.hear($0, $1)
        }
        let tokens = turns.tokens
        guard tally.refused.isEmpty, tokens.count == readers.count else {
            throw Complaint("The benchmark's readers could not sign in: \(tally.refused)")
        }
        return readers.indices.compactMap { tokens[$0] }
    }

    private static func signInRequest(_ company: String, _ email: String) -> [UInt8] {
        BenchRequests.post(
            "/v1/sign-ins",
            json: "{\"company\": \"\(company)\", \"email\": \"\(email)\", \"password\": \"\(password)\"}")
    }
}

/// The requests of all readers, joined from parts that are made once.
struct ReadRequests: Sendable {
    let constant = BenchRequests.get("/health/live")
    private let readers: [ReadSeed.Reader]
    /// What stands behind each reader's path.
    private let endings: [[UInt8]]
    /// The first reader's.
    let token: String

    init(_ readers: [ReadSeed.Reader], tokens: [String]) {
        self.readers = readers
        token = tokens.first ?? ""
        endings = tokens.map { Array(BenchRequests.get("", token: $0).dropFirst("GET ".utf8.count)) }
    }

    func invoice(_ reader: Int) -> [UInt8] {
        request("/v1/invoices/" + (readers[reader].invoices.randomElement()?.description ?? ""), reader)
    }

    func list(_ reader: Int) -> [UInt8] { request("/v1/invoices?limit=50", reader) }
    func product(_ reader: Int) -> [UInt8] { request("/v1/products/\(readers[reader].product)", reader) }
    func products(_ reader: Int) -> [UInt8] { request("/v1/products?limit=50", reader) }

    private func request(_ path: String, _ reader: Int) -> [UInt8] {
        Array("GET \(path)".utf8) + endings[reader]
    }
}
