import Foundation

/// Asks a server over keep-alive connections, each as soon as it has its answer, from one thread and with
/// requests that are made beforehand: what it takes, it takes from the server it measures.
struct LoadClient: Sendable {
    let port: Int
    var connections = 64

    /// What was answered in one run.
    struct Tally: Sendable {
        /// Microseconds from each request to the end of its answer.
        var latencies: [UInt32] = []
        /// Of answers that were no success, how many by status.
        var refused: [Int: Int] = [:]
        var seconds = 0.0

        var rate: Double { Double(latencies.count) / seconds }

        /// Milliseconds, `share` of all were not slower.
        func percentile(_ share: Double) -> Double {
            guard !latencies.isEmpty else { return 0 }
            let place = min(latencies.count - 1, Int(Double(latencies.count) * share))
            return Double(latencies.sorted()[place]) / 1000
        }
    }

    /// Makes the next request of a connection, the first of which is 0; nil ends that connection.
    typealias Next = @Sendable (_ connection: Int) -> [UInt8]?

    /// Runs until the time is over or no connection has more to ask. `hear` gets each answer's connection and
    /// body. Throws a `Complaint` when the server breaks a connection off.
    func run(
        for time: Duration, _ next: @escaping Next,
        hear: @escaping @Sendable (Int, ArraySlice<UInt8>) -> Void = { _, _ in }
    ) async throws -> Tally {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "mpanel.bench.load").async {
                continuation.resume(with: Result { try load(for: time, next, hear) })
            }
        }
    }

    private func load(
        for time: Duration, _ next: Next, _ hear: (Int, ArraySlice<UInt8>) -> Void
    ) throws -> Tally {
        var lines = try (0..<connections).map { _ in try LoadLine(port: port) }
        defer { for line in lines { line.close() } }
        var tally = Tally()
        let began = ContinuousClock.now
        let end = began + time
        var open = 0
        for place in lines.indices {
            guard let request = next(place) else { continue }
            try lines[place].send(request)
            open += 1
        }
        var polled = lines.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
        while open > 0 {
            guard poll(&polled, nfds_t(polled.count), 10_000) > 0 else {
                throw Complaint("The server did not answer the benchmark for ten seconds.")
            }
            for place in lines.indices where polled[place].revents != 0 {
                guard let answer = try lines[place].receive() else { continue }
                tally.latencies.append(answer.microseconds)
                if answer.status >= 300 { tally.refused[answer.status, default: 0] += 1 }
                hear(place, answer.body)
                if ContinuousClock.now < end, let request = next(place) {
                    try lines[place].send(request)
                } else {
                    open -= 1
                }
            }
        }
        tally.seconds = (ContinuousClock.now - began) / .seconds(1)
        return tally
    }
}

/// One connection of the load, with the one answer it waits for.
private struct LoadLine {
    let socket: Int32
    private var sentAt = ContinuousClock.now
    private var received: [UInt8] = []
    /// Where the answer ends, once its head is there.
    private var end: Int?
    private var bodyStart = 0

    init(port: Int) throws {
        socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(socket, $0, size) == 0
            }
        }
        guard isConnected else { throw Complaint("The benchmark's server takes no connection.") }
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    func close() {
        Foundation.close(socket)
    }

    /// A request fits into the socket's buffer, so that sending does not wait.
    mutating func send(_ request: [UInt8]) throws {
        received.removeAll(keepingCapacity: true)
        end = nil
        sentAt = .now
        guard Foundation.send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { throw Complaint("The benchmark's server took no request.") }
    }

    /// Nil while the answer is not complete.
    mutating func receive() throws -> (status: Int, microseconds: UInt32, body: ArraySlice<UInt8>)? {
        try withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { room in
            let count = recv(socket, room.baseAddress, room.count, 0)
            guard count > 0 else { throw Complaint("The benchmark's server broke a connection off.") }
            received.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
        if end == nil { readHead() }
        guard let end, received.count >= end else { return nil }
        let taken = (ContinuousClock.now - sentAt) / .microseconds(1)
        // `HTTP/1.1 200 OK`
        let status = Int(String(decoding: received[9..<12], as: UTF8.self)) ?? 0
        return (status, UInt32(taken), received[bodyStart..<end])
    }

    private mutating func readHead() {
        let headEnd = received.indices.dropLast(3).first { place in
            received[place] == 0x0D && received[place + 2] == 0x0D && received[place + 3] == 0x0A
        }
        guard let headEnd else { return }
        bodyStart = headEnd + 4
        let length = received.withUnsafeBytes { bytes -> Int in
            let name = "content-length: "
            guard let found = LoadLine.find(name, in: bytes[..<headEnd]) else { return 0 }
            return bytes[(found + name.utf8.count)...].prefix { (0x30...0x39).contains($0) }
                .reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        end = bodyStart + length
    }

    /// Where a header begins, whatever its case.
    private static func find(_ name: String, in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        let wanted = Array(name.utf8)
        var line = bytes.startIndex
        while line < bytes.endIndex {
            let rest = bytes[line...]
            if rest.count > wanted.count, zip(rest, wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
                return line
            }
            guard let feed = rest.firstIndex(of: 0x0A) else { return nil }
            line = feed + 1
        }
        return nil
    }
}
