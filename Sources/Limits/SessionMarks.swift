package import Foundation
package import Kernel
import Redis

/// What the servers remember of sessions in Redis, so that PostgreSQL, which alone knows, need not be asked
/// at every request.
///
/// A mark is believed for `trust` after somebody asked, and no longer: whatever becomes of Redis, a session
/// that ended is let in no longer than that. And it is not believed at all while its user is in doubt, which
/// whoever ends a session makes sure of before he does.
package struct SessionMarks: Sendable {
    package static let usualTrust = Duration.seconds(5)
    /// Longer than any transaction that ends sessions, and than a mark that was asked for before it.
    private static let doubtMilliseconds: Int64 = 60_000
    /// As long as an access token lives, which is all that could bring an ended session here again.
    private static let overMilliseconds: Int64 = 15 * 60_000
    /// As long as a session lives that nobody uses.
    private static let seenMilliseconds: Int64 = 30 * 86_400_000

    package enum Mark: Hashable, Sendable {
        /// It holds. What was noted with it is what the one who asked found out.
        case holds(String)
        case over
        /// Only PostgreSQL can say.
        case unknown
    }

    let keys: LimitKeys
    let shared: RedisWindows
    /// How long to wait where nobody could be told: then no mark of before is believed any more.
    package let trust: Duration

    /// No mark of this user's sessions is believed from now on, until long after any transaction that begins
    /// now. False when Redis could not be told: then others may believe one for as long as `trust`.
    package func doubt(_ user: UserID, of tenant: TenantID) async throws -> Bool {
        let reply = try await shared.ask(
            RedisWindows.Question(
                script: SessionMarks.set, keys: [keys.doubt(user, tenant)],
                arguments: ["1", RedisValue(SessionMarks.doubtMilliseconds)]))
        return reply != nil
    }

    /// What PostgreSQL said when it was asked at `lookedAt`.
    package func note(
        _ text: String, of session: SessionID, _ user: UserID, _ tenant: TenantID,
        lookedAt: ContinuousClock.Instant
    ) async throws {
        // Counted from the question: an answer that was long on its way may be wrong by now.
        let left = (lookedAt.advanced(by: trust) - ContinuousClock.now) / .milliseconds(1)
        guard left >= 1 else { return }
        _ = try await shared.ask(
            RedisWindows.Question(
                script: SessionMarks.setUnlessInDoubt, keys: keys.marks(session, of: user, tenant),
                arguments: [RedisValue(text), RedisValue(Int64(left))]))
    }

    /// That a session is over is true for ever.
    package func noteEnd(of session: SessionID, _ user: UserID, _ tenant: TenantID) async throws {
        _ = try await shared.ask(
            RedisWindows.Question(
                script: SessionMarks.set, keys: [keys.marks(session, of: user, tenant)[0]],
                arguments: ["-", RedisValue(SessionMarks.overMilliseconds)]))
    }

    /// Keeps what is known of a session's last use. It comes sealed: nobody who reads the store learns of it.
    package func see(_ sealed: Data, of session: SessionID, _ tenant: TenantID) async throws {
        _ = try await shared.ask(
            RedisWindows.Question(
                script: SessionMarks.set, keys: [keys.seen(session, tenant)],
                arguments: [RedisValue(sealed), RedisValue(SessionMarks.seenMilliseconds)]))
    }

    /// What was kept, in the order of the sessions; nil where there is nothing.
    package func seen(_ sessions: [SessionID], of tenant: TenantID) async throws -> [Data?] {
        let reply = try await shared.ask(
            RedisWindows.Question(
                script: SessionMarks.get, keys: sessions.map { keys.seen($0, tenant) }, arguments: []))
        let found = (try? reply?.elements()) ?? []
        return sessions.indices.map { place in
            guard found.indices.contains(place), let data = try? found[place].requiredValue().data
            else { return nil }
            return data.isEmpty ? nil : data
        }
    }

    private static let set = RedisScript("return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])")

    private static let setUnlessInDoubt = RedisScript(
        """
        if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')
        return 1
        """)

    /// An absent key is an empty text: a script's answer would end at a null.
    private static let get = RedisScript(
        """
        local found = {}
        for i, key in ipairs(KEYS) do found[i] = redis.call('GET', key) or '' end
        return found
        """)
}

extension SessionMarks.Mark {
    /// Of a mark as the script returns it.
    init(_ reply: RedisReply) {
        switch (try? reply.optionalValue())?.text {
        case nil, "": self = .unknown
        case "-": self = .over
        case let text?: self = .holds(text)
        }
    }
}
