import Kernel
import Redis
package import Web

/// Limits on failed attempts to sign in. A stranger's failures never hold up those who sign in from where
/// they have signed in before: they have an allowance of their own.
package struct SignInLimits: Sendable {
    /// How long an address stays known to an account after it signed in.
    private static let knownMilliseconds: Int64 = 90 * 86_400_000

    let quotas: RateLimits.Quotas
    let keys: LimitKeys
    let shared: RedisWindows
    let own: ProcessWindows

    /// Who tries, as what: the parts that make the account unique, whether or not there is such an account.
    package struct Attempt: Sendable {
        let account: [String]
        let address: ClientAddress?

        package init(account: [String], from address: ClientAddress?) {
            self.account = account
            self.address = address
        }
    }

    /// Runs `body`, unless too many attempts have failed: then throws `Problem.rateLimited`. Every attempt
    /// counts as failed until it has ended otherwise, with a value or with an error that `isFailure` denies.
    package func run<Value: Sendable>(
        _ attempt: Attempt, isFailure: (any Error) -> Bool, _ body: () async throws -> Value
    ) async throws -> Value {
        let keys = keys.signIn(attempt.account, from: attempt.address)
        let count = try await count(keys)
        do {
            let value = try await body()
            try await settle(count, keys, hasSignedIn: true)
            return value
        } catch {
            // Somebody who hangs up before the answer has tried all the same.
            if !isFailure(error), !(error is CancellationError) {
                try await settle(count, keys, hasSignedIn: false)
            }
            throw error
        }
    }

    /// Where an attempt was counted.
    private enum Count {
        case shared(isKnown: Bool)
        case own
    }

    private func count(_ keys: [RedisKey]) async throws -> Count {
        let limits = [quotas.failuresOfPair, quotas.failuresOfAddress, quotas.failuresOfAccount]
        let numbers = limits.flatMap { [RedisValue($0.count), RedisValue($0.windowMilliseconds)] }
        let question = RedisWindows.Question(
            script: WindowScript.attempt, keys: keys, arguments: [""] + numbers)
        if let reply = try await shared.ask(question),
            let answer = try? reply.elements().map({ try $0.requiredInteger() }), answer.count == 2
        {
            try refuse(after: answer[1])
            return .shared(isKnown: answer[0] == 1)
        }
        // Who is known stands in Redis. Without it nothing is counted by account alone, or anybody could
        // lock anybody out.
        let states = own.take([(keys[1], limits[0]), (keys[2], limits[1])])
        try refuse(after: states.map(\.waitMilliseconds).max() ?? 0)
        return .own
    }

    private func refuse(after waitMilliseconds: Int64) throws {
        guard waitMilliseconds > 0 else { return }
        throw Problem.rateLimited(retryAfterSeconds: RateDecision.seconds(waitMilliseconds))
    }

    private func settle(_ count: Count, _ keys: [RedisKey], hasSignedIn: Bool) async throws {
        switch count {
        case .shared(let isKnown):
            let known = hasSignedIn ? SignInLimits.knownMilliseconds : 0
            _ = try await shared.ask(
                RedisWindows.Question(
                    script: WindowScript.settle, keys: keys,
                    arguments: [isKnown ? 1 : 0, RedisValue(known)]))
        case .own:
            own.takeBack(hasSignedIn ? [keys[2]] : [keys[1], keys[2]])
            if hasSignedIn { own.forget(keys[1]) }
        }
    }
}
