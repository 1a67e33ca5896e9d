import Kernel
import Platform
import Web

extension Identity {
    var sessionEndpoints: [Endpoint] {
        [signOut, listMySessions, endMySession, endMyOtherSessions, listUserSessions, endUserSessions]
    }

    private var signOut: Endpoint {
        Endpoint(
            .delete("/v1/me/session"), .meWrite,
            About(
                tag: "Sign-in", name: "signOut", summary: "Sign out",
                details: "Ends this session. Its access token does not hold any more either."),
            around: endingMine
        ) { (request: Request<NoPath, NoQuery, NoBody>, change: Change) in
            let (user, session) = try request.actor.signedIn
            try await sessions.end(session, of: user, in: change)
            return try .hidden()
        }
    }

    private var listMySessions: Endpoint {
        Endpoint(
            .get("/v1/me/sessions"), .meRead,
            About(
                tag: "Sign-in", name: "listMySessions",
                summary: "List where you are signed in, the latest sign-in first",
                details: "At most 100: whoever signs in once more loses the oldest.")
        ) { (request: Request<NoPath, NoQuery, NoBody>) in
            try await sessionList(of: request.actor.signedIn.user, for: request.actor)
        }
    }

    private var endMySession: Endpoint {
        Endpoint(
            .delete("/v1/me/sessions/{id}"), .meWrite,
            About(
                tag: "Sign-in", name: "endMySession", summary: "End one of your sessions",
                problems: [.notFound]),
            around: endingMine
        ) { (request: Request<SessionPath, NoQuery, NoBody>, change: Change) in
            try await sessions.end(request.path.id, of: request.actor.signedIn.user, in: change)
            return try .hidden()
        }
    }

    private var endMyOtherSessions: Endpoint {
        Endpoint(
            .delete("/v1/me/sessions"), .meWrite,
            About(
                tag: "Sign-in", name: "endMyOtherSessions", summary: "End all your sessions but this one"),
            around: endingMine
        ) { (request: Request<NoPath, NoQuery, NoBody>, change: Change) in
            let (user, session) = try request.actor.signedIn
            try await sessions.endAll(of: user, but: session, in: change)
            return try .hidden()
        }
    }

    private var listUserSessions: Endpoint {
        Endpoint(
            .get("/v1/users/{id}/sessions"), .sessionsRead,
            About(
                tag: "Users", name: "listUserSessions",
                summary: "List where a user is signed in, the latest sign-in first",
                details: "For owners and admins only.", problems: [.notFound])
        ) { (request: Request<UserPath, NoQuery, NoBody>) in
            try await sessionList(of: request.path.id, for: request.actor)
        }
    }

    private var endUserSessions: Endpoint {
        Endpoint(
            .delete("/v1/users/{id}/sessions"), .sessionsManage,
            About(
                tag: "Users", name: "endUserSessions", summary: "End all sessions of a user",
                problems: [.notFound]),
            around: endingTheirs
        ) { (request: Request<UserPath, NoQuery, NoBody>, change: Change) in
            try await sessions.endAll(of: request.path.id, but: nil, in: change)
            return try .hidden()
        }
    }

    /// Around a change that ends sessions of the actor, or what they may do.
    @Sendable func endingMine<Query, Body>(
        _ request: Request<NoPath, Query, Body>, _ change: () async throws -> Answer
    ) async throws -> Answer {
        try await sessions.ending(request.actor.signedIn.user, request.actor.scope, change)
    }

    @Sendable private func endingMine(
        _ request: Request<SessionPath, NoQuery, NoBody>, _ change: () async throws -> Answer
    ) async throws -> Answer {
        try await sessions.ending(request.actor.signedIn.user, request.actor.scope, change)
    }

    /// The same for the user whom the path names.
    @Sendable func endingTheirs<Query, Body>(
        _ request: Request<UserPath, Query, Body>, _ change: () async throws -> Answer
    ) async throws -> Answer {
        try await sessions.ending(request.path.id, request.actor.scope, change)
    }

    private func sessionList(of user: UserID, for actor: Actor) async throws -> PageBody<SessionBody> {
        let found = try await sessions.list(of: user, actor.scope)
        return PageBody(
            Page(items: found.map { SessionBody($0, for: actor) }, nextCursor: nil))
    }
}

extension Actor {
    /// Throws `unauthenticated` for who acts without signing in.
    fileprivate var signedIn: (user: UserID, session: SessionID) {
        get throws {
            guard case .user(let user) = kind, let session else { throw Problem.unauthenticated }
            return (user, session)
        }
    }
}
