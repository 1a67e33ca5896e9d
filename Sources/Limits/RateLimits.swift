package import Kernel
package import Logging
import Memories
package import Platform
package import Redis
package import Web

/// The front door of limits: what the pipeline asks of every request, and sign-in of every attempt.
package struct RateLimits: Sendable {
    /// Beyond which quotas whom. `off` limits nothing.
    package struct Quotas: Sendable {
        /// Of a user.
        package var read = RateQuota.aMinute(1200)
        package var write = RateQuota.aMinute(300)
        package var heavy = RateQuota.aMinute(20)
        /// Of an address: requests to what is open to everybody, attempts to sign in, refused credentials.
        package var open = RateQuota.aMinute(120)
        package var signIn = RateQuota.aMinute(60)
        package var refused = RateQuota.aMinute(60)
        /// Of failed attempts to sign in: to one account from one address, from one address, and to one
        /// account from addresses that have not signed in to it.
        package var failuresOfPair = RateQuota.aQuarterHour(10)
        package var failuresOfAddress = RateQuota.aQuarterHour(50)
        package var failuresOfAccount = RateQuota.aQuarterHour(50)

        package init() {}

        /// The name of each as settings spell it.
        package static var names: [(name: String, quota: WritableKeyPath<Quotas, RateQuota>)] {
            [
                ("read", \.read), ("write", \.write), ("heavy", \.heavy), ("public", \.open),
                ("sign.in", \.signIn), ("refused", \.refused), ("failures.pair", \.failuresOfPair),
                ("failures.address", \.failuresOfAddress), ("failures.account", \.failuresOfAccount),
            ]
        }

        package static var off: Quotas {
            var quotas = Quotas()
            for (_, quota) in names { quotas[keyPath: quota] = .off }
            return quotas
        }
    }

    /// Those who try to sign in.
    package let signIns: SignInLimits
    /// Those who have.
    package let sessions: SessionMarks
    private let quotas: Quotas
    private let keys: LimitKeys
    private let shared: RedisWindows
    private let own: ProcessWindows
    private let editions: Editions

    /// Without Redis sign-in alone is limited, by this process for itself. `clock` is for that only: shared
    /// windows go by Redis's clock. `trust` is how long a mark of a session is believed.
    package init(
        _ quotas: Quotas, redis: Redis?, secrets: SecretBox, clock: RealClock, logger: Logger,
        trust: Duration = SessionMarks.usualTrust
    ) {
        self.quotas = quotas
        keys = LimitKeys(secrets: secrets)
        shared = RedisWindows(redis, logger: logger)
        own = ProcessWindows(clock: clock)
        editions = Editions(redis: redis, secrets: secrets)
        signIns = SignInLimits(quotas: quotas, keys: keys, shared: shared, own: own)
        sessions = SessionMarks(keys: keys, shared: shared, trust: trust)
    }

    /// For `API.Limit`: one round trip. Nil when no limit applies, or Redis is away and it is no sign-in.
    package func decide(_ rate: RateClass, _ subject: RateSubject) async throws -> RateDecision? {
        guard let (policy, quota) = policy(rate, subject), !quota.isOff else { return nil }
        let key = keys.window(policy, of: subject)
        let question = RedisWindows.Question(
            script: WindowScript.take, keys: [key],
            arguments: ["", RedisValue(quota.count), RedisValue(quota.windowMilliseconds)])
        var state = try await shared.ask(question).flatMap { WindowState.all(in: $0).first }
        if state == nil, rate == .signIn { state = own.take([(key, quota)]).first }
        return state.map { RateDecision($0, policy: policy, quota: quota) }
    }

    /// What Redis says of a request in a session.
    package struct Admission: Sendable {
        package let mark: SessionMarks.Mark
        package let rate: RateDecision?
        /// The tenant's, as it was when Redis answered; nil when it did not.
        package let edition: Edition?
    }

    /// As `decide` for the user of a session, and in the same round trip what is remembered of the session
    /// and which edition its tenant's data have.
    package func admit(
        _ actor: Actor, of session: SessionID, user: UserID, _ rate: RateClass
    ) async throws -> Admission {
        var keys = keys.marks(session, of: user, actor.scope.tenant)
        keys.append(editions.key(of: actor.scope.tenant))
        var arguments: [RedisValue] = [""]
        let limit = policy(rate, .actor(actor)).flatMap { $0.1.isOff ? nil : $0 }
        if let (policy, quota) = limit {
            keys.append(self.keys.window(policy, of: .actor(actor)))
            arguments += [RedisValue(quota.count), RedisValue(quota.windowMilliseconds)]
        }
        let question = RedisWindows.Question(
            script: WindowScript.admit, keys: keys, arguments: arguments)
        guard let answer = try await shared.ask(question).flatMap({ try? $0.elements() }), answer.count == 3
        else { return Admission(mark: .unknown, rate: nil, edition: nil) }
        let state = limit.flatMap { limit in
            WindowState(answer[1]).map { RateDecision($0, policy: limit.0, quota: limit.1) }
        }
        return Admission(
            mark: SessionMarks.Mark(answer[0]), rate: state,
            edition: (try? answer[2].optionalValue())?.text.map { Edition($0) })
    }

    private func policy(_ rate: RateClass, _ subject: RateSubject) -> (String, RateQuota)? {
        if case .refused = subject { return ("refused_credentials", quotas.refused) }
        switch (rate, subject) {
        case (.unlimited, _): return nil
        case (.signIn, _): return ("sign_in", quotas.signIn)
        case (_, .client): return ("public", quotas.open)
        case (.read, _): return ("read", quotas.read)
        case (.write, _): return ("write", quotas.write)
        case (.heavy, _): return ("heavy", quotas.heavy)
        }
    }
}

extension RateDecision {
    init(_ state: WindowState, policy: String, quota: RateQuota) {
        let wait = RateDecision.seconds(state.waitMilliseconds)
        self.init(
            policy: policy, quota: quota.count, windowSeconds: quota.windowSeconds,
            remaining: state.remaining,
            resetSeconds: wait > 0 ? wait : RateDecision.seconds(state.resetMilliseconds),
            retryAfterSeconds: wait > 0 ? wait : nil)
    }

    /// Rounded up: a second too late is let pass, one too early is not.
    static func seconds(_ milliseconds: Int64) -> Int64 { (milliseconds + 999) / 1000 }
}

extension WindowState {
    /// None when the answer is not the script's.
    static func all(in reply: RedisReply) -> [WindowState] {
        guard let windows = try? reply.elements() else { return [] }
        return windows.compactMap { WindowState($0) }
    }

    /// Nil when the answer is not the script's.
    init?(_ reply: RedisReply) {
        guard let numbers = try? reply.elements().map({ try $0.requiredInteger() }), numbers.count == 3
        else { return nil }
        self.init(remaining: numbers[0], waitMilliseconds: numbers[1], resetMilliseconds: numbers[2])
    }
}
