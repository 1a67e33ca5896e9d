import HTTPTypes
package import Hummingbird
package import Kernel
package import Logging
package import Measures

/// The HTTP server's side of a list of endpoints: routes, credentials, limits and problems. It knows no
/// store.
package struct API: Sendable {
    /// Turns a bearer token, and the host it was sent to, into the actor. Throws `Problem.unauthenticated`
    /// when the token is not valid there.
    package typealias Authenticate = @Sendable (_ token: String, _ host: HostName?) async throws -> Actor
    /// Says whether the actor of a token may still come in, as whom by now, and counts the request as `Limit`
    /// does. Throws `Problem.unauthenticated` when the session is over.
    package typealias Admit = @Sendable (Actor, RateClass, Caller) async throws -> Admission
    /// Counts a request against the quota of its class. Nil: no limit applies, or nobody can tell now.
    package typealias Limit = @Sendable (RateClass, RateSubject) async throws -> RateDecision?
    /// Carries out a command: runs its body inside of a transaction and keeps with it what was answered and
    /// what was done, or answers as before when the command's key was seen.
    package typealias CarryOut = @Sendable (Command, CommandBody) async throws -> Answer

    /// Whether pages of an origin may read an answer.
    package typealias AllowOrigin = @Sendable (Origin, OriginAudience) async throws -> Bool

    /// What differs between installations; the defaults suit a server that faces the network itself.
    package struct Settings: Sendable {
        /// Bytes; a larger body is answered with 413.
        package var bodyLimit = 1 << 20
        /// After this time the handler is cancelled and 503 answered.
        package var timeLimit: Duration = .seconds(30)
        /// Whether clients reach us by TLS, which makes the answers say so for a year (HSTS).
        package var isBehindTLS = false
        /// How many proxies of our own stand in front and append to X-Forwarded-For; 0 ignores the header.
        package var trustedProxies = 0
        /// What may be logged of an unexpected error beside the name of its type; it never reaches the
        /// client.
        package var errorDetail: @Sendable (any Error) -> String? = { _ in nil }
        /// What the client is told of an error that no endpoint declares, such as a database that is away.
        /// Nil: that something went wrong on our side.
        package var problem: @Sendable (any Error) -> Problem? = { _ in nil }

        package init() {}
    }

    package static let requestMetric = Metric(
        "mpanel_http_request_seconds", .histogram,
        "Requests until their answer was ready, by route and class of status, which is none where the "
            + "connection broke",
        labels: ["method", "route", "status"])

    /// Of every request that this API answered.
    package let requestTimes = Timings(API.requestMetric)
    /// As declared; generated tests walk it.
    package let endpoints: [Endpoint]
    /// What is served beside the API to everybody: its documentation.
    package let files: [StaticFile]
    private let settings: Settings
    let logger: Logger
    private let gate: Gate

    /// Stops the process when two endpoints or files have the same route or the same name. Without `admit`
    /// tokens hold until they expire.
    package init(
        _ endpoints: [Endpoint], files: [StaticFile] = [], settings: Settings = Settings(), logger: Logger,
        limit: @escaping Limit = { _, _ in nil }, admit: Admit? = nil, memory: AnswerMemory = .none,
        allowOrigin: @escaping AllowOrigin = { _, _ in false }, carryOut: @escaping CarryOut,
        authenticate: @escaping Authenticate
    ) {
        let routes = endpoints.map(\.route.description) + files.map { "GET \($0.path)" }
        for names in [routes, endpoints.map(\.about.name)] {
            let twice = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys
            precondition(twice.isEmpty, "declared twice: \(twice.sorted())")
        }
        self.endpoints = endpoints
        self.files = files
        self.settings = settings
        self.logger = logger
        gate = Gate(
            authenticate: authenticate,
            admit: admit ?? { actor, rate, _ in
                Admission(actor, rate: rate == .unlimited ? nil : try await limit(rate, .actor(actor)))
            }, memory: memory, limit: limit, allowOrigin: allowOrigin, carryOut: carryOut)
    }

    /// The server as a service. It names no product in its answers.
    package func application(on address: BindAddress) -> Application<RouterResponder<WebContext>> {
        Application(
            router: router(),
            server: .http1(configuration: .init(idleTimeout: .seconds(75))),
            configuration: ApplicationConfiguration(address: address, serverName: nil),
            logger: logger)
    }

    /// All routes with the whole pipeline around them, for a server that brings its own channel.
    package func router() -> Router<WebContext> {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: HeadAnswers())
        router.add(middleware: RequestIDs())
        router.add(middleware: AccessLog(times: requestTimes))
        router.add(middleware: SecurityHeaders(isBehindTLS: settings.isBehindTLS))
        router.add(middleware: RateLimitHeaders())
        router.add(middleware: DeprecationHeaders())
        router.add(middleware: CrossOrigin(gate: gate, trustedProxies: settings.trustedProxies))
        router.add(middleware: ProblemAnswers(settings))
        for (path, endpoints) in Dictionary(grouping: endpoints, by: \.route.path) {
            for endpoint in endpoints {
                let steps = EndpointSteps(endpoint: endpoint, settings: settings, gate: gate)
                router.on(RouterPath(path), method: endpoint.route.method.http) { request, context in
                    try await steps.respond(to: request, context: context)
                }
            }
            refuseOtherMethods(on: path, than: endpoints.map(\.route.method), in: router)
        }
        for file in files {
            router.get(RouterPath(file.path)) { request, _ in file.response(to: request) }
            refuseOtherMethods(on: file.path, than: [.get], in: router)
        }
        return router
    }

    /// Those of RFC 9110 and RFC 5789, and that of draft-ietf-httpbis-safe-method-w-body.
    private static let methods: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]
        + [HTTPRequest.Method("QUERY")].compactMap(\.self)

    /// The router takes a path without a handler for the method as unknown; it must answer 405 and say what
    /// goes.
    private func refuseOtherMethods(
        on path: String, than methods: [Route.Method], in router: Router<WebContext>
    ) {
        var allowed = Set(methods.map(\.http))
        if allowed.contains(.get) { allowed.insert(.head) }
        let allow = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        for method in API.methods where !allowed.contains(method) {
            router.on(RouterPath(path), method: method) { _, context -> Response in
                var response = try Problem.methodNotAllowed.answer(requestID: context.requestID).response
                response.headers[.allow] = allow
                return response
            }
        }
    }
}

extension Route.Method {
    var http: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }
}
