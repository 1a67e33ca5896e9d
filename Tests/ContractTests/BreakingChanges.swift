import Foundation
import Kernel
import TestKit
import Web

/// What of a released OpenAPI document a newer one takes back. Additions are no break: new operations,
/// optional fields of requests, fields of answers, looser rules. What was announced may go on its day.
struct BreakingChanges {
    private(set) var found: [String] = []
    private let released: JSONValue
    private let current: JSONValue
    private let today: Day
    /// Pairs of schemas that were compared, or are being compared: types refer to each other.
    private var seen: Set<String> = []

    /// Sentences, each with the operation and the place; empty when nothing breaks.
    static func from(_ released: JSONValue, to current: JSONValue, on today: Day) -> [String] {
        var changes = BreakingChanges(released: released, current: current, today: today)
        for (path, operations) in released["paths"].fields.sorted(by: { $0.key < $1.key }) {
            for (method, operation) in operations.fields.sorted(by: { $0.key < $1.key }) {
                changes.compare(
                    operation, current["paths"][path][method], "\(method.uppercased()) \(path)")
            }
        }
        return changes.found
    }

    private init(released: JSONValue, current: JSONValue, today: Day) {
        self.released = released
        self.current = current
        self.today = today
    }

    private mutating func compare(_ old: JSONValue, _ new: JSONValue, _ name: String) {
        if case .null = new {
            if !isOver(old) { found.append("\(name) is gone") }
            return
        }
        if old["operationId"] != new["operationId"] { found.append("\(name) has another operationId") }
        if old["security"].items.isEmpty && !new["security"].items.isEmpty {
            found.append("\(name) asks for a token")
        }
        compareParameters(old, new, name)
        compareBodies(old["requestBody"], new["requestBody"], name)
        for (status, response) in old["responses"].fields.sorted(by: { $0.key < $1.key })
        where status.hasPrefix("2") {
            guard case .object = new["responses"][status] else {
                found.append("\(name) does not answer \(status)")
                continue
            }
            for (type, content) in response["content"].fields {
                let other = new["responses"][status]["content"][type]
                guard case .object = other else {
                    found.append("\(name) does not answer \(type)")
                    continue
                }
                compare(content["schema"], other["schema"], Place(name: "\(name) \(status)", isInput: false))
            }
        }
    }

    /// Whether it was announced that this goes, and the day has come.
    private func isOver(_ operation: JSONValue) -> Bool {
        guard operation["deprecated"] == true, let sunset = operation["x-sunset"].text.flatMap({ Day($0) })
        else { return false }
        return sunset <= today
    }

    private mutating func compareParameters(_ old: JSONValue, _ new: JSONValue, _ name: String) {
        func key(_ parameter: JSONValue) -> String {
            "\(parameter["in"].text ?? "") \(parameter["name"].text ?? "")"
        }
        let before = old["parameters"].items
        let after = new["parameters"].items
        for parameter in before {
            guard let same = after.first(where: { key($0) == key(parameter) }) else {
                found.append("\(name) does not take \(key(parameter))")
                continue
            }
            if parameter["required"] != true && same["required"] == true {
                found.append("\(name) requires \(key(parameter))")
            }
            compare(
                parameter["schema"], same["schema"], Place(name: "\(name) \(key(parameter))", isInput: true))
        }
        for parameter in after where parameter["required"] == true {
            if !before.contains(where: { key($0) == key(parameter) }) {
                found.append("\(name) requires \(key(parameter))")
            }
        }
    }

    private mutating func compareBodies(_ old: JSONValue, _ new: JSONValue, _ name: String) {
        switch (old, new) {
        case (.null, .null): break
        case (.null, _): if new["required"] == true { found.append("\(name) requires a body") }
        case (_, .null): found.append("\(name) takes no body")
        default:
            let type = "application/json"
            compare(
                old["content"][type]["schema"], new["content"][type]["schema"],
                Place(name: "\(name) body", isInput: true))
        }
    }
}

extension BreakingChanges {
    /// Where a schema stands: what clients send must still be taken, what they read must still be there.
    private struct Place {
        var name: String
        let isInput: Bool

        func inside(_ step: String) -> Place {
            Place(name: "\(name)/\(step)", isInput: isInput)
        }
    }

    private mutating func compare(_ left: JSONValue, _ right: JSONValue, _ place: Place) {
        let pair = "\(place.isInput) \(left["$ref"].text ?? "") \(right["$ref"].text ?? "")"
        // Only named types can come again; one comparison tells of each.
        if left["$ref"].text != nil, right["$ref"].text != nil, !seen.insert(pair).inserted { return }
        let old = Plain(left, in: released)
        let new = Plain(right, in: current)
        if old.type != new.type {
            found.append("\(place.name) was \(old.type) and is \(new.type)")
            return
        }
        if old.isNullable != new.isNullable, old.isNullable == place.isInput {
            found.append("\(place.name) \(place.isInput ? "must not be null" : "may be null")")
        }
        let gone = old.choices.subtracting(new.choices)
        // Where every text is taken now, no choice is gone.
        if !gone.isEmpty, !(place.isInput && new.choices.isEmpty) {
            found.append("\(place.name) is never \(gone.sorted().joined(separator: ", "))")
        }
        if old.schema["format"] != new.schema["format"] { found.append("\(place.name) has another format") }
        if place.isInput { compareRules(old, new, place) }
        compareFields(old.schema, new.schema, place)
        for part in ["items", "additionalProperties"] {
            if case .object = old.schema[part] {
                compare(old.schema[part], new.schema[part], place.inside("*"))
            }
        }
    }

    /// What was let pass must be let pass.
    private mutating func compareRules(_ old: Plain, _ new: Plain, _ place: Place) {
        if old.choices.isEmpty, !new.choices.isEmpty { found.append("\(place.name) is one of a list") }
        for rule in ["minimum", "minLength"] {
            if let bound = new.schema[rule].integer, bound > old.schema[rule].integer ?? .min {
                found.append("\(place.name) has \(rule) \(bound)")
            }
        }
        for rule in ["maximum", "maxLength"] {
            if let bound = new.schema[rule].integer, bound < old.schema[rule].integer ?? .max {
                found.append("\(place.name) has \(rule) \(bound)")
            }
        }
        if new.schema["pattern"] != .null, old.schema["pattern"] != new.schema["pattern"] {
            found.append("\(place.name) has another pattern")
        }
    }

    private mutating func compareFields(_ old: JSONValue, _ new: JSONValue, _ place: Place) {
        let fields = new["properties"].fields
        for (name, schema) in old["properties"].fields.sorted(by: { $0.key < $1.key }) {
            if let same = fields[name] {
                compare(schema, same, place.inside(name))
            } else {
                found.append("\(place.inside(name).name) is gone")
            }
        }
        let before = Set(old["required"].items.compactMap(\.text))
        let after = Set(new["required"].items.compactMap(\.text))
        let broken = place.isInput ? after.subtracting(before) : before.subtracting(after)
        // A field that is gone has been told of.
        for name in broken.sorted() where fields[name] != nil {
            let change = place.isInput ? "is required" : "may be missing"
            found.append("\(place.inside(name).name) \(change)")
        }
    }

    /// A schema without its references, and without the two ways to say that null is allowed.
    private struct Plain {
        let schema: JSONValue
        let type: String
        let isNullable: Bool

        init(_ schema: JSONValue, in document: JSONValue) {
            let choices = schema["anyOf"].items
            let target = choices.first { $0["$ref"].text != nil } ?? schema
            let name = target["$ref"].text?.split(separator: "/").last.map(String.init)
            let resolved = name.map { document["components"]["schemas"][$0] } ?? target
            let types = resolved["type"].items.compactMap(\.text) + [resolved["type"].text].compactMap { $0 }
            self.schema = resolved
            type = types.filter { $0 != "null" }.sorted().joined(separator: " or ")
            isNullable = types.contains("null") || choices.contains { $0["type"].text == "null" }
        }

        var choices: Set<String> { Set(schema["enum"].items.compactMap(\.text)) }
    }
}
