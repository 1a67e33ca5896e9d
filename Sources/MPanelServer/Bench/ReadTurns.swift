import Foundation
import Synchronization

/// Whose turn it is on each connection.
final class ReadTurns: Sendable {
    private struct Turn {
        var reader: Int
        var left: Int
    }

    private let readers: Int
    private let stretch: Int
    private let turns: Mutex<[Turn]>

    /// The stretches of the connections end one after another, not all at once.
    init(connections: Int, readers: Int, stretch: Int) {
        self.readers = readers
        self.stretch = stretch
        turns = Mutex(
            (0..<connections).map {
                Turn(reader: Int.random(in: 0..<readers), left: stretch * ($0 + 1) / connections)
            })
    }

    func next(_ connection: Int) -> Int {
        turns.withLock { turns in
            turns[connection].left -= 1
            if turns[connection].left <= 0 {
                turns[connection] = Turn(reader: Int.random(in: 0..<readers), left: stretch)
            }
            return turns[connection].reader
        }
    }
}

/// Sign-ins, each once, and the tokens that they brought.
final class SignInTurns: Sendable {
    private struct State {
        var next = 0
        /// Which request each connection waits for.
        var asked: [Int: Int] = [:]
        var tokens: [Int: String] = [:]
    }

    private let requests: [[UInt8]]
    private let state = Mutex(State())

    init(_ requests: [[UInt8]]) {
        self.requests = requests
    }

    /// By the place of the request.
    var tokens: [Int: String] { state.withLock { $0.tokens } }

    func next(_ connection: Int) -> [UInt8]? {
        state.withLock { state in
            guard state.next < requests.count else { return nil }
            defer { state.next += 1 }
            state.asked[connection] = state.next
            return requests[state.next]
        }
    }

    func hear(_ connection: Int, _ body: ArraySlice<UInt8>) {
        struct SignedIn: Decodable {
            let accessToken: String

            private enum CodingKeys: String, CodingKey {
                case accessToken = "access_token"
            }
        }
        let token = try? JSONDecoder().decode(SignedIn.self, from: Data(body)).accessToken
        state.withLock { state in
            if let place = state.asked[connection] { state.tokens[place] = token }
        }
    }
}
