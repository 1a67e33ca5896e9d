import Kernel
import Limits
import Platform
import Postgres
import Tenancy
import Web

/// The verbs on sessions. PostgreSQL has the truth; Redis remembers it for a few seconds (`SessionMarks`).
struct Sessions: Sendable {
    let database: Database
    let tenants: Tenants
    let tokens: AccessTokens
    let limits: RateLimits
    let secrets: SecretBox
    let clock: RealClock

    private var refreshTokens: RefreshTokens { RefreshTokens(secrets: secrets) }

    /// What a sign-in and each refresh answer.
    struct Grant: Sendable {
        let user: User
        let session: Session
        let accessToken: String
        let refreshToken: RefreshTokenText
    }

    /// For `API.Admit`. Throws `unauthenticated` when the session is over.
    func admit(_ actor: Actor, _ rate: RateClass, from caller: Caller) async throws -> API.Admission {
        guard case .user(let user) = actor.kind, let session = actor.session else {
            throw Problem.unauthenticated
        }
        let admission = try await limits.admit(actor, of: session, user: user, rate)
        let decision = admission.rate
        let admitted =
            switch admission.mark {
            case .over: throw Problem.unauthenticated
            case .holds(let role): try confirmed(actor, Role(rawValue: role))
            // Whoever asks too much is refused before the database is asked.
            case .unknown where decision?.retryAfterSeconds != nil: actor
            case .unknown: try await look(actor, user, session, from: caller)
            }
        return API.Admission(admitted, rate: decision, edition: admission.edition)
    }

    private func look(
        _ actor: Actor, _ user: UserID, _ session: SessionID, from caller: Caller
    ) async throws -> Actor {
        let (tenant, marks) = (actor.scope.tenant, limits.sessions)
        let (now, lookedAt) = (clock.now(), ContinuousClock.now)
        let role = try await Session.role(in: session, of: user, tenant, at: now, database: database)
        guard let role else {
            try await marks.noteEnd(of: session, user, tenant)
            throw Problem.unauthenticated
        }
        try await marks.note(role.rawValue, of: session, user, tenant, lookedAt: lookedAt)
        let use = LastUse(at: now, Place(caller))
        try await marks.see(try use.sealed(secrets), of: session, tenant)
        return try confirmed(actor, role)
    }

    /// The actor with the role of now. A customer's user never is anything else, nor the reverse: the rows
    /// that the token lets see would be the wrong ones.
    private func confirmed(_ actor: Actor, _ role: Role?) throws -> Actor {
        guard let role, (role == .customer) == (actor.scope.customer != nil) else {
            throw Problem.unauthenticated
        }
        return actor.with(role: role)
    }

    /// Throws `signInFailed` when the user has another password by now.
    func open(for credentials: Credentials, of tenant: TenantID, from caller: Caller) async throws -> Grant {
        let (user, now, place) = (credentials.user, clock.now(), Place(caller))
        let id = SessionID.new()
        let token = refreshTokens.issue(for: id, of: tenant, generation: 1)
        let session = Session(
            id: id, user: user.id, generation: token.generation,
            tokenHashes: [refreshTokens.hash(of: token)], rotatedAt: now, lastUsedAt: now,
            device: place.device, address: place.address, recordedAt: now,
            expiresAt: Session.end(openedAt: now, usedAt: now))
        try await database.write(TenantScope(tenant)) { tx in
            guard try await session.insert(for: user, ifStill: credentials.passwordHash, in: tx) else {
                throw IdentityProblem.signInFailed
            }
            try await Session.tidy(of: user.id, at: now, in: tx)
            let scope = TenantScope(tenant, customer: user.customer)
            let actor = Actor(.user(user.id), role: user.role, scope: scope)
            try await Commands.record("signIn", by: actor, ["id": id], in: tx, at: now)
        }
        return try await grant(user, session, token)
    }

    /// Rotates a refresh token. Throws `refreshFailed`, always the same; for a used one only after its whole
    /// session has been ended.
    func refresh(_ text: RefreshTokenText, at host: HostName?, from caller: Caller) async throws -> Grant {
        guard let token = refreshTokens.read(text) else { throw IdentityProblem.refreshFailed }
        if let tenant = try await tenants.find(host: host, slug: nil), tenant != token.tenant {
            throw IdentityProblem.refreshFailed
        }
        let scope = TenantScope(token.tenant)
        let now = clock.now()
        let outcome = try await database.write(scope) { tx in
            try await answer(token, from: Place(caller), at: now, in: tx)
        }
        switch outcome {
        case .granted(let user, let session, let next): return try await grant(user, session, next)
        case .refused: break
        case .stolen(let session):
            try await ending(session.user, scope) {
                try await database.write(scope) { tx in
                    guard try await Session.revoke(session.id, of: session.user, at: now, in: tx) > 0
                    else { return }
                    try await Event.record([IdentityEvents.stolen(session)], in: tx, at: now)
                }
            }
        }
        throw IdentityProblem.refreshFailed
    }

    private enum Outcome: Sendable {
        case granted(User, Session, RefreshToken)
        case stolen(Session)
        case refused
    }

    private func answer(
        _ token: RefreshToken, from place: Place, at now: Instant, in tx: Transaction
    ) async throws -> Outcome {
        guard let (session, user) = try await Session.lock(token.session, at: now, in: tx) else {
            return .refused
        }
        let verdict = session.verdict(on: token.generation, refreshTokens.hash(of: token), at: now)
        switch verdict {
        case .unknown: return .refused
        case .stolen: return .stolen(session)
        case .rotate, .repeated:
            let next = refreshTokens.issue(
                for: session.id, of: token.tenant,
                generation: verdict == .rotate ? session.generation + 1 : session.generation)
            let refreshed = session.refreshed(
                verdict, by: refreshTokens.hash(of: next), from: place, at: now)
            try await refreshed.update(in: tx)
            return .granted(user, refreshed, next)
        }
    }

    private func grant(_ user: User, _ session: Session, _ token: RefreshToken) async throws -> Grant {
        Grant(
            user: user, session: session,
            accessToken: try await tokens.issue(to: user, of: token.tenant, in: session.id),
            refreshToken: token.text)
    }
}

extension Sessions {
    /// Those of a user that hold, the one opened last first, with what Redis knows of their last use.
    func list(of user: UserID, _ scope: TenantScope) async throws -> [Session] {
        let now = clock.now()
        let sessions = try await database.read(scope) { tx in
            guard try await User.find(user, in: tx) != nil else { throw Problem.notFound }
            return try await Session.all(of: user, at: now, in: tx)
        }
        let seen = try await limits.sessions.seen(sessions.map(\.id), of: scope.tenant)
        return zip(sessions, seen).map { session, sealed in
            session.used(sealed.flatMap { LastUse($0, secrets) })
        }
    }

    /// Throws `notFound` when the user has no such session.
    func end(_ session: SessionID, of user: UserID, in change: Change) async throws {
        guard try await Session.revoke(session, of: user, at: change.now, in: change.tx) > 0 else {
            throw Problem.notFound
        }
    }

    /// All of a user but the one kept. Throws `notFound` when there is no such user.
    func endAll(of user: UserID, but kept: SessionID?, in change: Change) async throws {
        guard try await User.find(user, in: change.tx) != nil else { throw Problem.notFound }
        try await Session.revokeAll(of: user, but: kept, at: change.now, in: change.tx)
    }

    /// Runs a transaction that ends sessions of a user or changes what they may do, so that it holds for
    /// every server when this returns. Before it, marks of this user are told not to be believed; where Redis
    /// could not be told, nobody is answered until those there may be are too old.
    func ending<Value: Sendable>(
        _ user: UserID, _ scope: TenantScope, _ change: () async throws -> Value
    ) async throws -> Value {
        let isTold = try await limits.sessions.doubt(user, of: scope.tenant)
        let value = try await change()
        if !isTold { try await Task.sleep(for: limits.sessions.trust) }
        return value
    }
}
