import Foundation
import Kernel
import TestKit
import Web

/// A call of curl in the documentation, taken apart as a shell would.
struct CurlCommand: Sendable {
    var method: Route.Method = .get
    var path = ""
    var query: [String: String] = [:]
    var headers: [String: String] = [:]
    var body: String?
    /// The status that a comment behind the command promises: `# answers 422`.
    var answers: Int?

    /// Every call in a listing. Throws for an option that the documentation does not use, so that no part of
    /// a command goes unlooked at.
    static func all(in listing: String) throws -> [CurlCommand] {
        try ShellLine.all(in: listing).filter { $0.words.first == "curl" }.map(CurlCommand.init)
    }

    private init(_ line: ShellLine) throws {
        var words = line.words.dropFirst()
        var named: String?
        while let word = words.popFirst() {
            switch word {
            case "-s": break
            case "-X": named = words.popFirst()
            case "-H":
                let parts = (words.popFirst() ?? "").split(separator: ":", maxSplits: 1)
                headers[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
            case "-d": body = words.popFirst()
            case "|": words = []
            default: try read(address: word)
            }
        }
        guard let method = Route.Method(rawValue: named ?? (body == nil ? "GET" : "POST")) else {
            throw CurlError("curl -X \(named ?? "")")
        }
        self.method = method
        answers = line.comment.firstMatch(of: /answers (\d+)/).flatMap { Int($0.1) }
    }

    private mutating func read(address: String) throws {
        guard address.hasPrefix("$API/"), path.isEmpty else { throw CurlError("curl \(address)") }
        let parts = address.dropFirst("$API".count).split(separator: "?", maxSplits: 1)
        path = String(parts[0])
        for pair in parts.dropFirst().joined().split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[String(sides[0])] = sides.count > 1 ? sides[1].removingPercentEncoding : ""
        }
    }
}

struct CurlError: Error {
    let command: String

    init(_ command: String) {
        self.command = command
    }
}

/// One command of a shell: its words without their quotes, and what a comment says behind it.
struct ShellLine {
    var words: [String] = []
    var comment = ""

    static func all(in listing: String) -> [ShellLine] {
        var lines: [ShellLine] = []
        // What `$(` opens is a command of its own.
        var rest = Substring(listing.replacing("$(", with: "\n"))
        while !rest.isEmpty { lines.append(ShellLine(&rest)) }
        return lines
    }

    private init(_ rest: inout Substring) {
        var word: String?
        func end() {
            word.map { words.append($0) }
            word = nil
        }
        reading: while let character = rest.popFirst() {
            switch character {
            case "\n": break reading
            case " ": end()
            case "\\":
                if let next = rest.popFirst(), next != "\n" { word = (word ?? "") + String(next) }
            case "'":
                word = (word ?? "") + rest.prefix { $0 != "'" }
                rest = rest.drop { $0 != "'" }.dropFirst()
            case "\"":
                word = (word ?? "") + rest.prefix { $0 != "\"" }
                rest = rest.drop { $0 != "\"" }.dropFirst()
            case "#" where word == nil:
                comment = String(rest.prefix { $0 != "\n" })
                rest = rest.drop { $0 != "\n" }
            default: word = (word ?? "") + String(character)
            }
        }
        end()
    }
}

extension CurlCommand {
    /// What is wrong with the command as a request to these endpoints; empty when it would be let pass.
    func defects(_ endpoints: [Endpoint]) -> [String] {
        guard let endpoint = endpoints.first(where: isMeant) else {
            return ["no operation \(method) \(path)"]
        }
        var defects: [String] = []
        if (endpoint.permission != nil) != (headers["Authorization"] == "Bearer $TOKEN") {
            defects.append("a token where none is needed, or none where one is")
        }
        if (endpoint.body != nil) != (headers["Content-Type"] == "application/json") {
            defects.append("a content type without a body, or a body without one")
        }
        let taken = Set(["Authorization", "Content-Type"] + endpoint.headers.map(\.name))
        defects += Set(headers.keys).subtracting(taken).map { "\($0), which is not taken" }
        defects += endpoint.query.errors(in: .object(typed(by: endpoint.query))).map { "?\($0)" }
        switch (endpoint.body, body) {
        case (nil, nil): break
        case (let schema?, let body?):
            do {
                defects += schema.errors(in: try JSONValue(parsing: Data(body.utf8))).map { "\($0)" }
            } catch {
                defects.append("\(error)")
            }
        default: defects.append("a body that is not taken, or none where one is")
        }
        return defects
    }

    private func isMeant(_ endpoint: Endpoint) -> Bool {
        let names = endpoint.route.path.split(separator: "/")
        let values = path.split(separator: "/")
        guard endpoint.route.method == method, names.count == values.count else { return false }
        var fields: [String: JSONValue] = [:]
        for (name, value) in zip(names, values) {
            if name.hasPrefix("{") {
                fields[String(name.dropFirst().dropLast())] = .string(String(value))
            } else if name != value {
                return false
            }
        }
        return endpoint.path.errors(in: .object(fields)).isEmpty
    }

    private func typed(by schema: JSONSchema) -> [String: JSONValue] {
        let integers = schema.fields.filter { if case .integer = $0.schema.shape { true } else { false } }
        return query.reduce(into: [:]) { typed, parameter in
            let isInteger = integers.contains { $0.name == parameter.key }
            typed[parameter.key] =
                isInteger
                ? Int64(parameter.value).map { .integer($0) } ?? .null : .string(parameter.value)
        }
    }
}
