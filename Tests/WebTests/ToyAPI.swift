import Foundation
import Kernel
import Synchronization
import Web

enum ToyState: String, Codable, CaseIterable {
    case draft
    case onSale = "on_sale"
}

struct ToyPart: Codable, Equatable {
    let label: Text<1, 10>
    let count: Int
    let note: String?
}

struct NewToy: Codable {
    let name: Text<1, 20>
    let price: Money
    let state: ToyState?
    let vatID: Code?
    let soldOn: Day?
    let every: Interval?
    let size: Quantity?
    let isFragile: Bool?
    let weight: Double?
    let stock: Int32?
    let parts: [ToyPart]?
    let labels: [String: Text<1, 5>]?
}

struct ToyBody: Codable {
    let id: ProductID
    let name: Text<1, 20>
    let note: Text<1, 20>?
    let state: ToyState
    let madeAt: Instant
}

struct ToyChange: Codable {
    let name: Text<1, 20>?
    let note: Patch<Text<1, 20>>
    let price: Patch<Money>
}

struct ToyPath: Codable { let id: ProductID }

struct ToyQuery: Codable {
    let limit: PageLimit?
    let cursor: Cursor?
    let state: ToyState?
    let soldOn: Day?
    let isFragile: Bool?
}

struct Echo: Codable { let text: String }

struct SecretError: Error, CustomStringConvertible {
    let description = "password=hunter2"
}

enum Toy {
    static let id = ProductID("prd_01h455vb4pex5vsknk084sn02q")!
    static let tenant = TenantID("ten_01h455vb4pex5vsknk084sn02q")!
    static let inUse = Problem("toy_in_use", status: 409, "This toy is in use. Archive it instead.")

    static func about(
        _ name: String, status: Int? = nil, problems: [Problem] = [], rate: RateClass? = nil
    ) -> About {
        About(tag: "Toys", name: name, summary: "Do \(name)", status: status, problems: problems, rate: rate)
    }

    static func body(note: String? = nil) -> ToyBody {
        ToyBody(
            id: id, name: Text("Bear")!, note: note.flatMap { Text($0) }, state: .onSale,
            madeAt: Instant(microseconds: 0))
    }

    static let read = Permission("toys", .read)
    static let write = Permission("toys", .write)

    static let endpoints: [Endpoint] = [
        Endpoint(.get("/v1/toys"), read, about("listToys")) { (request: Request<NoPath, ToyQuery, NoBody>) in
            let page = PageRequest(request.query.limit, request.query.cursor)
            return PageBody(items: [body(note: "\(page.limit) \(page.cursor ?? "-")")], nextCursor: "Bear|7")
        },
        Endpoint(.post("/v1/toys"), write, about("createToy", status: 201, problems: [inUse])) {
            (request: Request<NoPath, NoQuery, NewToy>, _: ToyDesk) in
            let toy = request.body
            return try .created(
                Echo(text: "\(toy.name.text) \(toy.price.amountMinor) \(toy.vatID?.text ?? "")"))
        },
        Endpoint(.get("/v1/toys/{id}"), read, about("readToy")) {
            (request: Request<ToyPath, NoQuery, NoBody>) in
            guard request.path.id == id else { throw Problem.notFound }
            return body()
        },
        Endpoint(.patch("/v1/toys/{id}"), write, about("changeToy")) {
            (request: Request<ToyPath, NoQuery, ToyChange>, _: ToyDesk) in
            let text = "\(request.body.note.applied(to: Text("old"))?.text ?? "none")"
            return try .changed(from: Echo(text: "old"), to: Echo(text: text))
        },
        Endpoint(.delete("/v1/toys/{id}"), write, about("deleteToy", problems: [inUse])) {
            (_: Request<ToyPath, NoQuery, NoBody>, _: ToyDesk) in try .removed(body())
        },
        Endpoint(.post("/v1/toys/{id}/finalization"), write, about("finalizeToy", rate: .heavy)) {
            (_: Request<ToyPath, NoQuery, NoBody>, _: ToyDesk) in try .changed(from: body(), to: body())
        },
        Endpoint(.get("/v1/failing"), read, about("fail")) {
            (_: Request<NoPath, NoQuery, NoBody>) -> NoContent in throw SecretError()
        },
        Endpoint(.get("/v1/unwritable"), read, about("failToEncode")) {
            (_: Request<NoPath, NoQuery, NoBody>) in ["number": Double.nan]
        },
        Endpoint(.get("/v1/slow"), read, about("wait")) {
            (_: Request<NoPath, NoQuery, NoBody>) -> NoContent in
            // Only cancellation ends this before the test would give up.
            try await Task.sleep(for: .seconds(600))
            return NoContent()
        },
        Endpoint(public: .post("/v1/sign-ins"), about("signIn", rate: .signIn)) {
            (request: PublicRequest<NoPath, NoQuery, Echo>) in
            Echo(text: "\(request.host?.text ?? "no host") \(request.clientAddress?.text ?? "no address")")
        },
        Endpoint(public: .get("/health/live"), about("readLiveness", rate: .unlimited)) {
            (_: PublicRequest<NoPath, NoQuery, NoBody>) in JSONBytes(Data(#"{"live":true}"#.utf8))
        },
    ]

    /// The tokens of this API are the names of roles.
    static func api(
        _ settings: API.Settings = API.Settings(), log: LogLines = LogLines(),
        limit: @escaping API.Limit = { _, _ in nil },
        allowOrigin: @escaping API.AllowOrigin = { _, _ in false }, shelf: ToyShelf = ToyShelf()
    ) -> API {
        API(
            endpoints, settings: settings, logger: log.logger, limit: limit, allowOrigin: allowOrigin,
            carryOut: shelf.carryOut
        ) { token, _ in
            guard let role = Role(rawValue: token) else { throw Problem.unauthenticated }
            return Actor(.user(UserID.new()), role: role, scope: TenantScope(tenant))
        }
    }
}

/// An open change of the toy API, which has no store.
struct ToyDesk: Sendable {}

/// What the toy API keeps of changes: the commands and their outcomes, in order.
final class ToyShelf: Sendable {
    private let kept = Mutex<[(command: Command, outcome: Outcome)]>([])

    var all: [(command: Command, outcome: Outcome)] { kept.withLock { $0 } }

    @Sendable func carryOut(
        _ command: Command, _ body: CommandBody
    ) async throws -> Answer {
        let outcome = try await body.run(ToyDesk(), try await body.prepare?() ?? ())
        try command.condition?.check(outcome.versionBefore)
        kept.withLock { $0.append((command, outcome)) }
        return outcome.answer
    }
}
