import HTTPTypes
import Synchronization
import TestKit
import Web

/// What clients send to the servers of one company, on and on, whatever happens to what the servers stand on;
/// and the account of what became of it.
///
/// They behave as a balancer and a good client do: to the next server when one does not answer, again with
/// the same idempotency key until it is done.
final class Traffic: Sendable {
    struct Account: Sendable {
        /// How many requests were answered so, by status.
        var answers: [Int: Int] = [:]
        /// The ids of the customers that were made, by the key of the request.
        var made: [String: String] = [:]
        /// Requests that got no answer.
        var broken = 0
        /// Changes that were carried out although their first request got no answer.
        var lostAnswers = 0
        /// What no client should see.
        var complaints: [String] = []
        /// The longest that anybody waited for an answer.
        var longest = Duration.zero
    }

    private let addresses: [String]
    private let client: ServerClient
    private let account = Mutex(Account())
    private let isOver = Atomic(false)

    private init(_ addresses: [String], _ client: ServerClient) {
        self.addresses = addresses
        self.client = client
    }

    /// Sends while `body` runs, and lets each client end what it has begun.
    static func run(
        against addresses: [String], as sign: TestSignIn, _ body: @Sendable (Traffic) async throws -> Void
    ) async throws -> Account {
        let traffic = Traffic(addresses, try await .signedIn(sign, at: addresses[0]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            // More than the server has connections: some wait in line.
            for number in 1...12 { group.addTask { try await traffic.write(as: number) } }
            for number in 1...8 { group.addTask { try await traffic.read(as: number) } }
            defer { traffic.isOver.store(true, ordering: .releasing) }
            try await body(traffic)
            traffic.isOver.store(true, ordering: .releasing)
            try await group.waitForAll()
        }
        return traffic.soFar
    }

    var soFar: Account { account.withLock { $0 } }

    /// Returns when so many more customers were made: the servers serve.
    func flows(_ more: Int = 30) async throws {
        let goal = soFar.made.count + more
        while soFar.made.count < goal { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func write(as writer: Int) async throws {
        for number in 1... {
            if isOver.load(ordering: .acquiring) { return }
            let key = "traffic-\(writer)-\(number)"
            guard let id = try await make(key, from: writer, isFirst: true) else {
                return complain("\(key) was never made")
            }
            account.withLock { $0.made[key] = id }
            let again = number % 10 == 0 ? try await make(key, from: writer + 1, isFirst: false) : id
            if again != id { complain("\(key) was made twice") }
        }
    }

    private func read(as reader: Int) async throws {
        while !isOver.load(ordering: .acquiring) {
            _ = try await send(to: reader, "/v1/customers?limit=5")
        }
    }

    /// Asks for a customer until there is one, for two minutes at most.
    private func make(_ key: String, from first: Int, isFirst: Bool) async throws -> String? {
        let deadline = ContinuousClock.now + .seconds(120)
        var wasBroken = false
        for attempt in 0... {
            let answer = try await send(to: first + attempt, "/v1/customers", making: key)
            if let answer, answer.status == 201 {
                if wasBroken, answer.isReplay, isFirst { account.withLock { $0.lostAnswers += 1 } }
                return answer.json["id"].text
            }
            if ContinuousClock.now > deadline { break }
            wasBroken = answer == nil
        }
        return nil
    }

    /// Nil when the connection broke.
    private func send(
        to number: Int, _ path: String, making key: String? = nil
    ) async throws -> ServerClient.Answer? {
        let url = addresses[number % addresses.count] + path
        let began = ContinuousClock.now
        do {
            let answer = try await client.send(
                key == nil ? .get : .post, url, key.map(Standing.customer), key: key)
            note(answer, after: .now - began)
            if answer.status >= 300 { try await Task.sleep(for: .milliseconds(50)) }
            return answer
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            account.withLock { $0.broken += 1 }
            try await Task.sleep(for: .milliseconds(50))
            return nil
        }
    }

    private func note(_ answer: ServerClient.Answer, after time: Duration) {
        account.withLock { account in
            account.answers[answer.status, default: 0] += 1
            account.longest = max(account.longest, time)
        }
        if answer.status == 503, answer.retryAfter == nil { complain("503 without Retry-After") }
        if ![200, 201, 503].contains(answer.status) { complain("\(answer.status) \(answer.json)") }
    }

    private func complain(_ line: String) {
        account.withLock { if $0.complaints.count < 20 { $0.complaints.append(line) } }
    }
}
