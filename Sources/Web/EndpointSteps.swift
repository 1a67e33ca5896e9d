import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// What happens to a request once its endpoint is known: credentials, limit, permission, body, handler, in
/// this order, so that nobody learns anything or costs anything before it is known that they may.
struct EndpointSteps: Sendable {
    let endpoint: Endpoint
    let settings: API.Settings
    let gate: Gate

    func respond(to request: Hummingbird.Request, context: WebContext) async throws -> Response {
        if let deprecation = endpoint.about.deprecation {
            context.noted.announcements = deprecation.headers(documentation: endpoint.documentation)
        }
        return try await TimeLimit.run(settings.timeLimit) {
            let call = try await call(request, context)
            var response = try await answer(call).response
            if let seconds = endpoint.about.cacheSeconds {
                response.headers[.cacheControl] = "public, max-age=\(seconds)"
            }
            return response
        }
    }

    private func answer(_ call: Call) async throws -> Answer {
        if endpoint.isChange, let tenant = call.actor?.scope.tenant {
            return try await gate.memory.renewing(tenant) { try await endpoint.run(call, gate.carryOut) }
        }
        guard let question = Recollection(of: call, to: endpoint) else {
            return try await endpoint.run(call, gate.carryOut)
        }
        return try await gate.memory.remember(question) { try await endpoint.run(call, gate.carryOut) }
    }

    private func call(_ request: Hummingbird.Request, _ context: WebContext) async throws -> Call {
        var call = Call(requestID: context.requestID)
        call.trace = context.trace
        call.host = request.host
        call.clientAddress = ClientAddress(of: request, context, trustedProxies: settings.trustedProxies)
        call.userAgent = request.headers[.userAgent].map { String($0.prefix(512)) }
        if let permission = endpoint.permission {
            let admission = try await admit(request, call, context)
            guard admission.actor.may(permission) else { throw Problem.missing(permission) }
            call.actor = admission.actor
            call.edition = admission.edition
        } else {
            try await gate.count(.client(call.clientAddress), endpoint.rate, context.noted)
        }
        for name in endpoint.route.placeholders {
            call.path[name] = context.parameters.get(name)
        }
        call.query = request.uri.query
        if endpoint.route.method.hasBody {
            call.contentType = request.headers[.contentType]
            call.body = try await body(of: request)
        }
        if endpoint.isChange {
            call.idempotencyKey = request.headers[.idempotencyKey]
            call.ifMatch = request.headers[.ifMatch]
        }
        return call
    }

    private func admit(
        _ request: Hummingbird.Request, _ call: Call, _ context: WebContext
    ) async throws -> API.Admission {
        do {
            let claimed = try await gate.authenticate(try token(of: request), call.host)
            context.noted.tenant = claimed.scope.tenant
            let caller = Caller(address: call.clientAddress, userAgent: call.userAgent)
            return try await gate.admit(claimed, endpoint.rate, caller, context.noted)
        } catch let problem as Problem where problem.status == 401 {
            // Only refusals count, so that nobody who shares an address with a guesser is shut out: a token
            // is a signature, and no number of guesses finds one.
            try await gate.count(.refused(call.clientAddress), .read, context.noted)
            throw problem
        }
    }

    /// The token of RFC 6750: `Authorization: Bearer …`.
    private func token(of request: Hummingbird.Request) throws(Problem) -> String {
        let parts = (request.headers[.authorization] ?? "").split(
            separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].utf8.count <= 8192,
            parts[1].utf8.allSatisfy({ $0.isASCIIAlphanumeric || "-._~+/=".utf8.contains($0) })
        else { throw .unauthenticated }
        return String(parts[1])
    }

    private func body(of request: Hummingbird.Request) async throws -> Data {
        if let announced = request.headers[.contentLength].flatMap({ Int($0) }),
            announced > settings.bodyLimit
        {
            throw Problem.tooLarge
        }
        var body = Data()
        do {
            for try await buffer in request.body {
                guard body.count + buffer.readableBytes <= settings.bodyLimit else { throw Problem.tooLarge }
                body.append(contentsOf: buffer.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw BrokenTransport(cause: error)
        }
        // A cancelled stream ends as if it were complete.
        try Task.checkCancellation()
        return body
    }
}

/// What every request passes that is not let in for nothing.
struct Gate: Sendable {
    let authenticate: API.Authenticate
    let admit: API.Admit
    let memory: AnswerMemory
    let limit: API.Limit
    let allowOrigin: API.AllowOrigin
    let carryOut: API.CarryOut

    /// Throws `Problem.unauthenticated` when the session is over, `rateLimited` when the quota is used up.
    func admit(
        _ actor: Actor, _ rate: RateClass, _ caller: Caller, _ noted: WebContext.Noted
    ) async throws -> API.Admission {
        let admission = try await admit(actor, rate, caller)
        try check(admission.rate, noted)
        return admission
    }

    /// Throws `Problem.rateLimited` when the quota is used up.
    func count(_ subject: RateSubject, _ rate: RateClass, _ noted: WebContext.Noted) async throws {
        guard rate != .unlimited else { return }
        try check(try await limit(rate, subject), noted)
    }

    private func check(_ decision: RateDecision?, _ noted: WebContext.Noted) throws {
        guard let decision else { return }
        noted.rate = decision
        if let seconds = decision.retryAfterSeconds { throw Problem.rateLimited(retryAfterSeconds: seconds) }
    }
}

/// The connection failed while the body was read. The server's own error goes back to the server, which
/// closes it.
struct BrokenTransport: Error {
    let cause: any Error
}

extension Answer {
    var response: Response {
        var headers = HTTPFields()
        headers[.eTag] = version.map { "\"\($0)\"" }
        if isReplay { headers[.idempotentReplayed] = "true" }
        guard let body else { return Response(status: .init(code: status), headers: headers) }
        headers[.contentType] = contentType
        if status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
